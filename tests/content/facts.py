"""A museum.yml without a fault, written out so that tests can count its lines."""

from __future__ import annotations

from pathlib import Path

from bot.content.museum import Museum, load_museum

GOOD = """\
name: {en: Test Museum, zh: 测试博物馆}
time_zone: Europe/London
opening:
  summary: {en: Tuesday to Sunday, zh: 周二至周日}
  week:
    mon: closed
    tue: "10:00-13:00, 14:00-17:00"
    wed: "10:00-17:30"
    thu: "10:00-17:30"
    fri: "10:00-20:30"
    sat: "10:00-17:30"
    sun: "10:00-17:30"
  last_entry_minutes: 45
  exceptions:
    - {every: 12-25, hours: closed, reason: {en: Christmas Day, zh: 圣诞节}}
    - {from: 2027-01-11, to: 2027-01-15, hours: closed}
    - {date: 2026-12-28, hours: "10:00-17:30"}
prices:
  guide: 5.0
  trail: 2.5
  ratio: 3
  free_now: true
links: {home: "https://test.example"}
exhibitions:
  - name: {en: Silk, zh: 丝}
    from: 2026-09-12
    to: 2027-02-21
    room: {en: Hall, zh: 特展厅}
    price: {adult: 14}
    link: https://test.example/silk
  - name: {en: Lamp, zh: 灯}
    from: 2026-10-03
    to: 2027-01-31
    room: {en: Print Room, zh: 版画室}
    price: free
    link: https://test.example/lamp
desk:
  hours:
    mon: "09:30-17:30"
    tue: "09:30-17:30"
    wed: "09:30-17:30"
    thu: "09:30-17:30"
    fri: "09:30-20:00"
    sat: closed
    sun: closed
  promise_minutes: {web: 15, default: 120}
  departments:
    - {id: access, name: Access}
"""


def loaded(tmp_path: Path, text: str = GOOD) -> Museum:
    """The museum of a text."""
    path = tmp_path / "museum.yml"
    path.write_text(text, encoding="utf-8")
    return load_museum(path)
