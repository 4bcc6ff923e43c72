"""The checks: what they say of right, wrong, missing and hostile answers, and that they survive all of them."""

# ruff: noqa: B012, E722, NPY002, SIM105  (students write such things)

import ast
import builtins
import inspect
import json
import math
import os
import re
import signal
import subprocess
import sys
import threading
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from needs import needs

from snnlab.checks import Case, Exercise, ExerciseNotDone, Wrong, answers, compare, own, todo
from snnlab.checks.difference import comparable, difference
from snnlab.checks.limit import SIGNAL, TimeUp, limited
from snnlab.checks.plain import NotPlain, plain, truth
from snnlab.checks.prove import _names, lesson_problems, main, problems, report_on
from snnlab.checks.registry import Check, Checks, lessons, load

# --- three exercises: a function, a choice, a student's own parameters --------------------------------------


def step_inputs(seed):
    rng = np.random.default_rng(seed)
    return [
        Case("a step of current", {"v0": -70.0, "I": [rng.uniform(150.0, 300.0)] * 50, "dt": 0.1}),
        Case("a ramp", {"v0": -60.0, "I": np.linspace(0.0, rng.uniform(150.0, 300.0), 50), "dt": 0.5}),
        Case("no current", {"v0": -55.0 + rng.uniform(0.0, 1.0), "I": [0.0] * 50, "dt": 0.2}),
    ]


def run_steps(step, inputs):
    v = [inputs["v0"]]
    for I in inputs["I"]:
        v.append(step(v=v[-1], I=I, dt=inputs["dt"]))
    return v


def right(v, I, dt):
    return v + dt * (-(v + 70.0) + 0.1 * I) / 20.0


def no_leak(v, I, dt):
    return v + dt * 0.1 * I / 20.0


STEP = Exercise(
    id="07.1",
    title="The Euler step",
    points=3,
    inputs=step_inputs,
    call=run_steps,
    oracle=lambda **case: run_steps(right, case),
    hints=("a question", "a pointer", "the mistake"),
    wrong=[
        Wrong("no leak", no_leak, "is the leak term missing?"),
        Wrong("sign", lambda v, I, dt: v + dt * ((v + 70.0) + 0.1 * I) / 20.0, "look at the sign"),
        Wrong("no dt", lambda v, I, dt: v + (-(v + 70.0) + 0.1 * I) / 20.0, "where does dt go?"),
    ],
    seconds=2.0,
)
CHOICE = Exercise(
    id="07.2",
    title="Which type",
    points=1,
    asks="value",
    choices=("type I", "type II", "neither", "both"),
    oracle="type II",
    hints=("a question", "a pointer", "the mistake"),
    wrong=[Wrong(name, name, f"{name}: why?") for name in ("type I", "neither", "both")],
)
OWN = Exercise(
    id="07.3",
    title="Your own neuron",
    points=4,
    asks="value",
    extras={"student": "ada"},
    inputs=lambda seed, student: [Case("your neuron", hidden=own(student, "07.3", tau_m=(10.0, 30.0), R_m=(0.05, 0.2)))],
    oracle=lambda tau_m, R_m: {"tau_m": tau_m, "R_m": R_m},
    rel={"tau_m": 0.03, "R_m": 0.02},
    hints=("a question", "a pointer", "the mistake"),
    wrong=[
        Wrong("seconds", lambda tau_m, R_m: {"tau_m": tau_m / 1000.0, "R_m": R_m}, "is it in s?"),
        Wrong("MOhm", lambda tau_m, R_m: {"tau_m": tau_m, "R_m": R_m * 1000.0}, "is it in MOhm?"),
        Wrong("half-time", lambda tau_m, R_m: {"tau_m": tau_m * math.log(2.0), "R_m": R_m}, "is it the half-time?"),
    ],
)  # fmt: skip
UPPER = Exercise(
    id="07.x1",
    title="A larger number",
    points=0,
    inputs=lambda seed: [Case(name, {"x": float(np.random.default_rng([seed, k]).normal())}) for k, name in enumerate("ab")],
    judge=lambda inputs, output: (output > inputs["x"], "is not larger"),
    hints=("a question", "a pointer", "the mistake"),
    wrong=[
        Wrong("same", lambda x: x, "that is x itself"),
        Wrong("half", lambda x: -abs(x) / 2 - abs(x), "you divide", when=lambda inputs, y: y < inputs["x"] and y < 0),
        Wrong("None", lambda x: None, "return it"),
    ],
)  # fmt: skip
RATES = Exercise(
    id="07.4", title="Two values", points=1, inputs=lambda seed: [Case("a", {"n": seed}), Case("b", {"n": seed + 1})],
    oracle=lambda n: {"v": -70.0 - n, "n": n}, hints=("a question", "a pointer", "the mistake"), unit={"v": "mV"},
)  # fmt: skip
ALL = [STEP, CHOICE, OWN, UPPER]


def ask(function, seconds=2.0, **case):
    """The outcome of a function on one case."""
    return answers(function, [case], seconds=seconds)[0]


# --- what a check says ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.id)
def test_every_wrong_answer_of_the_examples_gets_its_own_hint(exercise):
    assert problems(exercise) == []


def test_the_right_answer_passes_and_the_report_says_so():
    report = Check(STEP, {})(right)
    assert (report.state, report.credit, report.hint) == ("passed", 1.0, "")
    assert repr(report).splitlines() == [
        "exercise 07.1 (The Euler step): passed, 3 of 3 cases right",
        "  pass  a step of current",
        "  pass  a ramp",
        "  pass  no current",
    ]


def test_a_known_mistake_is_named_by_its_hint_and_no_expected_value_is_shown():
    text = repr(Check(STEP, {})(no_leak))
    assert text.endswith("  hint: is the leak term missing?")
    assert (
        "FAIL  a ramp: 50 of 51 values are off: the first is value 1; the worst, value 50, is too high by"
        in text
    )
    for case in STEP.cases(1):
        assert not [v for v in STEP.expected(case) if f"{v:.3f}" in text]


def test_a_mistake_in_some_cases_only_is_recognised_by_the_cases_that_fail():
    report = report_on(STEP, lambda v, I, dt: no_leak(v, I, dt) if dt == 0.5 else right(v, I, dt), 1)
    assert [line.ok for line in report.lines] == [True, False, True]
    assert report.wrong == "no leak" and report.credit == pytest.approx(2 / 3)


def test_two_mistakes_at_once_are_not_taken_for_one_of_them():
    report = report_on(STEP, lambda v, I, dt: no_leak(v, I, dt) if dt == 0.5 else v, 1)
    assert report.wrong == ""


def test_hints_come_one_at_a_time():
    check = Check(STEP, {})
    lines = [repr(check(lambda v, I, dt: 0.0)).splitlines()[-1] for _ in range(4)]
    assert lines == [
        "  hint 1 of 3: a question",
        "  hint 2 of 3: a pointer",
        *["  hint 3 of 3: the mistake"] * 2,
    ]


def prints_instead(v, I, dt):
    print(right(v, I, dt))


def crashes_at_the_ramp(v, I, dt):
    return 1 / 0 if dt == 0.5 else 0.0


def loops_on(v, I, dt):
    while dt > 0:
        pass


@pytest.mark.parametrize(
    "exercise, answer",
    [
        (STEP, no_leak),
        (STEP, crashes_at_the_ramp),
        (STEP, prints_instead),
        (STEP, loops_on),
        (STEP, 3.0),
        (STEP, lambda V, I, dt: 0.0),
        (STEP, lambda v, I, dt: math.nan),
        (STEP, lambda v, I, dt: "text"),
        (STEP, lambda v, I, dt: [0.0, 1.0]),
        (CHOICE, "III"),
        (UPPER, lambda x: "text"),
        (UPPER, lambda x: math.nan),
        (RATES, lambda n: {"v": 1.0}),
        (RATES, lambda n: {"v": [1.0], "n": 2.0}),
        (RATES, lambda n: {"v": 1.0, "n": math.nan}),
    ],
)
def test_only_a_wrong_answer_that_nobody_foresaw_opens_a_numbered_hint(exercise, answer):
    quick = replace(exercise, seconds=0.3)
    progress = {exercise.id: ("passed", 1)}
    report = Check(quick, progress)(answer)
    assert progress == {exercise.id: ("not yet", 1)} and report.tier == 0
    assert report.hint == ("is the leak term missing?" if answer is no_leak else "")
    assert all(line.ok or line.text for line in report.lines)


def test_no_values_at_all_are_a_wrong_answer_like_others():
    assert comparable([], [1.0]) and comparable([1.0], []) and comparable([1.0], [1.0, 2.0])
    assert comparable([math.nan, 1.0], [math.nan, 2.0]) and not comparable([math.nan, 1.0], [1.0, 2.0])
    assert not comparable(["a"], [1.0]) and not comparable([[1.0]], [1.0])
    assert Check(RATES, {})(lambda n: {"v": -1.0, "n": 9}).tier == 1


def test_the_same_answer_gets_the_same_words_and_another_seed_other_inputs():
    check = Check(CHOICE, {})
    assert repr(check("type I")) == repr(check("type I"))
    assert STEP.cases(1) == STEP.cases(1) and STEP.cases(1) != STEP.cases(7)
    assert Check(STEP, {})(right, seed=7).state == "passed"


def test_a_choice_is_taken_without_regard_to_capitals_and_blanks():
    assert report_on(CHOICE, " Type II", 1).state == "passed"
    assert "is none of the choices: type I, type II" in repr(report_on(CHOICE, "III", 1))


def test_a_value_is_told_its_side_but_not_its_distance():
    text = repr(report_on(OWN, {"tau_m": 1.0, "R_m": 0.5}, 1, student="ada"))
    assert "tau_m is far too low; R_m is too high" in text and "%" not in text and "factor" not in text


def test_a_value_exercise_takes_a_function_without_arguments():
    assert report_on(CHOICE, lambda: "type II", 1).state == "passed"


def test_own_parameters_depend_on_the_student_and_are_the_same_everywhere():
    ada = own("ada", "07.3", tau_m=(10.0, 30.0))
    assert ada == own(" ADA ", "07.3", tau_m=(10.0, 30.0)) == {"tau_m": 23.26996911365394}
    others = [own("bob", "07.3", tau_m=(10.0, 30.0)), own("ada", "07.4", tau_m=(10.0, 30.0))]
    others.append(own("ada", "07.3", tau_m=(10.0, 30.0), secret="course"))
    assert ada not in others and all(10.0 <= drawn["tau_m"] <= 30.0 for drawn in others)
    with pytest.raises(ValueError, match=r"own.student: must be your id"):
        own("", "07.3", tau_m=(10.0, 30.0))


def test_own_parameters_are_checked_for_the_student_who_is_named():
    check, right_for_ada = Check(OWN, {}), own("ada", "07.3", tau_m=(10.0, 30.0), R_m=(0.05, 0.2))
    assert check(right_for_ada, student="ada").state == "passed"
    assert check(right_for_ada, student="bob").state == "not yet"
    assert repr(check(right_for_ada)) == "exercise 07.3: write check.ex_07_3(your_answer, student='ada')"
    assert "must be your id" in repr(check(right_for_ada, student=""))


def test_a_check_that_is_called_wrongly_leaves_the_progress_as_it_is():
    progress = {}
    check, mine = Check(OWN, progress), own("ada", "07.3", tau_m=(10.0, 30.0), R_m=(0.05, 0.2))
    check(mine)
    assert progress == {}
    check(mine, student="ada")
    for extras in ({}, {"student": ""}, {"students": "ada"}):
        assert check(mine, **extras).state == "not yet"
    assert progress == {"07.3": ("passed", 0)}


def test_a_judge_decides_where_answers_are_not_unique():
    assert (
        report_on(UPPER, lambda x: x + 5, 1).state == report_on(UPPER, lambda x: x + 6, 1).state == "passed"
    )
    assert report_on(UPPER, lambda x: -99, 1).wrong == "half"
    assert report_on(UPPER, lambda x: "text", 1).lines[0].text == "is not of the kind that was asked for"


def test_all_or_nothing_and_constant_answers_earn_no_part():
    exact = dict(id="07.1", title="t", points=1, hints=("a", "b", "c"), oracle=lambda x: x % 2)
    exact["inputs"] = lambda seed: [Case(str(k), {"x": k}) for k in range(4)]
    assert report_on(Exercise(**exact), lambda x: x % 2 if x < 3 else 7, 1).credit == 0.75
    assert report_on(Exercise(**exact, all_or_nothing=True), lambda x: x % 2 if x < 3 else 7, 1).credit == 0.0
    assert report_on(Exercise(**exact), lambda x: 1, 1).credit == 0.0


def test_outcomes_survive_json_so_that_grading_can_compare_elsewhere():
    cases = STEP.cases(3)
    space = {}
    exec(inspect.getsource(STEP.call), space)  # the adapter is sent as source
    inputs = json.loads(json.dumps([case.inputs for case in cases]))
    outcomes = json.loads(json.dumps(answers(no_leak, inputs, call=space["run_steps"])))
    assert repr(compare(STEP, cases, outcomes)) == repr(report_on(STEP, no_leak, 3))
    assert json.loads(json.dumps(answers(lambda: [math.nan, math.inf], [{}])))[0]["value"][1] == math.inf


# --- not done ---------------------------------------------------------------------------------------------------


def hole(v, I, dt):
    todo("07.1")


@pytest.mark.parametrize("blank", [hole, None, ...])
def test_a_hole_is_not_done_and_opens_no_hint(blank):
    progress = {}
    assert repr(Check(STEP, progress)(blank)) == "exercise 07.1 is not done yet"
    assert progress == {"07.1": ("not done", 0)}


def test_an_exercise_that_needs_another_one_says_which():
    def needs_another(v, I, dt):
        todo("07.9")

    report = Check(STEP, {})(needs_another)
    assert (
        repr(report)
        == "exercise 07.1 is not done yet: it needs another one, and exercise 07.9 is not done yet"
    )


def test_a_value_that_stands_in_a_hole_is_not_done():
    for blank in (lambda: todo("07.2"), lambda: ..., None, ...):
        assert repr(Check(CHOICE, {})(blank)) == "exercise 07.2 is not done yet"
    with pytest.raises(ExerciseNotDone, match=r"exercise 07\.2 is not done yet"):
        todo("07.2")


# --- hostile answers ----------------------------------------------------------------------------------------------


def raises():
    x = 1
    return x / 0


def recurses():
    return recurses()


def exits():
    sys.exit()


class Unprintable(Exception):
    def __str__(self):
        raise RuntimeError


def raises_unprintable():
    raise Unprintable


def raises_from():
    try:
        raise KeyError("tau_s is unknown")
    except KeyError as error:
        raise ValueError("a group fails") from error


class Odd:
    def __float__(self):
        raise RuntimeError


def holds_itself():
    values = []
    values.append(values)
    return values


@pytest.mark.parametrize(
    "function, words",
    [
        (raises, r"raised ZeroDivisionError: division by zero, line \d+: return x / 0"),
        (recurses, r"raised RecursionError: .*, line \d+: return recurses\(\)"),
        (exits, r"raised SystemExit, line \d+: sys.exit\(\)"),
        (raises_unprintable, r"raised Unprintable, line \d+: raise Unprintable"),
        (
            raises_from,
            r"raised ValueError: a group fails \(because of KeyError: tau_s is unknown\), line \d+",
        ),
        (lambda: None, "the answer is None: is the `return` missing?"),
        (lambda: [1.0, None], "the answer holds None: is a `return` missing?"),
        (lambda: (k for k in range(3)), "the answer is a generator"),
        (lambda: {1, 2}, "the answer is a set, which has no order"),
        (lambda: 1j, "the answer is a complex number"),
        (lambda: np.zeros(2, complex), "the answer is an array of complex128"),
        (lambda: math.sin, "are the parentheses of a call missing?"),
        (lambda: Odd(), "the answer is an Odd"),
        (lambda: {1: 2}, "a dictionary whose names are not all strings"),
        (lambda: np.broadcast_to(0.0, 10**12), "holds more than 1,000,000 values"),
        (lambda: range(10**12), "holds more than 1,000,000 values"),
        (holds_itself, "holds more than 1,000,000 values, or itself"),
        (lambda: 10**400, "a whole number of more than 300 digits"),
        (lambda: "x" * 10**6, "a text of more than 10,000 letters"),
        (lambda: np.ma.masked_array([1.0, 2.0], [True, False]), "the answer is a masked array"),
        (lambda y: y, r"it takes \(y\), but the exercise gives it \(\)"),
        (3.0, "asks for a function, and was given a value of type float"),
    ],
)
def test_what_can_not_be_compared_is_explained(function, words):
    assert re.search(words, ask(function)["text"]) or words in ask(function)["text"]


def through_an_adapter(function):
    """The outcome of a function that run_steps calls again and again."""
    return answers(function, [{"v0": -70.0, "I": [1.0, 2.0], "dt": 0.1}], call=run_steps)[0]


@pytest.mark.parametrize(
    "function, kind, words",
    [
        (prints_instead, "answer", "the answer is None: is the `return` missing?"),
        (lambda V, I, dt: V, "call", "it takes (V, I, dt), but the exercise gives it (v, I, dt)"),
        (lambda v, I: v, "call", "it takes (v, I), but the exercise gives it (v, I, dt)"),
    ],
)
def test_what_an_adapter_would_trip_over_is_said_as_for_any_function(function, kind, words):
    outcome = through_an_adapter(function)
    assert (outcome["problem"], outcome["text"]) == (kind, words)


def test_an_error_of_the_students_own_passes_through_an_adapter_with_its_line():
    def adds_text(v, I, dt):
        return v + "1"

    outcome = through_an_adapter(adds_text)
    assert outcome["type"] == "TypeError" and outcome["text"].endswith('return v + "1"')
    assert through_an_adapter(lambda v, I, dt: todo("07.1"))["problem"] == "not done"


def test_functions_that_a_students_function_returns_are_watched_too():
    def both(pair, inputs):
        test, step = pair()
        return [step(1.0), test(x=inputs["x"])]

    def outcome(test, step):
        return answers(lambda: (test, step), [{"x": 2.0}], call=both)[0]

    def my_test(x):
        return x

    def my_step(v):
        pass

    def renamed(y):
        return y

    assert outcome(my_test, my_test)["value"] == [1.0, 2.0]
    assert outcome(my_test, my_step)["text"] == "`my_step` returns None: is the `return` missing?"
    assert outcome(renamed, my_test)["text"] == "`renamed` takes (y), but the exercise gives it (x)"
    needs_two = outcome(my_test, lambda a, b: a)["text"]
    assert needs_two == "`<lambda>` takes (a, b), but the exercise gives it 1 value"


def test_an_adapter_can_reach_the_bare_function():
    def unwrapped(function, inputs):
        return function.__wrapped__ is right

    assert answers(right, [{}], call=unwrapped)[0]["value"] is True


@needs("brian2")
def test_a_brian2_quantity_has_to_be_divided_by_its_unit():
    import brian2

    assert "divide it by the unit" in ask(lambda: -65.0 * brian2.mV)["text"]
    assert ask(lambda: -65.0 * brian2.mV / brian2.mV)["value"] == -65.0


def test_numpy_values_become_plain_ones():
    value = plain(
        {"a": np.float32(0.5), "b": np.arange(2), "c": (True, np.bool_(0)), "d": np.array(["x"]), "e": np.nan}
    )
    assert json.dumps(value) == '{"a": 0.5, "b": [0, 1], "c": [true, false], "d": ["x"], "e": NaN}'
    with pytest.raises(NotPlain, match="the input is None"):
        plain(None, where="input")


def swallows():
    while True:
        try:
            math.sqrt(2.0)
        except:
            pass


def swallows_twice():
    while True:
        try:
            while True:
                math.sqrt(2.0)
        except BaseException:
            try:
                sum(range(100))
            except:
                continue


def test_the_line_of_an_endless_loop_has_one_colon():
    text = ask(lambda: loops_on(0.0, 0.0, 1.0), seconds=0.2)["text"]
    assert "::" not in text and re.search(r"line \d+: (while dt > 0|pass): is there a loop", text)


def swallows_in_sleep():
    while True:
        try:
            time.sleep(0.03)
        except:
            pass


def never_finishes():
    while True:
        try:
            return 1
        finally:
            continue


def prints_for_ever():
    while True:
        print("x" * 1000)


def loops():
    while True:
        pass


def sleeps():
    time.sleep(1000.0)


ENDLESS = [loops, swallows, swallows_twice, swallows_in_sleep, never_finishes, prints_for_ever, sleeps]  # fmt: skip


@pytest.mark.timeout(60)
@pytest.mark.parametrize("function", ENDLESS, ids=lambda function: function.__name__)
def test_an_endless_loop_is_stopped_and_leaves_nothing_behind(function):
    handler, stdout = signal.getsignal(SIGNAL), sys.stdout
    first, second = answers(function, [{}, {}], seconds=0.2)
    assert first["problem"] == "time" and "stopped after 0.2 s, line" in first["text"]
    assert second["problem"] == "skipped"
    assert sys.stdout is stdout and ask(lambda: sum(range(10**5)))["value"] == 4999950000
    time.sleep(0.05)  # a late signal would end this test
    assert not [t for t in threading.enumerate() if t.name == "snnlab-time-limit"]
    assert handler == signal.SIG_DFL or signal.getsignal(SIGNAL) is handler


@pytest.mark.timeout(60)
@pytest.mark.parametrize("function", [loops, swallows, swallows_twice])
def test_an_endless_loop_is_stopped_without_unix_signals(function, monkeypatch):
    monkeypatch.delattr(signal, "pthread_kill")  # Windows has none
    with pytest.raises(TimeUp):
        limited(function, 0.1)


@pytest.mark.timeout(60)
def test_an_endless_loop_is_stopped_in_another_thread():
    outcomes = []
    thread = threading.Thread(target=lambda: outcomes.extend(answers(loops, [{}], seconds=0.1)))
    thread.start()
    thread.join(20.0)
    assert outcomes[0]["problem"] == "time"


@pytest.mark.timeout(60)
def test_a_check_inside_a_check_keeps_both_limits():
    inner = []

    def asks_and_loops():
        inner.extend(answers(loops, [{}], seconds=0.1))
        loops()

    assert ask(asks_and_loops, seconds=2.0)["problem"] == "time" and inner[0]["problem"] == "time"


@pytest.mark.timeout(60)
def test_the_users_interrupt_passes_through():
    def is_interrupted():  # the timer runs from here: before, it could end all tests on a busy machine
        threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
        loops()

    stdout = sys.stdout
    with pytest.raises(KeyboardInterrupt):
        answers(is_interrupted, [{}], seconds=20.0)
    assert sys.stdout is stdout


def test_inputs_are_copies_and_changing_them_is_noted():
    def changes(x, y):
        x[0] = 9.0
        return y

    given = [{"x": [1.0, 2.0], "y": math.nan}, {"x": [3.0, 2.0], "y": 1.0}]
    first, second = answers(changes, given)
    assert given[0]["x"] == [1.0, 2.0]
    assert first["notes"] == ["it changes its input `x`: work on a copy"] == second["notes"]
    assert "notes" not in ask(lambda x, y: 0.0, **given[0])


def test_an_error_in_code_that_brian2_makes_names_the_students_own_line(tmp_path):
    file = tmp_path / "mine.py"
    file.write_text('def mine():\n    exec(compile("\\n\\n1/0", "(string)", "exec"))\n')
    space = {}
    exec(compile(file.read_text(), str(file), "exec"), space)
    text = ask(space["mine"])["text"]
    assert (
        text
        == 'raised ZeroDivisionError: division by zero, line 2: exec(compile("\\n\\n1/0", "(string)", "exec"))'
    )


def test_lists_of_numbers_arrive_as_arrays():
    assert ask(lambda x: x * 2, x=[1.0, 2.0])["value"] == [2.0, 4.0]
    assert ask(lambda x: [type(x).__name__, str(x.dtype)], x=[])["value"] == ["ndarray", "float64"]
    assert ask(lambda x: x, x=["a", "b"])["value"] == ["a", "b"]
    assert ask(lambda x: [len(row) for row in x], x=[[1], [1, 2]])["value"] == [1, 2]


def test_what_a_function_changes_around_it_is_put_back(capsys):
    def vandal():
        np.seterr(all="raise")
        np.exp = math.exp = builtins.len = lambda x: 0
        sys.setrecursionlimit(77777)
        sys.stdout = None
        warnings.simplefilter("error")
        np.random.seed(3)
        return 1.0

    before = (
        np.exp,
        builtins.len,
        np.geterr(),
        sys.getrecursionlimit(),
        np.random.get_state()[1][0],
        warnings.filters[:],
    )
    outcome = ask(vandal)
    after = (
        np.exp,
        builtins.len,
        np.geterr(),
        sys.getrecursionlimit(),
        np.random.get_state()[1][0],
        warnings.filters[:],
    )
    assert outcome["value"] == 1.0 and after == before
    assert outcome["notes"] == [
        "it replaces builtins.len, math.exp, numpy.exp: give your own functions names of their own"
    ]
    print("still here")
    assert capsys.readouterr().out == "still here\n"


def test_prints_are_counted_not_shown(capsys):
    def prints():
        for k in range(100_000):
            print("v is", k)
        warnings.warn("quiet", stacklevel=1)
        return 0

    once, then = answers(prints, [{}, {}])
    assert "notes" not in then and once["notes"] == [
        "it prints (100000 lines, starting with 'v is 0'); a check doesn't show them"
    ]
    assert capsys.readouterr() == ("", "")


def test_random_numbers_are_the_same_each_time():
    def draws():
        return np.random.rand()

    assert ask(draws) == ask(draws)


# --- differences --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "got, want, words",
    [
        (1.0 + 1e-8, 1.0, ""),
        (math.nan, math.nan, ""),
        ([math.inf, 1], [math.inf, 1.0], ""),
        ({"a": 1.0}, {"a": 1}, ""),
        (5, 4.0, "is too high by about 20 %"),
        (-77.0, -70.0, "is too low by about 10 %"),
        (20.0, 0.02, "is too high by a factor of about 1,000"),
        (2.2e4, 0.02, "is too high by a factor of about 1,000,000"),
        (1e30, 1.0, "is too high by a factor of more than 1,000,000,000"),
        (1.0 + 3e-5, 1.0, "is too high by about 0.003 %"),
        (-1.0, 1.0, "has the wrong sign, too low"),
        (0.0, 3.0, "is zero, too low"),
        (0.5, 0.0, "is too high"),
        (math.nan, 1.0, "is not a number (NaN)"),
        (-math.inf, 1.0, "is infinite"),
        (1.0, math.nan, "should not be a finite number here"),
        (True, 1.0, "is True or False, not a number"),
        ("a", "b", "is not the right one"),
        (1.0, [1.0], "is a number, not a list, tuple or array"),
        ([1.0], 1.0, "is a list, tuple or array, not a number: take its one value out, [0]"),
        ([1.0, 2.0], 1.0, "is a list, tuple or array, not a number"),
        ([1.0, 2.0], [1.0], "has 2 values, not 1"),
        ([[1.0], [2.0]], [1.0, 2.0], "has shape (2, 1), not (2,): its values should be numbers, not lists or arrays"),
        ([1.0, 2.0], [[1.0], [2.0]], "has shape (2,), not (2, 1)"),
        ([[1], [1, 2]], [[1], [1, 3]], "is off in item 1 (1 of 2 values is off: value 1 is too low by about 30 %)"),
        ([1.0, math.nan, 3.0], [1.0, 2.0, 4.0], "2 of 3 values are off: the first and worst, value 1, is not a number (NaN)"),
        ([], [], ""),
        ([], [1.0], "has 0 values, not 1"),
        ({"b": 1.0}, {"a": 1.0}, "has no value named 'a'"),
        ({"a": 1.0, "b": 2.0}, {"a": 1.0}, "has a name that was not asked for: 'b'"),
        ({"a": 2.0, "b": [1.0]}, {"a": 1.0, "b": [1.0]}, "a is too high by a factor of about 2"),
    ],
)  # fmt: skip
def test_differences_in_words(got, want, words):
    assert difference(got, want) == words


@pytest.mark.parametrize(
    "got, want, words",
    [
        (-75.2, -70.0, "is too low by about 5 mV"),
        (29.0, -70.0, "is too high by about 99 mV"),
        (-57.6, -70.0, "is too high by about 12 mV"),
        (0.5, 0.0, "is too high by about 0.5 mV"),
        (0.0, -70.0, "is zero, too high"),
        (1e30, -70.0, "is too high by more than 1,000,000,000 mV"),
        (-70.0, -70.0, ""),
        (math.nan, -70.0, "is not a number (NaN)"),
        ([-70.0, -65.0], [-70.0, -68.0], "1 of 2 values is off: value 1 is too high by about 3 mV"),
        ([[1], [1, 4]], [[1], [1, 2]], "is off in item 1 (1 of 2 values is off: value 1 is too high by about 2 mV)"),
    ],
)  # fmt: skip
def test_distances_in_a_unit(got, want, words):
    assert difference(got, want, unit="mV") == words


def test_a_declaration_gives_the_unit_of_its_distances():
    first = report_on(RATES, lambda n: {"v": -65.0 - n, "n": 2 * n}, 1).lines[0].text
    assert first == "v is too high by about 5 mV; n is too high by a factor of about 2"
    in_mv = report_on(replace(STEP, unit="mV"), lambda v, I, dt: v + 1.0, 1)
    assert re.search(r"value 50, is too high by about \d+ mV$", in_mv.lines[2].text)
    assert report_on(OWN, {"tau_m": 1.0, "R_m": 0.5}, 1, student="ada") == report_on(
        replace(OWN, unit="ms"), {"tau_m": 1.0, "R_m": 0.5}, 1, student="ada"
    )  # of a value only the side is told


def test_helpers_that_recognise_and_judge_may_divide_by_zero_in_silence():
    def rises(inputs, output):
        return bool(np.float64(output) / np.float64(0.0) > 0)

    def judge(inputs, output):
        warnings.warn("odd", stacklevel=1)
        return bool(np.divide(-1.0, np.float64(output)) > 0), "is off"

    exercise = replace(UPPER, judge=judge, wrong=[Wrong("rises", lambda x: 1.0, "it rises", when=rises)])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert report_on(exercise, lambda x: 2.0, 1).wrong == "rises"
        assert report_on(exercise, lambda x: 0.0, 1).lines[0].text == "is off"


def test_tolerances_are_absolute_plus_relative_and_may_have_names():
    assert not difference(1.05, 1.0, abs=0.0, rel=0.06) and difference(1.05, 1.0, abs=0.0, rel=0.04)
    assert not difference(0.05, 0.0, abs=0.1, rel=0.0)
    assert difference(3.0000001, 3, abs=0.0, rel=0.0) and not difference(3.0, 3, abs=0.0, rel=0.0)
    both = {"a": 1.05, "b": 1.05}, {"a": 1.0, "b": 1.0}
    assert difference(*both, abs=0.0, rel={"a": 0.1}) == "b is too high by about 5 %"


# --- declarations and their proof ---------------------------------------------------------------------------------


def imports_math(obj, inputs):
    import math

    return [math.sqrt(row.right) for row in obj(**inputs)]  # `right` is also a name of this module


def uses_math(obj, inputs):
    return math.sqrt(obj(**inputs))


def uses_math_inside(obj, inputs):
    return (lambda: math.sqrt(obj(**inputs)))()


def test_an_adapters_own_import_is_no_outside_name():
    assert replace(STEP, call=imports_math).call is imports_math


@pytest.mark.parametrize(
    "change, error",
    [
        ({"id": "1.2"}, 'Exercise 1.2.id: must be like "01.2"'),
        ({"points": -1}, "Exercise 07.1.points: must be a whole number >= 0, got -1"),
        ({"id": "07.x1"}, "Exercise 07.x1.points: must be 0 for an extra, got 3"),
        ({"asks": "number"}, 'Exercise 07.1.asks: must be "function" or "value"'),
        ({"oracle": None}, "Exercise 07.1.oracle: must be given, or judge: one of the two"),
        ({"oracle": 3.0}, "Exercise 07.1.oracle: must be a function"),
        ({"hints": "a hint"}, "Exercise 07.1.hints: must be one or more texts"),
        ({"choices": ("a",)}, "Exercise 07.1.choices: must be empty"),
        ({"wrong": [Wrong("a", 1, "x"), Wrong("a", 2, "y")]}, "Exercise 07.1.wrong: must be answers of different names"),
        ({"wrong": [Wrong("a", 1, "x"), Wrong("b", 2, "x")]}, "Exercise 07.1.wrong: must be answers with different hints"),
        ({"seconds": 0.0}, "Exercise 07.1.seconds: must be > 0 s, got 0.0"),
        ({"unit": 3}, 'Exercise 07.1.unit: must be a text like "mV"'),
        ({"unit": {"v": None}}, 'Exercise 07.1.unit: must be a text like "mV"'),
        ({"call": uses_math}, "Exercise 07.1.call: must be a def with its own imports"),
        ({"call": uses_math_inside}, "Exercise 07.1.call: must be a def with its own imports"),
        ({"call": lambda obj, inputs: run_steps(obj, inputs)}, "Exercise 07.1.call: must be a def with its own imports"),
    ],
)  # fmt: skip
def test_a_bad_declaration_is_refused(change, error):
    declared = {name: getattr(STEP, name) for name in STEP.__dataclass_fields__}
    with pytest.raises(ValueError) as caught:
        Exercise(**(declared | change))
    assert str(caught.value).startswith(error)


@pytest.mark.parametrize(
    "change, problem",
    [
        ({"hints": ("one",)}, "has 1 hints, not 3"),
        ({"wrong": []}, "has 0 wrong answers, at least 3 are needed"),
        ({"wrong": [*STEP.wrong, Wrong("right", right, "?")]}, "seed 1: the wrong answer 'right' is 'passed'"),
        ({"wrong": [*STEP.wrong, Wrong("twin", no_leak, "?")]}, "seed 1: the wrong answer 'twin' gets the hint of 'no leak'"),
        ({"wrong": [*STEP.wrong, Wrong("loop", lambda **case: loops(), "?")], "seconds": 0.1}, "'loop' never ends"),
        ({"inputs": lambda seed: step_inputs(0)}, "its inputs are the same for several seeds"),
        ({"inputs": lambda seed: step_inputs(seed)[: 1 + seed % 2]}, "the names or the number of its cases depend"),
        ({"inputs": lambda seed: step_inputs(seed) * 2}, "each of its own name"),
        ({"oracle": lambda **case: 0.0}, "a constant answer would pass"),
        ({"oracle": lambda **case: np.random.default_rng().random()}, "its oracle gives another output the second time"),
    ],
)  # fmt: skip
def test_a_weak_declaration_is_not_proved(change, problem):
    declared = {name: getattr(STEP, name) for name in STEP.__dataclass_fields__}
    found = problems(Exercise(**(declared | change)), seeds=(1, 2))
    assert any(problem in text for text in found), found


def test_a_hint_that_holds_the_answer_is_found():
    exercise = Exercise(
        id="07.1", title="t", points=1, asks="value", oracle=49.2, hints=("a", "b", "it is 49.2 Hz")
    )
    assert any("holds the answer" in text for text in problems(exercise, seeds=(1,)))


def test_inputs_that_are_not_plain_are_refused():
    declared = {name: getattr(STEP, name) for name in STEP.__dataclass_fields__}
    with pytest.raises(ValueError, match=r"Exercise 07.1.inputs: the input holds None"):
        Exercise(**(declared | {"inputs": lambda seed: [Case("a", {"x": None})]})).cases(1)


LESSON = '''\
# %% [markdown]
# # A lesson

# %%
import numpy as np
from snnlab.checks import check, todo
raise RuntimeError("a cell that no answer needs is not run")

# %%
R_m = 0.1
tau_m = 20.0

# %% nbgrader={"grade_id": "ex-07-1", "solution": true}
def euler_step(v, I, dt):
    """One step."""
    ### BEGIN SOLUTION
    dv = (-(v + 70.0) + R_m * I) / tau_m
    return v + dt * dv
    ### END SOLUTION

# %%
check.ex_07_1(euler_step)

# %%
def my_neuron():
    ### BEGIN SOLUTION
    return {"tau_m": 23.27, "R_m": ANSWER}
    ### END SOLUTION

# %%
student = "ada"
check.ex_07_3(my_neuron(), student=student)
'''


def test_the_solution_is_taken_from_the_lessons_source(tmp_path):
    source = tmp_path / "07_x.py"
    R_m = own("ada", "07.3", R_m=(0.05, 0.2))["R_m"]
    source.write_text(LESSON.replace("ANSWER", str(R_m)))
    assert lesson_problems(source, STEP) == [] == lesson_problems(source, OWN)
    source.write_text(LESSON.replace("ANSWER", "0.3").replace("R_m * I", "I"))
    assert "seed 1: the solution of 07_x.py fails" in lesson_problems(source, STEP)[0]
    assert "seed 1: the solution of 07_x.py fails" in lesson_problems(source, OWN)[0]
    source.write_text(LESSON.replace("### BEGIN SOLUTION", "").replace("ANSWER", str(R_m)))
    assert "the blank of 07_x.py is 'passed', not 'not done'" in lesson_problems(source, STEP)[0]
    with pytest.raises(ValueError, match=r"07_x.py: no cell calls check.ex_07_2"):
        lesson_problems(source, CHOICE)


def test_the_command_prints_what_is_missing(course, capsys):
    assert main(["07", "--course", str(course)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "lesson 07: 3 exercises, 0 wrong answers"
    assert "lesson 07: has no source in solutions/" in lines
    assert "exercise 07.1: has 0 wrong answers, at least 3 are needed" in lines


def test_the_examples_of_the_documentation_are_proved():
    page = (Path(__file__).parents[1] / "docs" / "exercises.md").read_text(encoding="utf-8")
    first, second = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    space = {}
    exec(first, space)
    assert problems(space["EULER"]) == []
    exec(
        "from snnlab.checks import own\n"
        + second.replace('?", "...", "..."', '?", ".", "."').replace(", ...]", "]"),
        space,
    )
    assert problems(space["MINE"]) == ["exercise 01.3: has 1 wrong answers, at least 3 are needed"]


# --- how it looks -------------------------------------------------------------------------------------------------


def test_html_is_escaped_and_says_in_words_what_it_colours():
    def injects(v, I, dt):
        raise ValueError("<script>alert(1)</script>")

    html = report_on(STEP, injects, 1)._repr_html_()
    assert "<script" not in html and "&lt;script&gt;" in html
    assert (
        "var(--jp-error-color1" in html and 'aria-hidden="true"' in html and "<strong>fail</strong>" in html
    )
    assert "not yet" in html and "a question" not in html
    assert (
        "<strong>hint 1 of 3:</strong> a question" in report_on(STEP, lambda v, I, dt: 0.0, 1)._repr_html_()
    )
    assert "is not done yet" in report_on(STEP, None, 1)._repr_html_()
    assert "<strong>pass</strong>" in report_on(STEP, right, 1)._repr_html_()


DECLARED = """
from snnlab.checks import Exercise

def declare(id, points):
    return Exercise(id=id, title=f"number {id}", points=points, asks="value", oracle=3.0, hints=("a", "b", "c"))

EXTRA, SECOND, FIRST = declare("07.x1", 0), declare("07.2", 3), declare("07.1", 2)
"""


@pytest.fixture
def course(tmp_path):
    (tmp_path / "checks").mkdir()
    (tmp_path / "checks" / "ex_07.py").write_text(DECLARED)
    (tmp_path / "lessons" / "07_x").mkdir(parents=True)
    return tmp_path


def test_a_course_tree_brings_its_own_exercises(course, monkeypatch):
    assert "07" in lessons(course) and list(load("07", course)) == ["07.1", "07.2", "07.x1"]
    assert load("07", course) == load("07", course)
    monkeypatch.chdir(course / "lessons" / "07_x")
    assert Checks().ex_07_1(3).state == "passed"
    monkeypatch.chdir("/")
    monkeypatch.setenv("SNNLAB_COURSE", str(course))
    assert Checks().ex_07_1(3).state == "passed"


def test_a_file_with_exercises_of_another_lesson_is_refused(course):
    (course / "checks" / "ex_08.py").write_text(DECLARED)
    with pytest.raises(ValueError, match=r"ex_08.py: exercise 07.x1 is of another lesson"):
        load("08", course)


def test_check_lists_its_exercises_and_names_them_when_one_is_unknown(course):
    check = Checks(course)
    assert {"summary", "ex_07_1", "ex_07_x1"} <= set(dir(check))
    with pytest.raises(
        AttributeError,
        match=r"check.ex_07_9: there is no such exercise; there are ex_07_1, ex_07_2, ex_07_x1",
    ):
        check.ex_07_9  # noqa: B018
    with pytest.raises(AttributeError, match=r"check.sumary: there is no such exercise; there are .*ex_07_1"):
        check.sumary  # noqa: B018
    assert repr(check.ex_07_1) == "<exercise 07.1: check.ex_07_1(your_answer)>"


def test_the_summary_shows_the_state_of_every_exercise(course):
    check = Checks(course)
    check.ex_07_1(3)
    check.ex_07_2(4)
    assert repr(check.summary()).splitlines() == [
        "id     title         points  state",
        "07.1   number 07.1        2  passed",
        "07.2   number 07.2        3  not yet",
        "07.x1  number 07.x1   extra  not done",
        "1 of 2 exercises passed, 2 of 5 points",
    ]
    assert (
        "✓" in check.summary("07")._repr_html_()
        and "<caption>1 of 2 exercises passed" in check.summary()._repr_html_()
    )
    check.ex_07_1(4)
    assert check.summary().rows[0][3] == "not yet"


def test_importing_the_checks_loads_no_lesson():
    code = "import sys, snnlab.checks; print([name for name in sys.modules if name.startswith('snnlab.checks.ex_')])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout.strip() == "[]"


# --- in a real kernel -----------------------------------------------------------------------------------------------

CELLS = [
    "from snnlab.checks import check, todo\ndef f():\n    todo('07.1')",
    "y = f()",
    "check.ex_07_1(f)",
    "def f():\n    x = 2\n    return x / 0\ncheck.ex_07_1(f)",
    "def f():\n    while True:\n        try:\n            f.n = 1\n        except:\n            pass\ncheck.ex_07_1(f)",
    "check.ex_07_1(lambda: 3)",
    "check.summary()",
]


def execute(folder):
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(source, id=f"c{k}") for k, source in enumerate(CELLS)]
    )
    for cell in notebook.cells:
        cell.metadata["tags"] = ["raises-exception"]
    NotebookClient(
        notebook, timeout=60, record_timing=False, resources={"metadata": {"path": str(folder)}}
    ).execute()
    return [[dict(output) for output in cell.outputs] for cell in notebook.cells]


@pytest.mark.timeout(180)
def test_in_a_notebook_a_hole_is_one_line_and_a_check_is_text_and_html(course):
    quick = DECLARED.replace('hints=("a", "b", "c")', 'hints=("a", "b", "c"), seconds=0.3')
    (course / "checks" / "ex_07.py").write_text(quick)
    first, second = execute(course / "lessons" / "07_x"), execute(course / "lessons" / "07_x")
    assert first == second
    _, dependent, blank, error, endless, passed, summary = first
    line = "exercise 07.1 is not done yet"
    assert dependent == [
        {"output_type": "error", "ename": "ExerciseNotDone", "evalue": line, "traceback": [line]}
    ]
    assert blank[0]["data"]["text/plain"] == line and line in blank[0]["data"]["text/html"]
    assert (
        "raised ZeroDivisionError: division by zero, line 3: return x / 0" in error[0]["data"]["text/plain"]
    )
    assert "stopped after 0.3 s" in endless[0]["data"]["text/plain"]
    assert (
        "passed" in passed[0]["data"]["text/plain"]
        and "1 of 2 exercises passed" in summary[0]["data"]["text/plain"]
    )


def test_a_functions_own_names_are_not_the_notebooks():
    """`v` and `dt` inside a solution must not make the proof run the lesson's loops and plots that assign them."""
    statement = ast.parse(
        "def step(v, dt):\n    slope = -v / tau\n    return [slope * dt for dt in (1, 2)]"
    ).body[0]
    assert _names(statement) == ({"step"}, {"tau"})
    assert _names(ast.parse("import numpy as np\nfor k in range(n): x = k").body[1]) == (
        {"k", "x"},
        {"range", "n", "k"},
    )


def test_cpu_time_is_a_limit_of_its_own():
    """A loop is stopped by the CPU time that it takes; waiting takes none, and is not."""

    def loops(x):
        while True:
            pass

    def waits(x):
        time.sleep(0.6)
        return x

    (looped,) = answers(loops, [{"x": 1}], seconds=60.0, cpu=0.3)
    assert (looped["problem"], looped["text"][:19]) == ("time", "stopped after 0.3 s")
    assert answers(waits, [{"x": 1}], seconds=60.0, cpu=0.3) == [{"value": 1}]


@pytest.mark.parametrize("said", [math.nan, "False", 1, np.array([True]), None])
def test_what_is_no_truth_value_is_no_verdict(said):
    with pytest.raises(TypeError, match="is_right must return True or False, and it returns"):
        truth(said)
    assert truth(np.bool_(True)) is True
