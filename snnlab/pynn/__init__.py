"""The PyNN reading: a network as a PyNN script, and so for NEST, for NEURON on a cluster and for SpiNNaker.

The script is written once and run on any of them. snnlab draws the graph and the initial state, so that they are
the same everywhere; `table.py` says which quantity becomes which.
"""

from __future__ import annotations

from typing import Any

from ..arguments import listed
from ..assemble import assemble, populations_of
from ..grid import check_dt, check_t_stop, grid_time
from ..network import Graph
from ..recording import Record
from ..replay import spikes_drawn
from ..rng import check_seed
from ..run_data import Run
from .one_simulator import DELTA, GIVEN, RECOVERY
from .populations import cell_of, population_lines, variable_of
from .projections import drawn, drive_lines, projection_lines
from .run import PyNNNetwork


def to_pynn(
    what: Any,
    *,
    t_stop: float,
    dt: float = 0.1,
    I: Any = 0.0,
    projections: Any = (),
    record: Any = (),
    initial: dict | None = None,
    method: None = None,
    seed: int | None = None,
) -> PyNNNetwork:
    """The same network for PyNN: models, receptors, graph, weights, delays, inputs, initial state and recordings.

    Takes the arguments of `simulate` and raises what it raises. The result has `source`, the PyNN script, and `data`,
    the arrays that it reads; `run("nest")` or `run("neuron")` runs it here, `save(folder)` writes both to run
    elsewhere: `python network.py nest`, `mpirun -n 4 python network.py neuron`. PyNN is needed only to run it. SpiNNaker
    reads the same script; what it makes of it is not tested here.

    PyNN's cells have one excitatory and one inhibitory receptor. A current goes to one or the other by the sign
    of its w, a conductance by its E_rev; all that meet in one must have the same constants.

    Name and unit in PyNN, and our expression in ms, mV, pA, pF, nS and GOhm (* is E or I):

        LIF: IF_curr_exp (ExpCurrent), IF_curr_alpha (AlphaCurrent), IF_cond_exp (ExpConductance),
          IF_cond_alpha (AlphaConductance), IF_curr_delta (Delta)
          v_rest        E_L              mV
          v_thresh      v_th             mV
          v_reset       v_reset          mV
          tau_m         tau_m            ms
          tau_refrac    t_ref            ms
          cm            0.001 tau_m/R_m  nF
          i_offset      0.001 I          nA
        EIF: EIF_cond_exp_isfa_ista (ExpConductance), EIF_cond_alpha_isfa_ista (AlphaConductance)
          v_rest        E_L              mV
          v_thresh      v_T              mV
          v_spike       v_peak           mV
          v_reset       v_reset          mV
          delta_T       Delta_T          mV
          tau_m         C_m/g_L          ms
          tau_refrac    t_ref            ms
          cm            0.001 C_m        nF
          i_offset      0.001 I          nA
          tau_w         1                ms
          a             0                nS
          b             0                nA
        AdEx: EIF_cond_exp_isfa_ista (ExpConductance), EIF_cond_alpha_isfa_ista (AlphaConductance)
          v_rest        E_L              mV
          v_thresh      v_T              mV
          v_spike       v_peak           mV
          v_reset       v_reset          mV
          delta_T       Delta_T          mV
          tau_m         C_m/g_L          ms
          tau_refrac    t_ref            ms
          cm            0.001 C_m        nF
          i_offset      0.001 I          nA
          tau_w         tau_w            ms
          a             a                nS
          b             0.001 b          nA
          w             0.001 w          nA
        Izhikevich: Izhikevich (Delta)
          a             a                1/ms
          b             b                1/ms
          c             c                mV
          d             d                mV/ms
          i_offset      0.001 I          nA
          u             u                mV/ms
        ExpCurrent
          tau_syn_*     tau_syn          ms
          weight        0.001 w          nA
        AlphaCurrent
          tau_syn_*     tau_syn          ms
          weight        0.001 w          nA
        ExpConductance
          tau_syn_*     tau_syn          ms
          e_rev_*       E_rev            mV
          weight        0.001 w          uS
        AlphaConductance
          tau_syn_*     tau_syn          ms
          e_rev_*       E_rev            mV
          weight        0.001 w          uS
        Delta
          weight        w                mV
        TsodyksMarkram: TsodyksMarkramSynapse
          U             U                1
          tau_rec       tau_rec          ms
          tau_facil     tau_facil        ms

    **Random input.** A `PoissonSource` is sent as the spikes that `simulate` draws for this seed (SpikeSourceArray), so
    that a network of exact neurons has our spikes. A `PoissonDrive` has too many arrivals for that: each neuron gets a
    SpikeSourcePoisson of rate n_sources rate, with numbers of the simulator. Its statistics agree; it begins up to
    3 dt later. Its seed follows ours; on NEURON the numbers depend on how many ranks there are, too.

    **Short-term plasticity.** On both sides a spike counts as w u x, and a first one as w U. In PyNN's synapse what was
    released recovers only after tau_syn (Tsodyks, Uziel & Markram 2000), in ours at once (Tsodyks, Pawelzik & Markram
    1998): the script sets this time, tau_psc of NEST's synapse and tau_syn of NEURON's, to 1e-9 ms.

    ValueError, naming it, for what has no counterpart: other neurons and receptors, a third receptor, gap junctions,
    noise, plastic projections (NEST counts the delay on the post side, and PyNN delivers w after the change that the
    spike itself makes; it has no triplets, no rewards, no changes at intervals), other short-term plasticity,
    `TsodyksMarkram` onto `Delta`, `method` (each simulator has its own), receptor states that do not begin at 0,
    recorded currents of receptors, a delay of 0 from a neuron or a PoissonSource, and given spikes that arrive before 2 dt.

    **Time.** NEST and NEURON stamp spikes, hold neurons and deliver spikes when snnlab does. They differ in the step:

    - NEST: `LIF` with currents is exact, and has our spikes to the step. Cells with conductances take small
      Runge-Kutta steps, and `Izhikevich` takes Euler steps. A jump of `Delta` is tested in its own step, one
      before ours. A current that changes with time counts from 2 dt on; before, it is I(0).
    - NEURON: implicit Euler steps, whose error is of order dt. They reach no v_peak above v_T + Delta_T log(tau_m/dt).
      Traces show a reset, a jump and the arrival of a spike one sample later; v is up to 40 mV in a spike.

    Davison et al. (2009), Front. Neuroinform. 2:11, doi:10.3389/neuro.11.011.2008.

    >>> import snnlab as snn
    >>> pynn = snn.to_pynn(snn.LIF(), I=300.0, t_stop=100.0)
    >>> "tau_m=20.0,  # ms" in pynn.source
    True
    """
    if method is not None:
        raise ValueError(
            f"to_pynn.method: must be None, got {method!r}: PyNN's simulators have their own methods"
        )
    record = [record] if isinstance(record, str | Record) else listed("record", record, "names and Records")
    for item in record:
        if isinstance(item, Record) and item.variable == "rate":
            raise ValueError(
                'to_pynn.record: "rate" is made from spikes, which are always recorded; leave it out'
            )
    dt = check_dt(dt)
    run = assemble(
        populations_of(what), k_stop=check_t_stop(t_stop, dt, 0.0), dt=dt, I=I, projections=projections,
        record=record, initial=initial, method=None, seed=check_seed(seed), start=None, max_spikes=1,
    )  # fmt: skip
    graphs = [drawn(q, wires, run) for q, wires in enumerate(run.wires)]
    data: dict[str, Any] = {}
    cells = [cell_of(p, run, graphs) for p in range(len(run.cells))]
    run.sources = spikes_drawn(run)
    lines: list[str] = []
    for p, (cell, sides) in enumerate(cells):
        lines += population_lines(p, run.cells[p], cell, sides, run, data)
    for q, (wires, graph) in enumerate(zip(run.wires, graphs, strict=True)):
        lines += projection_lines(q, wires, graph, *cells[wires.post], run, data)
    for d, counts in enumerate(run.drives):
        lines += drive_lines(d, counts, *cells[counts.post], run, data)
    lines.append(f"populations = [{', '.join(f'population_{p}' for p in range(len(cells)))}]")
    lines.append(f"sim.run({float(grid_time(run.k_stop, dt))!r})")
    source = "\n".join([*_setup(run, graphs), *_for_one_simulator(run, cells), *lines]) + "\n"
    variables = [
        {state: variable_of(c, state, cell, sides) for state in c.records}
        for c, (cell, sides) in zip(run.cells, cells, strict=True)
    ]
    return PyNNNetwork(run, source, data, [cell.name for cell, _ in cells], variables)


def _setup(run: Run, graphs: list[Graph]) -> list[str]:
    """Ranks of a cluster exchange spikes once per min_delay; NEST's sources and currents need it to be dt."""
    steps = [round(float(g.delay.min()) / run.dt) for g in graphs if len(g)]
    longest = max([round(float(g.delay.max()) / run.dt) for g in graphs if len(g)], default=1)
    timed = any(w.replayed for w in run.wires) or run.drives or any(c.input.width for c in run.cells)
    shortest = 1 if timed else min(steps, default=1)
    times = {"timestep": 1, "min_delay": shortest, "max_delay": max(longest, shortest) + 1}
    given = ", ".join(f"{name}={float(grid_time(k, run.dt))!r}" for name, k in times.items())
    if not run.drives:
        return [f"sim.setup({given}, **setup)", ""]
    seed = run.seed % (2**31 - 1) + 1
    return [
        f'setup = {{"rng_seed": {seed}, "native_rng_baseseed": {seed}, **setup}}  # of NEST, of NEURON',
        f"sim.setup({given}, **setup)",
        "",
    ]


def _for_one_simulator(run: Run, cells: list) -> list[str]:
    needed = {
        DELTA: any(cell.name == "IF_curr_delta" for cell, _ in cells),
        GIVEN: any(w.replayed for w in run.wires),
        RECOVERY: any(w.short_term is not None for w in run.wires),
    }
    return [line for text, wanted in needed.items() if wanted for line in text]
