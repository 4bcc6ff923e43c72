"""Ctrl-C: noted, and answered where nothing is half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class SecondInterrupt(KeyboardInterrupt):
    """Ctrl-C again while the first one waits: whatever runs is left at once, half done."""


@contextmanager
def noted_interrupts(wait: bool = False) -> Iterator[list[int]]:
    """Each Ctrl-C inside of the block, noted in the list; the one who listened before hears of it as well.

    wait : False
        He hears of it at once. True: at the end of the block, which should look at the list in between and end early.
        A second Ctrl-C raises SecondInterrupt at once, so that nothing can hang.

    Only the main thread hears signals: in another the list stays empty.
    """
    came: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    if not callable(before) or threading.current_thread() is not threading.main_thread():
        yield came
        return

    def note(number, frame):
        came.append(number)
        if not wait:
            before(number, frame)
        elif len(came) > 1:
            raise SecondInterrupt

    signal.signal(signal.SIGINT, note)
    try:
        yield came
    finally:
        signal.signal(signal.SIGINT, before)
    if wait and came:
        before(came[0], None)
