"""Publishing: a model is current while its content is, and only a model of our own is loaded."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import pytest
from tarsafe import TarSafeException

from bot.content import publish
from bot.errors import ContentError


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in ("config.yml", "domain.yml", "data/nlu/faq/a.yml", "data/stories/b.yml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(f"# {name} 内容\n", encoding="utf-8")
    (tmp_path / "bot/nlu").mkdir(parents=True)
    (tmp_path / "bot/nlu/x.py").write_text("x = 1\n")
    (tmp_path / "models").mkdir()
    return tmp_path


def published(project: Path, content: bytes = "模型 model".encode()) -> Path:
    model = project / "models" / f"docent-{publish.fingerprint(project)}.tar.gz"
    model.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    model.with_name(f"{model.name}.sha256").write_text(f"{digest}\n")
    return model


def test_a_model_of_the_present_content_is_current(project: Path) -> None:
    assert publish.current_model(project) is None
    model = published(project)
    assert publish.current_model(project) == model


@pytest.mark.parametrize(
    "name",
    ["config.yml", "domain.yml", "data/nlu/faq/a.yml", "data/stories/b.yml", "bot/nlu/x.py"],
)
def test_any_change_of_the_content_needs_a_new_model(project: Path, name: str) -> None:
    published(project)
    with (project / name).open("a", encoding="utf-8") as file:
        file.write("# 改了 changed\n")
    assert publish.current_model(project) is None


def test_a_new_file_and_a_new_name_need_a_new_model(project: Path) -> None:
    before = publish.fingerprint(project)
    (project / "data/nlu/faq/新.yml").write_text("")
    added = publish.fingerprint(project)
    (project / "data/nlu/faq/新.yml").rename(project / "data/nlu/faq/new.yml")
    assert len({before, added, publish.fingerprint(project)}) == 3


@pytest.mark.parametrize("name", ["data/museum.yml", "data/sentences.yml", "README.md"])
def test_what_is_read_at_run_time_needs_none(project: Path, name: str) -> None:
    model = published(project)
    (project / name).write_text("事实: facts\n", encoding="utf-8")
    assert publish.current_model(project) == model


@pytest.mark.parametrize("harm", ["changed", "no checksum", "empty checksum", "other checksum"])
def test_a_model_that_is_not_ours_is_not_loaded(project: Path, harm: str) -> None:
    model = published(project)
    checksum = model.with_name(f"{model.name}.sha256")
    if harm == "changed":
        model.write_bytes(model.read_bytes() + b"x")
    elif harm == "no checksum":
        checksum.unlink()
    else:
        checksum.write_text("" if harm == "empty checksum" else "0" * 64)
    assert not publish.is_ours(model)
    assert publish.current_model(project) is None


def test_the_model_of_the_session_is_ours(model: Path) -> None:
    assert publish.is_ours(model)


# -- what is loaded is what was checked ---------------------------------------------------------


def test_a_model_of_ours_is_given_as_a_copy_that_goes_away(project: Path) -> None:
    model = published(project)
    with publish.trusted(model) as copy:
        assert copy.read_bytes() == model.read_bytes()
        assert (copy.name, copy.parent.stat().st_mode & 0o077) == (model.name, 0)
        # Changed between the check and the loading: what was checked stays.
        model.write_bytes(b"another")
        assert copy.read_bytes() == "模型 model".encode()
    assert not copy.exists()


@pytest.mark.parametrize("spoiled", ["changed", "no checksum", "link", "gone"])
def test_a_model_that_is_not_ours_is_refused(project: Path, spoiled: str) -> None:
    model = published(project)
    elsewhere = project / "elsewhere.tar.gz"
    elsewhere.write_bytes(b"foreign")
    if spoiled == "changed":
        model.write_bytes(b"foreign")
    elif spoiled == "no checksum":
        model.with_name(f"{model.name}.sha256").unlink()
    else:
        model.unlink()
    if spoiled == "link":
        model.symlink_to(elsewhere)
    with pytest.raises(ContentError), publish.trusted(model):
        pytest.fail("it was given")


def test_an_archive_that_leads_out_of_its_folder_is_not_unpacked(tmp_path: Path) -> None:
    """Rasa unpacks models with tarsafe: even with a checksum of ours nothing leaves the folder."""
    storage = pytest.importorskip("rasa.engine.storage.local_model_storage")
    archive = tmp_path / "model.tar.gz"
    with tarfile.open(archive, "w:gz") as tar:
        member = tarfile.TarInfo("../../escaped")
        tar.addfile(member, io.BytesIO())
    (tmp_path / "inside").mkdir()
    with pytest.raises(TarSafeException):
        storage.LocalModelStorage._extract_archive_to_directory(archive, tmp_path / "inside")
    assert not (tmp_path.parent / "escaped").exists()
