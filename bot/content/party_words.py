"""The words for people in English and Chinese, and what they say of kind, number and age."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.content.numbers import HAN, WORDS


@dataclass(frozen=True)
class Noun:
    """A pattern for people of one kind; `count` and `age` where the word itself says them."""

    kind: str
    pattern: str
    count: int | None = None
    age: int | None = None


COUNT = rf"(?:(?P<count>\d{{1,2}}|{WORDS}|a couple of|couple of|a couple|another|both|an?)\s+)"
HAN_COUNT = rf"(?:(?P<count>\d{{1,2}}|{HAN})(?:[个位名张只对口份]|(?=[大小老成儿学]))\s*)"
# What stands between a number and its noun; some of it decides the kind.
ADJECTIVE_KINDS = {"elderly": "senior", "retired": "senior", "disabled": "disabled"}
_ADJECTIVES = (
    r"(?P<adjective>elderly|retired|disabled|small|little|young|younger|older|adult|grown[- ]?up"
    r"|skint|other|of my|full[- ]?time|uni|university|college|teenage|standard|paying)\s+"
)
ENGLISH: tuple[Noun, ...] = (
    Noun("family_ticket", r"family (?:ticket|pass|deal|rate)s?"),
    Noun(
        "companion",
        r"(?:essential |free )?(?:carers?|caregivers?|companions?)|personal assistants?",
    ),
    Noun(
        "disabled",
        r"disabled(?: (?:people|person|visitors?|adults?))?|wheelchair users?"
        r"|blind (?:people|person|visitors?)|blue badge(?: holders?)?",
    ),
    Noun(
        "low_income",
        r"unemployed|job ?seekers?|universal credit|income support"
        r"|low[- ]incomes?|(?:on|claim(?:ing)?|get(?:ting)?) benefits|out of work",
    ),
    Noun(
        "health_worker",
        r"nhs(?: (?:staff|workers?|nurses?))?|nurses?|doctors?|key workers?|blue light(?: card)?",
    ),
    Noun("military", r"veterans?|military|armed forces|soldiers?"),
    Noun("teacher", r"teachers?"),
    Noun("member", r"members?(?!ship)|members?hip card"),
    Noun("resident", r"locals?(?! (?:area|time|bus))|(?:local )?residents?"),
    Noun("group", r"groups? of (?:\d+|ten|twelve|fifteen|twenty)|group (?:discount|rate|price)s?"),
    Noun("student", r"(?:phd )?students?(?: (?:card|id))?|undergrads?|isic(?: card)?"),
    Noun("senior", r"grandparents", count=2),
    Noun(
        "senior",
        r"seniors?(?: citizens?)?|pensioners?|o\.?a\.?p\.?'?s?|retirees?|retired"
        r"|elderly(?: people)?(?! (?:parents|mother|father|m[uo]m|dad|aunt|uncle|friend))"
        r"|nana?|grann?y|grannies|gran|grandma|grandmother|grandm[uo]m"
        r"|grand?dad|grandpa|grandfather|over[- ]?60'?s",
    ),
    Noun("child", r"bab(?:y|ies)|infants?|newborns?", age=0),
    Noun("child", r"toddlers?", age=2),
    Noun(
        "child",
        r"grand-?(?:kids?|child(?:ren)?|sons?|daughters?)|kids?|kiddos?|child(?:ren|s)?|sons?"
        r"|daughters?|nieces?|nephews?|boys?|girls?|little ones?|pupils?"
        r"|youngsters?|teenagers?|teens?",
    ),
    Noun("adult", r"parents|m[uo]m and dad", count=2),
    Noun(
        "adult",
        r"adults?|adu?ilts?|adluts?|grown[- ]?ups?|wife|husband|hubby|partner|girlfriend|boyfriend"
        r"|friends?|mates?|m[uo]m|mummy|mother|dad|father|sisters?|brothers?|colleagues?|aunt(?:ie)?"
        r"|uncle|cousins?|fianc[eé]e?|mother[- ]in[- ]law|father[- ]in[- ]law",
    ),
)
GENERIC = r"(?P<count>\d{1,2}|" + WORDS + r") (?:of us|people|persons|ppl|pax|visitors|tickets)\b"
CHINESE: tuple[Noun, ...] = (
    Noun("family_ticket", r"家庭套?票|亲子票|家庭优惠"),
    Noun("companion", r"陪同(?:人员|者|人)?|陪护(?:人员)?|护工|照顾者|照护者|看护"),
    Noun(
        "disabled",
        r"残疾(?:人士?|证)|残障(?:人士|者)?|轮椅使用者|坐轮椅的?|盲人|聋人|视障(?:人士)?|听障(?:人士)?|身障(?:人士|者)?",
    ),
    Noun("low_income", r"失业(?:者|人员)?|待业|低保(?:户|人员)?|低收入(?:者|户|人群)?"),
    Noun("health_worker", r"医护(?:人员)?|护士|医生"),
    Noun("military", r"军人|退伍(?:军人)?|老兵"),
    Noun("teacher", r"教师证?|老师"),
    Noun("member", r"会员"),
    Noun("resident", r"本地人|当地(?:人|居民)|本市居民"),
    Noun("group", r"团体票?|团购"),
    Noun("child", r"小学生"),
    Noun("student", r"(?:大|中|高中|留|研究)?学生(?:[证票])?|研究生"),
    Noun("senior", r"爷爷奶奶|外公外婆|姥姥姥爷|阿公阿嬷", count=2),
    Noun("senior", r"爷爷|奶奶|外公|外婆|姥姥|姥爷|阿嬷|阿公", count=1),
    Noun(
        "senior",
        r"老人家?|老年(?:人|票|证)|长者|长辈|退休(?:人员|的|了)?|敬老票?",
    ),
    Noun("child", r"婴儿|宝宝|新生儿", age=0),
    Noun(
        "child",
        r"小孩子?|孩子|小朋友|儿童票?|幼儿|儿子|女儿|闺女|外?孙子|外?孙女|侄子|侄女|外甥女?|小娃|娃娃?|少年",
    ),
    Noun("adult", r"爸爸?妈妈?|父母|夫妻|夫妇|老两口|情侣|小两口", count=2),
    Noun(
        "adult",
        r"(?<=我)[妈爸]|妈妈|爸爸|母亲|父亲|老妈|老爸|老婆|老公|丈夫|妻子|太太|爱人|老伴|对象|女朋友|男朋友",
        count=1,
    ),
    Noun("adult", r"大人|成人票?|成年人|朋友|同事|闺蜜|哥哥|姐姐|弟弟|妹妹"),
)
SELF = re.compile(
    r"\b(?:me|myself)(?=\s*(?:and|,|\+|&|plus|with)\s)|\b(?:and|plus|\+|&) (?:me|myself|i)\b"
    r"(?! (?:am|was|want|need|would|have|like|can|think))"
    r"|\bi'?m (?:taking|bringing|coming with)\b"
    r"|我(?=(?:想|要|打算|会|准备)?(?:带|和|跟|同|与)(?!你|您))|(?<=[和跟与加])我(?![妈爸们的家])"
)
PAIRS = re.compile(rf"(?P<adults>\d|{HAN})大(?P<children>\d|{HAN})小")
FAMILY = re.compile(rf"一家(?P<han>\d|{HAN})口|\bfamily of (?P<size>\d|{WORDS})\b")
NOT = re.compile(r"(?:\bnot|n't|\bno|\bnon|\bwithout)[- ](?:an? |any )?$|(?:不是|没有|没|非)$")


def noun_patterns() -> list[tuple[re.Pattern[str], Noun]]:
    """A pattern for each noun, with the number before it as the group `count`."""
    english = [
        (re.compile(rf"\b{COUNT}?(?:{_ADJECTIVES})?(?:{noun.pattern})\b"), noun)
        for noun in ENGLISH
    ]
    chinese = [(re.compile(rf"{HAN_COUNT}?(?:{noun.pattern})"), noun) for noun in CHINESE]
    return english + chinese
