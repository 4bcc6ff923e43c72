"""The first program in the sandbox: limits, a warm home, and then the kernel in this same process.

Called as `inside.py LIMITS CONNECTION_FILE`, LIMITS being JSON. It runs as the user that the student's code runs as,
and it sets the limits here and not outside: those on processes would be shared by all sandboxes there.
"""

import contextlib
import json
import os
import resource
import shutil
import sys


def limit(name: str, value: int) -> None:
    """Lower one resource limit; never above what is allowed already."""
    kind = getattr(resource, name)
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


def cut_long_output(most: int = 8_000_000) -> None:
    """Drop what is printed after so many letters. An endless print would else fill the kernel's own memory, sooner or
    later depending on how fast it is read, and so decide on marks by luck. The grader has limits of its own besides."""
    from ipykernel.iostream import OutStream

    write, left = OutStream.write, [most]

    def limited(self: OutStream, text: str) -> int | None:
        if left[0] <= 0 or not isinstance(text, str):
            return len(text) if isinstance(text, str) else write(self, text)
        left[0] -= len(text)
        return write(self, text[: most + 1])

    setattr(OutStream, "write", limited)  # noqa: B010  (mypy does not want a method assigned)
    from IPython.core.interactiveshell import InteractiveShell

    if hasattr(InteractiveShell, "_tee"):  # IPython keeps all that is printed for its history
        setattr(InteractiveShell, "_tee", lambda self, channel: contextlib.nullcontext())  # noqa: B010


def main() -> None:
    limits = json.loads(sys.argv[1])
    warm = limits.pop("warm", "")
    if warm:  # copied, since numba writes beside the kernels that it reads
        for part in os.scandir(warm):
            shutil.copytree(part.path, os.path.join(os.environ["HOME"], part.name))
    work = os.path.join(os.environ["HOME"], "work")
    if os.path.isdir("/own"):  # files that belong to this student alone
        shutil.copytree("/own", work, dirs_exist_ok=True)
    os.chdir(work)
    for name, value in limits.items():
        limit(name, value)
    sys.argv = ["ipykernel_launcher", "-f", sys.argv[2], "--log-level=CRITICAL"]
    from ipykernel import kernelapp

    cut_long_output()
    sys.path.insert(0, "")  # the working folder, as in every notebook
    kernelapp.launch_new_instance()


if __name__ == "__main__":
    main()
