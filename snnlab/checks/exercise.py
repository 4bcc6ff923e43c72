"""What an exercise is: one declaration that serves the check in the notebook, its own test, and grading.

A lesson's exercises stand in `ex_LL.py` as module-level `Exercise` objects; `docs/exercises.md` has an example.
"""

import builtins
import dis
import hashlib
import inspect
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from snnlab.checks.plain import NotPlain, Plain, arguments, plain

ID = re.compile(r"([0-9A-Z][0-9])\.(x?[1-9][0-9]?)")


@dataclass(frozen=True)
class Case:
    """One set of inputs, and the name by which the student hears of it.

    `inputs` (plain: numbers, strings, lists, dictionaries of them) go to the student's function as keywords,
    lists of numbers as NumPy arrays. `hidden` goes to the oracle or the judge alone.
    """

    name: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    hidden: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Wrong:
    """A plausible wrong answer and the hint that it must trigger.

    `answer` is what a student might hand in: a function of the exercise's signature; where the exercise asks for
    a value, that value, or a function from the case (inputs and hidden) to it. A student's answer is recognised
    when it agrees with this one, within the tolerance, on every case that it fails, or when `when(inputs,
    output)` is true on them (for mistakes that come in many numbers).
    """

    name: str
    answer: Any
    hint: str
    when: Callable[[dict[str, Any], Any], bool] | None = None


def _one_case(seed: int) -> list[Case]:
    return [Case("your answer")]


@dataclass(frozen=True, kw_only=True, eq=False)
class Exercise:
    """One exercise, declared once.

    id : "LL.k", or "LL.x1" for an extra (0 points).
    title, points : as the summary shows them.
    inputs : `inputs(seed, **extras)` -> list of `Case`: fresh inputs. Names and number don't depend on the seed.
    oracle : the expected output, as a function of a case's inputs and hidden values (keywords, lists as arrays),
        or, where the exercise asks for a value, that value.
    judge : instead of an oracle, where answers are not unique: `judge(inputs, output)` -> (ok, message).
    asks : "function" (default) or "value" (a number, a word, a list, or a function without arguments that returns one).
    choices : the words to choose from, where the answer is one of them.
    call : `call(obj, inputs)` -> output, when that is more than `obj(**inputs)`: running a step function for a
        while, say. It needs its own imports inside: grading sends its source to where the student's code runs.
        A student's function comes in a wrapper that reports a missing return (`obj.__wrapped__` is the bare one).
    abs, rel : tolerance on numbers, |got - expected| <= abs + rel |expected|; 0 and 0 is exact. Where the output
        is a dictionary, dictionaries too, by its keys. Strings and truth values are always exact.
    unit : say how far off a number is in this unit ("too low by about 5 mV") instead of in %, which reads strangely
        of a potential. Where the output is a dictionary, a dictionary by its keys; a key without one keeps %.
    hints : tiers, one more at each wrong answer that is none of `wrong`: a question, a pointer to the equation,
        the mistake.
    wrong : at least three `Wrong` answers.
    extras : further keywords of the check with an example value, {"student": "ada"}; `inputs` takes them.
    seconds : the time limit of one check, all its cases together.
    all_or_nothing : no credit for some of the cases.
    """

    id: str
    title: str
    points: int
    hints: Sequence[str]
    inputs: Callable[..., list[Case]] = _one_case
    oracle: Any = None
    judge: Callable[[dict[str, Any], Any], tuple[bool, str]] | None = None
    asks: str = "function"
    choices: Sequence[str] = ()
    call: Callable[[Any, dict[str, Any]], Any] | None = None
    abs: float | Mapping[str, float] = 1e-9
    rel: float | Mapping[str, float] = 1e-6
    unit: str | Mapping[str, str] = ""
    wrong: Sequence[Wrong] = ()
    extras: Mapping[str, Any] = field(default_factory=dict)
    seconds: float = 10.0
    all_or_nothing: bool = False

    def __post_init__(self) -> None:
        for name, ok, allowed in self._rules():
            if not ok:
                raise ValueError(f"Exercise {self.id}.{name}: must be {allowed}, got {getattr(self, name)!r}")

    def _rules(self) -> Iterator[tuple[str, bool, str]]:
        yield "id", bool(ID.fullmatch(str(self.id))), 'like "01.2", or "01.x1" for an extra'
        yield "points", type(self.points) is int and self.points >= 0, "a whole number >= 0"
        yield "points", self.points == 0 or ".x" not in self.id, "0 for an extra"
        yield "asks", self.asks in ("function", "value"), '"function" or "value"'
        yield "oracle", (self.oracle is None) != (self.judge is None), "given, or judge: one of the two"
        yield "oracle", self.asks == "value" or self.judge is not None or callable(self.oracle), "a function"
        yield "hints", not isinstance(self.hints, str) and bool(self.hints), "one or more texts (a tuple)"
        yield (
            "choices",
            not self.choices or self.asks == "value",
            'empty unless the exercise asks for a "value"',
        )
        yield "wrong", len({w.name for w in self.wrong}) == len(self.wrong), "answers of different names"
        yield "wrong", len({w.hint for w in self.wrong}) == len(self.wrong), "answers with different hints"
        units = self.unit.values() if isinstance(self.unit, Mapping) else [self.unit]
        yield (
            "unit",
            all(isinstance(unit, str) for unit in units),
            'a text like "mV", or a dictionary of them',
        )
        yield "seconds", self.seconds > 0, "> 0 s"
        yield (
            "call",
            self.call is None or _self_contained(self.call),
            "a def with its own imports inside (no outside names)",
        )

    @property
    def lesson(self) -> str:
        """The lesson's number, "01"."""
        return self.id.partition(".")[0]

    @property
    def attribute(self) -> str:
        """The name of its check, "ex_01_2"."""
        return "ex_" + self.id.replace(".", "_")

    def cases(self, seed: int, **extras: Any) -> list[Case]:
        """The cases of a seed, in plain values. The same seed and extras give the same cases everywhere."""
        try:
            return [
                Case(
                    case.name,
                    plain(dict(case.inputs), where="input"),
                    plain(dict(case.hidden), where="input"),
                )
                for case in self.inputs(seed, **extras)
            ]
        except NotPlain as error:
            raise ValueError(f"Exercise {self.id}.inputs: {error}") from None

    def expected(self, case: Case) -> Plain:
        """What the oracle says, in plain values."""
        return plain(self._of_case(self.oracle, case), where="oracle")

    def _of_case(self, answer: Any, case: Case) -> Any:
        return answer(**arguments({**case.inputs, **case.hidden})) if callable(answer) else answer

    def wrong_answer(self, wrong: Wrong, case: Case) -> Any:
        """The object that a student with this mistake would hand in."""
        return self._of_case(wrong.answer, case) if self.asks == "value" else wrong.answer


def _self_contained(call: Callable[..., Any]) -> bool:
    if not inspect.isfunction(call) or call.__name__ == "<lambda>" or call.__code__.co_freevars:
        return False
    outside = _global_names(call.__code__)
    return all(name in vars(builtins) and name not in call.__globals__ for name in outside)


def _global_names(code: CodeType) -> set[str]:
    """The names that code takes from its module. Not `co_names`, which hold its own imports and attributes too."""
    names = {str(step.argval) for step in dis.get_instructions(code) if step.opname.endswith("_GLOBAL")}
    return names.union(*(_global_names(inner) for inner in code.co_consts if isinstance(inner, CodeType)))


def own(student: str, exercise: str, *, secret: str = "", **ranges: tuple[float, float]) -> dict[str, float]:
    """Draw parameters that belong to one student, uniform in their ranges, the same on every machine.

    student : the id; capitals and blanks at the ends don't matter. exercise : the id, so that two exercises
    draw differently. secret : a word of the course, so that nobody can compute another's parameters.

    >>> own("ada", "01.3", tau_m=(10.0, 30.0)) == own(" Ada", "01.3", tau_m=(10.0, 30.0))
    True
    """
    if not isinstance(student, str) or not student.strip():
        raise ValueError(f'own.student: must be your id, as in student="ada", got {student!r}')
    who = unicodedata.normalize("NFKC", student).strip().casefold()
    drawn = {}
    for name, (low, high) in ranges.items():
        digest = hashlib.sha256(f"{secret}|{exercise}|{who}|{name}".encode()).digest()
        drawn[name] = low + (high - low) * ((int.from_bytes(digest[:8], "big") >> 11) / 2**53)
    return drawn
