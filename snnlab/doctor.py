"""`snnlab doctor`: what is installed, whether it works, and how to mend what does not.

Every check is on its own: one that fails, or a package that cannot even be imported, does not stop the others.
"""

from __future__ import annotations

import importlib
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

# Distribution names. What a student needs for the lessons, and what only a tester or an instructor needs.
NEEDED = (
    "numpy",
    "numba",
    "scipy",
    "matplotlib",
    "ipywidgets",
    "anywidget",
    "jupyterlab",
    "jupytext",
    "brian2",
)
OPTIONAL = {
    "pytest": "to run the tests",
    "nbval": "to run the tests of the lessons",
    "nbgrader": "to build the lessons from their sources",
    "playwright": "for the tests in a browser",
}
CURRENT = 300.0  # pA: a default LIF fires at 49.2 Hz in continuous time, and 48 times in the first second


@dataclass(frozen=True)
class Finding:
    """One line of the report. state: "ok", "note" (works without) or "WRONG"; mend: what to do about it."""

    state: str
    text: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.state:<6}{self.text}" + (f"\n      -> {self.mend}" if self.mend else "")


def report(say: Callable[[str], None] = print) -> int:
    """Run every check, say each finding as it comes, and return the exit code: 0 all well, 1 something is wrong."""
    say(f"snnlab {_version('snnlab') or '(not installed)'} on {platform.system()} {platform.machine()}")
    wrong = 0
    for check in CHECKS:
        for finding in _guarded(check):
            say(str(finding))
            wrong += finding.state == "WRONG"
    say("All is well." if not wrong else f"{wrong} thing{'s' * (wrong > 1)} to mend: see the arrows above.")
    return 1 if wrong else 0


def _guarded(check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from check()
    except Exception as error:
        name = check.__name__.replace("_", " ")
        yield Finding("WRONG", f"{name}: {_in_words(error)}", f"install again: {pip('-r requirements.txt')}")


def python() -> Iterator[Finding]:
    """The interpreter: its version, and whether it is the one of a virtual environment."""
    here = f"Python {platform.python_version()} in {_short(Path(sys.prefix))}"
    if sys.version_info >= (3, 14):
        yield Finding("note", f"{here}: not tested yet", "if something fails, take Python 3.13")
    else:
        yield Finding("ok", here)


def packages() -> Iterator[Finding]:
    """The packages: there or not, and which version."""
    found = {name: _version(name) for name in (*NEEDED, *OPTIONAL)}
    yield Finding("ok", ", ".join(f"{name} {version}" for name, version in found.items() if version))
    for name in NEEDED:
        if not found[name]:
            yield Finding("WRONG", f"{name} is not installed", pip("-r requirements.txt"))
    for name, purpose in OPTIONAL.items():
        if not found[name]:
            yield Finding("note", f"{name} is not installed: you need it only {purpose}", pip(name))


def notebook() -> Iterator[Finding]:
    """JupyterLab: the widgets' extensions are there, and a notebook runs in this Python."""
    from jupyter_client.kernelspec import KernelSpecManager
    from jupyter_core.paths import jupyter_path

    folders = [Path(folder) for folder in jupyter_path("labextensions")]
    for extension in ("@jupyter-widgets/jupyterlab-manager", "anywidget"):
        if not any((folder / extension).is_dir() for folder in folders):
            yield Finding("WRONG", f"JupyterLab has no extension {extension}: sliders will not show",
                          pip("--force-reinstall ipywidgets anywidget"))  # fmt: skip
    kernel = KernelSpecManager().get_kernel_spec("python3").argv[0]
    # Jupyter replaces a bare "python" by the Python that it runs in itself.
    if kernel.startswith("python") or Path(kernel).parent == Path(sys.executable).parent:
        yield Finding("ok", "JupyterLab runs notebooks in this Python")
    else:
        yield Finding("WRONG", f"notebooks would run in another Python, {kernel}",
                      "a kernel named python3 was installed by hand: type  jupyter kernelspec remove python3")  # fmt: skip


def kernel_cache() -> Iterator[Finding]:
    """The folder of compiled kernels: where it is, and whether it can be written."""
    import platformdirs

    from snnlab.kernels import cache_folder

    wanted = Path(os.environ.get("SNNLAB_CACHE") or platformdirs.user_cache_dir("snnlab"))
    folder = cache_folder()
    if folder == wanted:
        yield Finding("ok", f"compiled kernels are kept in {folder} ({len(list(folder.glob('*.py')))} there)")
    else:
        yield Finding(
            "note",
            f"{wanted} cannot be written: kernels are compiled anew in every session",
            "set the environment variable SNNLAB_CACHE to a folder of your own",
        )


def simulation() -> Iterator[Finding]:
    """One second of one LIF neuron, against what theory says."""
    import snnlab as snn

    began = time.perf_counter()
    snn.simulate(snn.LIF(), I=CURRENT, t_stop=1.0)  # loads numba, and compiles if the cache is empty
    loaded = time.perf_counter()
    count = len(snn.simulate(snn.LIF(), I=CURRENT, t_stop=1000.0).spikes)
    yield _judged(
        "snnlab", count, time.perf_counter() - loaded, f", after {loaded - began:.2g} s to load or compile"
    )


def brian2() -> Iterator[Finding]:
    """One second of the same neuron in Brian2, on its numpy target (which needs no C++ compiler)."""
    ours, numpys = _version("brian2"), _version("numpy")
    if not ours:  # packages() has said so
        return
    if numpys and _numbers(ours) < (2, 10) and _numbers(numpys) >= (2, 4):
        yield Finding("WRONG", f"Brian2 {ours} does not work with NumPy {numpys}: it needs NumPy older than 2.4",
                      f'{pip(chr(34) + "numpy<2.4" + chr(34))}  (or take Python 3.12, which gets a newer Brian2)')  # fmt: skip
        return
    try:
        b = importlib.import_module("brian2")
    except Exception as error:
        yield Finding("WRONG", f"Brian2 {ours} with NumPy {numpys} cannot be imported: {_in_words(error)}",
                      pip("--force-reinstall -r requirements.txt"))  # fmt: skip
        return
    began = time.perf_counter()
    b.prefs.codegen.target = "numpy"
    b.start_scope()
    equations = "dv/dt = (-(v + 70*mV) + 0.1*Gohm*I) / (20*ms) : volt (unless refractory)\nI : amp"
    # Brian2 freezes a neuron for one step less than `refractory` says: 2.1 ms are our 2.0 ms.
    group = b.NeuronGroup(1, equations, threshold="v >= -50*mV", reset="v = -65*mV",
                          refractory=2.1 * b.ms, method="exact", dt=0.1 * b.ms)  # fmt: skip
    group.v, group.I = -70 * b.mV, CURRENT * b.pA
    monitor = b.SpikeMonitor(group)
    b.Network(group, monitor).run(1000 * b.ms)
    yield _judged("Brian2", int(monitor.num_spikes), time.perf_counter() - began)


CHECKS = (python, packages, notebook, kernel_cache, simulation, brian2)


def _judged(who: str, count: int, seconds: float, more: str = "") -> Finding:
    if abs(count - 48) <= 1:
        text = f"{who}: one second of a LIF neuron, {count} spikes ({seconds:.3g} s{more})"
        return Finding("ok", text)
    return Finding(
        "WRONG", f"{who}: {count} spikes where theory says 48", "please report this with all lines above"
    )


def pip(arguments: str) -> str:
    """The command that installs something into this very Python, as the reader can type it.

    >>> pip("numpy").endswith(" -m pip install numpy")
    True
    """
    executable = _short(Path(sys.executable))
    if " " in executable:  # PowerShell runs a quoted program only after an ampersand
        executable = f'{"& " if os.name == "nt" else ""}"{executable}"'
    return f"{executable} -m pip install {arguments}"


def _short(path: Path) -> str:
    """path as seen from this folder, if it lies below it."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:2] if part.isdigit())


def _in_words(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
