"""What every channel that writes to visitors must do when its platform says yes, no or nothing."""

from __future__ import annotations

import asyncio
import logging
import time
import traceback
from abc import ABC, abstractmethod

import pytest

from bot.channels.base import Channel
from bot.errors import ChannelBroken, DocentError, SendFailed
from bot.messages import Choice, Outbound

TEXTS = ["We are open until 17:30.", "我们开放到下午五点半。", "请book两张ticket 🎟️"]
# What a platform may say instead of yes: for now, too fast, never, and that our key is no good.
PASSING, LIMITED, FINAL, REVOKED = "passing", "limited", "final", "revoked"
# How long a channel waits in these tests, and what a typing sign that hangs may cost an answer.
SHORT, MOMENT = 1.5, 0.6


class Post(ABC):
    """A channel that is ready to send, in front of its platform's stand-in.

    Give it a time limit of `SHORT` seconds, so that a platform that hangs holds up no test.
    """

    channel: Channel
    # What may be seen nowhere, and the variable that whoever renews the key has to set.
    secrets: tuple[str, ...]
    variable: str

    @abstractmethod
    def person(self) -> str:
        """Returns a new person who can be written to."""

    @abstractmethod
    def got(self, person_id: str) -> list[str]:
        """Returns the texts that the person got, in order."""

    @abstractmethod
    def refuse(self, kind: str) -> float | None:
        """Lets the next message be refused, once; returns the seconds we are asked to wait.

        A key that is `REVOKED` stays so, for `check` too.
        """

    @abstractmethod
    def hang(self, what: str = "message") -> None:
        """Lets the next message (or `typing`) be taken, and the answer come too late."""

    @abstractmethod
    def drop(self) -> None:
        """Lets the next message be taken, and the connection break before the answer."""

    @abstractmethod
    def down(self) -> None:
        """Lets the platform refuse connections from now on."""

    def busy(self) -> bool:
        """Lets the next question of `check` meet a passing error; False where none can be made."""
        return False

    async def send(self, text: str, *choices: Choice) -> tuple[str, str | None]:
        """Sends a text to a new person; returns the person and what `send` returned."""
        person = self.person()
        return person, await self.channel.send(person, Outbound(text, choices))

    async def failed(self, text: str = "你好 hello") -> tuple[str, SendFailed]:
        """Sends a text that is not taken; returns the person and the failure."""
        person = self.person()
        with pytest.raises(SendFailed) as caught:
            await self.channel.send(person, Outbound(text))
        error = caught.value
        assert text not in f"{error.reason} {error.next_step}"
        assert not self.seen(shown(error))
        return person, error

    def seen(self, words: str) -> list[str]:
        """Returns the secrets that can be read in these words."""
        return [secret for secret in self.secrets if secret in words]


class SendContract:
    """The tests; a subclass gives the async fixture `post`."""

    @pytest.mark.parametrize("text", TEXTS)
    async def test_a_message_arrives_with_an_id_of_its_own(self, post: Post, text: str) -> None:
        one, first = await post.send(text)
        two, second = await post.send(text)
        assert (post.got(one), post.got(two)) == ([text], [text])
        assert first is None or first != second

    async def test_one_person_gets_messages_in_order(self, post: Post) -> None:
        person = post.person()
        for text in TEXTS:
            await post.channel.send(person, Outbound(text))
        assert post.got(person) == TEXTS

    @pytest.mark.parametrize("text", TEXTS)
    async def test_as_long_as_the_limit_says_is_taken(self, post: Post, text: str) -> None:
        limits = post.channel.limits
        long = text * (limits.length // limits.measure(text))
        person, _ = await post.send(long)
        assert "".join(post.got(person)) == long

    async def test_as_many_choices_as_the_limit_says_are_taken(self, post: Post) -> None:
        limits = post.channel.limits
        label = "x" * limits.label
        choices = [Choice(f"choice-{n:02}-{'i' * 6}", label) for n in range(limits.choices)]
        room = limits.length if limits.with_choices is None else limits.with_choices
        person, _ = await post.send("w" * room, *choices)
        assert post.got(person)

    # -- no --

    async def test_a_passing_refusal_may_be_tried_again(self, post: Post) -> None:
        post.refuse(PASSING)
        person, error = await post.failed()
        assert (error.retryable, error.broken, error.retry_after) == (True, False, None)
        assert not error.maybe_delivered
        assert post.got(person) == []

    async def test_too_fast_is_tried_again_when_the_platform_says(self, post: Post) -> None:
        wait = post.refuse(LIMITED)
        person, error = await post.failed()
        assert (error.retryable, error.broken, error.maybe_delivered) == (True, False, False)
        assert error.retry_after == wait
        assert post.got(person) == []

    async def test_a_final_refusal_says_what_staff_can_do(self, post: Post) -> None:
        post.refuse(FINAL)
        person, error = await post.failed()
        assert (error.retryable, error.broken, error.maybe_delivered) == (False, False, False)
        assert error.reason
        assert error.next_step
        assert post.got(person) == []

    async def test_a_revoked_key_breaks_the_channel_and_names_the_variable(
        self, post: Post
    ) -> None:
        post.refuse(REVOKED)
        person, error = await post.failed()
        assert (error.retryable, error.broken, error.maybe_delivered) == (False, True, False)
        assert post.variable in error.next_step
        assert post.got(person) == []
        with pytest.raises(ChannelBroken) as caught:
            await post.channel.check()
        assert post.variable in caught.value.remedy
        assert not post.seen(shown(caught.value))

    # -- nothing --

    @pytest.mark.parametrize("how", ["hang", "drop"])
    async def test_no_answer_may_have_been_delivered(self, post: Post, how: str) -> None:
        getattr(post, how)()
        person, error = await post.failed()
        assert (error.retryable, error.maybe_delivered, error.broken) == (True, True, False)
        assert post.got(person) == ["你好 hello"]

    async def test_a_platform_that_is_down_has_delivered_nothing(self, post: Post) -> None:
        post.down()
        person, error = await post.failed()
        assert (error.retryable, error.maybe_delivered, error.broken) == (True, False, False)
        assert post.got(person) == []
        with pytest.raises(SendFailed) as caught:
            await post.channel.check()
        assert (caught.value.retryable, caught.value.broken) == (True, False)

    # -- the set-up, the sign, the secrets --

    async def test_the_check_says_who_we_are(self, post: Post) -> None:
        words = await post.channel.check()
        assert words
        assert not post.seen(words)

    async def test_a_platform_that_is_busy_is_not_broken(self, post: Post) -> None:
        if not post.busy():
            pytest.skip(f"{post.channel.channel}: tested elsewhere, or not at all")
        with pytest.raises(SendFailed) as caught:
            await post.channel.check()
        assert (caught.value.retryable, caught.value.broken) == (True, False)
        assert await post.channel.check()

    async def test_a_typing_sign_that_hangs_holds_up_no_answer(self, post: Post) -> None:
        if type(post.channel).typing is Channel.typing:
            pytest.skip(f"{post.channel.channel}: no typing sign")
        person = post.person()
        post.hang("typing")
        post.channel.thinking(person, "a-message-of-theirs")
        await asyncio.sleep(0.05)
        began = time.monotonic()
        await post.channel.deliver(person, Outbound("好 here"))
        assert time.monotonic() - began < MOMENT
        assert post.got(person) == ["好 here"]

    async def test_a_typing_sign_that_cannot_be_shown_breaks_nothing(self, post: Post) -> None:
        person = post.person()
        post.down()
        post.channel.thinking(person, "a-message-of-theirs")
        with pytest.raises(SendFailed):
            await post.channel.deliver(person, Outbound("好 here"))

    async def test_no_secret_is_ever_shown(
        self, post: Post, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        await post.send("一 one")
        await post.channel.check()
        for kind in (PASSING, LIMITED, FINAL):
            post.refuse(kind)
            await post.failed("二 two")
        post.drop()
        await post.failed("三 three")
        post.refuse(REVOKED)
        await post.failed("四 four")
        post.down()
        await post.failed("五 five")
        assert not post.seen(caplog.text)
        assert not post.seen(f"{post.channel!r} {post.channel}")


def shown(error: DocentError) -> str:
    """Returns all that a log or a page could show of an error."""
    chain = traceback.format_exception(type(error), error, error.__traceback__)
    return f"{error!r} {error} {vars(error)} {''.join(chain)}"
