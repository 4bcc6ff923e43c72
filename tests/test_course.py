"""The pipeline: one source, two notebooks."""

import base64
import copy
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from course_tree import NAME, SOURCE, png, write_course
from needs import needs

from snnlab.course import notebooks
from snnlab.course.build import BuildError, build, check, differences
from snnlab.course.lessons import Lesson, find

nbgrader = needs("nbgrader")
quiet = {"say": lambda line: None}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The tiny course, built once. Tests that change it take a copy: see `course`."""
    folder = write_course(tmp_path_factory.mktemp("course"))
    build(folder, **quiet)
    return folder


@pytest.fixture
def course(built, tmp_path):
    return Path(shutil.copytree(built, tmp_path / "copy"))


def source(course):
    return course / "solutions" / NAME / f"{NAME}.py"


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def snapshot(course):
    return {
        path.relative_to(course).as_posix(): path.read_bytes()
        for path in sorted(course.rglob("*"))
        if path.is_file()
    }


def cells(path):
    return {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}


def problems_of(tmp_path, changed):
    with pytest.raises(BuildError) as caught:
        build(write_course(tmp_path / "new", changed), **quiet)
    assert not (tmp_path / "new" / "lessons").exists()
    return caught.value.problems


# --- what is built


@nbgrader
def test_the_solution_is_executed_and_keeps_everything(built):
    there = cells(Lesson(built, NAME).solution)
    assert "slope_of_v = -v / tau_m" in there["ex-99-1"].source
    assert there["cell-06"].outputs[0].text == "9.950 mV\n"
    assert any("teaching-note" in cell.metadata.get("tags", []) for cell in there.values())


@nbgrader
def test_the_lesson_has_holes_that_name_their_exercise(built):
    there = cells(Lesson(built, NAME).release)
    assert there["ex-99-1"].source == (
        'def leak_step(v, tau_m, dt):\n    """v one step later, mV.   v: mV.   tau_m, dt: ms."""\n    todo("99.1")'
    )
    assert there["ex-99-2"].source.endswith('\n    todo("99.2")')
    assert there["check-99-1"].metadata.editable is False
    assert "forget the sign" not in Lesson(built, NAME).release.read_text()


@nbgrader
def test_a_cell_that_meets_a_hole_says_so_in_one_line(built):
    (output,) = cells(Lesson(built, NAME).release)["cell-06"].outputs
    assert output.output_type == "error"
    assert (output.ename, output.evalue) == ("ExerciseNotDone", "exercise 99.1 is not done yet")
    assert [line for part in output.traceback for line in part.splitlines()] == [
        "exercise 99.1 is not done yet"
    ]


@nbgrader
def test_nothing_of_the_machine_is_stored(built):
    for path in (Lesson(built, NAME).solution, Lesson(built, NAME).release):
        notebook = nbformat.read(path, as_version=4)
        assert notebook.metadata == notebooks.METADATA
        assert platform.python_version() not in path.read_text()
        assert all("execution" not in cell.metadata for cell in notebook.cells)


@nbgrader
def test_streams_are_stored_as_one_text(built):
    streams = [o for o in cells(Lesson(built, NAME).solution)["cell-02"].outputs if o.output_type == "stream"]
    assert [stream.text for stream in streams] == ["first\nsecond\n"]


@nbgrader
def test_building_again_under_another_hash_seed_changes_no_byte(course):
    before = snapshot(course)
    Lesson(course, NAME).solution.unlink()  # one is written anew, one is compared
    program = "import sys; from snnlab.course.build import build; print(len(build(sys.argv[1], say=len)), 'written')"
    seeded = {**os.environ, "PYTHONHASHSEED": "77", "PATH": os.defpath}  # alembic is not on PATH either
    done = subprocess.run(
        [sys.executable, "-c", program, str(course)], env=seeded, capture_output=True, timeout=300
    )
    assert done.stdout.decode().splitlines() == ["1 written"]
    assert snapshot(course) == before


@nbgrader
def test_a_build_leaves_no_trace(course, monkeypatch):
    monkeypatch.chdir(course)
    before = set(snapshot(course))
    assert check(course) == []
    assert set(snapshot(course)) == before
    assert Path.cwd() == course


@nbgrader
def test_other_files_stay_behind_and_declared_data_comes_along(tmp_path):
    header = "# ---\n# jupyter:\n#   snnlab:\n#     data: [trace.csv]\n# ---\n\n"
    folder = write_course(
        tmp_path / "new", header + SOURCE.replace('print("second")', 'print(open("trace.csv").read())')
    )
    (source(folder).parent / "trace.csv").write_text("1,2")
    (source(folder).parent / "answers.csv").write_text("secret")
    build(folder, **quiet)
    assert sorted(path.name for path in Lesson(folder, NAME).release.parent.iterdir()) == [
        f"{NAME}.ipynb",
        "trace.csv",
    ]
    assert check(folder) == []
    (Lesson(folder, NAME).release.parent / "trace.csv").write_text("1,3")
    (problem,) = check(folder)
    assert problem.startswith(f"lessons/{NAME}/trace.csv: is not the data file of the source")


# --- what drifted


@nbgrader
def test_check_is_silent_on_a_built_course(course):
    assert check(course) == []
    assert check(course, ["99"]) == []


@nbgrader
def test_check_names_the_cell_of_a_lesson_edited_by_hand(course):
    edit(Lesson(course, NAME).release, "Is it slow?", "Is it fast?")
    (problem,) = check(course)
    assert problem.startswith(f'lessons/{NAME}/{NAME}.ipynb, cell-10 ("## Close"): line 2 is \'Is it fast?')
    assert f"edit solutions/{NAME}/{NAME}.py, then run: snnlab build {NAME}" in problem


@nbgrader
def test_check_names_the_cell_when_the_source_was_not_built(course):
    edit(source(course), "-v / tau_m", "-v / (tau_m + dt)")
    (problem,) = check(course)  # a solution alone: the lesson is what it would be
    assert problem.startswith(f"solutions/{NAME}/{NAME}.ipynb, ex-99-1 ")
    assert "the source makes 'slope_of_v = -v / (tau_m + dt)'" in problem


def changed(change):
    """The differences that are found when `change` is done to a stored notebook."""
    cells = [nbformat.v4.new_markdown_cell("# One"), nbformat.v4.new_code_cell("print(1)", execution_count=1)]
    expected = nbformat.v4.new_notebook(cells=cells, metadata=notebooks.METADATA)
    for number, cell in enumerate(expected.cells, start=1):
        cell.id = f"cell-{number:02d}"
    stored = notebooks.normalised(nbformat.from_dict(copy.deepcopy(expected)))
    assert differences(notebooks.normalised(expected), stored) == []
    change(stored)
    return differences(notebooks.normalised(expected), stored)


@pytest.mark.parametrize("change, says", [
    (lambda book: book.cells.pop(), 'cell-02 ("print(1)"): is missing'),
    (lambda book: book.cells.append(nbformat.v4.new_markdown_cell("two", id="new")), 'new ("two"): is not in the source'),
    (lambda book: book.cells[1].update(id="two"), "the ids of the cells: are not those of a built notebook"),
    (lambda book: book.cells[1].update(source="print(2)"), "line 1 is 'print(2)', the source makes 'print(1)'"),
    (lambda book: book.cells[1].update(source="print(1)\n2"), "line 2 is '2', the source makes '(nothing)'"),
    (lambda book: book.cells[1].update(execution_count=None), "was not executed"),
    (lambda book: book.cells[1].metadata.update(tags=["x"]), "its metadata are {'tags': ['x']}, the source makes {}"),
    (lambda book: book.cells.__setitem__(1, nbformat.v4.new_markdown_cell("a", id="cell-02")), "is code in the source, markdown in"),
    (lambda book: book.metadata.kernelspec.update(name="my-env"), "the notebook's metadata: are not those of a built"),
    (lambda book: book.update(nbformat_minor=4), "the notebook's metadata: are not those of a built"),
])  # fmt: skip
def test_every_difference_is_named(change, says):
    (problem,) = changed(change)
    assert says in problem


def test_one_cell_more_is_one_difference_though_later_cells_change_their_numbers():
    (problem,) = changed(lambda book: (book.cells.pop(0), book.cells[0].update(id="cell-01")))
    assert problem == 'cell-01 ("# One"): is missing'


@nbgrader
def test_check_sees_other_points_in_a_lesson(course):
    edit(Lesson(course, NAME).release, '"points": 2', '"points": 5')
    (problem,) = check(course)
    assert 'check-99-1 ("check.ex_99_1(leak_step)"): its metadata are' in problem


@nbgrader
def test_check_sees_a_missing_notebook_and_a_stray_lesson(course):
    Lesson(course, NAME).release.unlink()
    (course / "lessons" / "98_gone").mkdir()
    problems = check(course)
    assert problems[0].startswith("lessons/98_gone: has no solutions/98_gone")
    assert problems[1] == f"lessons/{NAME}/{NAME}.ipynb: is missing (run: snnlab build {NAME})"


@nbgrader
def test_check_sees_a_file_that_was_put_into_a_lesson(course):
    (Lesson(course, NAME).release.parent / "answers.csv").write_text("secret")
    (problem,) = check(course)
    assert problem.startswith(f"lessons/{NAME}/answers.csv: does not come from the source")


# --- what is refused


@nbgrader
def test_a_hole_outside_a_function_is_refused(tmp_path):
    start = SOURCE.index("def leak_mended")
    end = SOURCE.index("    ### END SOLUTION", start) + len("    ### END SOLUTION")
    outside = "### BEGIN SOLUTION\nleak_mended = leak_step\n### END SOLUTION"
    (problem,) = problems_of(tmp_path, SOURCE[:start] + outside + SOURCE[end:])
    assert problem.startswith(f"solutions/{NAME}/{NAME}.py, ex-99-2")
    assert "its hole is outside a function" in problem


@nbgrader
@pytest.mark.parametrize("old, new, says", [
    ("    ### END SOLUTION\n\n# %% nbgrader={\"grade_id\": \"check-99-1\"", "\n# %% nbgrader={\"grade_id\": \"check-99-1\"",
     "nbgrader refuses it: ex-99-1 (\"def leak_step(v, tau_m, dt):\"): no end solution statement found"),
    ('### BEGIN SOLUTION\n    slope', 'slope', "ex-99-1 (\"def leak_step(v, tau_m, dt):\"): has no ### BEGIN SOLUTION"),
    ('"grade_id": "ex-99-1"', '"grade_id": "first"', 'grade_id: must be like "ex-01-2", got \'first\''),
    ('"grade_id": "ex-99-2"', '"grade_id": "ex-99-1"', "grade_id: must be unique"),
    ("leak_step(10.0", "leak_step((10.0", "is not valid Python"),
])  # fmt: skip
def test_a_source_that_cannot_be_made_is_refused(tmp_path, old, new, says):
    (problem,) = problems_of(tmp_path, SOURCE.replace(old, new))
    assert problem.startswith(f"solutions/{NAME}/{NAME}.py") and says in problem


@nbgrader
@pytest.mark.parametrize(
    "name, says", [("../secret.csv", "must be files beside the source"), ("no.csv", "No such file")]
)
def test_data_that_is_not_beside_the_source_is_refused(tmp_path, name, says):
    header = f"# ---\n# jupyter:\n#   snnlab:\n#     data: [{name}]\n# ---\n\n"
    (problem,) = problems_of(tmp_path, header + SOURCE)
    assert says in problem and problem.startswith(f"solutions/{NAME}/{NAME}.py, ")


@nbgrader
def test_a_solution_that_does_not_pass_its_own_check_is_refused(tmp_path):
    (problem,) = problems_of(tmp_path, SOURCE.replace("slope_of_v = -v / tau_m", "slope_of_v = v / tau_m"))
    assert "check-99-1" in problem and "must say 'passed' of exercise 99.1" in problem


@nbgrader
def test_an_error_other_than_a_hole_is_refused_in_a_lesson(tmp_path):
    problems = problems_of(
        tmp_path, SOURCE.replace('print(f"{leak_step(', 'todo.no_such_thing; print(f"{leak_step(')
    )
    assert "raises AttributeError" in problems[0] and "cell-06" in problems[0]
    assert "a solution runs without an error" in problems[0]
    assert "only a hole may stop a cell" in problems[1]


@nbgrader
def test_a_cell_that_meets_a_hole_without_its_tag_is_named(tmp_path):
    (problem,) = problems_of(tmp_path, SOURCE.replace('# %% tags=["raises-exception"]', "# %%"))
    assert (
        "cell-06" in problem
        and 'its header needs tags=["raises-exception"] (exercise 99.1 is not done yet)' in problem
    )


@nbgrader
def test_a_warning_is_refused(tmp_path):
    problems = problems_of(
        tmp_path, SOURCE.replace('print("second")', 'import warnings; warnings.warn("careful")')
    )
    assert len(problems) == 2 and "cell-02" in problems[0] and "writes to stderr" in problems[0]


@nbgrader
def test_a_cell_that_never_ends_is_stopped(tmp_path):
    folder = write_course(
        tmp_path / "new", SOURCE.replace('print("second")', "import time; time.sleep(1000)")
    )
    with pytest.raises(BuildError, match=r"ipynb, cell-02 .* takes longer than 5 s"):
        build(folder, timeout=5, **quiet)


@nbgrader
def test_a_failed_build_leaves_the_notebooks_as_they_were(course):
    before = snapshot(course)
    edit(source(course), 'print("second")', 'raise ValueError("no")')
    with pytest.raises(BuildError):
        build(course, **quiet)
    after = snapshot(course)
    assert {name for name in before if before[name] != after[name]} == {f"solutions/{NAME}/{NAME}.py"}


@nbgrader
def test_outputs_that_change_with_every_run_are_not_stored(tmp_path):
    volatile = (
        '# %% tags=["nbval-ignore-output"]\nimport time\nprint(time.time())\n\n# %% [markdown]\n# ## Close'
    )
    folder = write_course(tmp_path / "new", SOURCE.replace("# %% [markdown]\n# ## Close", volatile))
    build(folder, **quiet)
    cell = cells(Lesson(folder, NAME).solution)["cell-10"]
    assert cell.source.endswith("print(time.time())") and cell.outputs == []
    assert check(folder) == []


def test_without_nbgrader_the_message_says_what_to_install():
    program = """
import sys
sys.modules["nbgrader"] = None          # as if it were not installed
from snnlab.course.build import build
from course_tree import write_course
from pathlib import Path
try:
    build(write_course(Path(sys.argv[1])))
except ModuleNotFoundError as error:
    print(error, error.name)
"""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [sys.executable, "-c", program, folder], capture_output=True, text=True, timeout=120,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *sys.path])},
        )  # fmt: skip
    assert (
        done.stdout
        == 'building a course needs nbgrader, which is not installed: pip install -e ".[course]" nbgrader\n'
    )


# --- finding lessons


def test_lessons_are_found_by_name_number_and_path(tmp_path):
    write_course(tmp_path)
    for name in (NAME, "99", f"solutions/{NAME}/", f"solutions/{NAME}/{NAME}.py"):
        assert [lesson.name for lesson in find(tmp_path, [name])] == [NAME]
    assert [lesson.name for lesson in find(tmp_path, ["99", NAME])] == [NAME]


def test_an_unknown_lesson_is_refused_with_the_names_there_are(tmp_path):
    write_course(tmp_path)
    with pytest.raises(ValueError, match=r"there is no '98' in .* \(there are: 99_leak\)"):
        find(tmp_path, ["98"])


def test_a_folder_that_is_no_course_is_refused(tmp_path):
    with pytest.raises(ValueError, match="must be a folder that holds solutions/"):
        find(tmp_path)


# --- what is stored


def test_a_picture_loses_its_text_and_nothing_else():
    encoded = base64.b64encode(png()).decode()
    plain = base64.b64decode(notebooks._plain_png(encoded))
    assert b"Matplotlib" not in plain
    assert plain.startswith(b"\x89PNG") and plain.endswith(b"IEND\xaeB`\x82")
    assert notebooks._plain_png(base64.b64encode(plain).decode()) == base64.b64encode(plain).decode()


def test_a_picture_inside_html_loses_its_text_too():
    tag = f'<img src="data:image/png;base64,{base64.b64encode(png()).decode()}" alt="grey">'
    cell = nbformat.v4.new_code_cell(
        "plot", outputs=[nbformat.v4.new_output("display_data", {"text/html": tag})]
    )
    (output,) = notebooks.normalised(nbformat.v4.new_notebook(cells=[cell])).cells[0].outputs
    plain = notebooks._plain_png(base64.b64encode(png()).decode())
    assert output.data["text/html"] == f'<img src="data:image/png;base64,{plain}" alt="grey">'


def test_a_live_view_is_not_stored_but_its_picture_is():
    data = {
        notebooks.WIDGET_VIEW: {"model_id": "random"},
        "image/png": base64.b64encode(png()).decode(),
        "text/plain": "a",
    }
    cell = nbformat.v4.new_code_cell("explorer", outputs=[nbformat.v4.new_output("display_data", data)])
    (output,) = notebooks.normalised(nbformat.v4.new_notebook(cells=[cell])).cells[0].outputs
    assert set(output.data) == {"image/png", "text/plain"}
