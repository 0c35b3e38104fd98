"""Settings: their defaults, their errors, where they come from, and the pages that list them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.config import ROOT, Settings, load_settings
from bot.errors import SettingError
from bot.variables import CHANNEL_OPTIONS, CHANNEL_SETTINGS, SETTINGS, Setting

BY_NAME = {setting.name: setting for setting in SETTINGS}
# A value of the right shape for each variable that a channel needs; of two that do, the first.
GOOD = {"TELEGRAM_SECRET_TOKEN": "a-secret_0"}
NEEDED = {
    channel: {n.split("|")[0]: GOOD.get(n, "x") for n in names}
    for channel, names in CHANNEL_SETTINGS.items()
}
CHANNEL_NAMES = [(channel, name) for channel, values in NEEDED.items() for name in values]
each_setting = pytest.mark.parametrize("setting", SETTINGS, ids=lambda s: s.name)


@each_setting
def test_unset_means_the_default(setting: Setting) -> None:
    assert Settings({})[setting.name] == setting.default


@each_setting
def test_blanks_mean_the_default(setting: Setting) -> None:
    assert Settings({setting.name: "  "})[setting.name] == setting.default


def test_nothing_is_needed_to_start() -> None:
    settings = Settings({})
    assert settings.enabled == frozenset()
    assert (settings.port, settings.desk_undo_seconds) == (5005, 5)


def test_a_value_is_taken_without_the_blanks_around_it() -> None:
    assert Settings({"DESK_PASSWORD": " 博物馆 desk \n"})["DESK_PASSWORD"] == "博物馆 desk"


def test_variables_that_are_not_ours_are_left_alone() -> None:
    with pytest.raises(KeyError):
        Settings({"PATH": "/bin"})["PATH"]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("", "sqlite:////museum/var/docent.db"),
        ("sqlite:///here.db", "sqlite:////museum/here.db"),
        ("sqlite:////srv/馆/docent.db", "sqlite:////srv/馆/docent.db"),
        ("postgresql://u:p@db/docent", "postgresql://u:p@db/docent"),
    ],
)
def test_a_relative_sqlite_path_begins_at_the_project(url: str, expected: str) -> None:
    assert Settings({"DATABASE_URL": url}, Path("/museum")).database_url == expected


@pytest.mark.parametrize("channel", CHANNEL_SETTINGS)
def test_a_channel_is_on_when_it_has_all_its_variables(channel: str) -> None:
    assert Settings(NEEDED[channel]).enabled == {channel}


def test_slack_is_on_with_an_app_token_instead_of_the_signing_secret() -> None:
    values = {**NEEDED["slack"], "SLACK_APP_TOKEN": "xapp-x"}
    del values["SLACK_SIGNING_SECRET"]
    assert Settings(values).enabled == {"slack"}


@pytest.mark.parametrize(
    ("channel", "name"), [(c, name) for c, names in CHANNEL_OPTIONS.items() for name in names]
)
def test_an_option_alone_is_a_slip_that_is_named(channel: str, name: str) -> None:
    value = "k" * 43 if name == "WECHAT_AES_KEY" else "x"
    assert Settings({**NEEDED[channel], name: value}).enabled == {channel}
    with pytest.raises(SettingError, match=f"{channel} is switched on but"):
        Settings({name: value})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TELEGRAM_SECRET_TOKEN", "with a blank"),
        ("TELEGRAM_SECRET_TOKEN", "秘密"),
        ("TELEGRAM_SECRET_TOKEN", "s" * 257),
        ("WECHAT_AES_KEY", "k" * 42),
        ("WECHAT_AES_KEY", "k" * 42 + "="),
    ],
)
def test_a_value_of_the_wrong_shape_is_named_and_not_shown(name: str, value: str) -> None:
    channel = name.partition("_")[0].lower()
    with pytest.raises(SettingError, match=f"{name} does not look right") as raised:
        Settings({**NEEDED[channel], name: value})
    assert value not in str(raised.value)


@pytest.mark.parametrize(("channel", "missing"), CHANNEL_NAMES)
def test_a_channel_without_one_of_its_variables_does_not_start(channel: str, missing: str) -> None:
    values = {name: value for name, value in NEEDED[channel].items() if name != missing}
    with pytest.raises(
        SettingError, match=f"{channel} .*{missing}.* is not set.*docs/settings.md"
    ):
        Settings(values)


@pytest.mark.parametrize(("channel", "only"), CHANNEL_NAMES)
def test_the_error_names_every_missing_variable_and_no_value(channel: str, only: str) -> None:
    with pytest.raises(SettingError) as raised:
        Settings({only: "s3cret-0"})
    for name in NEEDED[channel]:
        assert (name in str(raised.value)) == (name != only)
    assert "s3cret" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "value", "highest"),
    [
        ("PORT", "http", 65535),
        ("PORT", "-1", 65535),
        ("PORT", "65536", 65535),
        ("PORT", "80.5", 65535),
        ("PORT", "五千", 65535),
        ("DESK_UNDO_SECONDS", "soon", 600),
        ("DESK_UNDO_SECONDS", "601", 600),
    ],
)
def test_a_wrong_number_is_refused(name: str, value: str, highest: int) -> None:
    with pytest.raises(SettingError, match=f"{name} is '{value}'.*0 to {highest}"):
        Settings({name: value})


@pytest.mark.parametrize("value", ["0", "600", " 30 "])
def test_a_right_number_is_taken(value: str) -> None:
    assert Settings({"DESK_UNDO_SECONDS": value}).desk_undo_seconds == int(value)


@pytest.mark.parametrize("value", ["deepl", "Googletrans", "翻译"])
def test_an_unknown_translator_is_refused(value: str) -> None:
    with pytest.raises(SettingError, match="googletrans, libretranslate or none"):
        Settings({"TRANSLATOR": value})


def test_libretranslate_needs_its_address() -> None:
    with pytest.raises(SettingError, match="TRANSLATOR_URL is not set"):
        Settings({"TRANSLATOR": "libretranslate"})
    settings = Settings({"TRANSLATOR": "libretranslate", "TRANSLATOR_URL": "http://localhost:1"})
    assert settings["TRANSLATOR"] == "libretranslate"


def test_values_come_from_the_file_and_the_environment_wins(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(
        "# ours\nPORT=6001\nexport HOST='0.0.0.0'\nDESK_PASSWORD=\"馆 desk\"\nTRANSLATOR\n",
        encoding="utf-8",
    )
    settings = load_settings(tmp_path, {"PORT": "6002", "PATH": "/bin"})
    assert settings.port == 6002
    assert settings["HOST"] == "0.0.0.0"
    assert settings["DESK_PASSWORD"] == "馆 desk"
    assert settings["TRANSLATOR"] == "none"


def test_a_missing_file_is_no_error(tmp_path: Path) -> None:
    assert load_settings(tmp_path, {}).port == 5005


def test_the_environment_is_that_of_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", "6003")
    assert load_settings(tmp_path).port == 6003


def test_env_example_lists_every_setting_with_its_help_and_default() -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    listed = re.findall(r"^# (.+)\n#([A-Z_]+)=(.*)$", text, re.MULTILINE)
    assert listed == [(s.help, s.name, s.default) for s in SETTINGS]


def test_env_example_sets_nothing() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []


def test_the_page_lists_every_setting_with_its_help_and_default() -> None:
    rows = re.findall(
        r"^\| `([A-Z_]+)`( 🔑)? \| (.+?) \| (.+?) \| (.+?) \|$",
        (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert [row[:4] for row in rows] == [
        (s.name, " 🔑" * s.secret, f"`{s.default}`" if s.default else "not set", s.help)
        for s in SETTINGS
    ]


def test_every_variable_of_a_channel_is_a_setting() -> None:
    assert {name for _, name in CHANNEL_NAMES} <= set(BY_NAME)


@pytest.mark.parametrize(
    "name", [s.name for s in SETTINGS if re.search("TOKEN|SECRET|PASSWORD|KEY", s.name)]
)
def test_what_sounds_like_a_secret_is_marked_as_one(name: str) -> None:
    assert BY_NAME[name].secret
