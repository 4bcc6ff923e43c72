"""The explorer of codes: what it shows at each time is what the decoders make of the spikes until then."""

import numpy as np
import pytest

import snnlab as snn
from snnlab.explore_coding import FRAMES, codes_of

PICTURE = np.random.default_rng(1).random((3, 4))


@pytest.fixture
def explorer():
    return snn.explore_pictures({"dots": PICTURE, "white": np.ones((2, 2))}, seed=1)


@pytest.fixture
def sent(explorer, monkeypatch):
    messages = []
    monkeypatch.setattr(explorer, "send", lambda message, buffers=(): messages.append((message, buffers)))
    return messages


def test_the_last_frame_is_the_whole_code(explorer):
    for name, (encoder, decoder) in codes_of(100.0, 1).items():
        shown = explorer.run("dots", name)
        assert shown.spikes == encoder(PICTURE.ravel())
        assert np.array_equal(shown.rebuilt[-1].ravel(), decoder(shown.spikes, 100.0))
        assert shown.count[-1] == len(shown.spikes)


def test_a_latency_is_rebuilt_pixel_by_pixel(explorer):
    shown = explorer.run("dots", "latency")
    for k, now in enumerate(shown.times):
        told = np.where(now >= 100.0 * (1.0 - PICTURE), PICTURE, 0.0)
        assert np.allclose(shown.rebuilt[k], told)
        assert shown.error[k] == pytest.approx(np.sqrt(np.mean((told - PICTURE) ** 2)))


def test_the_browser_gets_every_frame(explorer, sent):
    explorer._receive(None, {"type": "run", "id": "7", "picture": "white", "code": "binary, 1 bit"}, [])
    ((message, (frames, times, ids)),) = sent
    assert (message["id"], message["height"], message["width"], message["count"][-1]) == ("7", 2, 2, 4)
    assert np.frombuffer(frames, np.uint8).reshape(1 + FRAMES, 2, 2)[-1].tolist() == [[255, 255], [255, 255]]
    assert np.frombuffer(times, "<u2") / 65535 == pytest.approx(
        [0.5] * 4, abs=1e-4
    )  # in the middle of the slot
    assert np.frombuffer(ids, "<u4").tolist() == [0, 1, 2, 3]


def test_a_code_that_fails_is_told_beside_the_picture(sent, explorer):
    explorer._codes["mine"] = (lambda x: snn.encode.latency(2.0 * x), lambda s, now: snn.decode.latency(s))
    explorer._receive(None, {"type": "run", "id": "1", "picture": "white", "code": "mine"}, [])
    assert "must be in [0, 1], got 2" in sent[0][0]["message"]


def test_a_notebook_stores_words_and_a_picture(explorer):
    data, metadata = explorer._repr_mimebundle_()
    assert data["text/plain"].startswith(
        "A picture in spikes: dots (3 x 4 pixels), latency, 100 ms: 12 spikes"
    )
    assert data["image/png"] and metadata["image/png"]["alt"] == data["text/plain"]
