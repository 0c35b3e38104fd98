"""The files in deploy/ agree with the code, and give no more rights than they must."""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.channels.web import LONGEST_POLL_SECONDS
from bot.channels.web_files import LARGEST_UPLOAD
from bot.config import ROOT, Settings
from bot.parts import STOP_SECONDS
from bot.variables import SETTINGS

DEPLOY = ROOT / "deploy"
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
NAMES = {setting.name for setting in SETTINGS}
PORT = Settings({}).port
# What the images of others read.
OF_OTHERS = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "DOCENT_DOMAIN"}

each_service = pytest.mark.parametrize("name", SERVICES)


def read(name: str) -> str:
    return (DEPLOY / name).read_text("utf-8")


def unit() -> dict[str, str]:
    parser = ConfigParser(interpolation=None, strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(read("docent.service"))
    return dict(parser["Service"])


@each_service
def test_a_container_has_no_more_rights_than_it_must(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "mem_limit" in service
    assert "privileged" not in service
    if name == "proxy":
        assert service["cap_add"] == ["NET_BIND_SERVICE"]
    else:
        assert "cap_add" not in service
        assert service["user"].partition(":")[0] not in ("0", "root")


@each_service
def test_only_the_proxy_can_be_reached_from_outside(name: str) -> None:
    assert ("ports" in SERVICES[name]) == (name == "proxy")


def test_the_stores_have_no_way_out() -> None:
    assert COMPOSE["networks"]["back"]["internal"] is True
    assert all(SERVICES[name]["networks"] == ["back"] for name in ("postgres", "redis"))


@each_service
def test_images_have_a_version(name: str) -> None:
    image = SERVICES[name]["image"]
    assert image == "docent:local" or re.fullmatch(r"[a-z]+:\d+\.\d+(\.\d+)?", image)


@each_service
def test_settings_are_ours_and_secrets_stand_in_a_file(name: str) -> None:
    given = set(SERVICES[name].get("environment", {}))
    assert given <= NAMES | OF_OTHERS
    secret = {setting.name for setting in SETTINGS if setting.secret} - {"REDIS_URL"}
    assert not given & (secret | {"POSTGRES_PASSWORD"})


def test_what_the_example_names_is_a_setting_and_has_no_secret() -> None:
    lines = [line for line in read("docent.env.example").splitlines() if "=" in line]
    given = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    assert set(given) <= NAMES | OF_OTHERS
    assert given["POSTGRES_PASSWORD"] == given["DESK_PASSWORD"] == ""
    Settings({**given, **SERVICES["docent"]["environment"]})


def test_every_volume_is_where_docent_writes() -> None:
    places = {volume.split(":")[1] for volume in SERVICES["docent"]["volumes"]}
    assert places == {f"/srv/docent/{name}" for name in ("data", "var", "models", ".docent")}
    assert "WORKDIR /srv/docent" in read("Dockerfile")


def test_ports_are_those_of_the_code() -> None:
    assert SERVICES["docent"]["environment"]["PORT"] == str(PORT)
    assert f"EXPOSE {PORT}" in read("Dockerfile")
    assert f"http://127.0.0.1:{PORT}/ready" in read("Dockerfile")
    assert f"docent:{PORT}" in read("Caddyfile")
    assert f"server 127.0.0.1:{PORT};" in read("nginx.conf")


def test_the_image_is_not_run_as_root_and_gets_no_secret() -> None:
    words = read("Dockerfile")
    assert re.search(r"^USER docent$", words, re.M)
    assert "scripts/setup" in words
    assert {".env", "var", "deploy/*.env"} <= set(read("Dockerfile.dockerignore").split("\n"))


def test_the_proxies_let_through_what_docent_takes() -> None:
    body = re.search(r"client_max_body_size (\d+)m", read("nginx.conf"))
    other = re.search(r"max_size (\d+)MB", read("Caddyfile"))
    wait = re.search(r"proxy_read_timeout (\d+)s", read("nginx.conf"))
    assert body is not None
    assert other is not None
    assert wait is not None
    for found in (body, other):
        assert int(found[1]) * 1_000_000 > LARGEST_UPLOAD
    assert int(wait[1]) > LONGEST_POLL_SECONDS


def test_the_proxies_keep_figures_inside_and_name_the_visitor() -> None:
    assert "location = /metrics { deny all; }" in read("nginx.conf")
    assert "respond /metrics 404" in read("Caddyfile")
    assert read("nginx.conf").count("proxy_set_header X-Forwarded-For $remote_addr;") == 2


def test_the_unit_starts_renews_and_ends_what_there_is() -> None:
    service = unit()
    assert service["ExecStart"] == "/srv/docent/.venv/bin/docent up"
    assert service["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert int(service["TimeoutStopSec"]) > STOP_SECONDS
    assert service["KillMode"] == "mixed"
    grace = SERVICES["docent"]["stop_grace_period"]
    assert int(grace.removesuffix("s")) > STOP_SECONDS


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("User", "docent"),
        ("NoNewPrivileges", "yes"),
        ("ProtectSystem", "strict"),
        ("ProtectHome", "yes"),
        ("PrivateTmp", "yes"),
        ("CapabilityBoundingSet", ""),
        ("RestrictAddressFamilies", "AF_INET AF_INET6 AF_UNIX"),
        ("SystemCallFilter", "@system-service"),
    ],
)
def test_the_unit_may_no_more_than_it_must(name: str, value: str) -> None:
    assert unit()[name] == value


def test_the_unit_may_write_where_docent_does() -> None:
    places = unit()["ReadWritePaths"].split()
    assert places == [f"/srv/docent/{name}" for name in ("var", "models", ".docent")]
    assert Path(unit()["WorkingDirectory"]) == Path("/srv/docent")
