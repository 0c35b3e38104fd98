"""Which texts lean on the question before: "and on Sundays?", "那小孩呢？", "how much is it then".

Known by their words alone, without a model: what is left of a text once its openers, its grammar
and what merely narrows a question down (a day, an age) are taken away.
"""

from __future__ import annotations

import re
from typing import Literal

from bot.nlu.text import normal

# none: a question of its own. narrowed: nothing but a day, an hour or a kind of visitor. bare: a
# predicate whose subject stands in the question before. same: asks the same of something else.
# opened: begins like a follow-up and names something.
Kind = Literal["none", "narrowed", "bare", "same", "opened"]

# A text of more words says by itself what it is about.
LONGEST_WORDS = 9
LONGEST_HAN = 14

_OPENER = re.compile(
    r"^(?:(?:ok(?:ay)?|oh|ah|right|great|thanks|thank you|cool|so|well|um+|hm+|and|but|or|also"
    r"|then|yes|no|sorry|actually|plus)\b[\s,.!]*)*"
    r"(?P<opened>(?:and|but|or|also|plus|(?:and )?(?:what|how|wot) ?(?:about|abt|bout|if)|wbu"
    r"|same|is (?:it|that) (?:the )?same|does (?:it|that) (?:also )?(?:apply|go)|do they)\b)?"
)
_SAME = re.compile(
    r"\b(?:same (?:for|with|on|at|goes|about|thing|price|there)|(?:the )?same\b.{0,30}\?"
    r"|apply to|also (?:for|true|the case)|as well\?)"
    r"|也(?:一样|是|可以|行|要|能|算|有)|同样|一样吗|也一樣"
)
_ABOUT = re.compile(r"^(?:ok |so |and |but )*(?:what|how|wot) ?(?:about|abt|bout|if)\b")
_HAN_OPENER = re.compile(
    r"^[\s,。!~]*(?:(?:好的?|嗯+|哦+|谢谢|ok|噢|喔|啊)[\s,。!]*)*"
    r"(?P<opened>那么?(?!里|边|个|儿)|还有(?!没)|然后|如果|要是|换成|and|另外|可是|但)?"
)
_HAN_END = re.compile(r"(?:呢|咧|勒)[啊呀]?[\s?!。~]*$")

_FILLERS = frozenset(
    """
    a about all also am an and any are as at be but by can could did do does for from get go going
    goes has have he her his how i if im in is it its just kind like many me my need of off on one
    ones or our please pls she so some sort than that the their them then there these they thing
    things this those to too u us want was we well were what whats what's when which who will with
    would you your it's i'm i've we're same instead only both either though tho visit visiting come
    coming bring bringing until till before after between around during under over aged age ages
    """.split()
)
_NARROWING = frozenset(
    """
    monday mondays mon tuesday tuesdays tue tues wednesday wednesdays wed thursday thursdays thu
    thur thurs friday fridays fri saturday saturdays sat sunday sundays sun weekend weekends
    weekday weekdays today tomorrow tmrw tmr tonight tomoz morning mornings afternoon afternoons
    evening evenings night nights noon lunchtime week weeks month months year years day days
    holiday holidays january february march april may june july august september october november
    december jan feb mar apr jun jul aug sep sept oct nov dec christmas xmas easter boxing eve new
    bank half term halfterm summer winter spring autumn later earlier now next last first second
    early late am pm st nd rd th kid kids child children baby babies toddler toddlers infant
    infants teen teens teenager teenagers adult adults senior seniors pensioner pensioners oap oaps
    elderly student students grandma grandad grandparents grandparent parent parents mum mums dad
    son daughter wife husband friend friends family families carer carers companion disabled
    unemployed nhs teacher teachers group groups couple couples people person yo old older younger
    nan gran granny mother father uni university old-age retired retirees nurses locals residents
    tourists two three four five six seven eight nine ten twelve sixteen
    """.split()
)
_PREDICATES = frozenset(
    """
    much cost costs price prices pricey charge charged pay free expensive cheap where when how long
    book booking reserve open close closed opens closes take takes time times start starts end ends
    finish far walk near wheelchair-friendly allowed possible included include online
    advance require required extra fee fees limit often big busy hard fast buy find borrow rent
    hire last happen happening why work works accessible
    """.split()
)
_WORD = re.compile(r"[a-z][a-z'’-]*|\d+")
_HAN = re.compile(r"[㐀-鿿]")

_HAN_NARROWING = re.compile(
    r"(?:上|下|这|本|每)?个?(?:周|星期|礼拜)(?:[一二三四五六日天末]+|几)|周末|双休日|今[天晚早日]|明[天晚早日]"
    r"|后天|平[日时]|工作日|假[期日]|节假日|公众假期|早上|上午|中午|下午|晚上|晚间|傍晚|夜[里间晚]"
    r"|圣诞节?|平安夜|元旦|春节|过年|除夕|中秋节?|国庆节?|端午节?|清明节?|五一|十一|暑假|寒假|复活节"
    r"|[\d一二两三四五六七八九十]+(?:月份?|[日号]|点半?|岁|个?人|位|张)|新年|大年初[一二三四五]"
    r"|小孩子?|孩子们?|儿童|小朋友们?|宝宝|婴儿(?!车)|幼儿|娃|青少年|未成年人?|细路仔?"
    r"|大人|成人|成年人|老人家?|长者|老年人|老师|教师|学生们?|大学生|研究生|留学生|小学生|中学生"
    r"|残[疾障](?:人士?)?|身障(?:人士)?|陪同者?|陪护|照顾者|家长|爸妈|父母|妈妈|爸爸|奶奶|爷爷|老婆|老公"
    r"|朋友|家人|团体?|外国人|游客|本地人|失业|低收入|医护"
)
_HAN_PREDICATES = re.compile(
    r"多少钱|几多钱|多贵|贵不贵|贵吗?|便宜|免费|收费|要钱|价格|价钱|费用|票价|预约|预订|提前订|提前|怎么去|怎么走|怎样去"
    r"|在哪[里儿边]?|哪里|哪儿|边度|多久|多长时间|几点|几时|什么时候|时间|开始|结束|怎么[订买租借]|能租|能借|可以[借租]"
    r"|远吗?|如何|远不远|现场|网上|限制|额外|另外付|付费|人多|够吗"
)
_ENGLISH_PREDICATES = re.compile(rf"\b(?:{'|'.join(sorted(_PREDICATES))})\b", re.ASCII)
_HAN_FILLERS = re.compile(
    r"[的地得在是我你您他她它们咱对于就也都有没要带去来多个和跟与及或者还会能可以行不吗嘛呢么吧啊呀哦喔啦了咧"
    r"这那里如果要是想换成问请一下同样样算给让把到从时候话大概需用得再又但然后情况怎么办呐点只话]"
)


def kind(text: str) -> Kind:
    """Returns how a text leans on the question before it, in English, Chinese or both."""
    plain = normal(text)
    han = len(_HAN.findall(plain))
    if han >= 2 or (han and not _WORD.findall(plain)):
        return _han_kind(plain, han)
    return _english_kind(plain)


def narrows(text: str) -> bool:
    """Tells whether a text names a day, an hour or a kind of visitor, among other things."""
    plain = normal(text)
    return bool(_HAN_NARROWING.search(plain)) or _narrowing_words(plain)


def _english_kind(plain: str) -> Kind:
    words = _WORD.findall(plain)
    if not words or len(words) > LONGEST_WORDS:
        return "none"
    opener = _OPENER.match(plain)
    opened = bool(opener and opener["opened"]) or words[0] in ("and", "but", "or", "also")
    if _SAME.search(plain):
        return "same"
    rest = [word for word in words if word not in _FILLERS]
    telling = [word for word in rest if not _narrows(word) and word not in _PREDICATES]
    if telling and not _only_openers(telling):
        return "opened" if opened and (_ABOUT.match(plain) or not _asks(words)) else "none"
    if any(_narrows(word) for word in rest) and not _asked_of(rest):
        return "narrowed"
    about_us = "you" in words and bool({"open", "close", "closed"} & set(rest))
    return "bare" if _asked_of(rest) and not about_us else "none"


def _narrows(word: str) -> bool:
    return word.removesuffix("'s").removesuffix("s'") in _NARROWING or word.isdigit()


def _asked_of(rest: list[str]) -> bool:
    return any(word in _PREDICATES for word in rest)


def _only_openers(words: list[str]) -> bool:
    return all(
        word in ("ok", "oh", "right", "great", "thanks", "thank", "cool", "hmm") for word in words
    )


def _asks(words: list[str]) -> bool:
    """Tells whether a text brings a verb or a question word of its own."""
    asking = {"where", "when", "how", "can", "could", "do", "does", "is", "are", "will", "which"}
    return bool(asking & set(words[:3])) or bool({"i", "we", "you"} & set(words))


def _han_kind(plain: str, han: int) -> Kind:
    if han > LONGEST_HAN:
        return "none"
    opener = _HAN_OPENER.match(plain)
    opened = bool(opener and opener["opened"]) or bool(_HAN_END.search(plain))
    rest = plain[opener.end("opened") if opener and opener["opened"] else 0 :]
    narrowed = _HAN_NARROWING.sub(" ", rest)
    asked = _ENGLISH_PREDICATES.sub(" ", _HAN_PREDICATES.sub(" ", narrowed))
    left = _HAN.findall(_HAN_FILLERS.sub("", asked)) + _telling_words(asked)
    if left:
        if opened and _SAME.search(plain):
            return "same"
        return "opened" if opened and _HAN_END.search(plain) else "none"
    if asked != narrowed:
        return "bare" if narrowed == rest else "none"
    if narrowed != rest or _narrowing_words(rest):
        return "narrowed"
    return "none"


def _telling_words(plain: str) -> list[str]:
    return [word for word in _WORD.findall(plain) if word not in _FILLERS and not _narrows(word)]


def _narrowing_words(plain: str) -> bool:
    return any(_narrows(word) for word in _WORD.findall(plain))
