"""The console command: snnlab doctor | warmup | build | grade | key.

Each subcommand imports what it needs when it runs, so that `snnlab --help` answers at once and `snnlab doctor`
works in an installation where something else is broken. A mistake is answered in one line with exit code 2.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def main(argv: list[str] | None = None) -> int:
    """Run one subcommand and return its exit code: 0 well, 1 something is wrong, 2 it could not be done.

    argv: the words after `snnlab` (default: those of the command line).

    >>> main(["build", "--course", "no_such_folder"])
    2
    """
    arguments = _parser().parse_args(argv)
    try:
        return arguments.run(arguments)
    except KeyboardInterrupt:
        return 130
    except ModuleNotFoundError as error:
        if arguments.traceback or (error.name or "").startswith("snnlab"):
            raise
        _complain(arguments, f"{error.name} is not installed; type: {_install(arguments.extra)}")
    except (
        ValueError,
        TypeError,
        OSError,
    ) as error:  # what the library says of a mistake is meant for the reader
        if arguments.traceback:
            raise
        _complain(arguments, _first_line(error))
    except Exception as error:  # a mistake of ours: one line, and the way to see more
        if arguments.traceback:
            raise
        text = f"{type(error).__name__}: {_first_line(error)}"
        _complain(arguments, f"{text} (`snnlab --traceback {arguments.command} ...` shows where)")
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="snnlab", description="Spiking neural networks, taught by running them."
    )
    parser.add_argument(
        "--traceback", action="store_true", help="show Python's traceback when something fails"
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="doctor | warmup | build | grade | key"
    )

    doctor = commands.add_parser("doctor", help="say what is installed, whether it works, and how to mend it")
    doctor.set_defaults(run=_doctor, extra="")

    warmup = commands.add_parser(
        "warmup", help="compile the kernels that the lessons use, so that no lesson waits"
    )
    warmup.set_defaults(run=_warmup, extra="")

    build = commands.add_parser(
        "build", help="make both notebooks of each lesson from its source in solutions/"
    )
    build.add_argument(
        "lessons", nargs="*", metavar="LESSON", help="such as 01_lif_neuron (default: every lesson)"
    )
    build.add_argument(
        "--check", action="store_true", help="execute nothing: fail where a notebook left its source"
    )
    build.add_argument("--course", type=Path, default=Path(), metavar="DIR",
                       help="a tree with solutions/ and lessons/ (default: this folder)")  # fmt: skip
    build.set_defaults(run=_build, extra="course")

    from snnlab.grading import command, key

    grade = commands.add_parser("grade", help="grade a folder of submissions (see docs/grading.md)")
    command.options(grade)
    grade.set_defaults(run=command.main, extra="grading")

    keys = commands.add_parser("key", help="the parameters that belong to each student (see docs/grading.md)")
    key.options(keys)
    keys.set_defaults(run=key.main, extra="grading")
    return parser


def _doctor(arguments: argparse.Namespace) -> int:
    from snnlab import doctor

    return doctor.report()


def _warmup(arguments: argparse.Namespace) -> int:
    from snnlab import warmup

    warmup.warmup(say=print)
    return 0


def _build(arguments: argparse.Namespace) -> int:
    from snnlab.course import build

    if not arguments.check:
        build.build(arguments.course, arguments.lessons or None)
        return 0
    problems = build.check(arguments.course, arguments.lessons or None)
    for problem in problems:
        print(problem)
    print(f"{len(problems)} to mend: edit the source, then run `snnlab build`" if problems else "no drift")
    return 1 if problems else 0


def _first_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0] if lines else type(error).__name__


def _install(extra: str) -> str:
    from snnlab.doctor import pip

    return pip(f'".[{extra}]"' if extra else "-r requirements.txt")


def _complain(arguments: argparse.Namespace, text: str) -> None:
    print(f"snnlab {arguments.command}: {text}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
