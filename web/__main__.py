"""`python -m web OUT`: build the web edition into a folder. Warnings are errors, and so are links that lead nowhere."""

import argparse
import sys
import tempfile
from pathlib import Path

from snnlab.course import lessons as course
from web import assemble, colab, links

ROOT = Path(__file__).parents[1]


def build(out: Path, root: Path = ROOT) -> int:
    """Build into `out`; the exit code is 0 if there is nothing to mend."""
    from sphinx.cmd.build import main as sphinx

    with tempfile.TemporaryDirectory(prefix="snnlab-web-") as folder:
        source = Path(folder)
        assemble.write(root, source)
        code = sphinx(
            ["-q", "-W", "--keep-going", "-b", "html", "-d", f"{folder}/.doctrees", folder, str(out)]
        )
    project = assemble.Project.of(root)
    colab.write(project.repository, project.version, course.find(root), out / "colab")
    broken = links.broken(out) if code == 0 else []
    print("\n".join(broken), file=sys.stderr)
    return code or bool(broken)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m web", description=__doc__)
    parser.add_argument("out", type=Path, help="the folder of the built pages, such as artifacts/web")
    sys.exit(build(parser.parse_args().out))
