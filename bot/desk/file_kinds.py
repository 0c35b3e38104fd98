"""What a file is by its first bytes, and under which name it may travel; pure.

A platform's word for a file and the end of its name may both be wrong, by mistake or on purpose:
only the bytes count. What is not in this list is not carried: programs, web pages and SVG, which
browsers run, archives, and documents with macros among them.
Signatures: en.wikipedia.org/wiki/List_of_file_signatures; ISO media: mp4ra.org/registered-types.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass

NAME = 100
MB = 1000 * 1000


@dataclass(frozen=True)
class Kind:
    """One kind of file: its group is image, audio, video or document."""

    mime: str
    ending: str
    group: str
    words: str
    others: tuple[str, ...] = ()


JPEG = Kind("image/jpeg", "jpg", "image", "JPEG picture", ("jpeg", "jpe"))
PNG = Kind("image/png", "png", "image", "PNG picture")
GIF = Kind("image/gif", "gif", "image", "GIF picture")
WEBP = Kind("image/webp", "webp", "image", "WebP picture")
HEIC = Kind("image/heic", "heic", "image", "HEIC picture", ("heif",))
PDF = Kind("application/pdf", "pdf", "document", "PDF")
OGG = Kind("audio/ogg", "ogg", "audio", "recording", ("oga", "opus"))
MP3 = Kind("audio/mpeg", "mp3", "audio", "recording")
AMR = Kind("audio/amr", "amr", "audio", "recording")
M4A = Kind("audio/mp4", "m4a", "audio", "recording", ("mp4",))
AAC = Kind("audio/aac", "aac", "audio", "recording")
WAV = Kind("audio/wav", "wav", "audio", "recording")
MP4 = Kind("video/mp4", "mp4", "video", "video", ("m4v",))
MOV = Kind("video/quicktime", "mov", "video", "video")
GP3 = Kind("video/3gpp", "3gp", "video", "video")
WEBM = Kind("video/webm", "webm", "video", "video")
TEXT = Kind("text/plain", "txt", "document", "text file", ("csv", "md"))
_OFFICE = "application/vnd.openxmlformats-officedocument"
DOCX = Kind(f"{_OFFICE}.wordprocessingml.document", "docx", "document", "Word document")
XLSX = Kind(f"{_OFFICE}.spreadsheetml.sheet", "xlsx", "document", "Excel sheet")
PPTX = Kind(f"{_OFFICE}.presentationml.presentation", "pptx", "document", "PowerPoint file")

_STARTS = (
    (b"\xff\xd8\xff", JPEG),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"%PDF-", PDF),
    (b"OggS", OGG),
    (b"ID3", MP3),
    (b"\xff\xfb", MP3),
    (b"\xff\xf3", MP3),
    (b"\xff\xf1", AAC),
    (b"\xff\xf9", AAC),
    (b"#!AMR", AMR),
    (b"\x1aE\xdf\xa3", WEBM),
)
_BRANDS = {b"heic": HEIC, b"heix": HEIC, b"mif1": HEIC, b"M4A ": M4A, b"qt  ": MOV}
_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX, "ppt/presentation.xml": PPTX}
_MACROS = re.compile(r"(?:vba|macro).*\.bin$|activeX", re.I)
_MARKUP = re.compile(rb"\s*(?:<|#!|%!|@echo|\{\\rtf)", re.I)
# What would make a name say something else than it does, or lead to another place.
_NOT_IN_NAMES = frozenset('\\/:*?"<>|')
_ODD = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def kind_of(data: bytes) -> Kind | None:
    """Returns what a file is, or None for what is not carried."""
    for start, kind in _STARTS:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF":
        return {b"WEBP": WEBP, b"WAVE": WAV}.get(data[8:12])
    if data[4:8] == b"ftyp":
        return _BRANDS.get(data[8:12], GP3 if data[8:10] == b"3g" else MP4)
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    return TEXT if _is_text(data) else None


def clean_name(given: str | None, kind: Kind | None) -> str:
    """Returns a name that hides nothing and ends as the file's kind does.

    Without a kind, the bytes are not here yet, the name only stands in sentences.
    """
    folded = unicodedata.normalize("NFC", given or "")
    shown = "".join(" " if _is_odd(letter) else letter for letter in folded)
    name = " ".join(shown.split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    if kind is None:
        return name[:NAME] or "file"
    if not dot or ending.lower() not in (kind.ending, *kind.others):
        stem, ending = name, kind.ending
    stem = stem[: NAME - len(ending) - 1].strip(". ")
    return f"{stem or _UNNAMED.get(kind.group, 'file')}.{ending}"


@dataclass(frozen=True)
class FileLimits:
    """Which files a platform takes from us.

    Args:
        platform: Its name, as staff read it.
        most: Bytes by MIME type or, for all the others of it, by group.
        takes: The same in words: "JPEG and PNG pictures up to 5 MB".
    """

    platform: str
    most: Mapping[str, int]
    takes: str

    def refusal(self, kind: Kind, size: int) -> str | None:
        """Returns why the platform would not take a file, or None where it would."""
        most = self.most.get(kind.mime, self.most.get(kind.group, 0))
        if not most:
            return f"{self.platform} does not take this kind of file ({kind.words})."
        if size > most:
            up_to = f"{self.platform} takes a {kind.words} of up to {in_mb(most)}"
            return f"{up_to}; this one has {in_mb(size)}."
        return None


def in_mb(size: int) -> str:
    """Returns a size as people say it: "5 MB", "6.2 MB"."""
    return f"{size / MB:.1f}".removesuffix(".0") + " MB"


_UNNAMED = {"image": "picture", "audio": "recording", "video": "video", "document": "document"}


def _is_odd(letter: str) -> bool:
    # Cf holds the marks that turn the direction of writing: "exe.fdp" would read "pdf.exe".
    return letter in _NOT_IN_NAMES or unicodedata.category(letter) in _ODD


def _office(data: bytes) -> Kind | None:
    """Returns which of Office's files a ZIP is; None for other archives and for macros."""
    try:
        names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return None
    if any(_MACROS.search(name) for name in names):
        return None
    return next((kind for part, kind in _PARTS.items() if part in names), None)


def _is_text(data: bytes) -> bool:
    if not data.strip() or _MARKUP.match(data.removeprefix(b"\xef\xbb\xbf")):
        return False
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not any(unicodedata.category(c) == "Cc" and c not in "\t\r\n\f" for c in text)
