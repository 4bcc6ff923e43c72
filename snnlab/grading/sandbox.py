"""A kernel in bubblewrap: what it sees, what it may use, and as whom it runs.

Only the kernel runs inside. It sees the system and this Python read-only, an empty home, and one folder with the Unix
sockets through which the grader talks to it: no network, no course, no other process, no environment.

As root, bubblewrap makes the mounts and `setpriv` then becomes a user of a number that nobody else has: Linux does not
enforce a limit on processes for root. As any other user, bubblewrap makes a user namespace, if the kernel allows.
"""

import json
import os
import secrets
import shutil
import stat
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

PACKAGE = Path(__file__).resolve().parents[1]
HOME = "/student"
MB = 1024**2


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Times are limited in `kernel`, since they depend on the lesson.

    memory : bytes, of address space for each process, and resident for all together.
    processes : processes and threads.   file, disk : bytes, of one file; of the home, and again of /tmp.
    """

    memory: int = 3 * 1024 * MB
    processes: int = 64
    file: int = 100 * MB
    disk: int = 256 * MB

    def inside(self, warm: str, cpu: float) -> str:
        """The words for `inside.py`. cpu : s, the last resort for a process that the grader lost sight of."""
        return json.dumps({
            "warm": warm, "RLIMIT_AS": self.memory, "RLIMIT_NPROC": self.processes, "RLIMIT_FSIZE": self.file,
            "RLIMIT_CORE": 0, "RLIMIT_NOFILE": 1024, "RLIMIT_CPU": int(cpu) + 1,
        })  # fmt: skip


class NoSandboxError(ValueError):
    """Submissions can't be kept apart from this machine."""


def check() -> None:
    """Raise NoSandboxError, with the reason, unless the sandbox works here. It is asked once per process."""
    if problem := _problem():
        raise NoSandboxError(
            f"grade.sandbox: must work before code of students runs here: {problem} "
            "(--trusted-submissions runs them without it: everything that you may do, they may)"
        )


@lru_cache(maxsize=1)
def _problem() -> str:
    if not sys.platform.startswith("linux"):
        return f"bubblewrap needs Linux, and this is {sys.platform}"
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed (apt-get install bubblewrap)"
    uid = _private_uid()
    if uid and shutil.which("setpriv") is None:
        return "setpriv is not installed (apt-get install util-linux)"
    program = [*_start(uid), *_system(), "--proc", "/proc", "--dev", "/dev", *_become(uid), "/usr/bin/true"]
    try:
        done = subprocess.run(program, capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return "" if done.returncode == 0 else f"bubblewrap fails: {done.stderr.strip()[:200]}{_advice()}"


def _advice() -> str:
    for name, bad, text in (
        ("kernel/apparmor_restrict_unprivileged_userns", "1", "; AppArmor restricts user namespaces here"),
        ("kernel/unprivileged_userns_clone", "0", "; this kernel gives user namespaces to root alone"),
        ("user/max_user_namespaces", "0", "; user namespaces are switched off"),
    ):
        setting = Path("/proc/sys", name)
        if setting.exists() and setting.read_text().strip() == bad:
            return f"{text} (see docs/grading.md; sysctl {name.replace('/', '.')})"
    return ""


def _private_uid() -> int:
    """As root: a user number that no other sandbox has, so that limits on processes are not shared. Else 0."""
    if os.geteuid() != 0:
        return 0
    first, _, count = (int(word) for word in Path("/proc/self/uid_map").read_text().split()[:3])
    end = min(first + count, 2**31)
    low = min(100_000, end // 2)
    return low + secrets.randbelow(end - low)


def _start(uid: int) -> list[str]:
    apart = ["--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    apart += [
        "--hostname",
        "sandbox",
        "--die-with-parent",
        "--new-session",
        "--clearenv",
        "--cap-drop",
        "ALL",
    ]
    if uid:
        return ["bwrap", *apart, "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return ["bwrap", *apart, "--unshare-user", "--uid", "1000", "--gid", "1000"]


def _become(uid: int) -> list[str]:
    if not uid:
        return ["--"]
    return ["--", "setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--inh-caps=-all", "--"]


def _system() -> list[str]:
    """The system's programs and fonts, and this Python, read-only."""
    words = ["--ro-bind", "/usr", "/usr"]
    for name in ("bin", "sbin", "lib", "lib32", "lib64", "libx32"):
        path = Path("/", name)
        if path.is_symlink():
            words += ["--symlink", os.readlink(path), str(path)]
        elif path.is_dir():
            words += ["--ro-bind", str(path), str(path)]
    for shown in (
        "/etc/ld.so.cache",
        "/etc/alternatives",
        "/etc/fonts",
        "/etc/localtime",
        "/var/cache/fontconfig",
    ):
        words += ["--ro-bind-try", shown, shown]
    for folder in python_folders():
        words += [*_parents(folder), "--ro-bind", str(folder), str(folder)]
    return words


def _parents(path: Path) -> list[str]:
    """The folders above a mount, since bubblewrap would make them unreadable for other users."""
    above = [folder for folder in reversed(path.parents) if len(folder.parts) > 1]
    return [word for folder in above for word in ("--perms", "0755", "--dir", str(folder))]


def python_folders() -> list[Path]:
    """Where this Python and snnlab stand, without what is in /usr anyway."""
    wanted = [
        Path(sys.prefix),
        Path(sys.base_prefix),
        *(Path(sysconfig.get_path(n)) for n in ("purelib", "platlib")),
    ]
    folders: list[Path] = []
    for folder in (*wanted, PACKAGE):
        if not any(folder.is_relative_to(seen) for seen in (Path("/usr"), *folders)):
            folders.append(folder)
    return folders


def hidden_from_students(path: Path, what: str) -> None:
    """Raise ValueError if a folder lies where every sandbox can read it."""
    path = path.resolve()
    for folder in (Path("/usr"), *python_folders()):
        if path.is_relative_to(folder.resolve()):
            raise ValueError(
                f"grade.{what}: must be outside of {folder}, which submissions can read, got {path}"
            )


def environment(home: str) -> dict[str, str]:
    """All variables that a kernel has."""
    words = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "HOME": home, "USER": "student", "LANG": "C.UTF-8",
        "XDG_CACHE_HOME": f"{home}/.cache", "MPLCONFIGDIR": f"{home}/.cache/matplotlib", "IPYTHONDIR": f"{home}/.ipython",
        "SNNLAB_CACHE": f"{home}/.cache/snnlab", "JUPYTER_PLATFORM_DIRS": "1", "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0",
    }  # fmt: skip
    words["MALLOC_ARENA_MAX"] = "2"  # each arena reserves addresses, and these are limited
    # One thread each: the machine's cores are shared out to submissions, and threads count as processes.
    words |= dict.fromkeys(
        ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
    )
    if PACKAGE.parent not in (Path(sysconfig.get_path("purelib")), Path(sysconfig.get_path("platlib"))):
        words["PYTHONPATH"] = str(PACKAGE.parent)
    return words


def start(
    sockets: Path,
    warm: Path,
    limits: Limits,
    cpu: float,
    log: IO[bytes],
    *,
    own: Path | None = None,
    keep: bool = False,
    trusted: bool = False,
) -> subprocess.Popen:
    """Start a kernel whose connection file is sockets/"kernel.json".

    log : takes what is said before the kernel can speak for itself.
    warm : a folder whose content the home begins with (`work` in it is the working folder). With `keep` it *is* the
    home, writable, so that the caches of a first run can be kept.   cpu : s, for each process.
    own : a folder whose files go to the working folder, too.   trusted : without the sandbox, and with the limits.
    """
    inside, connection = str(PACKAGE / "grading" / "inside.py"), str(sockets / "kernel.json")
    python = [sys.executable, "-P", "-s", inside]
    # stdin says no word: its end tells `inside` that the grader is gone.
    quiet = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": log}
    if trusted:
        home = warm if keep else sockets / "home"
        if not keep:
            shutil.copytree(warm, home)
        if own is not None:
            shutil.copytree(own, home / "work", dirs_exist_ok=True)
        words = environment(str(home))
        # The limit on processes would count everything that this user runs.
        told = json.loads(limits.inside("", cpu))
        del told["RLIMIT_NPROC"]
        return subprocess.Popen([*python, json.dumps(told), connection], env=words, cwd=home / "work",
                                start_new_session=True, **quiet)  # type: ignore[call-overload,no-any-return]  # fmt: skip
    check()
    uid = _private_uid()
    if uid:
        for path in (sockets, *sockets.iterdir()):
            os.chown(path, uid, uid)
    shown = ["--ro-bind", str(warm), "/warm", "--perms", "1777", "--size", str(limits.disk), "--tmpfs", HOME]
    if keep:
        shown = ["--bind", str(warm), HOME]
        if uid:
            give(warm, uid)
    if own is not None:
        shown += ["--ro-bind", str(own), "/own"]
    program = [
        # /tmp comes first: this Python may stand in it, as that of a test does.
        *_start(uid), "--perms", "1777", "--size", str(limits.disk), "--tmpfs", "/tmp",
        *_system(), "--proc", "/proc", "--dev", "/dev", *_parents(Path(HOME)), *shown,
        "--perms", "1777", "--size", str(64 * MB), "--tmpfs", "/dev/shm",
        *_parents(sockets), "--bind", str(sockets), str(sockets), "--remount-ro", "/dev", "--remount-ro", "/",
    ]  # fmt: skip
    for name, value in environment(HOME).items():
        program += ["--setenv", name, value]
    told_inside = limits.inside("" if keep else "/warm", cpu)
    program += [*_become(uid), *python, told_inside, connection]
    return subprocess.Popen(program, cwd="/", env={"PATH": os.environ.get("PATH", "/usr/bin:/bin")}, **quiet)  # type: ignore[call-overload,no-any-return]


def give(folder: Path, uid: int) -> None:
    """Make a tree belong to a user (root's mode), without following links."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, uid, uid, follow_symlinks=False)


def readable(folder: Path) -> None:
    """Let the user in the sandbox read a warm folder."""
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            mode = path.stat().st_mode
            path.chmod(stat.S_IMODE(mode) | (0o555 if path.is_dir() else 0o444))
