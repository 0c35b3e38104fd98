"""The importer: what Rasa reads, with one reading of each file for each state of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data import loading
from rasa.shared.nlu.training_data.training_data import TrainingData
from ruamel.yaml import YAML

from bot.config import ROOT
from bot.nlu.importer import ContentImporter

OPENING = """version: "3.1"
nlu:
- intent: faq/opening_hours
  metadata: {style: plain}
  examples: |
    - when do you open
    - 几点开门
    - wifi几点 open 🎟️
- intent: inform
  examples: |
    - on [sunday](day)
    - on [sunday](day)
- synonym: sunday
  examples: |
    - 周日
- lookup: room
  examples: |
    - 东厅
responses:
  utter_faq/opening_hours:
  - text: "10:00 to 17:00"
    metadata: {language: en}
  - text: 十点到五点
"""
THANKS = 'version: "3.1"\nnlu:\n- intent: thanks\n  examples: |\n    - thanks\n    - 谢谢\n'
CARELESS = 'version: "3.1"\nnlu:\n- intent: thanks\n  examples: |\n    thanks\n    - 谢谢\n'


@pytest.fixture
def files(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "opening.yml").write_text(OPENING, encoding="utf-8")
    (folder / "thanks.yml").write_text(THANKS, encoding="utf-8")
    return folder


def read(files: Path) -> TrainingData:
    cache = str(files.parent / "kept" / "examples.json")
    return ContentImporter(None, None, [str(files)], cache).get_nlu_data()


def by_rasa(files: Path) -> TrainingData:
    return RasaFileImporter(None, None, [str(files)]).get_nlu_data()


def held(data: TrainingData) -> dict[str, Any]:
    return {
        "examples": [message.data for message in data.training_examples],
        "synonyms": data.entity_synonyms,
        "lookups": data.lookup_tables,
        "regexes": data.regex_features,
        "responses": data.responses,
    }


def no_reading(*_: Any) -> None:
    pytest.fail("read again")


def test_it_reads_what_rasa_reads(files: Path) -> None:
    for _ in ("anew", "kept"):
        assert held(read(files)) == held(by_rasa(files))


def test_it_reads_the_content_as_rasa_does(tmp_path: Path) -> None:
    paths = [str(ROOT / "data/nlu/faq/wifi.yml"), str(ROOT / "data/nlu/forms.yml")]
    cache = str(tmp_path / "examples.json")
    ours = ContentImporter(None, None, paths, cache).get_nlu_data()
    assert held(ours) == held(RasaFileImporter(None, None, paths).get_nlu_data())


def test_a_file_is_read_once(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = held(read(files))
    monkeypatch.setattr(loading, "load_data", no_reading)
    assert held(read(files)) == before


def test_a_changed_file_is_read_again(files: Path) -> None:
    read(files)
    (files / "thanks.yml").write_text(THANKS.replace("谢谢", "多谢"), encoding="utf-8")
    assert held(read(files)) == held(by_rasa(files))
    kept = json.loads((files.parent / "kept/examples.json").read_text(encoding="utf-8"))
    assert len(kept["files"]) == 2


def test_a_file_that_rasa_warns_of_is_warned_of_each_time(files: Path) -> None:
    (files / "thanks.yml").write_text(CARELESS, encoding="utf-8")
    for _ in ("first", "again"):
        with pytest.warns(UserWarning, match="doesn't start with"):
            assert len(read(files).training_examples) == 5


@pytest.mark.parametrize("broken", ["", "{", "[]", "null", '{"rasa": "3.6.21"}', '{"rasa": "2"}'])
def test_a_broken_memory_is_made_anew(files: Path, broken: str) -> None:
    path = files.parent / "kept/examples.json"
    path.parent.mkdir()
    path.write_text(broken, encoding="utf-8")
    assert held(read(files)) == held(by_rasa(files))
    assert len(json.loads(path.read_text(encoding="utf-8"))["files"]) == 2


def test_what_is_wrong_is_refused_as_by_rasa(files: Path) -> None:
    (files / "thanks.yml").write_text('version: "3.1"\nnlu:\n- intent: [1\n', encoding="utf-8")
    with pytest.raises(Exception) as theirs:  # noqa: PT011
        by_rasa(files)
    with pytest.raises(type(theirs.value)):
        read(files)


def test_rasa_finds_it_in_the_configuration() -> None:
    config = YAML(typ="safe").load(ROOT / "config.yml")
    importer = TrainingDataImporter.load_from_dict({"importers": config["importers"]})
    assert isinstance(importer.importer._importer._importers[0], ContentImporter)
