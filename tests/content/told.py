"""Two museums whose computed answers are tested: one free with exhibitions, one that charges."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.content.computed import Computed, computed
from bot.content.museum import Museum, load_museum
from bot.content.sentences import Sentences, load_sentences

DATA = Path(__file__).parents[2] / "data"
NOON = "2026-11-22T12:00"
HARBOUR = """\
name: {en: Harbour Museum, zh: 海港博物馆}
time_zone: Europe/London
currency: "£"
links: {home: "https://h.example", exhibitions: "https://h.example/on"}
opening:
  week: {mon: closed, tue: "10:00-17:30", wed: "10:00-17:30", thu: "10:00-17:30",
         fri: "10:00-20:30", sat: "10:00-17:30", sun: "10:00-17:30"}
  last_entry_minutes: 45
  exceptions:
    - {every: 12-24, hours: "10:00-15:00", reason: {en: Christmas Eve, zh: 平安夜}}
    - {every: 12-25, hours: closed, reason: {en: Christmas Day, zh: 圣诞节}}
    - {every: 12-26, hours: closed, reason: {en: Boxing Day, zh: 节礼日}}
    - {every: 01-01, hours: closed, reason: {en: "New Year's Day", zh: 元旦}}
    - {date: 2026-12-28, hours: "10:00-17:30", reason: {en: school holiday, zh: 学校假期}}
    - {from: 2027-01-11, to: 2027-01-15, hours: closed, reason: {en: upkeep, zh: 保养}}
prices:
  categories:
    adult: {name: {en: Adult, zh: 成人}, who: [adult]}
    concession:
      name: {en: Concession, zh: 优惠票}
      who: [senior, disabled, low_income]
      ages: 65+
      for: {en: 65 and over, zh: 65岁及以上}
      proof: {en: proof of it, zh: 优惠证明}
    student: {name: {en: Student, zh: 学生}, who: [student], proof: {en: a card, zh: 学生证}}
    under_16: {name: {en: Under 16, zh: 16岁以下}, who: [child], ages: 0-15}
    companion: {name: {en: Companion, zh: 陪同者}, who: [companion]}
  table:
    - from: 2025-04-01
      to: 2026-03-31
      admission: free
      exhibition: {adult: 12, concession: 10, student: 8, under_16: 0, companion: 0}
    - from: 2026-04-01
      to: 2027-03-31
      admission: free
      exhibition: {adult: 14, concession: 11, student: 9, under_16: 0, companion: 0}
    - from: 2027-03-01
      to: 2027-12-31
      admission: free
      exhibition: {adult: 15.5, concession: 12, student: 9.5, under_16: 0, companion: 0}
exhibitions:
  - {name: {en: "Old Maps", zh: 旧地图}, from: 2026-01-10, to: 2026-11-21,
     room: {en: Hall, zh: 特展厅}, price: free, link: "https://h.example/maps"}
  - {name: {en: "Silk and Salt: the sea road", zh: 丝与盐：海路}, also: [sea road, 海路展],
     from: 2026-09-12, to: 2027-02-21, room: {en: Hall, zh: 特展厅}, price: standard,
     link: "https://h.example/silk", about: {en: Silks and ships., zh: 看丝绸与船。}}
  - {name: {en: "Drawn by Lamplight: prints", zh: 灯下丹青：版画}, also: [版画展],
     from: 2026-10-03, to: 2027-01-31, room: {en: Print Room, zh: 版画室}, price: free,
     link: "https://h.example/lamp"}
  - {name: {en: A Hundred Harbours, zh: 百港图}, from: 2027-03-20, to: 2027-09-05,
     room: {en: Hall, zh: 特展厅}, price: standard, link: "https://h.example/harbours"}
  - {name: {en: Whales, zh: 鲸}, from: 2028-02-01, to: 2028-05-31, room: {en: Hall, zh: 特展厅},
     price: standard, link: "https://h.example/whales"}
closures:
  galleries:
    - {name: {en: Coin Gallery, zh: 钱币厅}, from: 2026-11-09, to: 2026-12-06,
       reason: {en: new lights, zh: 换灯}}
    - {name: {en: Egypt Gallery, zh: 埃及厅}, from: 2026-10-01, to: 2026-11-21,
       reason: {en: painting, zh: 刷墙}}
    - {name: {en: Map Room, zh: 地图室}, from: 2026-12-07, to: 2026-12-20,
       reason: {en: a new floor, zh: 换地板}, part: {en: north end, zh: 北侧}}
notices:
  - {from: 2026-11-20, to: 2026-11-23,
     text: {en: A strike may close rooms., zh: 因罢工部分展厅可能关闭。}}
  - {from: 2026-11-01, to: 2026-11-21, text: {en: Old news., zh: 旧通知。}}
desk:
  hours: {mon: "09:00-17:00", tue: closed, wed: closed, thu: closed, fri: closed, sat: closed,
          sun: closed}
  promise_minutes: {default: 60}
  departments: []
"""
# Charges entry, has no late evening and no closed weekday.
CITY = """\
name: {en: City Museum, zh: 城市博物馆}
time_zone: Asia/Shanghai
currency: "¥"
links: {home: "https://c.example", exhibitions: "https://c.example/on"}
opening:
  week: {mon: "09:00-17:00", tue: "09:00-17:00", wed: "09:00-17:00", thu: "09:00-17:00",
         fri: "09:00-17:00", sat: "09:00-17:00", sun: "09:00-17:00"}
  last_entry_minutes: 60
prices:
  categories:
    adult: {name: {en: Adult, zh: 成人}, who: [adult]}
    senior: {name: {en: Senior, zh: 老年人}, who: [senior], ages: 60+}
    child: {name: {en: Child, zh: 儿童}, who: [child], ages: 6-17}
    infant: {name: {en: Under 6, zh: 6岁以下}, ages: 0-5}
    teacher: {name: {en: Teacher, zh: 教师}, who: [teacher]}
  table:
    - from: 2026-01-01
      to: 2026-12-31
      admission: {adult: 60, senior: 30, child: 30, infant: 0, teacher: 30}
      exhibition: free
    - from: 2027-01-01
      to: 2027-12-31
      admission: {adult: 80, senior: 40, child: 40, infant: 0}
      exhibition: {adult: 20, senior: 10, child: 10, infant: 0}
exhibitions:
  - {name: {en: Bronze, zh: 青铜}, from: 2027-01-10, to: 2027-02-10, room: {en: Hall, zh: 展厅},
     price: standard, link: "https://c.example/bronze"}
desk:
  hours: {mon: "09:00-17:00", tue: closed, wed: closed, thu: closed, fri: closed, sat: closed,
          sun: closed}
  promise_minutes: {default: 60}
  departments: []
"""


@lru_cache(maxsize=8)
def house(text: str = HARBOUR) -> Museum:
    """The museum of a text, read from a folder that is gone afterwards."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "museum.yml"
        path.write_text(text, encoding="utf-8")
        return load_museum(path)


@lru_cache(maxsize=1)
def sentences() -> Sentences:
    """The sentences of this repository."""
    return load_sentences(DATA / "sentences.yml")


def told(
    topic: str, text: str, language: str = "en", at: str = NOON, museum: str = HARBOUR
) -> Computed | None:
    """The answer to a text at a local time of the museum."""
    known = house(museum)
    now = datetime.fromisoformat(at).replace(tzinfo=known.time_zone)
    return computed(topic, text, language, known, sentences(), now)


def words(
    topic: str, text: str, language: str = "en", at: str = NOON, museum: str = HARBOUR
) -> str:
    """The words of the answer, none where nothing is computed."""
    answer = told(topic, text, language, at, museum)
    return answer.text if answer else ""
