"""Where the files of a lesson stand in a course tree.

solutions/01_lif_neuron/01_lif_neuron.py       the one source
solutions/01_lif_neuron/01_lif_neuron.ipynb    the same, executed
lessons/01_lif_neuron/01_lif_neuron.ipynb      the student's: solutions and teaching notes gone
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Lesson:
    """One lesson of a course tree.

    course: the folder that holds solutions/ and lessons/.   name: "01_lif_neuron".
    """

    course: Path
    name: str

    @property
    def number(self) -> str:
        """What its exercise ids begin with: "01" in "01_lif_neuron"."""
        return self.name.partition("_")[0]

    @property
    def source(self) -> Path:
        return self.course / "solutions" / self.name / f"{self.name}.py"

    @property
    def solution(self) -> Path:
        return self.source.with_suffix(".ipynb")

    @property
    def release(self) -> Path:
        return self.course / "lessons" / self.name / f"{self.name}.ipynb"

    def shown(self, path: Path) -> str:
        """The path as messages write it: inside the course, with forward slashes."""
        return path.relative_to(self.course).as_posix()


def find(course: Path, names: Sequence[str] | None = None) -> list[Lesson]:
    """The lessons of a course in order, or those that are named.

    names: "01_lif_neuron", its number "01", or a path that ends in its folder; None means all.
    Raises ValueError if the folder is no course or a name fits no lesson.
    """
    course = Path(course).resolve()
    if not (course / "solutions").is_dir():
        raise ValueError(
            f"course: must be a folder that holds solutions/, got {course} "
            "(run this in the root of the repository, or pass --course DIR)"
        )
    folders = sorted(path for path in (course / "solutions").iterdir() if path.is_dir())
    lessons = [Lesson(course, folder.name) for folder in folders if not folder.name.startswith((".", "_"))]
    if not names:
        return lessons
    chosen = []
    for name in names:
        wanted = Path(name).name.removesuffix(".py").removesuffix(".ipynb")
        fitting = [lesson for lesson in lessons if wanted in (lesson.name, lesson.number)]
        if not fitting:
            known = ", ".join(lesson.name for lesson in lessons) or "none"
            raise ValueError(f"lesson: there is no {name!r} in {course / 'solutions'} (there are: {known})")
        chosen += [lesson for lesson in fitting if lesson not in chosen]
    return chosen


def strays(course: Path) -> list[str]:
    """Folders of lessons/ that come from no folder of solutions/, as problems in words."""
    course = Path(course).resolve()
    if not (course / "lessons").is_dir():
        return []
    known = {lesson.name for lesson in find(course)}
    return [
        f"lessons/{folder.name}: has no solutions/{folder.name} "
        "(lessons/ is generated: remove the folder, or rename it with its source)"
        for folder in sorted((course / "lessons").iterdir())
        if folder.is_dir() and not folder.name.startswith(".") and folder.name not in known
    ]
