"""The student's notebook, by nbgrader's own generator.

nbgrader is driven through its API: its command line ignores `--config`. All it writes (its gradebook, which
holds the solutions in clear, and the exchange) stays in the temporary folder that it is given.
"""

import contextlib
import os
import re
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

try:
    from nbgrader.apps.api import NbGraderAPI
    from nbgrader.converters.generate_assignment import GenerateAssignment
    from nbgrader.preprocessors import ClearSolutions
except ModuleNotFoundError as error:
    if error.name is None or error.name.partition(".")[0] != "nbgrader":
        raise
    raise ModuleNotFoundError(
        'building a course needs nbgrader, which is not installed: pip install -e ".[course]"',
        name="nbgrader",
    ) from None

from nbconvert.preprocessors import TagRemovePreprocessor
from nbformat import NotebookNode
from traitlets.config import Config

from snnlab.course.exercises import TEACHING_NOTE, exercise_id, is_solution
from snnlab.course.notebooks import grade_id, label


class HoleClearer(ClearSolutions):  # type: ignore[misc]
    """nbgrader's ClearSolutions, whose hole names its own exercise: `todo("01.2")`."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: Any, cell_index: int
    ) -> tuple[NotebookNode, Any]:
        if cell.cell_type == "code" and is_solution(cell):
            identity = exercise_id(grade_id(cell))
            if not identity:
                raise ValueError(
                    f'{label(cell)}: grade_id: must be like "ex-01-2", got {grade_id(cell)!r} '
                    "(its hole names the exercise)"
                )
            if "### BEGIN SOLUTION" not in cell.source:
                raise ValueError(f"{label(cell)}: has no ### BEGIN SOLUTION (all of it would be cleared)")
            self.code_stub = {"python": f'todo("{identity}")'}
        try:
            return super().preprocess_cell(cell, resources, cell_index)
        except RuntimeError as error:
            raise ValueError(f"{label(cell)}: {error}") from None


def settings(course: Path) -> Config:
    """nbgrader's settings for a temporary course tree."""
    config = Config()
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.source_directory = "solutions"
    config.CourseDirectory.release_directory = "lessons"
    config.CourseDirectory.db_url = f"sqlite:///{course / 'gradebook.db'}"
    # nbgrader copies all files of the folder into the release: in the temporary tree that is the notebook and
    # the data that the lesson declares. The source with its solutions is not there to be copied.
    config.CourseDirectory.ignore = ["__pycache__", ".ipynb_checkpoints"]
    config.Exchange.root = str(course / "exchange")
    config.Exchange.cache = str(course / "cache")
    config.TagRemovePreprocessor.enabled = True
    config.TagRemovePreprocessor.remove_cell_tags = {TEACHING_NOTE}
    steps = list(GenerateAssignment.preprocessors.default_args[0])
    config.GenerateAssignment.preprocessors = [
        TagRemovePreprocessor, *(HoleClearer if step is ClearSolutions else step for step in steps)
    ]  # fmt: skip
    config.NbGraderAPI.log_level = "ERROR"
    return config


@contextlib.contextmanager
def _programs_of_this_python() -> Iterator[None]:
    """nbgrader runs `alembic` from PATH, where the programs of an inactive environment are not."""
    path, folder = os.environ.get("PATH", ""), os.getcwd()
    os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), path])
    try:
        yield
    finally:
        os.environ["PATH"] = path
        os.chdir(folder)


def release(course: Path, name: str) -> None:
    """Make course/lessons/NAME/ from course/solutions/NAME/NAME.ipynb (course: a temporary tree).

    Raises ValueError with nbgrader's reason in one line if it refuses.
    """
    for folder in ("exchange", "cache"):  # nbgrader looks for both, and grumbles if they are missing
        (course / folder).mkdir(exist_ok=True)
    with _programs_of_this_python():
        result = NbGraderAPI(config=settings(course)).generate_assignment(name, force=True, create=True)
    if not result["success"]:
        raise ValueError(f"nbgrader refuses it: {_reason(result.get('log', ''), result.get('error', ''))}")


def _reason(*reports: str) -> str:
    """The last exception line that says something, of nbgrader's reports."""
    lines = [line.strip() for report in reports for line in report.splitlines()]
    said = [
        line
        for line in lines
        if re.match(r"[\w.]*(Error|Exception)\b.*: \S", line) and "NbGraderException" not in line
    ]
    return said[0].partition(": ")[2] if said else (lines[-1] if lines else "it gives no reason")
