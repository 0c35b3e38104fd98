"""A little dictionary that "translates" both ways, so that a way back means something.

Words that it does not know stay as they are in Chinese, and become their code points in English:
what goes out comes back.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from opencc import OpenCC

PAIRS = {
    "thank you": "谢谢",
    "good morning": "早上好",
    "i am": "我是",
    "we are": "我们",
    "you can": "你可以",
    "there is": "有",
    "how much": "多少",
    "the": "这",
    "is": "是",
    "are": "是们",
    "a": "一个",
    "and": "和",
    "or": "或",
    "to": "到",
    "at": "在",
    "from": "从",
    "on": "于",
    "in": "里",
    "for": "为",
    "until": "直到",
    "before": "之前",
    "after": "之后",
    "by": "由",
    "with": "带",
    "you": "你",
    "your": "你的",
    "we": "我们",
    "our": "我们的",
    "i": "我",
    "my": "我的",
    "it": "它",
    "please": "请",
    "hello": "你好",
    "dear": "亲爱的",
    "open": "开放",
    "closed": "关闭",
    "opens": "开门",
    "closes": "关门",
    "today": "今天",
    "tomorrow": "明天",
    "yesterday": "昨天",
    "ticket": "票",
    "tickets": "门票",
    "price": "价格",
    "free": "免费",
    "child": "孩子",
    "children": "孩子们",
    "adult": "成人",
    "adults": "大人",
    "umbrella": "雨伞",
    "bag": "包",
    "found": "找到",
    "lost": "丢了",
    "call": "打电话",
    "ring": "致电",
    "write": "写信",
    "send": "发送",
    "see": "看",
    "book": "预订",
    "visit": "参观",
    "wait": "等",
    "bring": "带来",
    "take": "拿",
    "bus": "巴士",
    "train": "火车",
    "floor": "楼层",
    "room": "房间",
    "people": "人们",
    "not": "不",
    "have": "有了",
    "will": "将",
    "can": "能",
    "welcome": "欢迎",
    "sorry": "抱歉",
    "here": "这里",
    "reference": "编号",
    "museum": "博物馆",
    "exhibition": "展览",
    "guide": "导览",
    "mini": "迷你",
    "map": "地图",
}
_ENGLISH = re.compile(
    r"(?<![\w./@-])(?:" + "|".join(sorted(map(re.escape, PAIRS), key=len, reverse=True)) + r")"
    r"(?![\w/@-]|\.\w)",
    re.IGNORECASE,
)
_BACK = {zh: en for en, zh in PAIRS.items()}
_CHINESE = re.compile("|".join(sorted(_BACK, key=len, reverse=True)) + "|[\u4e00-\u9fff]")
_SPELT = re.compile(r"\bu([0-9a-f]{4})\b ?")
_SIGNS = str.maketrans({"，": ", ", "。": ". ", "？": "? ", "！": "! ", "、": ", "})


def translated(text: str, target: str) -> str:
    """Returns a text in "en", "zh" or "zt", its lines where they were."""
    into = _to_english if target == "en" else _to_chinese
    lines = [into(line) for line in text.split("\n")]
    whole = "\n".join(lines)
    return str(_converter("s2tw").convert(whole)) if target == "zt" else whole


def _to_chinese(line: str) -> str:
    line = _SPELT.sub(lambda m: chr(int(m[1], 16)), line)
    line = _ENGLISH.sub(lambda m: PAIRS[m[0].lower()], line)
    return re.sub(r"(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])", "", line)


def _to_english(line: str) -> str:
    line = str(_converter("t2s").convert(line)).translate(_SIGNS)
    line = _CHINESE.sub(lambda m: f" {_BACK.get(m[0]) or f'u{ord(m[0]):x}'} ", line)
    return " ".join(line.split())


@lru_cache(maxsize=2)
def _converter(name: str) -> Any:
    return OpenCC(name)
