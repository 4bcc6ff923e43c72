"""What stands behind lesson 11: NEST's table, the networks of a check, and the pad.

SNNLAB_SLOW=1 makes all twelve rows of the table again (about fifteen minutes); otherwise two of smaller networks are made.
"""

import math
import os
import re
import subprocess
import sys
from pathlib import Path

import nest_brunel
import numpy as np
import pytest
from needs import needs

import snnlab as snn
from snnlab.checks import ex_11

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "solutions" / "11_balanced_networks" / "11_balanced_networks.py"
TABLE = SOURCE.with_name("nest_brunel.csv")
SLOW = pytest.mark.skipif(not os.environ.get("SNNLAB_SLOW"), reason="slow: set SNNLAB_SLOW=1")


@pytest.fixture(scope="module")
def lesson():
    """brunel and some, as the lesson's source defines them."""
    text = SOURCE.read_text(encoding="utf-8")
    cell = re.search(r"^# %%\n(def brunel\(.*?)^# %%", text, re.MULTILINE | re.DOTALL)
    space = {"np": np, "snn": snn, "math": __import__("math"), "SEED": 1}
    exec(cell[1], space)
    return space


def rows():
    table = np.genfromtxt(TABLE, delimiter=",", names=True, dtype=None, encoding="utf-8", skip_header=1)
    return {(str(row["point"]), int(row["seed"])): row for row in table}


def from_nest(point, seed, *further):
    """The last line that the script prints, as (rate, CV, swing)."""
    command = [sys.executable, ROOT / "tests" / "nest_brunel.py", point, str(seed), *further]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return [float(x) for x in done.stdout.strip().splitlines()[-1].split(",")[4:]]


def test_the_table_holds_three_seeds_at_each_of_the_lessons_points():
    assert set(rows()) == {(point, seed) for point in nest_brunel.POINTS for seed in nest_brunel.SEEDS}
    points = re.search(r"^POINTS = (\{.*?\})", SOURCE.read_text(encoding="utf-8"), re.MULTILINE)
    assert eval(points[1]) == nest_brunel.POINTS


@needs("nest")
@pytest.mark.parametrize("point", ["C", "D"])
def test_the_small_network_of_the_map_has_nests_three_numbers(lesson, point):
    """Of 2,500 neurons: our mean over six seeds is within three of their standard deviations of NEST's run."""
    theirs = from_nest(point, 101, "small")
    runs = [
        lesson["brunel"](*nest_brunel.POINTS[point], 800.0, seed, **nest_brunel.SMALL) for seed in range(1, 7)
    ]
    ours = np.array([ex_11.three(spikes, 300.0, 800.0) for spikes in runs])
    allowed = np.maximum(3.0 * ours.std(axis=0, ddof=1), 0.02 * ours.mean(axis=0))
    assert (np.abs(ours.mean(axis=0) - theirs) < allowed).all(), (theirs, ours)


@SLOW
@needs("nest")
@pytest.mark.parametrize(("point", "seed"), list(rows()))
def test_each_row_of_nests_table_can_be_made_again(point, seed):
    row = rows()[point, seed]
    assert from_nest(point, seed) == pytest.approx([row["rate"], row["cv"], row["swing"]], rel=1e-3)


@pytest.mark.parametrize("name", ex_11.UNSEEN)
def test_the_numbers_of_the_check_are_those_of_networks(lesson, name):
    """Made again with another seed: the same kind, and numbers as near as those of two seeds are."""
    g, eta, *kept = ex_11.UNSEEN[name]
    found = ex_11.three(lesson["brunel"](g, eta, 500.0, seed=4), 200.0, 500.0)
    assert ex_11.word(*found) == ex_11.word(*kept)
    assert found == pytest.approx(kept, rel=0.35, abs=0.02)


def test_the_four_kinds_are_all_asked_for():
    words = [ex_11.word(*kept) for _, _, *kept in ex_11.UNSEEN.values()]
    assert sorted(words) == ["AI", "SI fast", "SI slow", "SR"]


def test_every_check_that_simulates_is_quick():
    """Not timed: a bound on the work of one check of 11.1, in neurons times steps."""
    for case in ex_11.cuba_inputs(1):
        assert case.inputs["t_stop"] <= 1000.0
    ex_11.cuba.cache_clear()
    for _ in range(2):
        ex_11.cuba_oracle(**ex_11.cuba_inputs(1)[0].inputs)
    assert ex_11.cuba.cache_info().misses == 4  # once in full, three times for 15 ms


def test_the_first_spikes_that_the_check_expects_are_those_of_many_seeds():
    found = [len(ex_11.cuba(0.1, 10.0, seed).t) / 40.0 for seed in range(1, 41)]
    error = np.std(found, ddof=1) / math.sqrt(40)
    assert abs(np.mean(found) - ex_11.START) < 4.0 * error < 1.0
