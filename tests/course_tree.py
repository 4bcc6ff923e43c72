"""A throw-away course for the tests of the pipeline: one lesson, as short as the standard allows."""

import base64
import struct
import zlib
from pathlib import Path

NAME = "99_leak"


def png(text: bytes = b"Software\0Matplotlib version 9.9") -> bytes:
    """One grey pixel, with a text chunk as matplotlib writes it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"tEXt", text) + chunk(b"IDAT", zlib.compress(b"\0\x80"))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND", b"")


SOURCE = f'''
# %% [markdown]
# # One leak
# **How fast does a membrane forget?** 10 minutes.
# **You need** nothing. **You will be able to** write one step.

# %%
from IPython.display import display
from snnlab.checks import check, todo

picture = "{base64.b64encode(png()).decode()}"
display({{"image/png": picture, "text/plain": "a pixel"}}, metadata={{"image/png": {{"alt": "grey"}}}}, raw=True)
print("first"); print("second")

# %% [markdown]
# ## Predict: how much is left?

# %% nbgrader={{"grade_id": "ex-99-1", "solution": true}}
def leak_step(v, tau_m, dt):
    """v one step later, mV.   v: mV.   tau_m, dt: ms."""
    ### BEGIN SOLUTION
    slope_of_v = -v / tau_m
    return v + dt * slope_of_v
    ### END SOLUTION

# %% nbgrader={{"grade_id": "check-99-1", "grade": true, "locked": true, "points": 2}}
check.ex_99_1(leak_step)

# %% tags=["raises-exception"]
print(f"{{leak_step(10.0, 20.0, 0.1):.3f}} mV")

# %% [markdown]
# ## Play: a slider
# ## Reproduce: Lapicque
# ## Cross-check: by hand
# ## Bug hunt: a leak that grows

# %% nbgrader={{"grade_id": "ex-99-2", "solution": true}} tags=["bug-hunt"]
def leak_mended(v, tau_m, dt):
    """v one step later, mV.   v: mV.   tau_m, dt: ms."""
    ### BEGIN SOLUTION
    return v * (1 - dt / tau_m)
    ### END SOLUTION

# %% nbgrader={{"grade_id": "check-99-2", "grade": true, "locked": true, "points": 3}}
check.ex_99_2(leak_mended)

# %% [markdown]
# ## Close
# Is it slow? Is it quick? Is it linear? https://doi.org/10.1007/s00422-007-0190-0

# %% [markdown] tags=["teaching-note"]
# ## Teaching note
# Many students forget the sign of the leak.
'''.lstrip()


CHECKS = '''
"""Exercises of the throw-away lesson."""

from snnlab.checks import Case, Exercise, Wrong


def inputs(seed):
    return [Case("a step of 0.1 ms", {"v": 10.0 + seed, "tau_m": 20.0, "dt": 0.1}),
            Case("a step of 1 ms", {"v": 4.0, "tau_m": 10.0, "dt": 1.0})]


def right(v, tau_m, dt):
    return v * (1 - dt / tau_m)


def exercise(id, points):
    return Exercise(
        id=id, title="One step of the leak", points=points, inputs=inputs, oracle=right,
        hints=("What happens to v when nothing comes in?",),
        wrong=(Wrong("sign", lambda v, tau_m, dt: v * (1 + dt / tau_m), "It grows: is a sign wrong?"),
               Wrong("no dt", lambda v, tau_m, dt: v * (1 - 1 / tau_m), "Does it depend on dt?"),
               Wrong("fixed", lambda v, tau_m, dt: v - dt / tau_m, "Does it lose the same at every v?")),
    )


first, second = exercise("99.1", 2), exercise("99.2", 3)
'''.lstrip()


def write_course(folder: Path, source: str = SOURCE, checks: str = CHECKS) -> Path:
    """Write a course tree with one lesson and its checks; returns its folder."""
    (folder / "checks").mkdir(parents=True)
    (folder / "checks" / "ex_99.py").write_text(checks, encoding="utf-8")
    lesson = folder / "solutions" / NAME
    lesson.mkdir(parents=True)
    (lesson / f"{NAME}.py").write_text(source, encoding="utf-8")
    return folder
