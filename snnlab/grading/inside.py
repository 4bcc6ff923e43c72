"""The first program in the sandbox: limits, a warm home, and then the kernel in this same process.

Called as `inside.py LIMITS CONNECTION_FILE`, LIMITS being JSON. It runs as the user that the student's code runs as,
and it sets the limits here and not outside: those on processes would be shared by all sandboxes there.
"""

import contextlib
import ctypes
import errno
import json
import os
import resource
import select
import shutil
import struct
import sys


def limit(name: str, value: int) -> None:
    """Lower one resource limit; never above what is allowed already."""
    kind = getattr(resource, name)
    _, hard = resource.getrlimit(kind)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (value, value))


# memfd_create, memfd_secret and shmget: memory that belongs to no process and to no folder, so that no limit counts it.
_UNCOUNTED = {"x86_64": (0xC000003E, (319, 447, 29)), "aarch64": (0xC00000B7, (279, 447, 194))}
_ALLOW, _NO_SUCH_CALL, _MORE_BITS = 0x7FFF0000, 0x00050000 | errno.ENOSYS, 0x40000000


def refuse_uncounted_memory() -> None:
    """Make those system calls fail as on a kernel that has none of them, for this process and all that it starts.

    A filter of seccomp (Documentation/userspace-api/seccomp_filter.rst): calls of other kinds, such as those of 32 bit
    programs, have other numbers, and are all refused. On another kind of machine there is no filter.
    """
    if os.uname().machine not in _UNCOUNTED:
        return
    kind, calls = _UNCOUNTED[os.uname().machine]
    load, equal, at_least, give = (
        0x20,
        0x15,
        0x35,
        0x06,
    )  # BPF_LD|W|ABS, BPF_JMP|JEQ|K, BPF_JMP|JGE|K, BPF_RET|K
    refused = len(calls)  # how far from the first comparison the refusal stands
    steps = [
        (load, 0, 0, 4),
        (equal, 0, refused + 3, kind),
        (load, 0, 0, 0),
        (at_least, refused + 1, 0, _MORE_BITS),
    ]
    steps += [(equal, refused - place, 0, call) for place, call in enumerate(calls)]
    steps += [(give, 0, 0, _ALLOW), (give, 0, 0, _NO_SUCH_CALL)]
    program = b"".join(struct.pack("HBBI", *step) for step in steps)
    code = ctypes.create_string_buffer(program, len(program))
    told = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code))
    libc = ctypes.CDLL(None, use_errno=True)
    for words in ((38, 1, 0, 0, 0), (22, 2, told, 0, 0)):  # PR_SET_NO_NEW_PRIVS; PR_SET_SECCOMP, its filter
        if libc.prctl(*words) != 0:
            raise OSError(ctypes.get_errno(), "no filter of system calls")


def end_with_the_grader() -> None:
    """End here when the grader, at the other end of stdin, is gone already; what follows sees an empty stdin.

    Later bubblewrap ends with it. But while it makes its mounts its inner process does not hear yet of a death.
    """
    grader = select.poll()
    grader.register(0, 0)  # a hang-up is always told
    if grader.poll(0):
        os._exit(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)


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
    end_with_the_grader()
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
    refuse_uncounted_memory()
    sys.argv = ["ipykernel_launcher", "-f", sys.argv[2], "--log-level=CRITICAL"]
    from ipykernel import kernelapp

    cut_long_output()
    sys.path.insert(0, "")  # the working folder, as in every notebook
    kernelapp.launch_new_instance()


if __name__ == "__main__":
    main()
