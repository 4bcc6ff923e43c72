"""What a process and all its descendants use, for limits that a single process can't evade by making more."""

import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import psutil

BLOCK = 4096  # bytes that a name takes, whatever is in its file


class Usage(NamedTuple):
    """cpu : s, of all that ran in the tree.   memory : bytes resident, what is shared counted again and again."""

    cpu: float = 0.0
    memory: int = 0


def of_tree(pid: int) -> Usage:
    """The use of a process and its descendants; of one that is gone, nothing."""
    cpu, memory = 0.0, 0
    for process in _family(pid):
        try:
            with process.oneshot():
                times = process.cpu_times()
                cpu += times.user + times.system + times.children_user + times.children_system
                memory += process.memory_info().rss
        except psutil.Error:  # it ended meanwhile; its parent has its time
            continue
    return Usage(cpu, memory)


def own_memory(pid: int) -> int:
    """Bytes resident of a tree, where pages that n processes share count as 1/n in each. It takes longer to find."""
    total = 0
    for process in _family(pid):
        try:
            total += process.memory_full_info().pss
        except psutil.AccessDenied:
            return of_tree(pid).memory
        except psutil.Error:
            continue
    return total


def _family(pid: int) -> list[psutil.Process]:
    try:
        top = psutil.Process(pid)
        return [top, *top.children(recursive=True)]
    except psutil.Error:
        return []


def children(pid: int) -> list[psutil.Process]:
    """The direct children of a process; of one that is gone, none."""
    try:
        return psutil.Process(pid).children()
    except psutil.Error:
        return []


def folder_size(folder: Path, most: int) -> int:
    """Bytes on disk of all that is in a folder, one block at least for each name; counting ends above `most`."""
    total, left = 0, [folder]
    while left and total <= most:
        try:
            entries = os.scandir(left.pop())
        except OSError:
            total += most  # a folder that can't be read, and is not ours
            continue
        with entries:
            for entry in entries:
                with suppress(OSError):
                    total += max(entry.stat(follow_symlinks=False).st_blocks * 512, BLOCK)
                    if entry.is_dir(follow_symlinks=False):
                        left.append(Path(entry.path))
                if total > most:
                    break
    return total


def remove(folder: Path) -> None:
    """Remove a folder, however deep a student's code has nested others in it: deeper than Python can follow."""
    try:
        shutil.rmtree(folder, ignore_errors=True)
    except RecursionError:
        subprocess.run(["rm", "-rf", "--", str(folder)], capture_output=True, check=False)
