"""Short reactions that ask nothing: "ok", "great 👍", "好的", "哦哦", a lone smile."""

from __future__ import annotations

import re
import unicodedata

from bot.nlu.text import normal

LONGEST = 40
_HANDS_AND_FACES = re.compile(
    "[👍👌🙏👏🙌🤝✌🆗✅☑✔💯😀-😆😉-😋😊😇😌😍🥰😘🤗😎🙂🤩😁☺❤♥💕💖💛💙💚💜🧡🌹🎉✨🫡🫶\U0001f3fb-\U0001f3ff\ufe0f\u200d]"
)
_WORDS = re.compile(
    r"ok(?:ay|ey|ie|iedokie)?|okok|k|kk|alright|al?right|right|great|good|nice|cool|perfect|lovely"
    r"|brilliant|fab(?:ulous)?|super|excellent|awesome|wonderful|fine|sure|gotcha|got (?:it|you)"
    r"|i see|understood|noted|will do|sounds? (?:good|great|fine|lovely)|good to know|makes sense"
    r"|that(?:'s| is|s) (?:great|good|fine|lovely|perfect|brilliant|helpful|clear|cool|ok(?:ay)?)"
    r"|no (?:problem|worries)|very|so|oh|ah|aha|haha|lol|yay|wow|then|thats|all clear|that helps"
    r"|好(?:的|吧|滴|哒|嘞|呀|啊|哦|喔|耶)?|行|行吧|嗯|恩|哦|噢|喔|啊|知道(?:了|啦)?|明白(?:了|啦)?|了解(?:了|啦)?"
    r"|收到|懂(?:了|啦)|清楚(?:了|啦)?|原来如此|原来是这样|这样啊|这样呀|可以|没问题|太好了|不错|挺好|真好|哈|赞|棒|我"
)
_PARTED = re.compile(r"[\s,.!~。，！～…、]+")


def is_reaction(text: str) -> bool:
    """Tells whether a text is nothing but a short friendly reaction to what was said."""
    if not text.strip() or len(text) > LONGEST or "?" in unicodedata.normalize("NFKC", text):
        return False
    bare = _HANDS_AND_FACES.sub(" ", text)
    left = _PARTED.sub(" ", normal(bare)).strip()
    return not left or _all_words(left)


def _all_words(left: str) -> bool:
    """Tells whether a text falls wholly into words of reaction."""
    ends = {0}
    for start in range(len(left)):
        if start not in ends:
            continue
        if left[start] == " ":
            ends.add(start + 1)
        ends |= {
            end
            for end in range(start + 1, len(left) + 1)
            if _WORDS.fullmatch(left, start, end) and _stands_alone(left, start, end)
        }
    return len(left) in ends


def _stands_alone(left: str, start: int, end: int) -> bool:
    """Tells whether a word of letters is whole; Chinese words stand side by side."""
    before, after = left[start - 1 : start], left[end : end + 1]
    return not (
        (before.isascii() and before.isalpha() and left[start].isascii())
        or (after.isascii() and after.isalpha() and left[end - 1].isascii())
    )
