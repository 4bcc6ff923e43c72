"""A time limit on a student's code, also on a loop that swallows every exception.

`while True: try: ... except: pass` survives an exception raised once, and so does nearly everything that a
timer can do to it. What it does not survive is an exception in its own `except` clause. So, if the first
exceptions had no effect, the handler of a signal raises `TimeUp` again and again: whenever it runs, it marks
its signal as arrived once more, and Python calls it again at its next look at the signals, a few instructions
later. Seven times of eight it raises, so that no fixed pattern of code escapes.
Not stopped: a single call into compiled code that never returns to Python (`sum(itertools.count())`). Not stopped
for certain: a function that calls itself again in its own bare `except`, whose chain of exceptions grows without end.
"""

import _thread
import ctypes
import signal
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType, SimpleNamespace
from typing import Any, TypeVar

T = TypeVar("T")
RUNNING, ASKING, INSISTING = range(3)
PATIENCE = 0.5  # seconds between asking (one exception at a time) and insisting
# Not SIGINT: that one stays the user's, and its KeyboardInterrupt passes through. Windows has no SIGALRM.
SIGNAL = signal.SIGALRM if hasattr(signal, "SIGALRM") else signal.SIGBREAK  # type: ignore[attr-defined,unused-ignore]


class TimeUp(BaseException):
    """The time is up; no Exception, so that `except Exception` lets it pass."""


class _Arrived(int):
    # Reading `.now` marks the signal as arrived. A property of a C function, since Python looks at the signals
    # at every call and jump, but not while it reads an attribute: the handler must be left before it is called.
    now = property(_thread.interrupt_main)


_SIGNAL = _Arrived(SIGNAL)


def limited(function: Callable[[], T], seconds: float, cpu: float | None = None) -> T:
    """function(), which is stopped by `TimeUp` when it has not returned after `seconds`.

    cpu : s of this process's CPU time, which stop it too: how far a function gets in them does not depend on what
    else the machine does.
    In another thread than the main one, where Python knows no signals, a loop under a bare `except` goes on.
    In a browser (Pyodide) there are no threads, and no limit: its user closes the page.
    """
    if sys.platform == "emscripten":
        return function()
    now = SimpleNamespace(phase=RUNNING, over=False, draw=1)
    done, lock = threading.Event(), threading.Lock()
    caller = threading.get_ident()
    in_main = threading.current_thread() is threading.main_thread()

    def on_signal(signum: int, frame: FrameType | None) -> None:
        if now.over:
            return
        if now.phase == INSISTING:
            now.draw = (now.draw * 1103515245 + 12345) & 0x7FFFFFFF
            _SIGNAL.now  # noqa: B018  (from here on: no call and no loop)
            if now.draw & 0x70000:
                raise TimeUp
        elif now.phase == ASKING:
            raise TimeUp
        elif callable(previous):
            previous(signum, frame)  # somebody else's timer

    end, spent = time.monotonic() + seconds, time.process_time()

    def watch() -> None:
        wait = seconds if cpu is None else min(0.1, seconds)
        while not done.wait(wait):
            if now.phase == RUNNING and time.monotonic() < end and time.process_time() - spent < (cpu or 0.0):
                continue
            with lock:
                if now.over:
                    return
                wait = PATIENCE if now.phase == RUNNING else 0.01
                now.phase = min(now.phase + 1, INSISTING)
                _poke(caller, on_signal if in_main else None)

    previous = signal.getsignal(SIGNAL)
    if in_main:
        signal.signal(SIGNAL, on_signal)
    threading.Thread(target=watch, daemon=True, name="snnlab-time-limit").start()
    try:
        return function()
    finally:
        now.over = True  # before any call, since a call would let the handler raise here
        with lock:
            done.set()
            # Python's default for this signal ends the process: a late one must find a handler.
            if in_main and callable(previous):
                signal.signal(SIGNAL, previous)


def _poke(caller: int, handler: Any) -> None:
    """Make the caller's thread look at the time."""
    if handler is None or signal.getsignal(SIGNAL) is not handler:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(caller), ctypes.py_object(TimeUp))
    elif hasattr(signal, "pthread_kill"):
        signal.pthread_kill(caller, SIGNAL)  # a real signal also ends a sleep
    else:
        _thread.interrupt_main(SIGNAL)
