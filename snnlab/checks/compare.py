"""Judge the outcomes of a student's code: which cases are right, and which known mistake they look like.

Nothing here touches the student's object: outcomes are plain values, and the oracle stays on this side.
"""

import contextlib
import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from snnlab.checks.difference import comparable, difference, holds_nan
from snnlab.checks.exercise import Case, Exercise, Wrong
from snnlab.checks.plain import Plain
from snnlab.checks.run import Outcome, answers

PASSED, NOT_YET, NOT_DONE = "passed", "not yet", "not done"


@dataclass(frozen=True)
class Line:
    """What is said of one case. `compared`: there was a value of the right kind; if not, the text is the help."""

    ok: bool
    name: str
    text: str = ""
    compared: bool = True


@dataclass(frozen=True)
class Report:
    """The answer of a check. `wrong` is the name of a recognised wrong answer; `credit` goes from 0 to 1.

    `tier` is the number of the hint that is shown of the exercise's own, from 1; 0 if none of them is.
    """

    id: str
    title: str
    points: int
    state: str
    lines: tuple[Line, ...] = ()
    notes: tuple[str, ...] = ()
    message: str = ""
    hint: str = ""
    hint_label: str = "hint"
    tier: int = 0
    wrong: str = ""
    credit: float = 0.0

    def __repr__(self) -> str:
        from snnlab.checks.show import report_text

        return report_text(self)

    def _repr_html_(self) -> str:
        from snnlab.checks.show import report_html

        return report_html(self)


def compare(
    exercise: Exercise,
    cases: Sequence[Case],
    outcomes: Sequence[Outcome],
    failures: int = 0,
    known: Mapping[str, Sequence[Outcome]] | None = None,
) -> Report:
    """The report on the outcomes of these cases. failures : earlier tries that got a numbered hint; each opens one more.

    known : what each declared wrong answer, by its name, gives on these cases. Without it they are run here.

    A numbered hint comes only with a wrong answer that nobody foresaw. What crashed, or is of another kind than the
    answer, is explained by its line.
    """
    report = Report(exercise.id, exercise.title, exercise.points, NOT_DONE)
    waiting = next((o["text"] for o in outcomes if o.get("problem") == "not done"), None)
    if waiting is not None:
        own = f"exercise {exercise.id} is not done yet"
        return replace(
            report, message=own if waiting in ("", own) else f"{own}: it needs another one, and {waiting}"
        )
    lines = tuple(_line(exercise, case, outcome) for case, outcome in zip(cases, outcomes, strict=True))
    notes = tuple(dict.fromkeys(note for outcome in outcomes for note in outcome.get("notes", ())))
    report = replace(report, lines=lines, notes=notes, credit=_credit(exercise, lines, outcomes))
    if all(line.ok for line in lines):
        return replace(report, state=PASSED)
    report = replace(report, state=NOT_YET)
    if wrong := recognise(exercise, cases, outcomes, lines, known):
        return replace(report, hint=wrong.hint, wrong=wrong.name)
    if not all(line.compared for line in lines):
        return report
    tier = min(failures + 1, len(exercise.hints))
    label = f"hint {tier} of {len(exercise.hints)}"
    return replace(report, hint=exercise.hints[tier - 1], hint_label=label, tier=tier)


def _line(exercise: Exercise, case: Case, outcome: Outcome) -> Line:
    if "problem" in outcome:
        return Line(False, case.name, outcome["text"], compared=False)
    got = canonical(exercise, outcome["value"])
    if exercise.choices and got not in exercise.choices:
        text = f"is none of the choices: {', '.join(exercise.choices)}"
        return Line(False, case.name, text, compared=False)
    if exercise.judge is not None:
        try:
            with _quiet():
                ok, message = exercise.judge({**case.inputs, **case.hidden}, got)
        except Exception:  # a judge may trip over an output of another kind
            return Line(False, case.name, "is not of the kind that was asked for", compared=False)
        return Line(bool(ok), case.name, "" if ok else str(message), bool(ok) or not holds_nan(got))
    want = exercise.expected(case)
    coarse = exercise.asks == "value"
    text = difference(got, want, exercise.abs, exercise.rel, coarse, exercise.unit)
    return Line(not text, case.name, text, not text or comparable(got, want))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """No warnings of NumPy's or others': what a student hands in may be zero, infinite or empty."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        yield


def canonical(exercise: Exercise, value: Plain) -> Plain:
    """A choice without regard to capitals and blanks; any other value as it is."""
    if exercise.choices and isinstance(value, str):
        known = {choice.casefold(): choice for choice in exercise.choices}
        return known.get(value.strip().casefold(), value)
    return value


def _credit(exercise: Exercise, lines: Sequence[Line], outcomes: Sequence[Outcome]) -> float:
    right = sum(line.ok for line in lines)
    if right < len(lines):
        values = [outcome.get("value") for outcome in outcomes]
        constant = all(not difference(value, values[0], 0.0, 0.0) for value in values)
        if exercise.all_or_nothing or constant:  # a constant answer is right here and there by luck
            return 0.0
    return right / len(lines)


def recognise(
    exercise: Exercise,
    cases: Sequence[Case],
    outcomes: Sequence[Outcome],
    lines: Sequence[Line],
    known: Mapping[str, Sequence[Outcome]] | None = None,
) -> Wrong | None:
    """The declared wrong answer that agrees on every failed case; of several, the one that agrees on most cases."""
    best, most = None, 0
    failed = [k for k, line in enumerate(lines) if not line.ok]
    right = [k for k, line in enumerate(lines) if line.ok]
    for wrong in exercise.wrong:

        def same(k: int, wrong: Wrong = wrong) -> bool:
            theirs = known[wrong.name][k] if known else wrong_outcome(exercise, wrong, cases[k])
            return _alike(exercise, wrong, cases[k], outcomes[k], theirs)

        if not all(same(k) for k in failed):  # these first: most wrong answers end at the first of them
            continue
        alike = len(failed) + sum(same(k) for k in right)
        if alike > most:
            best, most = wrong, alike
    return best


def _alike(exercise: Exercise, wrong: Wrong, case: Case, outcome: Outcome, theirs: Outcome) -> bool:
    if "value" not in outcome:
        kind = ("problem", "type") if "type" in outcome else ("problem", "text")
        return all(outcome.get(key) == theirs.get(key) for key in kind)
    got = canonical(exercise, outcome["value"])
    if wrong.when is not None:
        try:
            with _quiet():
                if wrong.when({**case.inputs, **case.hidden}, got):
                    return True
        except Exception:  # as with a judge
            return False
    return "value" in theirs and not difference(
        got, canonical(exercise, theirs["value"]), exercise.abs, exercise.rel
    )


def wrong_outcome(exercise: Exercise, wrong: Wrong, case: Case) -> Outcome:
    """What a declared wrong answer gives on a case."""
    obj = exercise.wrong_answer(wrong, case)
    return answers(obj, [case.inputs], asks=exercise.asks, call=exercise.call, seconds=exercise.seconds)[0]
