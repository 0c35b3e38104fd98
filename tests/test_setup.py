"""The set-up's search for a Python 3.10, with made-up Pythons on a made-up machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.config import ROOT

# It runs what it is given in the real Python, and says that it is another one elsewhere.
FAKE = """#!/bin/sh
exec '{real}' -I -c '
import sys
sys.version_info = ({version}, 18, "final", 0)
sys.executable, sys.prefix = "{path}", sys.base_prefix
exec(sys.argv[1])
' "$3"
"""
# What a pyenv shim does where no version is chosen.
SHIM = "#!/bin/sh\necho 'pyenv: python3.10: command not found' >&2\nexit 127\n"
SYSTEM = [Path("/usr/local/bin/python3.10"), Path("/opt/homebrew/bin/python3.10")]


@dataclass
class Machine:
    """A machine with nothing on its PATH but what the set-up itself calls."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / "home of 馆员"

    @property
    def path(self) -> Path:
        return self.root / "bin"

    def put(self, path: Path, text: str) -> Path:
        """Puts a program somewhere."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)
        return path

    def python(self, path: Path, version: str) -> Path:
        """Puts a Python of a version, such as "3, 9", somewhere."""
        return self.put(path, FAKE.format(real=sys.executable, path=path, version=version))

    def find(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs the search."""
        return subprocess.run(
            ["/bin/sh", str(ROOT / "scripts" / "setup"), "--find"],
            env={"HOME": str(self.home), "PATH": str(self.path), **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    made = Machine(tmp_path)
    made.path.mkdir()
    made.home.mkdir()
    for tool in ("dirname", "grep"):
        found = shutil.which(tool)
        assert found is not None
        (made.path / tool).symlink_to(found)
    return made


def found(result: subprocess.CompletedProcess[str]) -> str:
    assert result.returncode == 0, result.stderr
    return result.stdout.removesuffix("\n")


def test_python310_comes_before_python3(machine: Machine) -> None:
    wanted = machine.python(machine.path / "python3.10", "3, 10")
    machine.python(machine.path / "python3", "3, 10")
    assert found(machine.find()) == str(wanted)


@pytest.mark.parametrize("name", ["python3", "python"])
def test_a_python_of_another_name_will_do(machine: Machine, name: str) -> None:
    wanted = machine.python(machine.path / name, "3, 10")
    assert found(machine.find()) == str(wanted)


@pytest.mark.parametrize("other", ["3, 9", "3, 11", "2, 7"])
def test_other_versions_and_a_shim_that_fails_are_passed_over(
    machine: Machine, other: str
) -> None:
    machine.put(machine.path / "python3.10", SHIM)
    machine.python(machine.path / "python3", other)
    wanted = machine.python(machine.path / "python", "3, 10")
    assert found(machine.find()) == str(wanted)


def test_a_version_that_only_pyenv_has_is_found(machine: Machine) -> None:
    machine.put(machine.path / "python3.10", SHIM)
    versions = machine.home / ".pyenv" / "versions"
    machine.python(versions / "3.9.18" / "bin" / "python3", "3, 9")
    wanted = machine.python(versions / "3.10.13" / "bin" / "python3", "3, 10")
    assert found(machine.find()) == str(wanted)


def test_pyenv_may_be_in_another_place(machine: Machine) -> None:
    elsewhere = machine.root / "py env"
    wanted = machine.python(elsewhere / "versions" / "3.10.2" / "bin" / "python3", "3, 10")
    assert found(machine.find(PYENV_ROOT=str(elsewhere))) == str(wanted)


@pytest.mark.skipif(any(p.exists() for p in SYSTEM), reason="this machine has one of its own")
def test_uv_is_asked_last(machine: Machine) -> None:
    wanted = machine.python(machine.root / "uv home" / "python3.10", "3, 10")
    machine.put(
        machine.path / "uv", f'#!/bin/sh\n[ "$1 $2" = "python find" ] && echo "{wanted}"\n'
    )
    assert found(machine.find()) == str(wanted)


def test_the_python_that_the_user_names_comes_first(machine: Machine) -> None:
    machine.python(machine.path / "python3.10", "3, 10")
    wanted = machine.python(machine.root / "my own" / "python", "3, 10")
    assert found(machine.find(DOCENT_PYTHON=str(wanted))) == str(wanted)


@pytest.mark.parametrize("version", ["3, 9", "3, 12"])
def test_a_wrong_python_that_the_user_names_is_an_error(machine: Machine, version: str) -> None:
    machine.python(machine.path / "python3.10", "3, 10")
    wrong = machine.python(machine.root / "wrong", version)
    result = machine.find(DOCENT_PYTHON=str(wrong))
    assert (result.returncode, result.stdout) == (2, "")
    assert f"DOCENT_PYTHON is '{wrong}'" in result.stderr


def test_an_active_environment_leads_to_the_python_it_was_made_from(machine: Machine) -> None:
    if sys.prefix == sys.base_prefix:
        pytest.skip("the tests do not run in a virtual environment")
    place = found(machine.find(DOCENT_PYTHON=sys.executable))
    assert Path(place).exists()
    assert not place.startswith(sys.prefix + os.sep)


@pytest.mark.skipif(any(p.exists() for p in SYSTEM), reason="this machine has one of its own")
def test_without_any_it_says_how_to_get_one(machine: Machine) -> None:
    machine.put(machine.path / "python3.10", SHIM)
    machine.python(machine.path / "python3", "3, 9")
    result = machine.find()
    assert (result.returncode, result.stdout) == (2, "")
    assert "there is no Python 3.10 here" in result.stderr
    for way in ("pyenv install", "uv python install", "apt-get install", "brew install"):
        assert way in result.stderr


def test_a_machine_without_a_home_is_searched_too(machine: Machine) -> None:
    wanted = machine.python(machine.path / "python3", "3, 10")
    assert found(machine.find(HOME="")) == str(wanted)


def test_an_unknown_word_is_an_error() -> None:
    result = subprocess.run(
        ["/bin/sh", str(ROOT / "scripts" / "setup"), "--fnd"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert "--find" in result.stderr


@pytest.mark.parametrize("name", ["requirements.lock", "scripts/uv.txt"])
def test_the_locks_hold_hashes_and_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "--hash=sha256:" in text
    assert "://" not in text
    assert "--index-url" not in text
    assert "--find-links" not in text
