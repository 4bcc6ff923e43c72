"""The notebooks of the repository: what nbval compares, and the rules that each lesson keeps.

nbval itself runs every notebook of lessons/ and solutions/ (see pyproject.toml and conftest.py); the tests here
make sure that it does, and that it sees what it should.
"""

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from needs import needs

from snnlab.course import exercises, guards, standard
from snnlab.course.build import broken_rules, check
from snnlab.course.execute import wrong_outputs
from snnlab.course.lessons import Lesson, find

ROOT = Path(__file__).parents[1]
LESSONS = find(ROOT)
a_lesson = Lesson(ROOT, "01_leak")


# --- the lessons of this repository


def test_there_are_lessons():
    assert [lesson.name for lesson in LESSONS][:2] == ["00_start_here", "01_lif_neuron"]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda lesson: lesson.name)
def test_a_lesson_keeps_every_rule(lesson):
    stored = [nbformat.read(path, as_version=4) for path in (lesson.solution, lesson.release)]
    assert broken_rules(lesson, *stored) == []


@needs("nbgrader")
def test_no_notebook_left_its_source():
    assert check(ROOT) == []


def test_pytest_runs_every_notebook(request):
    """The settings of the run that is going on now: nbval is on, with a limit, in both folders."""
    option = request.config.option
    assert option.nbval and option.nbval_current_env and not option.nbval_lax
    assert option.nbval_cell_timeout <= 120
    assert Path(option.nbval_sanitize_with) == ROOT / "tests" / "nbval_sanitize.cfg"
    assert {"tests", "lessons", "solutions"} <= set(request.config.getini("testpaths"))


# --- what nbval sees


def run_nbval(folder, cells, *more):
    """Save executed cells as a notebook, run nbval as the repository does, and return pytest's report."""
    for count, cell in enumerate(cells, start=1):
        cell.execution_count = count
    nbformat.write(new_notebook(cells=cells), folder / "new.ipynb")
    (folder / "pytest.ini").write_text("[pytest]\n")
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--color=no", "-q", "-rA", "--nbval"]
    command += [
        "--nbval-current-env",
        f"--nbval-sanitize-with={ROOT / 'tests' / 'nbval_sanitize.cfg'}",
        *more,
    ]
    done = subprocess.run([*command, "new.ipynb"], cwd=folder, capture_output=True, text=True, timeout=120)
    return done.stdout


def stream(text, name="stdout"):
    return new_output("stream", name=name, text=text)


def test_nbval_overlooks_addresses_times_versions_and_pictures(tmp_path):
    html = "<img src='data:image/png;base64,{}' alt='a trace'>"
    shown = f"display({{'text/html': {html.format('AAAA')!r}, 'text/plain': 'a'}}, raw=True)"
    report = run_nbval(tmp_path, [
        new_code_cell("print(object())", outputs=[stream("<object object at 0x7f0000000000>\n")]),
        new_code_cell("import sys; print('Python', sys.version.split()[0])", outputs=[stream("Python 3.99.1\n")]),
        new_code_cell("import datetime; print(datetime.datetime.now())", outputs=[stream("2001-01-01 01:02:03.5\n")]),
        new_code_cell("print('took 1.5 s')", outputs=[stream("took 310 ms\n")]),
        new_code_cell(shown, outputs=[new_output(
            "display_data", {"text/html": html.format("BB//BB+="), "text/plain": "a"})]),
    ])  # fmt: skip
    assert report.count("PASSED new.ipynb::") == 5


def test_nbval_sees_a_number_an_alternative_text_and_a_duration_that_is_a_result(tmp_path):
    shown = "display({'image/png': 'AAAA', 'text/plain': '12 spikes'}, raw=True)"
    report = run_nbval(tmp_path, [
        new_code_cell("print(49.2)", outputs=[stream("49.3\n")]),
        new_code_cell("print('the first spike at 9.3 ms')", outputs=[stream("the first spike at 9.4 ms\n")]),
        new_code_cell(shown, outputs=[new_output(
            "display_data", {"image/png": "BBBB", "text/plain": "13 spikes"})]),
    ])  # fmt: skip
    assert report.count("FAILED new.ipynb::") == 3


def test_nbval_goes_on_after_a_hole_and_compares_what_it_says(tmp_path):
    def error(text):
        return new_output("error", ename="ExerciseNotDone", evalue=text, traceback=[text])

    tagged = {"metadata": {"tags": ["raises-exception"]}}
    report = run_nbval(tmp_path, [
        new_code_cell("from snnlab.checks import todo"),
        new_code_cell("todo('01.2')", outputs=[error("exercise 01.2 is not done yet")], **tagged),
        new_code_cell("todo('01.2')", outputs=[error("exercise 01.3 is not done yet")], **tagged),
        new_code_cell("print('on')", outputs=[stream("on\n")]),
    ])  # fmt: skip
    assert "PASSED new.ipynb::Cell 1" in report and "FAILED new.ipynb::Cell 2" in report
    assert "PASSED new.ipynb::Cell 3" in report


def test_nbval_ignores_the_live_view_of_a_widget(tmp_path):
    source = "import ipywidgets; ipywidgets.FloatSlider(value=1.0)"
    stored = new_output("execute_result", {"text/plain": "FloatSlider(value=1.0)"}, execution_count=1)
    assert "PASSED new.ipynb::Cell 0" in run_nbval(tmp_path, [new_code_cell(source, outputs=[stored])])


def test_nbval_stops_a_cell_that_never_ends(tmp_path):
    report = run_nbval(tmp_path, [new_code_cell("import time; time.sleep(100)")], "--nbval-cell-timeout=2")
    assert "Timeout of 2 seconds exceeded" in report


def test_two_workers_keep_the_cells_of_a_notebook_together(tmp_path):
    cells = [new_code_cell("n = 1")] + [
        new_code_cell("n += 1; print(n)", outputs=[stream(f"{n}\n")]) for n in range(2, 7)
    ]
    assert run_nbval(tmp_path, cells, "-n2", "--dist=loadfile").count("PASSED") == 6


# --- the rules, one by one: a good cell, a bad one, and what is said


def book(*cells):
    notebook = new_notebook(cells=list(cells))
    for number, cell in enumerate(notebook.cells, start=1):
        cell.id = cell.metadata.get("nbgrader", {}).get("grade_id", f"cell-{number:02d}")
    return notebook


def code(source, *outputs, **metadata):
    return new_code_cell(source, outputs=list(outputs), metadata=metadata)


def text(source, **metadata):
    return new_markdown_cell(source, metadata=metadata)


def picture(kind="image/png", **metadata):
    return new_output("display_data", {kind: "AAAA", "text/plain": "a picture"}, metadata=metadata)


def html(tag):
    return code("show()", new_output("display_data", {"text/html": tag}))


CASES = [
    (guards.one_title_and_ordered_headings, text("# One\n## Two\n### Three\n## Four"), text("## Two"), "has no H1"),
    (guards.one_title_and_ordered_headings, text("# One\n```\n# a comment\n```"), text("# One\n# Two"), "is a second H1"),
    (guards.one_title_and_ordered_headings, text("# One\n## Two"), text("# One\n### Three"), "is an H3 under an H1"),
    (guards.alternative_texts, code("show()", picture(**{"image/png": {"alt": "12 spikes"}})),
     code("show()", picture()), "a picture (image/png) has no alternative text"),
    (guards.alternative_texts, html("<img src='a.png' alt='a spike'>"), html("<img src='a.png' alt=' '>"), "an <img>"),
    (guards.alternative_texts, html("<svg aria-label='a spike'></svg>"), html("<svg><path/></svg>"), "an <svg>"),
    (guards.alternative_texts, text("![a spike](a.png)"), text("![](a.png)"), "a Markdown picture"),
    (guards.no_absolute_path, text("see https://example.org/home/a, in mV/ms, lessons/01"), text("see /home/ada/a"),
     "holds an absolute path, '/home/ada/a'"),
    (guards.no_absolute_path, code("open('data/a.csv')"), code("open('C:\\\\Users\\\\ada')"), "an absolute path"),
    (guards.no_absolute_path, code("f()", stream("done")), code("f()", stream("in /tmp/x.py")), "output stdout"),
    (guards.no_address, code("f()", stream("0xff")), code("f()", stream("<f at 0x7f00aa11>")), "a memory address"),
    (guards.short_cells, code("x = 1\n\n" * 15), code("x = 1\n" * 16), "has 16 lines, at most 15"),
    (guards.short_cells, code("x = 1\n" * 16, tags=["worked-program"]), code("# why\n" * 16), "has 16 lines"),
    (guards.short_cells, code('def f():\n    """One.\n\n    Two.\n    Three.\n    """\n' + "    x = 1\n" * 14),
     code("def f():\n" + "    x = 1\n" * 15), "has 16 lines"),
    (guards.no_trailing_semicolon, code("x = 1  # a; b;"), code("plt.plot(t, v);"), "ends in a semicolon"),
    (guards.no_trailing_semicolon, code("x = 1; y = 2"), code("plt.plot(t, v);  # the trace"), "ends in a semicolon"),
    (guards.code_is_valid, code("%time f()"), code("def f(:"), "is not valid Python"),
    (guards.code_is_valid, code("pass"), text(" \n"), "is empty"),
]  # fmt: skip


@pytest.mark.parametrize(
    "rule, good, bad, says", CASES, ids=[f"{case[0].__name__}-{n}" for n, case in enumerate(CASES)]
)
def test_a_rule_passes_the_good_cell_and_names_the_bad_one(rule, good, bad, says):
    assert rule(book(good)) == []
    (problem,) = rule(book(bad))
    assert says in problem
    assert "cell-01" in problem or "has no H1" in problem


def test_the_lines_of_a_solution_count_but_not_its_markers():
    body = "    ### BEGIN SOLUTION\n" + "    x = 1\n" * 14 + "    ### END SOLUTION"
    assert guards.short_cells(book(code("def f():\n" + body))) == []


def not_done(text="exercise 01.2 is not done yet", ename="ExerciseNotDone", lines=1):
    return new_output("error", ename=ename, evalue=text, traceback=[text] * lines)


RAISES = {"tags": ["raises-exception"]}
OUTPUTS = [
    (False, code("f()", not_done(), **RAISES), "a solution runs without an error"),
    (True, code("f()", not_done(ename="ValueError"), **RAISES), "only a hole may stop a cell"),
    (True, code("f()", not_done(lines=2), **RAISES), "must say in one line"),
    (True, code("f()", not_done("something else"), **RAISES), "must say in one line"),
    (True, code("f()", not_done()), 'its header needs tags=["raises-exception"]'),
    (True, code("f()", stream("careful\n", "stderr")), "writes to stderr: 'careful'"),
    (True, code("f()", new_output("display_data", {"application/vnd.jupyter.widget-view+json": {}, "text/plain": "a"})),
     "is a widget without a picture"),
    (True, code("f()", picture(), tags=["nbval-ignore-output"]), "its picture would not be stored"),
]  # fmt: skip


@pytest.mark.parametrize("released, cell, says", OUTPUTS, ids=[case[2] for case in OUTPUTS])
def test_an_output_that_must_not_be_there_is_named(released, cell, says):
    (problem,) = wrong_outputs(book(cell), released=released)
    assert problem.startswith("cell-01 ") and says in problem


def test_a_hole_in_a_lesson_and_plain_outputs_are_in_order():
    cells = [code("f()", not_done(), **RAISES), code("g()", stream("1\n")), code("h()", picture())]
    assert wrong_outputs(book(*cells), released=True) == []


# --- exercises


def exercise(source, grade_id="ex-01-1", tags=()):
    meta = {
        "grade_id": grade_id,
        "solution": True,
        "grade": False,
        "locked": False,
        "schema_version": 3,
        "task": False,
    }
    return new_code_cell(source, metadata={"nbgrader": meta, "tags": list(tags)})


def check_cell(source="check.ex_01_1(f)", grade_id="check-01-1", **meta):
    meta = {"grade_id": grade_id, "solution": False, "grade": True, "locked": True, "points": 2, **meta}
    return new_code_cell(source, metadata={"nbgrader": meta})


SOLVED = "def f(v):\n    ### BEGIN SOLUTION\n    w = v * some_long_factor\n    return w\n    ### END SOLUTION"
STUB = 'def f(v):\n    todo("01.1")'
DECLARED = {"01.1": SimpleNamespace(points=2, wrong=[1, 2, 3])}


def test_an_exercise_with_id_points_check_and_wrong_answers_is_in_order():
    assert exercises.ids_and_points(a_lesson, book(exercise(SOLVED), check_cell()), DECLARED) == []


@pytest.mark.parametrize("cells, declared, says", [
    ([exercise(SOLVED), check_cell()], {}, "exercise 01.1 is not declared"),
    ([exercise(SOLVED), check_cell()], {**DECLARED, "01.2": DECLARED["01.1"]}, "exercise 01.2: is declared"),
    ([exercise(SOLVED), check_cell()], {"01.1": SimpleNamespace(points=2, wrong=[1, 2])}, "must declare 3 wrong answers"),
    ([exercise(SOLVED), check_cell(points=0)], {"01.1": SimpleNamespace(points=0, wrong=[1, 2, 3])}, "points > 0, got 0"),
    ([exercise(SOLVED), check_cell(points=5)], DECLARED, "its check cell gives 5 points, its declaration 2"),
    ([exercise(SOLVED), check_cell(locked=False)], DECLARED, 'needs a check cell with nbgrader={"grade_id": "check-01-1"'),
    ([exercise(SOLVED), check_cell("print(f)")], DECLARED, "no cell calls check.ex_01_1(...)"),
    ([exercise("f = 1"), check_cell()], {}, "nothing between ### BEGIN SOLUTION"),
    ([exercise(SOLVED, "ex-02-1")], {}, 'grade_id: must be like "ex-01-1", got \'ex-02-1\''),
    ([exercise(SOLVED, "ex-01-x1"), check_cell("check.ex_01_x1(f)", "check-01-x1")],
     {"01.x1": SimpleNamespace(points=0, wrong=[1, 2, 3])}, "is an extra, so its check cell must not be graded"),
])  # fmt: skip
def test_what_an_exercise_lacks_is_named(cells, declared, says):
    (problem,) = exercises.ids_and_points(a_lesson, book(*cells), declared)
    assert says in problem


def test_an_extra_needs_no_points_and_no_graded_cell():
    cells = [exercise(SOLVED, "ex-01-x1"), code("check.ex_01_x1(f)")]
    declared = {"01.x1": SimpleNamespace(points=0, wrong=[1, 2, 3])}
    assert exercises.ids_and_points(a_lesson, book(*cells), declared) == []


@pytest.mark.parametrize("source, says", [
    ('todo("01.1")', "its hole is outside a function"),
    ('class A:\n    todo("01.1")', "its hole is outside a function"),
    ('def f(v):\n    todo("01.2")', "its hole must be todo('01.1'), got todo('01.2')"),
    ("def f(v):\n    return v", "has no hole"),
])  # fmt: skip
def test_a_wrong_hole_is_named(source, says):
    assert exercises.holes(book(exercise(STUB))) == []
    (problem,) = exercises.holes(book(exercise(source)))
    assert problem.startswith("ex-01-1 ") and says in problem


def test_a_line_of_a_stub_that_is_not_in_the_solution_is_named():
    solution = book(exercise(SOLVED))
    assert exercises.stubs_agree(solution, book(exercise(STUB))) == []
    (problem,) = exercises.stubs_agree(solution, book(exercise(STUB + "\n    return v + 1")))
    assert "the line 'return v + 1' of its stub is not in its solution" in problem


@pytest.mark.parametrize("released, says", [
    (exercise(SOLVED), "its source holds 'w = v * some_long_factor' of the solution ex-01-1"),
    (text("Hint: `w = v * some_long_factor`."), "of the solution ex-01-1"),
    (code("f(1)", stream("w = v * some_long_factor")), "its output stdout holds"),
    (text("They forget the factor."), "'They forget the factor.' of the teaching note cell-02"),
    (text("A note", tags=["teaching-note"]), "is a teaching note"),
    (code("### BEGIN HIDDEN TESTS\n1\n### END HIDDEN TESTS"), "holds 'BEGIN HIDDEN TESTS'"),
    (text("assert f(12345) == 54321"), "of the solution check-01-1"),
])  # fmt: skip
def test_a_leak_is_named(released, says):
    hidden = "check.ex_01_1(f)\n### BEGIN HIDDEN TESTS\nassert f(12345) == 54321\n### END HIDDEN TESTS"
    note = text("They forget the factor.", tags=["teaching-note"])
    solution = book(exercise(SOLVED), note, check_cell(hidden))
    problems = exercises.no_leak(solution, book(released))
    assert any(says in problem for problem in problems)
    assert exercises.no_leak(solution, book(exercise(STUB), check_cell())) == []


def test_what_the_author_says_elsewhere_is_no_leak():
    public = text("Multiply: `w = v * some_long_factor`.")
    assert exercises.no_leak(book(public, exercise(SOLVED)), book(public, exercise(STUB))) == []


def test_the_checks_say_passed_in_the_solution_and_not_done_in_the_lesson():
    def checked(text):
        cell = check_cell()
        cell.outputs = [new_output("execute_result", {"text/plain": text}, execution_count=1)]
        return book(exercise(SOLVED), cell)

    passed, blank = checked("exercise 01.1 (A step): passed"), checked("exercise 01.1 is not done yet")
    assert exercises.checks_answer(passed, released=False) == []
    assert exercises.checks_answer(blank, released=True) == []
    (problem,) = exercises.checks_answer(checked("exercise 01.1 (A step): not yet"), released=False)
    assert problem.startswith("check-01-1 ") and "must say 'passed' of exercise 01.1" in problem
    (problem,) = exercises.checks_answer(passed, released=True)
    assert "must say 'is not done yet' of exercise 01.1" in problem


def test_four_exercises_count_and_one_of_them_is_the_bug_hunt():
    def lesson(n, hunts, extras=0):
        cells = [exercise(SOLVED, f"ex-01-{k}", ["bug-hunt"] if k in hunts else []) for k in range(1, n + 1)]
        return book(*cells, *(exercise(SOLVED, f"ex-01-x{k}") for k in range(1, extras + 1)))

    assert exercises.at_most_four_graded(a_lesson, lesson(4, [4], extras=2)) == []
    assert "has 5 graded exercises, at most 4" in exercises.at_most_four_graded(a_lesson, lesson(5, [4]))[0]
    for hunts in ([], [1, 2]):
        (problem,) = exercises.at_most_four_graded(a_lesson, lesson(3, hunts))
        assert f'must have one graded exercise tagged "bug-hunt", has {len(hunts)}' in problem
    assert exercises.at_most_four_graded(Lesson(ROOT, "00_start_here"), lesson(1, [])) == []


# --- the parts of a lesson

CARD = "# One leak\n**Why?** 75 minutes. **You need** nothing. **You will be able to** see."
PARTS = "\n".join(f"## {part}: ..." for part in standard.PARTS)
CLOSE = "\nWho? What? Why? <https://doi.org/10.1000/1>"
NOTE = text("## Teaching note", tags=["teaching-note"])


def test_a_lesson_with_all_its_parts_is_in_order():
    notebook = book(text(CARD), text(PARTS + CLOSE), NOTE)
    assert standard.parts(a_lesson, notebook, released=False) == []


@pytest.mark.parametrize("card, rest, note, says", [
    ("One leak" + CARD[10:], PARTS + CLOSE, NOTE, "must begin with the title"),
    (CARD.replace("?", "."), PARTS + CLOSE, NOTE, "does not give a question"),
    (CARD.replace("75 minutes", "long"), PARTS + CLOSE, NOTE, "does not give how long it takes"),
    (CARD.replace("You need", "Bring"), PARTS + CLOSE, NOTE, "does not give what it needs"),
    (CARD.replace("be able to", "learn"), PARTS + CLOSE, NOTE, "does not give what a student will be able to do"),
    (CARD, PARTS.replace("## Play", "## Move") + CLOSE, NOTE, 'has no part "Play"'),
    (CARD, PARTS + CLOSE.replace("10.1000", "10.1"), NOTE, "has no further reading with a DOI"),
    (CARD, PARTS + CLOSE.replace("Who?", "Who."), NOTE, "asks 2 self-test questions"),
    (CARD, PARTS + CLOSE, text("The end"), "has no teaching note"),
])  # fmt: skip
def test_a_part_that_is_missing_is_named(card, rest, note, says):
    (problem,) = standard.parts(a_lesson, book(text(card), text(rest), note), released=False)
    assert says in problem


def test_the_first_lesson_and_assignments_have_fewer_parts():
    start = book(text(CARD), text("## Predict: ...\n## Close" + CLOSE), NOTE)
    assert standard.parts(Lesson(ROOT, "00_start_here"), start, released=False) == []
    assert standard.parts(Lesson(ROOT, "A1_one_neuron"), book(text(CARD), NOTE), released=False) == []


@pytest.mark.parametrize("opening, problems", [
    (text(CARD + "\n![a spike](spike.png)"), 0),
    (code("show()", picture()), 0),
    (html("<svg aria-label='a'></svg>"), 0),
    (text(CARD), 1),
])  # fmt: skip
def test_a_picture_stands_at_the_beginning(opening, problems):
    assert (
        len(
            standard.has_opening_picture(
                book(opening, *[text("a") for _ in range(3)], code("show()", picture()))
            )
        )
        == problems
    )


# --- the example in the documentation


@needs("nbgrader")
def test_the_example_of_the_documentation_builds(tmp_path):
    from course_tree import CHECKS, NAME, write_course

    from snnlab.course.build import build

    page = (ROOT / "docs" / "building.md").read_text(encoding="utf-8")
    example = page.split("```python\n")[1].split("\n```")[0] + "\n"
    write_course(tmp_path, example, CHECKS)
    build(tmp_path, say=lambda line: None)
    assert check(tmp_path) == []
    assert os.listdir(tmp_path / "lessons" / NAME) == [f"{NAME}.ipynb"]
