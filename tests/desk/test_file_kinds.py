"""What a file is, what it is called, and what a platform takes."""

from __future__ import annotations

import pytest
from standins import samples

from bot.channels import messenger_files, telegram_files, wechat_files, whatsapp_files
from bot.desk.file_kinds import GIF, JPEG, MB, PDF, PNG, clean_name, kind_of

KINDS = [
    (samples.png(), "image/png"),
    (samples.JPEG, "image/jpeg"),
    (samples.GIF, "image/gif"),
    (samples.WEBP, "image/webp"),
    (samples.pdf(), "application/pdf"),
    (samples.OGG, "audio/ogg"),
    (samples.MP4, "video/mp4"),
    ("Opening hours 开放时间\n".encode(), "text/plain"),
    ("票价,£15\n".encode("utf-8-sig"), "text/plain"),
]
NOT_CARRIED = {
    "a program": samples.EXE,
    "a program of Linux": samples.ELF,
    "a shell script": samples.SHELL,
    "a web page": samples.HTML,
    "a web page after spaces": b"  \n" + samples.HTML,
    "SVG": samples.SVG,
    "an archive": samples.archive("ticket.pdf"),
    "a document with macros": samples.MACROS,
    "a broken archive": b"PK\x03\x04 and no more",
    "nothing": b"",
    "noise": bytes(range(256)),
    "half a character": "票".encode()[:2],
}


@pytest.mark.parametrize(("data", "mime"), KINDS, ids=[mime for _, mime in KINDS])
def test_the_first_bytes_say_what_a_file_is(data: bytes, mime: str) -> None:
    kind = kind_of(data)
    assert kind is not None
    assert kind.mime == mime


def test_a_word_document_is_one_and_not_an_archive() -> None:
    kind = kind_of(samples.DOCX)
    assert kind is not None
    assert kind.ending == "docx"


@pytest.mark.parametrize("name", NOT_CARRIED)
def test_what_is_not_carried(name: str) -> None:
    assert kind_of(NOT_CARRIED[name]) is None


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("ticket.pdf", "ticket.pdf"),
        ("门票.pdf", "门票.pdf"),
        ("票 ticket.pdf", "票 ticket.pdf"),
        ("TICKET.PDF", "TICKET.PDF"),
        ("../../etc/passwd", "etc passwd.pdf"),
        ("C:\\temp\\票.pdf", "C temp 票.pdf"),
        ("ticket.pdf.exe", "ticket.pdf.exe.pdf"),
        ("ti\u202efdp.exe", "ti fdp.exe.pdf"),
        ("a\x00b\nc.pdf", "a b c.pdf"),
        ('"quoted".pdf', "quoted.pdf"),
        ("", "document.pdf"),
        (None, "document.pdf"),
        ("...", "document.pdf"),
    ],
)
def test_a_name_hides_nothing_and_ends_as_the_file_does(given: str | None, shown: str) -> None:
    assert clean_name(given, PDF) == shown


def test_a_long_name_keeps_its_end() -> None:
    name = clean_name("票" * 300 + ".jpeg", JPEG)
    assert (len(name), name.endswith("票.jpeg")) == (100, True)


@pytest.mark.parametrize(
    ("limits", "kind", "size", "why"),
    [
        (whatsapp_files.FILES, PNG, 5 * MB, None),
        (whatsapp_files.FILES, PNG, 5 * MB + 100_000, "up to 5 MB; this one has 5.1 MB"),
        (whatsapp_files.FILES, GIF, 10, "does not take this kind of file (GIF picture)"),
        (messenger_files.FILES, PNG, 8 * MB, None),
        (messenger_files.FILES, PDF, 25 * MB + 50_000, "up to 25 MB"),
        (telegram_files.FILES, PDF, 25 * MB, None),
        (wechat_files.FILES, PNG, 10 * 1024 * 1024, None),
        (wechat_files.FILES, PDF, 10, "WeChat does not take this kind of file (PDF)"),
    ],
)
def test_what_a_platform_takes(limits, kind, size: int, why: str | None) -> None:
    refusal = limits.refusal(kind, size)
    assert (refusal is None) if why is None else (why in refusal)
