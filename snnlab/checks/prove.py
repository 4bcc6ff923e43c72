"""Prove a declaration: the blank is "not done", the lesson's solution passes, every wrong answer gets its own hint.

    python -m snnlab.checks.prove 01 --course DIR

prints what is missing. The solution is taken from the lesson's source, never copied: the argument that the check
cell hands in, with all that it needs of the cells above it.
"""

import argparse
import ast
import json
import re
import symtable
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from snnlab.checks.compare import NOT_DONE, NOT_YET, PASSED, Report, compare, wrong_outcome
from snnlab.checks.difference import difference
from snnlab.checks.exercise import Case, Exercise
from snnlab.checks.not_done import ExerciseNotDone
from snnlab.checks.registry import load
from snnlab.checks.run import answers

SEEDS = (1, 2, 3, 4, 5)
TIERS, WRONGS = 3, 3
_REGION = re.compile(r"^([ \t]*)### BEGIN SOLUTION.*?### END SOLUTION[^\n]*$", re.MULTILINE | re.DOTALL)


def report_on(exercise: Exercise, answer: Any, seed: int, **extras: Any) -> Report:
    """The report on an answer, without a session around it."""
    cases = exercise.cases(seed, **extras)
    given = [case.inputs for case in cases]
    outcomes = answers(answer, given, asks=exercise.asks, call=exercise.call, seconds=exercise.seconds)
    return compare(exercise, cases, outcomes)


def problems(exercise: Exercise, seeds: Sequence[int] = SEEDS) -> list[str]:
    """What is wrong with a declaration; an empty list when it is proved."""
    found = [f"has {len(exercise.hints)} hints, not {TIERS}"] if len(exercise.hints) != TIERS else []
    if len(exercise.wrong) < WRONGS:
        found.append(f"has {len(exercise.wrong)} wrong answers, at least {WRONGS} are needed")
    by_seed = {seed: exercise.cases(seed, **_extras(exercise, seed)) for seed in seeds}
    found += _inputs(exercise, list(by_seed.values()))
    for seed, cases in by_seed.items():
        found += [f"seed {seed}: {text}" for text in (*_oracle(exercise, cases), *_wrongs(exercise, cases))]
        blank = report_on(exercise, None, seed, **_extras(exercise, seed))
        if blank.state != NOT_DONE:
            found.append(f"seed {seed}: no answer at all is {blank.state!r}, not {NOT_DONE!r}")
    return [f"exercise {exercise.id}: {text}" for text in found]


def _extras(exercise: Exercise, seed: int) -> dict[str, Any]:
    """The example values, another student at every seed."""
    return {
        name: f"{value}-{seed}" if isinstance(value, str) else value
        for name, value in exercise.extras.items()
    }


def _inputs(exercise: Exercise, sets: list[list[Case]]) -> Iterator[str]:
    names = [[case.name for case in cases] for cases in sets]
    if not names[0] or len(set(names[0])) < len(names[0]):
        yield f"needs at least one case, each of its own name, has {names[0]}"
    if any(other != names[0] for other in names):
        yield "the names or the number of its cases depend on the seed"
    # repr and not ==, since NaN is not equal to itself
    if exercise.asks == "function" and len({repr(cases) for cases in sets}) < len(sets):
        yield "its inputs are the same for several seeds: they are not fresh"


def _oracle(exercise: Exercise, cases: list[Case]) -> Iterator[str]:
    if exercise.judge is not None:
        return
    expected = [exercise.expected(case) for case in cases]
    if json.dumps(expected) != json.dumps([exercise.expected(case) for case in cases]):
        yield "its oracle gives another output the second time"
    same = [not difference(value, expected[0], exercise.abs, exercise.rel) for value in expected]
    if exercise.asks == "function" and len(cases) > 1 and all(same):
        yield "a constant answer would pass"
    texts = (*exercise.hints, *(wrong.hint for wrong in exercise.wrong))
    numbers = [float(word) for text in texts for word in re.findall(r"-?\d+\.?\d*", text)]
    told = [not difference(number, expected[0], exercise.abs, exercise.rel) for number in numbers]
    if exercise.asks == "value" and any(told):
        yield "one of its hints holds the answer"


def _wrongs(exercise: Exercise, cases: list[Case]) -> Iterator[str]:
    known = {wrong.name: [wrong_outcome(exercise, wrong, case) for case in cases] for wrong in exercise.wrong}
    for wrong in exercise.wrong:
        outcomes = known[wrong.name]
        report = compare(exercise, cases, outcomes, known=known)
        if report.state != NOT_YET:
            yield f"the wrong answer {wrong.name!r} is {report.state!r}"
        elif any(outcome.get("problem") in ("time", "skipped") for outcome in outcomes):
            yield f"the wrong answer {wrong.name!r} never ends: each failed check would wait for it"
        elif report.wrong != wrong.name:
            yield f"the wrong answer {wrong.name!r} gets the hint of {report.wrong or 'no wrong answer'!r}"


def lesson_problems(source: Path, exercise: Exercise, seeds: Sequence[int] = SEEDS) -> list[str]:
    """What is wrong with the lesson's own solution and blank of an exercise."""
    found = []
    try:
        answer, extras = student_answer(source, exercise, blank=True)
        state = report_on(exercise, answer, seeds[0], **extras).state
    except ExerciseNotDone:  # the check's argument itself calls the hole: its cell says so in one line
        state = NOT_DONE
    if state != NOT_DONE:
        found.append(f"the blank of {source.name} is {state!r}, not {NOT_DONE!r}")
    answer, extras = student_answer(source, exercise)
    for seed in seeds:
        report = report_on(exercise, answer, seed, **extras)
        if report.state != PASSED:
            found.append(f"seed {seed}: the solution of {source.name} fails: {report!r}")
    return [f"exercise {exercise.id}: {text}" for text in found]


def student_answer(source: Path, exercise: Exercise, blank: bool = False) -> tuple[Any, dict[str, Any]]:
    """What the check cell of a lesson's source hands in, and its further keywords.

    blank : with every solution replaced by its hole, as in the student's notebook.
    Raises ValueError if the source has no check of this exercise.
    """
    import jupytext  # type: ignore[import-untyped]

    above: list[ast.stmt] = []
    for number, cell in enumerate(jupytext.read(source).cells):
        if cell.cell_type != "code":
            continue
        code = blanked(cell.source, exercise.id) if blank else cell.source
        tree = ast.parse(code, filename=f"{source.name}, cell {number}")
        for statement in tree.body:
            if call := _check_call(statement, exercise.attribute):
                return _evaluate(call, above, source)
            above.append(statement)
    raise ValueError(f"{source.name}: no cell calls check.{exercise.attribute}(...)")


def blanked(code: str, id: str) -> str:
    """The code of a solution cell with holes in the place of its solutions."""
    return _REGION.sub(rf'\1todo("{id}")', code)


def _check_call(statement: ast.stmt, attribute: str) -> ast.Call | None:
    for node in ast.walk(statement):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == attribute
        ):
            return node
    return None


def _evaluate(call: ast.Call, above: list[ast.stmt], source: Path) -> tuple[Any, dict[str, Any]]:
    """Run only those statements above a call that its arguments need: no plot, no widget, no simulation else."""
    arguments_only = ast.Tuple([*call.args, *(keyword.value for keyword in call.keywords)], ast.Load())
    (_, wanted), chosen = _names(arguments_only), []
    for statement in reversed(above):
        bound, used = _names(statement)
        if wanted & bound:
            chosen.append(statement)
            wanted |= used
    module = ast.fix_missing_locations(ast.Module([*reversed(chosen)], []))
    space: dict[str, Any] = {"__name__": "lesson"}
    exec(compile(module, str(source), "exec"), space)
    expression = ast.fix_missing_locations(ast.Expression(arguments_only))
    answer, *further = eval(compile(expression, str(source), "eval"), space)
    return answer, {str(keyword.arg): value for keyword, value in zip(call.keywords, further, strict=True)}


def _names(node: ast.AST) -> tuple[set[str], set[str]]:
    """The names that a statement gives to the notebook, and those that it takes from it; a function's own are neither."""
    top = symtable.symtable(ast.unparse(node), "lesson", "exec")
    symbols, tables = top.get_symbols(), top.get_children()
    bound = {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}
    used = {s.get_name() for s in symbols if s.is_referenced()}
    while tables:
        tables += (inner := tables.pop()).get_children()
        used |= {s.get_name() for s in inner.get_symbols() if s.is_global()}
    return bound, used


def main(argv: Sequence[str] | None = None) -> int:
    """Print every problem of the named lessons; 1 if there are any."""
    parser = argparse.ArgumentParser(prog="python -m snnlab.checks.prove", description=main.__doc__)
    parser.add_argument("lesson", nargs="+")
    parser.add_argument(
        "--course", type=Path, default=Path.cwd(), help="the course tree (default: this folder)"
    )
    options = parser.parse_args(argv)
    found: list[str] = []
    for lesson in options.lesson:
        exercises = load(lesson, options.course)
        source = next(iter(options.course.glob(f"solutions/{lesson}_*/{lesson}_*.py")), None)
        found += [] if exercises else [f"lesson {lesson}: declares no exercises"]
        found += [] if source else [f"lesson {lesson}: has no source in solutions/"]
        for exercise in exercises.values():
            found += problems(exercise)
            found += lesson_problems(source, exercise) if source else []
        print(
            f"lesson {lesson}: {len(exercises)} exercises, {sum(len(e.wrong) for e in exercises.values())} wrong answers"
        )
    print(*found or ["all proved"], sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
