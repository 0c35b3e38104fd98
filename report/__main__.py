"""Asks Docent and Rasa's default pipeline all held-out questions and writes var/nlu-report.

Docent takes some two minutes. Rasa's default pipeline is trained first, once for each state of
the content; that takes a quarter of an hour, and `--without-rasa` does without it.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from pathlib import Path

from report import THREADS

FOLDER = "var/nlu-report"


def main() -> None:
    """Writes report.md, report.json and the pictures."""
    parser = argparse.ArgumentParser(prog="make nlu-report", description=__doc__)
    parser.add_argument("--without-rasa", action="store_true", help="examine Docent alone")
    parser.add_argument("--model", type=Path, help="a model of yours, instead of the current one")
    parser.add_argument("--examples", type=int, default=50, help="that Rasa learns, of each topic")
    options = parser.parse_args()
    # Before any library reads them.
    os.environ.update(dict.fromkeys(THREADS, "1"))

    from bot import logs

    logs.set_up()
    # It complains of its own style sheets.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    from report.writing import write

    folder = write(Path(FOLDER), options.model, 0 if options.without_rasa else options.examples)
    figures = json.loads((folder / "report.json").read_text(encoding="utf-8"))["figures"]
    for each in figures:
        shares = f"best topic right {100 * each['overall']['top1']:.1f}%"
        answers = f"precision of answers {100 * each['decisions']['precision']:.1f}%"
        print(f"{each['bot']}, {each['questions']}: {shares}, {answers}")
    print(f"Read {folder}/report.md", file=sys.stderr)


if __name__ == "__main__":
    main()
