"""What a script says to one simulator alone, so that all of them do the same."""

DELTA = (
    'if sim.__name__ == "pyNN.nest":  # PyNN 0.13 does not know what NEST calls v in this cell',
    '    sim.IF_curr_delta.variable_map, sim.IF_curr_delta.scale_factors = {"v": "V_m"}, {"v": 1.0}',
    "",
)
# PyNN sends given spikes to NEST by a generator and a repeater, which takes a step more, and in which two spikes of one
# step become one of twice the weight.
GIVEN = (
    "Given = sim.SpikeSourceArray",
    'if sim.__name__ == "pyNN.nest":  # NEST\'s injector sends a spike at its time, and two of one time as two',
    "    from pyNN.standardmodels import build_translations",
    "",
    "    class Given(sim.SpikeSourceArray):",
    '        nest_name = dict.fromkeys(("on_grid", "off_grid"), "spike_train_injector")',
    '        translations = build_translations(("spike_times", "spike_times"))',
    '        extra_parameters = {"allow_offgrid_times": True}  # each moves to the first grid time not earlier',
    "        uses_parrot = always_local = False",
    "",
)
# In Tsodyks, Uziel & Markram (2000) what a spike released is active, with the time constant of the current, before it
# recovers; in the papers of 1998, which TsodyksMarkram follows, it recovers from the spike on.
RECOVERY = (
    'if sim.__name__ == "pyNN.neuron":  # ranks of MPI round times, and two spikes of one step would get one weight',
    "    sim.simulator.state.parallel_context.spike_compress(0, 0)",
    "",
    "",
    "def recovers_at_once(projection):  # not only after tau_syn",
    '    if sim.__name__ == "pyNN.nest":',
    "        connections = projection.nest_connections",
    "        if len(connections):",
    "            connections.set(tau_psc=1e-9)",
    '    elif sim.__name__ == "pyNN.neuron":',
    "        for connection in projection.connections:",
    "            connection.weight_adjuster.tau_syn = 1e-9",
    "",
    "",
)
