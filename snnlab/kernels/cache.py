"""Where kernels live: modules named by the hash of all that is in them, compiled once per machine.

The folder is `$SNNLAB_CACHE`, or the platform's cache folder of the user. A file appears by atomic rename, so
that any number of processes can start at once. Where the folder can't be written, what is there is copied to a
private one: numba needs to write beside a module, even when all is compiled.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import sys
import tempfile
import threading
from functools import lru_cache
from pathlib import Path
from types import ModuleType

LOADING = threading.Lock()  # a module stands in sys.modules before it has run: other threads wait for its end


@lru_cache(maxsize=8)
def _folder(wanted: str | None) -> Path:
    if wanted is None:
        import platformdirs

        wanted = platformdirs.user_cache_dir("snnlab")
    folder = Path(wanted)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        private = Path(tempfile.mkdtemp(prefix="snnlab-kernels-"))
        if folder.is_dir():
            shutil.copytree(folder, private, dirs_exist_ok=True)
        return private


def cache_folder() -> Path:
    """The folder that holds the generated kernels, made if it has to be."""
    return _folder(os.environ.get("SNNLAB_CACHE"))


def load(text: str) -> ModuleType:
    """The module of a kernel's text, from memory or from the cache, written there first if it is new."""
    import numba

    stamp = f"# numba {numba.__version__}, bounds check {numba.config.BOUNDSCHECK}\n"  # type: ignore[attr-defined]
    name = "snnlab_kernel_" + hashlib.sha256((stamp + text).encode()).hexdigest()[:20]
    with LOADING:
        return sys.modules.get(name) or _executed(name, stamp + text)


def _executed(name: str, text: str) -> ModuleType:
    """The module of that name and text, run once. numba finds it by its name, so it stands in sys.modules."""
    path = cache_folder() / f"{name}.py"
    if not path.exists():
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.replace(temporary, path)
    specification = importlib.util.spec_from_file_location(name, path)
    if specification is None or specification.loader is None:
        raise ImportError(f"kernel {path} can't be loaded")
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    try:
        specification.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module
