"""`make encoder`: reads the published model, prunes it, tunes it on the corpus, writes the result.

Half an hour on two cores, 5 GB of memory. Writes encoder.onnx and tokenizer.json in bot/nlu/, and
general.onnx, which takes no time and changes only with the package that it draws.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bot.config import ROOT
from bot.nlu.encoder import MOST_PIECES
from bot.nlu.form_answer import UNTRAINED
from bot.nlu.text import normal
from encoder import general
from encoder.export import export
from encoder.network import Network
from encoder.source import read_source
from encoder.tune import Tuning
from encoder.vocabulary import make_tokenizer, needed
from report.texts import example_rows, question_rows, texts_of

# The lowest layers know letters and words of both languages; the corpus has nothing to add there.
FROZEN_LAYERS = 4


def corpus(root: Path = ROOT) -> list[tuple[str, str]]:
    """Returns the examples of all topics and service intents with their label, each text once."""
    found: dict[str, str] = {}
    for row in example_rows(root):
        label = row["intent"].removeprefix("faq/")
        if label not in UNTRAINED:
            for text in texts_of(row):
                found.setdefault(normal(text), label)
    return list(found.items())


def main(target: Path = ROOT / "bot" / "nlu") -> None:
    """Makes the encoder; progress goes to stderr."""
    general.write(target / "general.onnx")
    source = read_source()
    kept = needed(source.pieces, source.scores)
    tokenizer = make_tokenizer([source.pieces[i] for i in kept], [source.scores[i] for i in kept])
    tell(f"{len(kept)} of {len(source.pieces)} pieces are kept")
    tensors = {**source.tensors, "emb.word": source.tensors["emb.word"][kept]}
    tensors["emb.pos"] = tensors["emb.pos"][:MOST_PIECES]
    network = Network(tensors, source.layers, source.heads, FROZEN_LAYERS)
    texts, labels = zip(*corpus(), strict=True)
    tell(f"{len(texts)} examples")
    tuning = Tuning(network, lambda text: list(tokenizer.encode(text).ids), texts, labels)
    tuning.run(tell)
    asked = question_rows("dev")
    nearest = tuning.nearest([normal(row["text"]) for row in asked])
    hits = [found == row["topic"] for found, row in zip(nearest, asked, strict=True)]
    tell(f"nearest topic right on {100 * sum(hits) / len(hits):.1f} % of all dev questions")
    file = target / "encoder.onnx"
    export(network.tensors(), source.layers, source.heads, tuning.centre, file)
    tokenizer.save(str(target / "tokenizer.json"))


def tell(words: str) -> None:
    """Writes a line of progress."""
    print(words, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
