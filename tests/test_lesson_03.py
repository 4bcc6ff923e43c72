"""What stands behind lesson 03: the reader with PyLEMS's mistake, and the blind neurons."""

import re

import numpy as np
import pytest

import snnlab as snn
from snnlab.checks.blind_03 import BlindNeuron, NoStudentError, _model, six_codes, type_of
from snnlab.checks.reader_03 import read

# What PyLEMS 0.6.8 printed for str(ExprParser(text).parse()), run for this test.
PYLEMS = {
    "V - (V^3)/3 - W + I": "(- {V} (+ (- (/ (^ {V} {3.0}) {3.0}) {W}) {I}))",
    "(V - (V^3)/3) - W + I": "(+ (- (- {V} (/ (^ {V} {3.0}) {3.0})) {W}) {I})",
    "V - W - I": "(- (- {V} {W}) {I})",
    "V / W * I": "(* (/ {V} {W}) {I})",
    "V - (V^3)/3 + W - I": "(- {V} (- (+ (/ (^ {V} {3.0}) {3.0}) {W}) {I}))",
    "I - W + V - V^3/3": "(- (+ (- {I} {W}) {V}) (/ (^ {V} {3.0}) {3.0}))",
    "-(V^3)/3 + V - W + I": "(+ (- (+ (/ (- {0.0} (^ {V} {3.0})) {3.0}) {V}) {W}) {I})",
}
POINTS = [(1.3, 0.7, 0.45), (-0.8, 1.9, 0.3), (2.0, -0.6, 1.1)]


def value_of(tree, names):
    """The value of a tree in prefix notation."""
    tokens = re.findall(r"[()]|[-+*/^](?= )|\{[^}]*\}", tree)

    def value():
        token = tokens.pop(0)
        if token != "(":
            text = token.strip("{}")
            return names[text] if text in names else float(text)
        sign, left, right = tokens.pop(0), value(), value()
        tokens.pop(0)
        return {"+": left + right, "-": left - right, "*": left * right}.get(
            sign, left / right if sign == "/" else left**right if sign == "^" else np.nan
        )

    return value()


@pytest.mark.parametrize(("text", "tree"), PYLEMS.items())
def test_the_reader_reads_as_pylems_does(text, tree):
    for v, w, I in POINTS:
        assert read(text)(v, w, I) == pytest.approx(value_of(tree, {"V": v, "W": w, "I": I}), rel=1e-12)


@pytest.mark.parametrize("text", [*PYLEMS, "V*W - I/2 + 3", "2 - -V", "V - W/2/I*3 - 1"])
def test_the_careful_reader_reads_as_python_does(text):
    for v, w, I in POINTS:
        expected = eval(text.replace("^", "**"), {"V": v, "W": w, "I": I})
        assert read(text, careful=True)(v, w, I) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("v - 1", "has the name 'v'"),
        ("V - (W", "leaves a bracket open"),
        ("V) - W", "closes a bracket"),
        ("V +", "without two sides"),
        ("V ? W", "can't be read, at '?'"),
        ("", "is no expression"),
        ("V W", "is no expression"),
    ],
)
def test_a_text_that_is_none_is_refused_in_words(text, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        read(text)


@pytest.mark.parametrize("who", ["ada", "bob", "stranger 1", "4711"])
def test_of_six_neurons_two_to_four_are_of_each_type(who):
    types = [type_of(code) for code in six_codes(who)]
    assert 2 <= types.count("type I") <= 4
    assert types == [type_of(code) for code in six_codes(f" {who.upper()} ")]


def test_size_speed_and_potential_do_not_change_what_a_blind_neuron_does():
    sets = {
        "type I": snn.MorrisLecar(g_Ca=4.0, v_3=12.0, v_4=17.4, phi=1 / 15),
        "type II": snn.MorrisLecar(g_Ca=4.4, v_3=2.0, v_4=30.0, phi=0.04),
    }
    for code in six_codes("ada"):
        model, plain = _model(code), sets[type_of(code)]
        size, speed = model.g_L / plain.g_L, plain.phi / model.phi
        ours = BlindNeuron(code).spike_times([100.0 * size], 500.0)[0]
        theirs = snn.simulate(plain, I=100.0, t_stop=700.0, dt=0.02).spikes.t * speed
        assert len(ours) > 5
        assert np.allclose(ours, theirs[: len(ours)], atol=0.15)


def test_a_blind_neuron_shows_none_of_its_parameters():
    neuron = BlindNeuron("ada / 0", "neuron 1")
    assert repr(neuron) == str(neuron) == "<neuron 1>"
    assert not hasattr(neuron, "__dict__")
    assert [name for name in dir(neuron) if not name.startswith("_")] == ["spike_times", "voltage"]


@pytest.mark.parametrize("student", ["", "  ", None])
def test_nobody_has_no_neurons(student):
    with pytest.raises(NoStudentError):
        six_codes(student)
