"""Shared by all tests: the policy for missing peers (see needs.py).

The tests use the kernel cache of whoever runs them, so that the second run is fast. A test that must see
an empty cache sets SNNLAB_CACHE to its own tmp_path.
"""

import signal

import pytest
from hypothesis import HealthCheck, settings
from needs import UNDER_CI, missing

# A slow or busy machine is no mistake: an example may take as long as it takes, to run and to be drawn. The rest is
# Hypothesis's own choice: under CI the same examples each time, elsewhere new ones.
settings.register_profile(
    "snnlab", settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("snnlab")


def pytest_configure(config):
    # A shell starts what it runs in the background with Ctrl-C ignored, and Python leaves it so.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.addinivalue_line(
        "markers", "needs(modules, programs, files): skipped where a peer is missing, failed under CI"
    )


def pytest_runtest_setup(item):
    absent = [name for mark in item.iter_markers("needs") for name in missing(**mark.kwargs)]
    if absent:
        reason = f"needs {' and '.join(absent)}"
        if UNDER_CI:
            pytest.fail(f"{reason}; under CI this is a failure: .ci/run must install it", pytrace=False)
        pytest.skip(reason)
