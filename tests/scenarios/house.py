"""A museum's house for a test: the real program between Meta's and Slack's stand-ins."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from standins.graph import GraphStandin, Sent, batch, messenger_event, post_webhook
from standins.slack import SlackDriver, SlackStandin, labels
from standins.wire import Answer, JsonDict

from .program import Program
from .waiting import PATIENCE, until

DESK, ADA, BEN, GUEST = "C0DESK", "U0ADA", "U0BEN", "U0GUEST"
APP_SECRET, VERIFY_TOKEN, SIGNING_SECRET = "an-app-secret", "a-verify-word", "a-signing-secret"
# Slack waits three seconds; a machine that others use as well may take longer, and that is tested
# where nothing else runs.
SLACK_SECONDS = 20.0


class House:
    """What a test needs in hand.

    Args:
        folder: Where the program's database and log lie.
        graph: Meta, entered.
        slack: Slack, entered.
        settings: What differs from the house's own settings.
    """

    def __init__(
        self, folder: Path, graph: GraphStandin, slack: SlackStandin, **settings: str
    ) -> None:
        self.graph, self.slack = graph, slack
        slack.add_user(GUEST, "Gus Guest", is_restricted=True)
        own = {
            "MESSENGER_PAGE_TOKEN": graph.page_token,
            "MESSENGER_APP_SECRET": APP_SECRET,
            "MESSENGER_VERIFY_TOKEN": VERIFY_TOKEN,
            "MESSENGER_API_URL": graph.url,
            "SLACK_BOT_TOKEN": slack.token,
            "SLACK_SIGNING_SECRET": SIGNING_SECRET,
            "SLACK_DESK_CHANNEL": DESK,
            "SLACK_API_URL": slack.api_url,
            "DESK_UNDO_SECONDS": "0",
        }
        self.program = Program(folder, {**own, **settings})
        self.driver = SlackDriver(
            self.webhook("slack"), SIGNING_SECRET, slack, limit=SLACK_SECONDS
        )

    def webhook(self, channel: str) -> str:
        """The address that a platform posts to."""
        return f"{self.program.url}/webhooks/{channel}/webhook"

    # -- visitors -----------------------------------------------------------------------------

    def post(self, body: JsonDict | bytes, **how: Any) -> Answer:
        """Posts a signed Messenger webhook."""
        url = self.webhook("messenger")
        return post_webhook(url, body, APP_SECRET, timeout=PATIENCE, **how)

    def write(self, psid: str, text: str, mid: str | None = None) -> None:
        """Lets a visitor write one message, which is acknowledged."""
        answer = self.post(batch(messenger_event(psid, text, mid)))
        assert answer.status == 200, answer

    def ask(self, psid: str, text: str, answers: int = 1) -> list[str]:
        """Lets a visitor write, and returns what came back, so many messages of it."""
        before = len(self.graph.sent(psid))
        self.write(psid, text)
        return self.texts(psid, before + answers)[before:]

    def texts(self, psid: str, count: int) -> list[str]:
        """What a visitor has got, once it is so many messages."""
        return [each.text for each in self.sent(psid, count)]

    def sent(self, psid: str, count: int) -> list[Sent]:
        """As `texts`, with all that belongs to each message."""
        return self.graph.wait_for(psid, count, PATIENCE)

    # -- staff --------------------------------------------------------------------------------

    def card(self, ref: str) -> str:
        """The Slack ts of a case's card, once it is there."""
        found = self.slack.wait_for(lambda _: self.cards(ref), PATIENCE)
        return str(found[0]["ts"])

    def cards(self, ref: str) -> list[JsonDict]:
        """The messages in the desk channel itself that are about a case."""
        heads = (f"{ref}:", f"🚨 URGENT {ref}:")
        return [m for m in self.slack.roots(DESK) if str(m["text"]).startswith(heads)]

    def thread(self, card: str) -> str:
        """Everything in a case's thread, as one text."""
        return "\n".join(str(message) for message in self.slack.thread(DESK, card))

    def shows(self, card: str, words: str) -> None:
        """Waits until a case's thread shows these words."""
        until(lambda: words in self.thread(card), f"{words!r} in the thread")

    def say(self, user: str, card: str, text: str, **more: Any) -> str:
        """Lets staff write in a thread; returns the message's ts."""
        return self._took(self.driver.say(user, DESK, text, card, **more))

    def press(self, user: str, ts: str, name: str, **more: Any) -> None:
        """Lets staff press a button or choose from a menu."""
        self._took(self.driver.press(user, DESK, ts, name, **more))

    def react(self, user: str, emoji: str, ts: str) -> None:
        """Lets staff react to a message."""
        self._took(self.driver.react(user, emoji, DESK, ts))

    def offered(self, user: str, count: int) -> JsonDict:
        """The last message that only this person was shown, once there are so many."""

        def shown(slack: SlackStandin) -> list[JsonDict]:
            return [each for each in slack.ephemerals(user) if labels(each)]

        found: list[JsonDict] = self.slack.wait_for(
            lambda slack: shown(slack) if len(shown(slack)) >= count else None, PATIENCE
        )
        return found[-1]

    def ticked(self, ts: str) -> None:
        """Waits until a staff message carries the sign of delivery."""
        self.slack.wait_for(
            lambda slack: "white_check_mark" in slack.reactions(DESK, ts), PATIENCE
        )

    @staticmethod
    def _took(answer: Any) -> str:
        assert answer.status == 200, (answer.status, answer.body)
        return str(answer.ts)

    # -- the log ------------------------------------------------------------------------------

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """Reads the program's database beside it."""
        with closing(sqlite3.connect(f"file:{self.program.database}?mode=ro", uri=True)) as opened:
            opened.row_factory = sqlite3.Row
            return opened.execute(query, values).fetchall()

    def messages(self, psid: str, direction: str = "out") -> Sequence[sqlite3.Row]:
        """A visitor's messages in the log, oldest first."""
        query = "SELECT * FROM messages WHERE conversation_id = ? AND direction = ? ORDER BY seq"
        return self.rows(query, f"messenger:{psid}", direction)

    def settled(self, psid: str) -> None:
        """Waits until nothing of a visitor's is left to answer or to send."""
        busy = ("received", "answering", "queued", "sending")
        query = "SELECT 1 FROM messages WHERE conversation_id = ? AND state IN (?, ?, ?, ?)"
        until(
            lambda: not self.rows(query, f"messenger:{psid}", *busy),
            f"all work for {psid} to end",
        )

    def cases(self, psid: str) -> list[dict[str, Any]]:
        """A visitor's cases, as `docent cases` shows them."""
        found = self.program.lines("cases")
        return [case for case in found if case["conversation_id"] == f"messenger:{psid}"]
