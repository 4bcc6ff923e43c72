"""Declaring models: what is read from a class, and what is refused, with the line."""

import numpy as np
import pytest

import snnlab as snn
from snnlab.declared import Declared
from snnlab.explore_sliders import meanings_of
from snnlab.model import Neuron, Synapse
from snnlab.units import as_unit, ms, mV, pA

MODELS = [snn.Delta] + [
    model
    for model in vars(snn).values()
    if isinstance(model, type) and issubclass(model, Declared) and model.units
]


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_the_units_of_every_model_fit(model):
    snn.check_units(model)
    snn.check_units(model())


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_model_has_a_docstring_with_equation_source_and_example(model):
    text = model.__doc__
    assert "doi:10." in text and ">>>" in text


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.__name__)
def test_every_model_reads_as_latex(model):
    text = snn.latex(model)
    assert text == snn.latex(model()) == model()._repr_latex_()
    assert text.count("{") == text.count("}") and text.count(r"\left(") == text.count(r"\right)")


def test_a_function_can_be_called_with_arrays():
    v = np.array([-70.0, -60.0])
    np.testing.assert_allclose(snn.LIF.dynamics(v, 100.0, 20.0, 0.1, -70.0), [0.5, 0.0])
    np.testing.assert_array_equal(snn.LIF.threshold(v, -65.0), [False, True])


def test_models_with_equal_parameters_are_equal():
    assert snn.LIF(tau_m=10.0) == snn.LIF(tau_m=10) != snn.LIF()
    assert hash(snn.LIF(tau_m=[1.0, 2.0])) == hash(snn.LIF(tau_m=[1.0, 2.0]))
    with pytest.raises(AttributeError):
        snn.LIF().tau_m = 3.0


BAD_PARAMETERS = [
    (
        {"tau_m": -20.0},
        ValueError,
        r"^LIF.tau_m: must be > 0 ms, got -20.0 \(did you swap E_L and tau_m\?\)$",
    ),
    ({"tau_m": 0.0}, ValueError, r"^LIF.tau_m: must be > 0 ms, got 0.0$"),
    ({"tau_m": [20.0, -1.0]}, ValueError, r"must be > 0 ms, got -1.0"),
    ({"R_m": -0.1}, ValueError, r"LIF.R_m: must be > 0 GOhm, got -0.1"),
    ({"t_ref": -1.0}, ValueError, r"LIF.t_ref: must be >= 0 ms, got -1.0"),
    ({"E_L": np.nan}, ValueError, r"LIF.E_L: must be finite, got nan"),
    ({"v_th": np.inf}, ValueError, r"LIF.v_th: must be finite, got inf"),
    (
        {"v_reset": -50.0},
        ValueError,
        r"LIF.v_reset: the reset must be below threshold \(v_th = -50.0\), got -50.0",
    ),
    ({"tau_m": "20 ms"}, TypeError, r"LIF.tau_m: must be a number in ms"),
    ({"tau_m": None}, TypeError, r"LIF.tau_m: must be a number in ms"),
    ({"tau_m": True}, TypeError, r"LIF.tau_m: must be a number in ms"),
    ({"tau_m": [[1.0]]}, ValueError, r"got shape \(1, 1\)"),
    ({"tau_m": []}, ValueError, r"got shape \(0,\)"),
    ({"tau_m": [1.0, 2.0], "R_m": [1.0, 2.0, 3.0]}, ValueError, r"one length, got \[2, 3\]"),
]


@pytest.mark.parametrize(
    "parameters, error, message", BAD_PARAMETERS, ids=lambda x: str(x)[:30] if isinstance(x, dict) else ""
)
def test_bad_parameters(parameters, error, message):
    with pytest.raises(error, match=message):
        snn.LIF(**parameters)


def declare(body, base=Neuron, **members):
    """A neuron whose `dynamics` has the given body; its source is written to a file, as a notebook's is."""
    defaults = {
        "initial": "def initial(E_L):\n    return {'v': E_L}",
        "dynamics": body,
        "threshold": "def threshold(v, v_th):\n    return v >= v_th",
    }
    defaults.update(members)
    lines = ["class Made(Neuron):", "    tau_m: ms = 20.0", "    E_L: mV = -70.0", "    v_th: mV = -50.0"]
    lines += ['    state = {"v": "mV"}', '    input = {"I": "mV"}']
    for source in defaults.values():
        lines += ["    " + line for line in source.splitlines()]
    return execute("\n".join(lines))


def execute(source):
    import linecache

    name = f"<cell {abs(hash(source))}>"
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
    namespace = {"Neuron": Neuron, "Synapse": Synapse, "ms": ms, "mV": mV, "pA": pA}
    exec(compile(source, name, "exec"), namespace)
    return namespace["Made"]


OUTSIDE = [
    (
        "def dynamics(v, I, tau_m):\n    return (I - q) / tau_m",
        r"line `return \(I - q\) / tau_m`: 'q' is neither",
    ),
    (
        "def dynamics(v, I, tau):\n    return (I - v) / tau",
        r"'tau' is not known here; known names are v, I,.*tau_m",
    ),
    (
        "def dynamics(v, I, tau_m):\n    if v > 0:\n        v = 0\n    return v",
        r"line `if v > 0:`.*no if, no loop: use where",
    ),
    (
        "def dynamics(v, I, tau_m):\n    dv = np.exp(v)\n    return dv",
        r"'np.exp' can't be called here; allowed are abs, clip",
    ),
    ("def dynamics(v, I, tau_m):\n    dv = sin(v)\n    return dv", r"'sin' can't be called"),
    ("def dynamics(v, I, tau_m):\n    dv, x = v, v\n    return dv", r"assignments `name = expression`"),
    ("def dynamics(v, I, tau_m):\n    return v, v", r"one derivative per state \('v',\), returns 2"),
    ("def dynamics(v, I, tau_m=3):\n    return v", r"no default"),
    ("def dynamics(v, I, tau_m):\n    dv = v", r"must end with a return"),
    ("def dynamics(v, I, tau_m):\n    dv = v if v > 0 else I\n    return dv", r"outside the language"),
    ("def dynamics(v, I, tau_m):\n    dv = 'fast'\n    return dv", r"not a number"),
    ("def dynamics(v, I, tau_m):\n    dv = 0 < v < 1\n    return dv", r"chained comparison"),
    ("def dynamics(v, I, tau_m):\n    dv = v % 3\n    return dv", r"'v % 3' is outside the language"),
    ("def dynamics(v, I, tau_m):\n    dv = maximum(v)\n    return dv", r"maximum\(\) takes 2 values, got 1"),
    (
        "def dynamics(v, I, tau_m):\n    dv = where(v > 0, v)\n    return dv",
        r"where\(\) takes 3 values, got 2",
    ),
    ("def dynamics(v, I, tau_m):\n    dv = exp(v, I)\n    return dv", r"exp\(\) takes 1 values, got 2"),
    ("def dynamics(v, I, tau_m):\n    dv = v / 0.0\n    return dv", r"'v / 0.0' divides by zero"),
]


@pytest.mark.parametrize("body, message", OUTSIDE, ids=range(len(OUTSIDE)))
def test_a_body_outside_the_language_is_refused_with_its_line(body, message):
    with pytest.raises(TypeError, match=message):
        declare(body)


def test_a_parameter_that_makes_an_initial_state_divide_by_zero_is_named():
    made = declare(
        "def dynamics(v, I, tau_m):\n    return I - v",
        initial="def initial(tau_m, E_L):\n    return {'v': E_L / (tau_m - 20.0)}",
    )
    message = r"Made.initial: divides by zero at tau_m = 20.0, E_L = -70.0"
    with pytest.raises(ValueError, match=message):
        snn.simulate(made(), t_stop=1.0)
    assert snn.simulate(made(tau_m=30.0), t_stop=1.0).t_stop == 1.0


GOOD = "def dynamics(v, I, tau_m, E_L):\n    dv = (-(v - E_L) + I) / tau_m\n    return dv"


@pytest.mark.parametrize(
    "members, message",
    [
        ({"helper": "def helper(v):\n    return v"}, r"Made.helper: not a function of a neuron"),
        (
            {"initial": "def initial(E_L):\n    return {'u': E_L}"},
            r"Made.initial: must return a dict with the states",
        ),
        ({"initial": ""}, r"Made.initial: is missing"),
        (
            {"reset": "def reset(v, E_L):\n    return E_L"},
            r"Made.reset: must return names of states, returns `E_L`",
        ),
        (
            {"threshold": "def threshold(v):\n    return v"},
            r"Made.threshold: must return a comparison .*got `v`",
        ),
        (
            {"threshold": "def threshold(v):\n    x = where(v > 0, v, 0)\n    return x"},
            r"Made.threshold: must return a comp",
        ),
        ({"frozen": "frozen = ('v',)"}, r"Made.frozen: needs a parameter t_ref"),
        ({"frozen": "frozen = ('w',)"}, r"Made.frozen: 'w' is not a state"),
        ({"parameter": "x: parsec = 1.0"}, r"Made.x: its annotation must be a unit|parsec"),
        ({"parameter": "I: ms = 1.0"}, r"Made.I: the name is reserved"),
    ],
)
def test_a_declaration_that_does_not_fit_is_refused(members, message):
    with pytest.raises((TypeError, NameError), match=message):
        declare(GOOD, **members)


def test_a_threshold_may_put_comparisons_together():
    for text in ("(v > 0) * (v < 9)", "where(v > 0, 1, 0)", "maximum(v > 0, v < -5)", "1 - (v < 0)"):
        declare(GOOD, threshold=f"def threshold(v):\n    spikes = {text}\n    return spikes")


def test_source_that_cannot_be_read_is_said_so():
    source = "class Made(Neuron):\n    x: mV = 1.0\n    state = {'v': 'mV'}\n    def initial(x):\n        return {'v': x}\n"
    with pytest.raises(TypeError, match="source can't be read"):
        exec(source, {"Neuron": Neuron, "mV": mV})


@pytest.mark.parametrize(
    "body, message",
    [
        (
            "def dynamics(v, I, tau_m, E_L):\n    dv = -(v - E_L) + I\n    return dv",
            r"must be in mV/ms, but its unit is mV",
        ),
        (
            "def dynamics(v, I, tau_m, E_L):\n    dv = (v - tau_m) / tau_m\n    return dv",
            r"`v` in mV and `tau_m` in ms",
        ),
        (
            "def dynamics(v, I, tau_m, E_L):\n    dv = (v + 5) / tau_m\n    return dv",
            r"`v` in mV and `5` in 1",
        ),
        (
            "def dynamics(v, I, tau_m, E_L):\n    dv = E_L * exp(v) / tau_m\n    return dv",
            r"exp\(\) takes a pure number",
        ),
    ],
)
def test_units_that_do_not_fit_are_named_with_the_line(body, message):
    made = declare(body)
    with pytest.raises(snn.UnitError, match=message):
        snn.check_units(made)


def test_a_lif_equation_without_resistance_fails_its_units():
    source = (
        "class Made(Neuron):\n    tau_m: ms = 20.0\n    E_L: mV = -70.0\n    v_th: mV = -50.0\n"
        "    state = {'v': 'mV'}\n    input = {'I': 'pA'}\n"
        "    def initial(E_L):\n        return {'v': E_L}\n"
        "    def dynamics(v, I, tau_m, E_L):\n        dv = (-(v - E_L) + I) / tau_m\n        return dv\n"
        "    def threshold(v, v_th):\n        return v >= v_th\n"
    )
    with pytest.raises(snn.UnitError, match=r"adds `-\(v - E_L\)` in mV and `I` in pA"):
        snn.check_units(execute(source))


def test_a_model_from_a_cell_runs_compiled_and_agrees_with_the_reference():
    made = declare(
        "def dynamics(v, I, tau_m, E_L):\n    dv = (exprel((v - E_L) / E_L) * 0 + where(v > E_L, E_L - v, 0 * v) + I) / tau_m"
        "\n    return dv",
        reset="def reset(v, E_L):\n    v = E_L\n    return v",
    )
    runs = [snn.simulate(made(), I=30.0, t_stop=200.0, record=["v"], engine=e) for e in ("numba", "numpy")]
    assert len(runs[0].spikes) > 5
    assert runs[0].spikes == runs[1].spikes
    np.testing.assert_allclose(runs[0].traces["v"], runs[1].traces["v"], atol=1e-9)


def test_two_models_of_one_name_in_one_network_keep_their_own_equations():
    slow = declare(GOOD)
    fast = declare(GOOD.replace("/ tau_m", "/ (0.5 * tau_m)"))
    a, b = snn.Population(slow(), 1), snn.Population(fast(), 1)
    rec = snn.simulate([a, b], I=10.0, t_stop=20.0, record=["v"], method="rk4")
    np.testing.assert_allclose(rec[a].traces["v"][-1] + 70.0, 10 * (1 - np.exp(-19.9 / 20)), rtol=1e-6)
    np.testing.assert_allclose(rec[b].traces["v"][-1] + 70.0, 10 * (1 - np.exp(-19.9 / 10)), rtol=1e-6)


def test_names_of_states_do_not_collide_with_the_kernels_own():
    """m, n, h, k, j, r, t-like names are gates and adaptation variables in the literature."""
    source = (
        "class Made(Neuron):\n    tau_m: ms = 20.0\n    v_th: mV = 5.0\n"
        "    state = {'v': 'mV', 'm': 'mV', 'n': 'mV', 'k': 'mV', 'j': 'mV', 'r': 'mV', 'lo': 'mV', 'u': 'mV', 'live': 'mV'}\n"
        "    input = {'I': 'mV'}\n"
        "    def initial(v_th):\n        return {'v': 0 * v_th, 'm': v_th, 'n': v_th, 'k': v_th, 'j': v_th, 'r': v_th, "
        "'lo': v_th, 'u': v_th, 'live': v_th}\n"
        "    def dynamics(v, m, n, k, j, r, lo, u, live, I, tau_m):\n"
        "        dv = (I - v) / tau_m\n        dm = -m / tau_m\n"
        "        return dv, dm, dm, dm, dm, dm, dm, dm, dm\n"
        "    def threshold(v, v_th):\n        return v >= v_th\n"
        "    def reset(v, u):\n        v = 0 * v\n        u = 2 * u\n        return v, u\n"
    )
    made = execute(source)()
    runs = [
        snn.simulate(made, I=10.0, t_stop=100.0, record=["v", "u", "k"], engine=e) for e in ("numba", "numpy")
    ]
    assert len(runs[0].spikes) >= 5
    assert runs[0].spikes == runs[1].spikes
    np.testing.assert_allclose(runs[0].traces["u"], runs[1].traces["u"], atol=1e-9)


@pytest.mark.parametrize(
    "text, same",
    [("pF*mV/ms", "pA"), ("nS*mV", "pA"), ("GOhm*pA", "mV"), ("uF/cm2*mV/ms", "uA/cm2"), ("1/ms", "ms**-1")],
)
def test_the_units_are_coherent(text, same):
    assert as_unit(text) == as_unit(same)


def test_an_unknown_unit_is_refused():
    with pytest.raises(ValueError, match="'parsec' is not a unit"):
        as_unit("parsec")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_each_parameter_says_what_it_is(model):
    """The comment beside it is its meaning in the explorer and in the web edition's tables."""
    states = {*getattr(model, "state", {}), *getattr(model, "input", {})}
    assert {name for name in model.units if not meanings_of(model).get(name)} <= states


def test_a_meaning_is_the_comment_of_its_own_line():
    """The first parameter's was taken from the docstring on, and so was lost."""
    assert meanings_of(snn.EIF)["C_m"] == "membrane capacitance"
