"""The desk's password, as it is and as a hash; the command that makes one."""

from __future__ import annotations

import pytest
from argon2 import PasswordHasher
from typer.testing import CliRunner

from bot import passwords
from bot.__main__ import app

WORDS = ["correct horse battery", "博物馆的门要锁好哦哦哦哦", "密码 and spaces 🔑 mixed"]


@pytest.mark.parametrize("word", WORDS)
def test_a_hash_tells_its_password_from_others(word: str) -> None:
    setting = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(word)
    assert passwords.is_hash(setting)
    assert word not in setting
    assert passwords.matches(word, setting)
    assert not passwords.matches(word + " ", setting)


@pytest.mark.parametrize("word", WORDS)
def test_a_password_as_it_is_still_opens(word: str) -> None:
    assert passwords.matches(word, word)
    assert not passwords.matches(word[:-1], word)


@pytest.mark.parametrize(
    ("given", "setting"),
    [("", ""), ("x", ""), ("", "secret"), ("x" * 1001, "x" * 1001), ("x", "$argon2id$broken")],
)
def test_nothing_opens_where_there_is_no_password(given: str, setting: str) -> None:
    assert not passwords.matches(given, setting)


def test_the_hint_is_for_passwords_that_lie_open() -> None:
    assert passwords.hint("") == ""
    assert passwords.hint("$argon2id$v=19$x") == ""
    assert "fewer than 12" in passwords.hint("博物馆 2026")
    assert "docent password" in passwords.hint("long enough 密码密码")


def test_the_command_writes_a_line_for_env() -> None:
    done = CliRunner().invoke(app, ["password"], input=f"{WORDS[1]}\n")
    assert done.exit_code == 0, done.stderr
    name, _, value = done.stdout.strip().partition("=")
    assert name == "DESK_PASSWORD"
    assert value[0] == value[-1] == "'"
    assert passwords.matches(WORDS[1], value[1:-1])


def test_the_command_refuses_a_short_one() -> None:
    done = CliRunner().invoke(app, ["password"], input="短 short\n")
    assert done.exit_code == 2
    assert "argon2" not in done.stdout
