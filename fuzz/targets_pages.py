"""The pages' addresses as targets: the web chat with its uploads, the desk with its forms."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any
from urllib.parse import quote

from fuzz import mutate
from fuzz.cases import Case, Target, broken_json
from fuzz.targets import QUESTION
from fuzz.values import NUMBERS, TEXTS, any_value

STEPS = (
    *("claim", "release", "reopen", "assign", "priority", "resolve", "back_to_bot", "department"),
    *("reply", "note", "undo", "ready", "correct", "preview", "no-such"),
)
HEADS = (
    b"\xff\xd8\xff\xe0JFIF",
    b"\x89PNG\r\n\x1a\n",
    b"GIF89a",
    b"RIFF\x00\x00\x00\x00WEBP",
    b"%PDF-1.7\n",
    b"\x00\x00\x00\x18ftypheic",
    b"PK\x03\x04",
    b"<svg xmlns=",
    b"MZ",
    b"",
)


class Web(Target):
    """The chat page's messages, its questions for news, its sessions and uploads."""

    name = "web"

    def prepare(self, told: dict[str, Any]) -> None:
        """Takes a session with a case, so that uploads are taken."""
        self._session = ("Cookie", f"docent_session={told['token']}")

    def bodies(self, random: Random) -> Iterator[bytes]:
        """Yields broken messages."""
        good = {"id": "7f1d2c3b-0001", "text": "周日 open?", "choice": "p3Vf9", "MsgId": "x"}
        return broken_json([good], random)

    def cases(self, random: Random) -> Iterator[Case]:
        """Yields messages, and between them the other requests of a page."""
        for body in self.bodies(random):
            yield self.around(Case(body, path="/webhooks/web/webhook"), random)
            yield self.around(self._other(random), random)

    def _other(self, random: Random) -> Case:

        def words() -> str:
            return in_address(random)

        upload = f"/webhooks/web/files?id=upload-{random.randrange(10**9)}&name={words()}"
        kinds = (("Content-Type", "application/octet-stream"),)
        poll = (
            f"after={words()}&wait={random.choice(('0', '', 'nan', '-1', 'x'))}&typing={words()}"
        )
        return random.choice(
            (
                Case(b"", "GET", f"/webhooks/web/messages?{poll}"),
                Case(b"", "GET", f"/webhooks/web/files?id={words()}"),
                Case(b"", "GET", "/webhooks/web/museum"),
                Case(a_file(random), "POST", upload, kinds),
                Case(b"{}", "POST", f"/webhooks/web/session?{words()}"),
                Case(b"", "GET", f"/static/{words()}"),
                Case(b"", random.choice(("PUT", "OPTIONS", "DELETE", "HEAD")), "/"),
            )
        )

    def signed(self, case: Case) -> Case:
        """Adds the session, unless the case brings another."""
        return replace(case, headers=(*case.headers, self._session))

    def good(self, person: int) -> Case:
        """Returns a message."""
        body = {"id": f"good-{time.time_ns()}", "text": QUESTION}
        kind = (("Content-Type", "application/json"),)
        return Case(json.dumps(body).encode(), path="/webhooks/web/webhook", headers=kind)


class Desk(Target):
    """The desk's addresses, as a member of staff who is signed in could call them."""

    name = "desk"

    def prepare(self, told: dict[str, Any]) -> None:
        """Takes the cases that there are."""
        self._refs = list(told["refs"])

    def bodies(self, random: Random) -> Iterator[bytes]:
        """Yields broken steps."""
        common = {"by": "Ana 李", "text": "周日 we open at 10", "to": "Ben", "seq": 1}
        choices = {"confirm": "anyway", "knowing": 1, "priority": "high", "department": "tickets"}
        ready = {"kind": "saved", "label": "x", "english": "x", "id": "thanks"}
        spoken = {"spoken": {"text": "x"}, "key": "k", "today": True}
        return broken_json([{**common, **choices, **ready, **spoken}], random)

    def cases(self, random: Random) -> Iterator[Case]:
        """Yields steps, announcements and forms, and between them questions."""
        for body in self.bodies(random):
            yield self.around(Case(body, path=self._address(random)), random)
            yield self.around(self._other(random), random)

    def _address(self, random: Random) -> str:
        ref = random.choice((*self._refs, in_address(random)))
        number = random.choice(("1", "2", "0", str(2**70), in_address(random)))
        announcement = f"/desk/api/announcement/{number}/{random.choice(('send', 'cancel', 'x'))}"
        step = f"/desk/api/cases/{ref}/{random.choice(STEPS)}"
        return random.choice((step, step, step, "/desk/api/announcement", announcement))

    def _other(self, random: Random) -> Case:
        ref, words = random.choice((*self._refs, in_address(random))), in_address(random)
        asked = (
            f"/desk/api/cases/{ref}?before={words}",
            f"/desk/api/cases/{ref}/trail",
            f"/desk/api/cases/{ref}/suggestions",
            f"/desk/api/cases?state={words}",
            f"/desk/api/find?q={words}",
            f"/desk/api/announcement?today={words}",
            f"/desk/api/changes?after={words}&wait={random.choice(('0', 'nan', '-1'))}",
            f"/desk/api/files/{words}",
            f"/desk/{words}",
            f"/desk?wrong={words}",
        )
        if random.random() < 0.2:
            return Case(a_file(random), path=f"/desk/api/files?ref={ref}&name={words}&by=Ana")
        return Case(b"", "GET", random.choice(asked))

    def signed(self, case: Case) -> Case:
        """Adds the header that only our own page can set."""
        return replace(case, headers=(*case.headers, ("X-Docent-Desk", "1")))

    def good(self, person: int) -> None:
        """Staff are no visitors."""
        return None


class Login(Target):
    """The desk's sign-in, whose form anybody may send."""

    name = "login"

    def bodies(self, random: Random) -> Iterator[bytes]:
        """Yields broken forms."""
        while True:
            text = f"password={in_address(random)}&{in_address(random)}={in_address(random)}"
            part = b'--x\r\nContent-Disposition: form-data; name="password"'
            yield random.choice(
                (
                    text.encode(),
                    mutate.torn(text.encode(), random),
                    part + b"\r\n\r\nwrong\r\n--x--",
                    mutate.torn(part + b'; filename="\xff"\r\n\r\nx\r\n--x--', random),
                    part + b"; =;;\r\nContent-Type: \xff/;charset=no\r\n\r\n\xff\r\n--x--",
                )
            )

    def cases(self, random: Random) -> Iterator[Case]:
        """Yields forms of all kinds."""
        kinds = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "", "x/y")
        odd = ("multipart/form-data", "application/x-www-form-urlencoded; charset=utf-99")
        for body in self.bodies(random):
            kind = (("Content-Type", random.choice((*kinds, *odd))),)
            yield self.around(Case(body, path="/desk/login", headers=kind), random)

    def signed(self, case: Case) -> Case:
        """Leaves the case as it is."""
        return case

    def good(self, person: int) -> None:
        """Nobody signs in here."""
        return None


def in_address(random: Random) -> str:
    """Returns a piece of an address, rightly quoted or not."""
    value = random.choice((*TEXTS, *map(str, NUMBERS), str(any_value(random))[:3000]))
    if random.random() < 0.15:
        return random.choice(("%ff%fe", "%", "%00", "..%2f..%2f", "%u4f60", "[]", "a&a=b", "%zz"))
    return quote(value.encode("utf-8", "replace"), safe="")[:6000]


def a_file(random: Random) -> bytes:
    """Returns bytes that say that they are a picture, and are none."""
    return random.choice(HEADS) + random.randbytes(random.choice((0, 10, 5000, 300_000)))
