"""A data folder without a fault, written out so that tests can count its lines."""

from __future__ import annotations

from pathlib import Path

FACTS = """\
name: {en: Test Museum, zh: 测试博物馆}
time_zone: Europe/London
contacts: {email: hello@test.example, phone: "+44 1632 960 100"}
links: {home: "https://test.example", tickets: "https://test.example/tickets"}
opening:
  week: {mon: closed, tue: closed, wed: closed, thu: closed, fri: closed, sat: closed,
         sun: "10:00-17:00"}
  last_entry_minutes: 45
exhibitions: []
desk:
  hours: {mon: "09:00-17:00", tue: closed, wed: closed, thu: closed, fri: closed, sat: closed,
          sun: closed}
  promise_minutes: {default: 60}
  departments: []
"""
# Line 1 version, 4 intent, 5 examples, 6 to 13 English, 14 to 21 Chinese, 23 responses,
# 24 response, 25 English text, 28 condition, 32 Chinese text.
WIFI = """\
version: "3.1"

nlu:
- intent: faq/wifi
  examples: |
    - is there wifi
    - wifi password
    - how do I get online
    - can I use the internet
    - free wireless?
    - where can I charge my phone
    - any sockets
    - do you have the net
    - 有wifi吗
    - wifi密码
    - 怎么上网
    - 可以充电吗
    - 網絡
    - 免费上网
    - 充电宝
    - 馆内有网吗

responses:
  utter_faq/wifi:
  - text: |-
      Wifi is free at [[name]].
      More: [[links.home]]
  - condition:
    - type: slot
      name: language
      value: zh
    text: |-
      馆内免费上网。
"""
SERVICE = """\
version: "3.1"
nlu:
- intent: greeting
  examples: |
    - hello
    - 👋
"""
SENTENCES = """\
welcome:
  en: Hello from [[name]]
  zh-Hans: 您好
  zh-Hant: 您好
topics:
  wifi:
    en: Wifi
    zh-Hans: 无线网络
    zh-Hant: 無線網路
"""
FAQ = "data/nlu/faq/wifi.yml"
ENGLISH_TEXT = """\
      Wifi is free at [[name]].
      More: [[links.home]]
"""
CHINESE_TEXT = "      馆内免费上网。\n"
CHINESE_ANSWER = WIFI[WIFI.index("  - condition:") :]
ENGLISH_ANSWER = WIFI[WIFI.index("  - text: |-") : WIFI.index("  - condition:")]


def make_folder(parent: Path) -> Path:
    """Writes the folder and returns its path."""
    folder = parent / "data"
    (folder / "nlu" / "faq").mkdir(parents=True)
    (folder / "museum.yml").write_text(FACTS, encoding="utf-8")
    (folder / "sentences.yml").write_text(SENTENCES, encoding="utf-8")
    (folder / "nlu" / "service.yml").write_text(SERVICE, encoding="utf-8")
    (folder / "nlu" / "faq" / "wifi.yml").write_text(WIFI, encoding="utf-8")
    return folder


def write(data: Path, text: str, name: str = "nlu/faq/wifi.yml") -> None:
    """Replaces a file of the folder."""
    (data / name).write_text(text, encoding="utf-8")


def replaced(old: str, new: str, text: str = WIFI) -> str:
    """A text with its first `old` made `new`."""
    assert text.count(old) >= 1, old
    return text.replace(old, new, 1)
