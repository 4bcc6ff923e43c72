"""Kernels are compiled once per machine and structure, by any number of processes, also where the cache can't be written."""

import importlib
import os
import re
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import snnlab as snn
from snnlab.kernels import cache, kernel
from snnlab.kernels.structure import Structure

PROGRAM = """
import snnlab as snn
rec = snn.simulate(snn.LIF(), I=300.0, t_stop=100.0, record=["v"])
import sys
run = next(m for name, m in sys.modules.items() if name.startswith("snnlab_kernel_")).run
print(len(rec.spikes), sum(run.stats.cache_hits.values()), sum(run.stats.cache_misses.values()))
"""


def run_program(folder):
    made = subprocess.run(
        [sys.executable, "-c", PROGRAM], env={**os.environ, "SNNLAB_CACHE": str(folder)},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return tuple(map(int, made.stdout.split()))


def test_a_second_process_compiles_nothing(tmp_path):
    assert run_program(tmp_path) == (4, 0, 1)
    assert run_program(tmp_path) == (4, 1, 0)


def test_many_processes_can_start_at_once_on_an_empty_cache(tmp_path):
    with ThreadPoolExecutor(6) as pool:
        spikes = [made[0] for made in pool.map(run_program, [tmp_path] * 6)]
    assert spikes == [4] * 6
    assert len(list(tmp_path.glob("snnlab_kernel_*.py"))) == 1 and not list(tmp_path.glob("*.tmp"))


def test_a_folder_that_cannot_be_written_is_copied_to_a_private_one(tmp_path, monkeypatch):
    assert run_program(tmp_path) == (4, 0, 1)

    def refuse(*args, **kwargs):
        raise PermissionError("read-only")

    monkeypatch.setattr(cache.tempfile, "TemporaryFile", refuse)
    cache._folder.cache_clear()
    folder = cache._folder(str(tmp_path))
    cache._folder.cache_clear()
    assert folder != tmp_path
    assert {p.name for p in folder.glob("*.py")} == {p.name for p in tmp_path.glob("*.py")}
    monkeypatch.undo()
    assert run_program(folder) == (4, 1, 0)


def test_a_folder_that_cannot_be_made_is_replaced():
    spikes, _, _ = run_program(os.path.join(os.devnull, "cache"))
    assert spikes == 4


def structures(monkeypatch):
    seen: list[Structure] = []
    module = importlib.import_module("snnlab.kernels.engine")
    monkeypatch.setattr(module, "kernel", lambda s: (seen.append(s), kernel(s))[1])
    return seen


def test_values_sizes_graphs_durations_and_recordings_compile_nothing(monkeypatch):
    seen = structures(monkeypatch)

    def run(n, tau, p, t_stop, record, I, w):
        pop = snn.Population(snn.LIF(tau_m=tau), n, receptors={"exc": snn.ExpCurrent(tau / 4)})
        projection = snn.Projection(pop[: n // 2], pop, snn.random(p), w, 1.0)
        return snn.simulate(pop, t_stop=t_stop, projections=[projection], record=record, I=I, seed=0)

    run(10, 20.0, 0.1, 10.0, ["v"], 300.0, 1.0)
    run(300, 10.0, 0.5, 20.0, [], 0.0, 7.0)
    pop = snn.Population(snn.LIF(), 5, receptors={"exc": snn.ExpCurrent()})
    snn.simulate(
        pop, t_stop=5.0, record=[snn.Record(pop[:1], "exc.g", every=1.0)], I=250.0, dt=0.5,
        projections=[snn.Projection(pop, pop, ([0], [1]), 3.0, 0.5)],
    )  # fmt: skip
    assert len(set(seen)) == 1
    snn.simulate(snn.Population(snn.LIF(tau_m=[10.0, 20.0]), 2), t_stop=1.0)
    assert len(set(seen)) == 2  # one value per neuron is another structure


def test_the_kernel_can_be_read_and_holds_the_models_own_equations():
    pop = snn.Population(snn.LIF(), 3, receptors={"exc": snn.ExpCurrent(5.0)})
    text = snn.kernel_source(pop, projections=[snn.Projection(pop, pop, snn.random(0.5), 1.0, 0.1)])
    assert "dv = (-(v - E_L) + R_m * I) / tau_m" in text and "dg = -g / tau_syn" in text
    compile(text, "kernel", "exec")
    names = re.search(r"ARGUMENTS = \((.*)\)", text)[1]
    assert "q0_indptr" in names


def test_the_inner_loop_is_vectorised():
    """Doubles are updated several at a time: look for packed arithmetic in the machine code."""
    pop = snn.Population(snn.LIF(), 300, receptors={"exc": snn.ExpCurrent(5.0), "inh": snn.ExpCurrent(10.0)})
    snn.simulate(pop, t_stop=1.0)
    text = snn.kernel_source(pop)
    module = next(
        m for n, m in sys.modules.items() if n.startswith("snnlab_kernel_") and _source(m).endswith(text)
    )
    module.run.recompile()
    (assembly,) = module.run.inspect_asm().values()
    packed = re.findall(
        r"\bv?(?:fmadd\d*|add|mul|sub|fma)\w*pd\b|\bf(?:mla|add|mul|sub)\s+v\d+\.2d", assembly
    )
    assert len(packed) >= 6, packed


def _source(module):
    with open(module.__file__, encoding="utf-8") as file:
        return file.read()


BROKEN = """
import numpy as np, sys
import snnlab as snn
from snnlab import wires
store = wires._store
def broken(made, *more):
    store(made, *more)
    made.targets[0] = 7  # of 2 neurons
wires._store = broken
pop = snn.Population(snn.LIF(), 2, {"exc": snn.ExpCurrent(5.0)})
p = snn.Projection(snn.SpikeTrains([1.0], [0], n=1, t_stop=5.0), pop, ([0], [1]), 1.0, 0.1)
try:
    snn.simulate(pop, projections=[p], t_stop=5.0)
except IndexError as error:
    print("caught", error)
"""


def test_bounds_are_checked_where_they_are_asked_for(tmp_path):
    """So that the step of .ci/run with NUMBA_BOUNDSCHECK=1 would see an array written out of bounds."""
    made = subprocess.run(
        [sys.executable, "-c", BROKEN], env={**os.environ, "SNNLAB_CACHE": str(tmp_path), "NUMBA_BOUNDSCHECK": "1"},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert "caught" in made.stdout, made.stderr


def test_threads_that_ask_for_one_new_kernel_at_once_all_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("SNNLAB_CACHE", str(tmp_path))
    text, begin = "import time\n\ntime.sleep(0.2)\nrun = 7\n", threading.Barrier(4)

    def ask(_):
        begin.wait()
        return cache.load(text).run

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(ask, range(4))) == [7] * 4


def test_a_kernel_that_fails_to_load_is_not_taken_for_one_that_did(tmp_path, monkeypatch):
    monkeypatch.setenv("SNNLAB_CACHE", str(tmp_path))
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            cache.load("run = 1 / 0\n")


ONE_OF_TWO = """
import snnlab as snn
pop = snn.Population(snn.LIF(), 2, {"exc": snn.ExpCurrent(5.0)})
given = snn.SpikeTrains([1.0], [0], n=2, t_stop=5.0)
p = snn.Projection(given, pop, snn.all_to_all(), 0.5, 0.1, plasticity=snn.RewardSTDP(), reward=given)
for name in "wc":
    rec = snn.simulate(pop, projections=[p], t_stop=5.0, record=[snn.Record(p, name)])
    print(rec.traces[p, name].shape)
"""


def test_a_weight_is_recorded_without_the_states_beside_it_and_within_bounds(tmp_path):
    made = subprocess.run(
        [sys.executable, "-c", ONE_OF_TWO], env={**os.environ, "SNNLAB_CACHE": str(tmp_path), "NUMBA_BOUNDSCHECK": "1"},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert made.stdout == "(50, 4)\n(50, 4)\n", made.stderr
