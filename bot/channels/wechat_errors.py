"""What WeChat's error codes mean: in words for staff, and for what is done with the message.

WeChat answers 200 and says what went wrong as `errcode`.
Sources: developers.weixin.qq.com/doc/oplatform/developers/errCode/errCode.html (general codes),
.../doc/service/api/customer/message/api_sendcustommessage (sending), .../api_typing; 40200 and
89503 as developers report them (developers.weixin.qq.com/community, AccessToken pages).
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.channels.http import Answer
from bot.channels.payload import number
from bot.errors import SendFailed

# The access token is worthless: expired, replaced by a newer one, or never one.
STALE = frozenset({40001, 40014, 42001})
# 45011 counts by the minute, 45009 by the day (it begins anew at midnight in Beijing).
MINUTE, HOUR = 60.0, 3600.0


@dataclass(frozen=True)
class Trouble:
    """One kind of failure.

    Args:
        reason: What happened.
        next_step: What staff or the operator can do.
        passing: The same message may succeed later.
        broken: No message gets through until somebody mends it.
        wait: Seconds to wait, where the platform's rule is known.
    """

    reason: str
    next_step: str = ""
    passing: bool = False
    broken: bool = False
    wait: float | None = None


_WRITE_FIRST = "The visitor has to write first."
_REPORT = "Please report this."
_KEYS = "Check WECHAT_APP_ID and WECHAT_APP_SECRET at mp.weixin.qq.com, 设置与开发, 基本配置."
_ALLOW = (
    "Add this server's address at mp.weixin.qq.com, 设置与开发, 基本配置, IP白名单, "
    "for the account of WECHAT_APP_ID."
)
_VERIFY = (
    "Only verified accounts may write outside of an immediate answer: have the account verified "
    "at mp.weixin.qq.com, 设置与开发, 微信认证; its rights are listed under 接口权限."
)
_FORM = Trouble("WeChat did not understand the message", _REPORT)
_UNKNOWN = Trouble(
    "WeChat does not know this visitor as a follower of the account",
    "They may have stopped following it; use another way to reach them.",
)

_TROUBLES = {
    -1: Trouble("WeChat is busy", passing=True),
    # After a token that was just fetched: somebody else fetches tokens with the same secret.
    **dict.fromkeys(
        STALE,
        Trouble(
            "WeChat does not take its own new access token",
            f"Let no other program fetch tokens with the same AppSecret. {_KEYS}",
            broken=True,
        ),
    ),
    **dict.fromkeys(
        (40013, 40125, 40243, 41002, 41004),
        Trouble("WeChat does not take our AppID and AppSecret", _KEYS, broken=True),
    ),
    40164: Trouble("This server's address is not on WeChat's allow-list", _ALLOW, broken=True),
    **dict.fromkeys(
        (89501, 89503, 89506, 89507),
        Trouble(
            "The account's administrator has to allow this server's address",
            f"The administrator confirms it in a message of WeChat. {_ALLOW}",
            broken=True,
        ),
    ),
    40003: _UNKNOWN,
    43004: _UNKNOWN,
    43005: _UNKNOWN,
    **dict.fromkeys((40008, 44002, 44004, 47001), _FORM),
    40200: Trouble(
        "This kind of account may not show menus",
        "WeChat shows them for verified accounts only, and not for test accounts.",
    ),
    45002: Trouble("The message is too long for WeChat", _REPORT),
    45009: Trouble("The account's calls of today are used up", passing=True, wait=HOUR),
    45011: Trouble("Too many messages in one minute for WeChat", passing=True, wait=MINUTE),
    45015: Trouble("WeChat's customer-service window is closed", _WRITE_FIRST),
    45047: Trouble(
        "All messages that WeChat allows after one of the visitor's are used up",
        f"{_WRITE_FIRST} Five messages may follow each of theirs, three a touch of the menu.",
    ),
    48001: Trouble("The account may not send customer-service messages", _VERIFY),
    48004: Trouble(
        "WeChat has taken this right from the account", "Log in at mp.weixin.qq.com and see why."
    ),
    50001: Trouble("The account may not do this", _VERIFY),
    50002: Trouble(
        "WeChat has restricted the visitor or the account",
        "Log in at mp.weixin.qq.com and see whether it is the account.",
    ),
    87014: Trouble("WeChat takes the words for forbidden content", "Say it in other words."),
}


def code_of(answer: Answer) -> int | None:
    """Returns WeChat's code, 0 for success; None where the answer is none of WeChat's."""
    found = number(answer.body.get("errcode"))
    return None if found is None else int(found)


def failure(answer: Answer) -> SendFailed:
    """Returns what a refusal means for the message."""
    code = code_of(answer)
    if code is None:
        return _strange(answer)
    trouble = _TROUBLES.get(code, Trouble("WeChat refused it", "Look the code up, and report it."))
    # The number stays in the words, for whoever looks it up.
    return SendFailed(
        f"{trouble.reason} (code {code})",
        retryable=trouble.passing,
        retry_after=trouble.wait,
        next_step=trouble.next_step,
        broken=trouble.broken,
    )


def _strange(answer: Answer) -> SendFailed:
    """Returns the failure where a proxy answered, or nobody knows who."""
    passing = answer.status == 429 or answer.status >= 500
    done = answer.status < 400
    return SendFailed(
        f"WeChat answered {answer.status} without a code",
        retryable=passing or done,
        retry_after=answer.retry_after,
        next_step="" if passing or done else "Check WECHAT_API_URL.",
        maybe_delivered=done,
    )
