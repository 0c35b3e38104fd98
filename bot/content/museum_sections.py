"""Reads the dated sections of museum.yml: exhibitions, closures, notices and prices."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq

from bot.content import museum_file
from bot.content.calendar import Bilingual
from bot.content.museum_file import MuseumFile
from bot.content.price_table import KINDS, Category, PriceRow, PriceTable
from bot.content.programme import Closures, Exhibition, GalleryClosure, Notice

_EXHIBITION_KEYS = ("name", "from", "to", "room", "price", "link")
_GALLERY_KEYS = ("name", "from", "to", "reason")
_NOTICE_KEYS = ("from", "to", "text")
_CATEGORY_KEYS = ("name", "who", "ages", "for", "proof")
_ROW_KEYS = ("from", "to", "admission", "exhibition")
_AGES = re.compile(r"(\d{1,3})(?:-(\d{1,3})|\+)")
_PRICE_REMEDY = "Write free, standard or {adult: 14, student: 9}"
_OLDEST = 150


def exhibitions(file: MuseumFile, root: CommentedMap, table: PriceTable) -> tuple[Exhibition, ...]:
    """The exhibitions of a file; raises ContentError at the line to mend."""
    return tuple(_exhibition(file, row, table) for row in file.rows(root, "exhibitions"))


def _exhibition(file: MuseumFile, row: CommentedMap, table: PriceTable) -> Exhibition:
    _check_keys(file, row, "an exhibition", _EXHIBITION_KEYS, ("about", "also"))
    first, last = file.date_range(row)
    standard = row["price"] == "standard"
    if standard and not table.rows:
        raise file.error(row, "price", "standard needs prices.table", _PRICE_REMEDY)
    prices = {} if standard else file.get(row, "price", museum_file.prices, _PRICE_REMEDY)
    if table.rows:
        _check_categories(file, row, "price", prices, [each.id for each in table.categories])
    return Exhibition(
        name=file.bilingual(row, "name"),
        first=first,
        last=last,
        room=file.bilingual(row, "room"),
        prices=prices,
        link=file.get(row, "link", museum_file.some_text, "Write the address of its page"),
        standard=standard,
        about=_optional(file, row, "about"),
        also=_names(file, row),
    )


def closures(file: MuseumFile, root: CommentedMap) -> Closures:
    """The closed galleries of a file, none where it has no such section."""
    if "closures" not in root:
        return Closures()
    node = file.section(root, "closures", ("galleries", "ahead_days"))
    days = 14
    if "ahead_days" in node:
        days = file.get(node, "ahead_days", museum_file.days, "Write a number of days")
    rows = file.rows(node, "galleries") if "galleries" in node else []
    return Closures(tuple(_gallery(file, row) for row in rows), days)


def _gallery(file: MuseumFile, row: CommentedMap) -> GalleryClosure:
    _check_keys(file, row, "a closed gallery", _GALLERY_KEYS, ("part", "also"))
    name, reason = file.bilingual(row, "name"), file.bilingual(row, "reason")
    first, last = file.date_range(row)
    return GalleryClosure(
        name, first, last, reason, _optional(file, row, "part"), _names(file, row)
    )


def notices(file: MuseumFile, root: CommentedMap) -> tuple[Notice, ...]:
    """The dated notices of a file, none where it has no such section."""
    rows = file.rows(root, "notices") if "notices" in root else []
    return tuple(_notice(file, row) for row in rows)


def _notice(file: MuseumFile, row: CommentedMap) -> Notice:
    _check_keys(file, row, "a notice", _NOTICE_KEYS)
    return Notice(*file.date_range(row), text=file.bilingual(row, "text"))


def price_table(file: MuseumFile, root: CommentedMap) -> PriceTable:
    """The price table of a file, an empty one where prices has no table."""
    node = root.get("prices")
    if not isinstance(node, CommentedMap) or "table" not in node:
        return PriceTable()
    file.get(root, "currency", museum_file.some_text, 'Write currency: "£"')
    known = file.get(node, "categories", museum_file.mapping, "Write who pays which price")
    categories = tuple(_category(file, known, name) for name in known)
    if not any("adult" in each.who for each in categories):
        remedy = "Write who: [adult] in the one without a reduction"
        raise file.error(node, "categories", "no category is for adults", remedy)
    ids = [each.id for each in categories]
    return PriceTable(categories, tuple(_row(file, row, ids) for row in file.rows(node, "table")))


def _category(file: MuseumFile, node: CommentedMap, name: Any) -> Category:
    row = file.get(node, name, museum_file.mapping, "Write {name: {en: ..., zh: ...}, who: [...]}")
    _check_keys(file, row, f"the category {name}", ("name",), _CATEGORY_KEYS)
    remedy = "Write 65+ or 0-15"
    return Category(
        id=str(name),
        name=file.bilingual(row, "name"),
        who=file.get(row, "who", _kinds, f"Write a list of {', '.join(KINDS)}")
        if "who" in row
        else frozenset(),
        ages=file.get(row, "ages", _ages, remedy) if "ages" in row else None,
        whom=_optional(file, row, "for"),
        proof=_optional(file, row, "proof"),
    )


def _row(file: MuseumFile, row: CommentedMap, ids: Collection[str]) -> PriceRow:
    _check_keys(file, row, "a row of prices", ("from", "admission", "exhibition"), _ROW_KEYS)
    first, last = file.date_range(row) if "to" in row else (file.day(row, "from"), date.max)
    tables: list[Mapping[str, float]] = []
    for key in ("admission", "exhibition"):
        remedy = "Write free or {adult: 14, student: 9}"
        tables.append(file.get(row, key, museum_file.prices, remedy))
        _check_categories(file, row, key, tables[-1], ids)
    return PriceRow(first, last, *tables)


def _check_categories(
    file: MuseumFile,
    row: CommentedMap,
    key: str,
    prices: Mapping[str, float],
    ids: Collection[str],
) -> None:
    for name in prices:
        if name not in ids:
            remedy = f"Known are {', '.join(ids)}; add it to prices.categories"
            raise file.error(row[key], name, f"{name} is no category", remedy)


def _check_keys(
    file: MuseumFile,
    row: CommentedMap,
    what: str,
    needed: Collection[str],
    more: Collection[str] = (),
) -> None:
    for key in needed:
        if key not in row:
            raise file.error(row, next(iter(row)), f"{what} lacks {key}", f"Add {key}:")
    known = [*needed, *(key for key in more if key not in needed)]
    for name in row:
        if name not in known:
            problem = f"{what} has the unknown key {name}"
            raise file.error(row, name, problem, f"Known are {', '.join(known)}")


def _optional(file: MuseumFile, row: CommentedMap, key: str) -> Bilingual | None:
    return file.bilingual(row, key) if key in row else None


def _names(file: MuseumFile, row: CommentedMap) -> tuple[str, ...]:
    remedy = "Write a list of names: [sea road show, 版画展]"
    return file.get(row, "also", _texts, remedy) if "also" in row else ()


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, CommentedSeq) or not all(
        isinstance(each, str) and each.strip() for each in value
    ):
        raise ValueError("not a list of texts")
    return tuple(each.strip() for each in value)


def _kinds(value: Any) -> frozenset[str]:
    for name in _texts(value):
        if name not in KINDS:
            raise ValueError(f"{name} is not a kind of visitor")
    return frozenset(value)


def _ages(value: Any) -> tuple[int, int]:
    match = _AGES.fullmatch(str(value))
    if match is None or (match[2] and int(match[2]) < int(match[1])):
        raise ValueError(f"{value} is no range of ages")
    return int(match[1]), int(match[2] or _OLDEST)
