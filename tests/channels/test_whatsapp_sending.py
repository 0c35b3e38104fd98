"""WhatsApp out: what people see, each of Meta's answers, the 24 hours, and what comes of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from itertools import count
from typing import Any

import aiohttp
import httpx
import pytest
from pywa import WhatsApp as Pywa
from pywa.types import Button, Section, SectionList, SectionRow
from pywa.types.templates import TemplateLanguage
from standins import whatsapp_webhooks as build
from standins.whatsapp import WhatsAppStandin

from bot import limits as cutting
from bot.channels.meta import DEFAULT_VERSION
from bot.channels.whatsapp import LIMITS, WhatsApp
from bot.config import Settings
from bot.errors import ChannelBroken, SendFailed
from bot.messages import Choice, Outbound

from .send_contract import FINAL, LIMITED, PASSING, REVOKED, SHORT, Post, SendContract

SECRET, TOKEN, VERIFY = "app-secret-of-whatsapp", "EAAG-TOKEN-0123456789", "a word of ours 口令"
SETTINGS = {
    "WHATSAPP_ACCESS_TOKEN": TOKEN,
    "WHATSAPP_PHONE_NUMBER_ID": build.NUMBER_ID,
    "WHATSAPP_APP_SECRET": SECRET,
    "WHATSAPP_VERIFY_TOKEN": VERIFY,
    "WHATSAPP_TEMPLATE": "write_again",
}
MEI, HIDDEN = "447700900123", "US.13491208655302741918"
TEXTS = ["We are open.", "我们开放。", "请book两张ticket 🎟️"]
_people = count(447700920000)


def channel(**values: str) -> WhatsApp:
    return WhatsApp(Settings({**SETTINGS, **values}))


@pytest.fixture
def cloud() -> Iterator[WhatsAppStandin]:
    with WhatsAppStandin(TOKEN) as standin:
        yield standin


@pytest.fixture
async def sender(cloud: WhatsAppStandin) -> AsyncIterator[WhatsApp]:
    opened = channel(WHATSAPP_API_URL=cloud.url)
    yield opened
    await opened.hush()
    await opened.close()


class WhatsAppPost(Post):
    """WhatsApp in front of the Cloud API's stand-in."""

    secrets = (TOKEN, SECRET, VERIFY)
    variable = "WHATSAPP_ACCESS_TOKEN"

    def __init__(self, cloud: WhatsAppStandin, sender: WhatsApp) -> None:
        self.cloud, self.channel = cloud, sender
        sender._http._timeout = aiohttp.ClientTimeout(total=SHORT)

    def person(self) -> str:
        """Returns a new number."""
        return str(next(_people))

    def got(self, person_id: str) -> list[str]:
        """Returns the texts that a person got."""
        return self.cloud.texts(person_id)

    def refuse(self, kind: str) -> float | None:
        """Lets the Cloud API say no."""
        if kind == REVOKED:
            self.cloud.revoke_token()
            return None
        how = {
            PASSING: (500, 131000, None),
            LIMITED: (429, 130429, 30),
            FINAL: (400, 131026, None),
        }
        status, code, wait = how[kind]
        self.cloud.fail_next(status=status, code=code, retry_after=wait, details=TOKEN)
        return wait

    def hang(self, what: str = "message") -> None:
        """Lets the Cloud API take its time."""
        self.cloud.hang_next(2 * SHORT, on=what)

    def drop(self) -> None:
        """Breaks the connection."""
        self.cloud.accept_then_drop()

    def down(self) -> None:
        """Lets the Cloud API be away."""
        self.cloud.down()


@pytest.fixture
def post(cloud: WhatsAppStandin, sender: WhatsApp) -> WhatsAppPost:
    return WhatsAppPost(cloud, sender)


class TestSending(SendContract):
    """WhatsApp sends as every channel does."""


# -- what people see --------------------------------------------------------------------------


def choices(*labels: str) -> tuple[Choice, ...]:
    return tuple(Choice(f"choice-{n:02}", label) for n, label in enumerate(labels))


@pytest.mark.parametrize("text", [*TEXTS, "馆" * 4096])
async def test_a_text_goes_without_a_preview(
    cloud: WhatsAppStandin, sender: WhatsApp, text: str
) -> None:
    wamid = await sender.send(MEI, Outbound(text))
    [sent] = cloud.sent(MEI)
    assert (sent.kind, sent.text, sent.message_id) == ("text", text, wamid)
    assert sent.body["text"] == {"body": text, "preview_url": False}


LONG = "x" * 21
# The labels under a text, and whether people see buttons or a list.
SHOWN: list[tuple[tuple[str, ...], str]] = [
    (("Yes", "不", "转人工 person"), "button"),
    (("x" * 20, "馆" * 20, "🎟" * 10), "button"),
    (("馆" * 21,), "list"),
    (("Yes", LONG), "list"),
    (("🎟" * 11,), "list"),
    (("1", "2", "3", "四"), "list"),
    (("同 same", "同 same"), "list"),
    (tuple("馆" * 22 + f"{n:02}" for n in range(10)), "list"),
]


@pytest.mark.parametrize(("labels", "kind"), SHOWN)
async def test_few_short_choices_are_buttons_and_others_a_list(
    cloud: WhatsAppStandin, sender: WhatsApp, labels: tuple[str, ...], kind: str
) -> None:
    await sender.send(MEI, Outbound("请选 Which one?", choices(*labels)))
    [sent] = cloud.sent(MEI)
    assert (sent.kind, sent.text, sent.buttons) == (kind, "请选 Which one?", labels)
    assert sent.payloads == tuple(f"choice-{n:02}" for n in range(len(labels)))


@pytest.mark.parametrize(
    ("language", "button"),
    [("en", "Choose"), ("zh-Hans", "请选择"), ("zh-Hant", "請選擇"), ("fr", "Choose")],
)
async def test_a_list_opens_in_the_visitors_language(
    cloud: WhatsAppStandin, sender: WhatsApp, language: str, button: str
) -> None:
    await sender.send(MEI, Outbound("几点 when?", choices(*"12345"), language=language))
    assert cloud.sent(MEI)[0].opens == button


@pytest.mark.parametrize(
    "part", ["Galleries are open daily. ", "展厅每天开放。", "周日open到17:30 🎟️。"]
)
async def test_a_long_answer_with_choices_is_cut_to_what_is_taken(
    cloud: WhatsAppStandin, sender: WhatsApp, part: str
) -> None:
    parts = cutting.split_for_choices(part * 400, LIMITS)
    for text in parts[:-1]:
        await sender.send(MEI, Outbound(text))
    await sender.send(MEI, Outbound(parts[-1], choices("是 yes", "不 no")))
    assert cloud.texts(MEI) == parts
    assert not cloud.refused


@pytest.mark.parametrize("person", [HIDDEN, "GB.ENT.11815799212886844830"])
async def test_who_hides_the_number_is_reached_by_the_scoped_id(
    cloud: WhatsAppStandin, sender: WhatsApp, person: str
) -> None:
    await sender.send(person, Outbound("你好 hello"))
    [sent] = cloud.sent(person)
    assert (sent.body["recipient"], "to" in sent.body) == (person, False)


@pytest.mark.parametrize("suffix", ["", "/", "/v23.0", "/v26.0/"])
async def test_the_address_may_name_a_version(cloud: WhatsAppStandin, suffix: str) -> None:
    opened = channel(WHATSAPP_API_URL=cloud.url + suffix)
    await opened.send(MEI, Outbound("你好 hi"))
    await opened.close()
    version = suffix.strip("/") or DEFAULT_VERSION
    assert cloud.exchanges[0].path == f"/{version}/{build.NUMBER_ID}/messages"
    assert TOKEN not in cloud.exchanges[0].path + str(cloud.exchanges[0].query)


async def test_typing_names_the_message_that_is_answered(
    cloud: WhatsAppStandin, sender: WhatsApp
) -> None:
    sender.thinking(MEI, "wamid.theirs")
    await sender.deliver(MEI, Outbound("好 yes"))
    assert cloud.typing == ["wamid.theirs"]
    assert cloud.texts(MEI) == ["好 yes"]


async def test_typing_that_is_refused_says_so(cloud: WhatsAppStandin, sender: WhatsApp) -> None:
    cloud.fail_next(status=400, code=100, on="typing")
    with pytest.raises(SendFailed):
        await sender.typing(MEI, "wamid.theirs")


# -- judged by pywa: for the same message it sends the same body -------------------------------


@pytest.fixture
def pywa(cloud: WhatsAppStandin) -> Iterator[Pywa]:
    with httpx.Client() as session:
        client = Pywa(phone_id=cloud.number_id, token=TOKEN, session=session)
        session.base_url = f"{cloud.url}/v23.0"  # type: ignore[assignment]
        yield client


def bare(body: Any) -> Any:
    """Returns a body without what one of the two leaves out because it is the default."""
    left_out = {"policy", "components"}
    if isinstance(body, dict):
        return {key: bare(value) for key, value in body.items() if key not in left_out}
    return [bare(each) for each in body] if isinstance(body, list) else body


@pytest.mark.parametrize("words", TEXTS)
async def test_pywa_sends_the_same_bodies(
    cloud: WhatsAppStandin, sender: WhatsApp, pywa: Pywa, words: str
) -> None:
    pywa.send_message(MEI, words)
    pywa.send_message(HIDDEN, words)
    pywa.send_message(
        MEI, words, buttons=[Button("好 yes", "choice-00"), Button("不", "choice-01")]
    )
    rows = [SectionRow(f"第{n} row", f"choice-{n:02}") for n in range(4)]
    pywa.send_message(MEI, words, buttons=SectionList("请选择", [Section("-", rows)]))
    pywa.send_template(MEI, "write_again", TemplateLanguage.CHINESE_CHN, [])
    theirs = [bare(each.body) for each in cloud.sent()]
    titled = theirs[3]["interactive"]["action"]["sections"][0]
    assert titled.pop("title") == "-"
    for person, message in [
        (MEI, Outbound(words)),
        (HIDDEN, Outbound(words)),
        (MEI, Outbound(words, choices("好 yes", "不"))),
        (MEI, Outbound(words, choices(*(f"第{n} row" for n in range(4))), language="zh-Hans")),
        (MEI, Outbound("", is_template=True, language="zh-Hans")),
    ]:
        await sender.send(person, message)
    assert [bare(each.body) for each in cloud.sent()[5:]] == theirs
    pywa.indicate_typing("wamid.theirs")
    await sender.typing(MEI, "wamid.theirs")
    first, second = (json.loads(each.raw) for each in cloud.exchanges[-2:])
    assert first == second


# -- Meta says no -----------------------------------------------------------------------------

WRITE = "write first"
# Status, code and subcode -> may it succeed later, is the channel broken, what can be done.
ERRORS: list[tuple[int, int, int | None, bool, bool, str]] = [
    (401, 0, None, False, True, "WHATSAPP_ACCESS_TOKEN"),
    (401, 190, None, False, True, "WHATSAPP_ACCESS_TOKEN"),
    (401, 190, 463, False, True, "WHATSAPP_ACCESS_TOKEN"),
    (500, 3, None, False, True, "whatsapp_business_messaging"),
    (403, 10, None, False, True, "whatsapp_business_messaging"),
    (403, 200, None, False, True, "whatsapp_business_messaging"),
    (403, 131005, None, False, True, "whatsapp_business_messaging"),
    (400, 33, None, False, True, "WHATSAPP_PHONE_NUMBER_ID"),
    (400, 100, 33, False, True, "WHATSAPP_PHONE_NUMBER_ID"),
    (400, 100, None, False, False, "report"),
    (400, 131008, None, False, False, "report"),
    (400, 131009, None, False, False, "report"),
    (400, 131051, None, False, False, "report"),
    (400, 131053, None, False, False, "another way"),
    (500, 1, None, True, False, ""),
    (503, 2, None, True, False, ""),
    (400, 4, None, True, False, ""),
    (400, 80007, None, True, False, ""),
    (429, 130429, None, True, False, ""),
    (400, 131048, None, True, False, ""),
    (400, 131056, None, True, False, ""),
    (500, 131000, None, True, False, ""),
    (500, 131016, None, True, False, ""),
    (500, 131057, None, True, False, ""),
    (403, 368, None, False, True, "WhatsApp Manager"),
    (403, 131031, None, False, True, "WhatsApp Manager"),
    (400, 131042, None, False, True, "payment"),
    (400, 131026, None, False, False, "another way"),
    (400, 131030, None, False, False, "test number"),
    (400, 131047, None, False, False, WRITE),
    (400, 131049, None, False, False, "Wait"),
    (404, 132001, None, False, False, "WHATSAPP_TEMPLATE"),
    (400, 132015, None, False, False, "WHATSAPP_TEMPLATE"),
    (400, 999999, None, False, False, ""),
    (500, 999999, None, True, False, ""),
]


@pytest.mark.parametrize(("status", "code", "subcode", "retryable", "broken", "step"), ERRORS)
async def test_each_error(
    cloud: WhatsAppStandin,
    sender: WhatsApp,
    status: int,
    code: int,
    subcode: int | None,
    retryable: bool,
    broken: bool,
    step: str,
) -> None:
    cloud.fail_next(status=status, code=code, subcode=subcode, details=f"{TOKEN} 访客的话")
    with pytest.raises(SendFailed) as caught:
        await sender.send(MEI, Outbound("你好 hello"))
    error = caught.value
    assert (error.retryable, error.broken, error.maybe_delivered) == (retryable, broken, False)
    assert step in error.next_step
    assert (error.next_step == "") is (step == "")
    assert TOKEN not in f"{error.reason}{error.next_step}"
    assert "访客" not in error.reason
    assert f"error {code}" in error.reason


@pytest.mark.parametrize("status", [404, 429, 500, 502])
async def test_an_answer_without_an_error_object(
    cloud: WhatsAppStandin, sender: WhatsApp, status: int
) -> None:
    cloud.fail_next(status=status, bare=True)
    with pytest.raises(SendFailed, match=f"answered {status}") as caught:
        await sender.send(MEI, Outbound("你好 hi"))
    assert caught.value.retryable is (status != 404)
    assert ("WHATSAPP_API_URL" in caught.value.next_step) is (status == 404)


@pytest.mark.parametrize(
    ("code", "hint", "wait"),
    [(131056, None, 6.0), (131056, 64, 64.0), (130429, 3, 3.0), (130429, None, None)],
)
async def test_how_long_to_wait(
    cloud: WhatsAppStandin, sender: WhatsApp, code: int, hint: int | None, wait: float | None
) -> None:
    cloud.fail_next(status=429, code=code, retry_after=hint)
    with pytest.raises(SendFailed) as caught:
        await sender.send(MEI, Outbound("慢 slow"))
    assert caught.value.retry_after == wait


async def test_who_got_too_much_is_given_more_time_after_each_refusal(
    cloud: WhatsAppStandin, sender: WhatsApp
) -> None:
    cloud.fail_next(5, status=400, code=131056)
    waits = []
    for person in (MEI, MEI, HIDDEN, MEI, MEI):
        with pytest.raises(SendFailed) as caught:
            await sender.send(person, Outbound("慢 slow"))
        waits.append(caught.value.retry_after)
    assert waits == [6, 24, 6, 96, 384]
    # The largest burst is paid back in 45 times six seconds; then the message goes.
    assert 6 + 24 + 96 + 384 > 45 * 6
    await sender.send(MEI, Outbound("好 now"))
    cloud.fail_next(status=400, code=131056)
    with pytest.raises(SendFailed) as caught:
        await sender.send(MEI, Outbound("慢 slow"))
    assert caught.value.retry_after == 6


# -- the template -----------------------------------------------------------------------------

TEMPLATES = [
    ("en", ["en"], "en", 1),
    ("zh-Hans", ["en", "zh_CN"], "zh_CN", 1),
    ("zh-Hans", ["en"], "en", 2),
    ("zh-Hant", ["en", "zh_TW", "zh_HK"], "zh_TW", 1),
    ("zh-Hant", ["en", "zh_HK"], "zh_HK", 2),
    ("zh-Hant", ["en", "zh_CN"], "en", 3),
    ("fr", ["en"], "en", 1),
]


@pytest.mark.parametrize(("language", "approved", "used", "calls"), TEMPLATES)
async def test_the_template_goes_in_the_best_language_there_is(
    language: str, approved: list[str], used: str, calls: int
) -> None:
    with WhatsAppStandin(TOKEN, templates={"write_again": approved}) as cloud:
        opened = channel(WHATSAPP_API_URL=cloud.url)
        asked = Outbound("[template]", is_template=True, language=language)
        assert await opened.send(MEI, asked) == cloud.sent(MEI)[0].message_id
        await opened.close()
        assert [each.template for each in cloud.sent(MEI)] == [("write_again", used)]
        assert len(cloud.exchanges) == calls


async def test_a_template_in_no_language_is_final_and_other_errors_end_the_search() -> None:
    with WhatsAppStandin(TOKEN, templates={"other": ["en"]}) as cloud:
        opened = channel(WHATSAPP_API_URL=cloud.url)
        asked = Outbound("[template]", is_template=True, language="zh-Hans")
        with pytest.raises(SendFailed, match="132001") as caught:
            await opened.send(MEI, asked)
        assert not caught.value.retryable
        assert len(cloud.exchanges) == 2
        cloud.fail_next(status=500)
        with pytest.raises(SendFailed, match="131000"):
            await opened.send(MEI, asked)
        assert len(cloud.exchanges) == 3
        await opened.close()


# -- the set-up check -------------------------------------------------------------------------


@pytest.mark.parametrize(("quality", "word"), [("GREEN", "green"), ("", "unknown")])
async def test_the_check_names_the_number(
    cloud: WhatsAppStandin, sender: WhatsApp, quality: str, word: str
) -> None:
    cloud.quality = quality
    words = await sender.check()
    assert words == f"the number +{build.NUMBER} of Docent 博物馆, quality {word}"


@pytest.mark.parametrize(
    ("values", "variable"),
    [
        ({"WHATSAPP_ACCESS_TOKEN": "other"}, "WHATSAPP_ACCESS_TOKEN"),
        ({"WHATSAPP_PHONE_NUMBER_ID": "1555"}, "WHATSAPP_PHONE_NUMBER_ID"),
        ({"WHATSAPP_PHONE_NUMBER_ID": "+44 20 7946 0000"}, "WHATSAPP_PHONE_NUMBER_ID"),
    ],
)
async def test_the_check_names_the_variable_to_mend(
    cloud: WhatsAppStandin, values: dict[str, str], variable: str
) -> None:
    opened = channel(WHATSAPP_API_URL=cloud.url, **values)
    with pytest.raises(ChannelBroken) as caught:
        await opened.check()
    await opened.close()
    assert variable in caught.value.remedy


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_check_that_cannot_be_made_now_breaks_nothing(
    cloud: WhatsAppStandin, sender: WhatsApp, status: int
) -> None:
    cloud.fail_next(status=status, on="number")
    with pytest.raises(SendFailed) as caught:
        await sender.check()
    assert caught.value.retryable
