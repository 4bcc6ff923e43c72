"""Write the tree of sources that Sphinx makes into pages: lessons, glossary, reference, and the pages of docs/."""

import html
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import yaml

from snnlab.course import lessons as course
from snnlab.course.execute import NOT_DONE
from web import glossary, reference

LINK = re.compile(r"(?<!\\)\]\(([^)\s]+)\)")
MATHJAX = Path(__file__).parent / "node_modules" / "mathjax" / "es5" / "tex-svg.js"


@dataclass(frozen=True)
class Project:
    """Where the course lives: what a page says of itself, and where links out of the book lead."""

    root: Path
    repository: str
    version: str

    @classmethod
    def of(cls, root: Path) -> "Project":
        about = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
        return cls(root, about["repository-code"], str(about["version"]))

    @property
    def name(self) -> str:
        """owner/name"""
        return urlsplit(self.repository).path.strip("/")

    def binder(self, notebook: str) -> str:
        return f"https://mybinder.org/v2/gh/{self.name}/v{self.version}?urlpath=lab/tree/{notebook}"

    def colab(self, lesson: str) -> str:
        # The published site stands in this branch; its colab/ holds the lessons with a first cell that installs.
        return f"https://colab.research.google.com/github/{self.name}/blob/gh-pages/colab/{lesson}.ipynb"

    def source(self, path: str) -> str:
        return f"{self.repository}/blob/v{self.version}/{path}"


def write(root: Path, out: Path) -> None:
    """The whole tree. Raises ValueError if a page links to a file that the repository does not have."""
    project = Project.of(root)
    found = course.find(root)
    notebooks = {lesson.name: nbformat.read(lesson.release, as_version=4) for lesson in found}
    solved = {lesson.name: nbformat.read(lesson.solution, as_version=4) for lesson in found}
    texts = {
        name: [c.source for c in nb.cells if c.cell_type == "markdown"] for name, nb in notebooks.items()
    }
    known = glossary.collect(texts)
    titles = {name: _title(cells[0]) for name, cells in texts.items()}
    for name, notebook in notebooks.items():
        _lesson(project, name, notebook, solved[name], known)
        folder = out / "lessons" / name
        folder.mkdir(parents=True)
        nbformat.write(notebook, folder / f"{name}.ipynb")
    (out / "glossary.md").write_text(
        _linked_out(project, glossary.page(known, titles), Path("glossary.md")), encoding="utf-8"
    )
    guides = _guides(project, out)
    (out / "reference").mkdir()
    made = reference.pages()
    for name, text in made.items():
        (out / "reference" / f"{name}.md").write_text(text, encoding="utf-8")
    (out / "index.md").write_text(_index(project, titles, guides, list(made)), encoding="utf-8")
    (out / "about.toml").write_text(f'version = "{project.version}"\nrepository = "{project.repository}"\n')
    shutil.copy(Path(__file__).with_name("conf.py"), out)
    _static(out / "_static")


def _static(folder: Path) -> None:
    if not MATHJAX.exists():
        raise ValueError("web: needs MathJax; type: npm ci --prefix web --ignore-scripts")
    folder.mkdir()
    shutil.copy(MATHJAX, folder)
    for name in ("snnlab.css", "snnlab.js"):
        shutil.copy(Path(__file__).with_name(name), folder)


def _title(cell: str) -> str:
    return next(line[2:].strip() for line in cell.splitlines() if line.startswith("# "))


# ---------------------------------------------------------------- lessons


def _lesson(project: Project, name: str, notebook, solution, known: dict) -> None:
    """A student's notebook as a chapter, in place."""
    path = Path("lessons") / name / f"{name}.ipynb"
    solved = {cell.source: cell for cell in solution.cells if cell.cell_type == "code"}
    for number, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            text = glossary.linked(cell.source, known, first=number == 0)
            cell.source = _linked_out(project, text, path)
        elif cell.cell_type == "code":
            if any(NOT_DONE.search(str(output.get("evalue", ""))) for output in cell.outputs):
                # The text goes on to speak of this picture: show what comes once the exercise is done.
                cell.outputs = solved[cell.source].outputs if cell.source in solved else []
            cell.outputs = [_shown(output) for output in cell.outputs]
            if cell.metadata.get("jupyter", {}).get("source_hidden"):
                cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input"]
    first = notebook.cells[0]
    first.source = re.sub(
        r"^(# .+)$", lambda h: f"{h[1]}\n\n{_ways(project, name)}", first.source, count=1, flags=re.MULTILINE
    )


def _ways(project: Project, name: str) -> str:
    path = f"lessons/{name}/{name}.ipynb"
    ways = (
        ("Work on it: Binder", project.binder(path)),
        ("Work on it: Colab", project.colab(name)),
        ("The notebook", project.source(path)),
    )
    return '<p class="open-lesson">' + " ".join(f'<a href="{to}">{text}</a>' for text, to in ways) + "</p>"


def _shown(output):
    """One stored output as a page shows it: a picture with its words, no kernel needed."""
    data = output.get("data", {})
    if "image/png" in data and "text/html" not in data:
        alt = output.metadata.get("image/png", {}).get("alt") or str(data.get("text/plain", ""))
        source = f"data:image/png;base64,{''.join(str(data['image/png']).split())}"
        data["text/html"] = f'<img src="{source}" alt="{html.escape(alt)}">'
    return output


# ---------------------------------------------------------------- pages of prose


def _guides(project: Project, out: Path) -> list[str]:
    """The pages of docs/, under their own names."""
    pages = sorted((project.root / "docs").glob("*.md"))
    (out / "docs").mkdir()
    for page in pages:
        text = page.read_text(encoding="utf-8")
        (out / "docs" / page.name).write_text(_linked_out(project, text, Path("docs") / page.name), "utf-8")
    return [page.stem for page in pages]


def _linked_out(project: Project, text: str, page: Path) -> str:
    """Links to files that are no pages of the book lead to the repository."""
    parts = re.split(r"(```.*?```)", text, flags=re.DOTALL)
    for k in range(0, len(parts), 2):
        parts[k] = LINK.sub(lambda found: f"]({_target(project, found[1], page)})", parts[k])
    return "".join(parts)


def _target(project: Project, target: str, page: Path) -> str:
    address = urlsplit(target)
    if address.scheme or not address.path:
        return target
    path = Path(os.path.normpath(page.parent / address.path))
    if not (project.root / path).exists():
        raise ValueError(f"{page}: links to {target}, which is not there")
    inside = path.suffix == ".md" and path.parent == Path("docs")
    inside |= path.suffix == ".ipynb" and path.parts[0] == "lessons"
    return target if inside else project.source(path.as_posix())


def _index(project: Project, titles: dict[str, str], guides: list[str], made: list[str]) -> str:
    def tree(caption: str, pages: list[str]) -> str:
        return (
            f"```{{toctree}}\n:caption: {caption}\n:maxdepth: 1\n:hidden:\n\n" + "\n".join(pages) + "\n```\n"
        )

    rows = [
        f"| {name.partition('_')[0]} | [{title}](lessons/{name}/{name}.ipynb) | [Binder]({project.binder(f'lessons/{name}/{name}.ipynb')}) | [Colab]({project.colab(name)}) |"
        for name, title in titles.items()
    ]
    text = Path(__file__).with_name("index.md").read_text(encoding="utf-8")
    table = "| | lesson | work on it | |\n|---|---|---|---|\n" + "\n".join(rows)
    return "\n".join([
        text.replace("(the lessons)", table).replace("(repository)", f"({project.repository})"),
        tree("Lessons", [f"lessons/{name}/{name}" for name in titles]),
        tree("Look it up", ["glossary", *(f"reference/{name}" for name in made)]),
        tree("Teach with it, build on it", [f"docs/{name}" for name in guides]),
    ])  # fmt: skip
