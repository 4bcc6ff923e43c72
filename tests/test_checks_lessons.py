"""Every declared exercise is proved: blank "not done", the shipped solution passes, wrong answers get their own hints.

The exercises are those of snnlab/checks/ex_*.py; the solutions come from the lessons' own sources. A lesson source
without declarations, or declarations without a lesson, fail here too, so that this file can't go quietly empty.
"""

import re
from pathlib import Path

import pytest

from snnlab.checks import lessons, load
from snnlab.checks.prove import SEEDS, lesson_problems, problems

ROOT = Path(__file__).parents[1]
SOURCES = {file.name.partition("_")[0]: file for file in sorted(ROOT.glob("solutions/*/[0-9A-Z][0-9]_*.py"))}
EXERCISES = [exercise for lesson in lessons() for exercise in load(lesson).values()]
_CALL = re.compile(r"^[^#\n]*\bcheck\.ex_([0-9A-Z][0-9])_(x?\d+)\(", re.MULTILINE)


def exercise_ids():
    """What a lesson's source checks, and what is declared."""
    checked = {
        f"{a}.{b}" for file in SOURCES.values() for a, b in _CALL.findall(file.read_text(encoding="utf-8"))
    }
    return checked, {exercise.id for exercise in EXERCISES}


def test_lessons_and_declarations_agree():
    checked, declared = exercise_ids()
    assert checked == declared, "an exercise is checked in a lesson and declared in snnlab/checks, or neither"


def test_every_lesson_has_exercises():
    empty = [lesson for lesson in SOURCES if not load(lesson)]
    assert not empty, f"no exercise is declared for these lessons: {empty}"


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_wrong_answers_get_their_own_hints(exercise):
    assert len(SEEDS) >= 3
    assert problems(exercise) == []


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_the_blank_is_not_done_and_the_solution_passes(exercise):
    assert lesson_problems(SOURCES[exercise.lesson], exercise) == []
