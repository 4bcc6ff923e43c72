"""What lesson 02 holds of others: NEURON's table, made again, and the speed of the travelling spike."""

import ast
import csv
import subprocess
import sys
from pathlib import Path

import numpy as np
from needs import needs
from scipy.integrate import solve_ivp

import snnlab as snn
from snnlab.checks.ex_02 import rates, steady

ROOT = Path(__file__).parents[1]
LESSON = ROOT / "solutions" / "02_hodgkin_huxley"


def rows(text):
    """{quantity: (paper, default)} of the table."""
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return {row["quantity"]: (float(row["paper"]), float(row["default"])) for row in csv.DictReader(lines)}


HELD = rows((LESSON / "neuron_hh.csv").read_text(encoding="utf-8"))


@needs("neuron")
def test_the_table_of_neuron_is_what_neuron_gives():
    made = subprocess.run(
        [sys.executable, str(ROOT / "tests" / "neuron_hh.py")], capture_output=True, text=True, check=True
    )
    again = rows(made.stdout)
    assert again.keys() == HELD.keys()
    for quantity, values in again.items():
        np.testing.assert_allclose(values, HELD[quantity], atol=2e-3, err_msg=quantity)


def test_the_table_of_neuron_is_what_solve_ivp_gives():
    """Both columns, without NEURON: the leak's potential is all that differs."""
    for column, E_L in enumerate((-54.387, -54.3)):

        def slopes(t, y, E_L=E_L):
            v, m, h, n = y
            gates = zip((m, h, n), rates(v).values())
            dv = 10.0 - 120.0 * m**3 * h * (v - 50.0) - 36.0 * n**4 * (v + 77.0) - 0.3 * (v - E_L)
            return [dv, *(alpha * (1.0 - x) - beta * x for x, (alpha, beta) in gates)]

        def crossing(t, y):
            return y[0]

        def turning(t, y):
            return slopes(t, y)[0]

        crossing.direction = 1
        run = solve_ivp(slopes, (0.0, 300.0), [-65.0, *steady(-65.0).values()], method="LSODA", rtol=1e-9,
                        atol=1e-9, events=(crossing, turning))  # fmt: skip
        spikes, turns = run.t_events[0], run.y_events[1][:, 0]
        found = {
            "first spike": spikes[0],
            "second spike": spikes[1],
            "peak": turns[0],
            "trough": turns[1],
            "rate": 1000.0 / (spikes[-1] - spikes[-2]),
        }
        for quantity, value in found.items():
            assert abs(value - HELD[quantity][column]) < 2e-3, quantity


def test_the_rates_of_the_check_are_those_of_the_model():
    neuron = snn.HodgkinHuxley()
    for v in (-80.0, -55.0, -40.0, 20.0):
        for k, (gate, (alpha, beta)) in enumerate(rates(v).items(), start=1):
            at = {"v": v, "m": 0.0, "h": 0.0, "n": 0.0, "I": 0.0}
            assert abs(snn.model.call(neuron, "dynamics", at)[k] - alpha) < 1e-12
            at[gate] = 1.0
            assert abs(snn.model.call(neuron, "dynamics", at)[k] + beta) < 1e-12


@needs("jupytext")
def test_the_travelling_spike_has_its_proven_speed():
    """At 18.5 degrees K gives 18.731888 m/s: Hendrick's computer-assisted proof, github.com/ChaseHendrick/hh-pulse."""
    import jupytext

    cells = [
        cell.source
        for cell in jupytext.read(LESSON / "02_hodgkin_huxley.py").cells
        if cell.cell_type == "code"
    ]
    wanted = {
        "rates",
        "steady",
        "resting",
        "ionic",
        "opening",
        "travelling",
        "lost",
        "shoot",
        "WARM",
        "REST",
        "axon",
    }
    wanted |= {"DT", "SEED", "HOW"}
    names = {"np": np, "snn": snn, "solve_ivp": solve_ivp}
    exec("from scipy.special import exprel", names)
    for statement in ast.parse("\n".join(cells)).body:
        targets = {getattr(target, "id", "") for target in getattr(statement, "targets", [])}
        attribute = isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == "lost.terminal"
        if getattr(statement, "name", "") in wanted or targets & wanted or attribute:
            exec(compile(ast.Module([statement], []), "lesson 02", "exec"), names)
    low, high = 5.0, 20.0
    for _ in range(40):
        K = 0.5 * (low + high)
        low, high = (low, K) if names["shoot"](K)[1][-1] > 0.0 else (K, high)
    theta = np.sqrt(1000.0 * K * 0.0238 / (2 * 35.4 * 1e-6)) / 100.0
    assert abs(theta - 18.731888) < 1e-4  # the lesson starts at 0.001 mV, and SciPy's tolerance is 1e-8
