"""Places that are only background in a question: where somebody comes from, what we are compared
with, whose card or object it is, where somebody was before.

Patterns over scenes (`bot.nlu.gazetteer`): X is an institution, Y a sight, S a stop on the way, Z
something that museums also show, O one of our own names, C our city.
"""

from __future__ import annotations

import re

_THE = r"(?:the |da |teh |that )?"
_P = rf"{_THE}(?P<place>[XYZS])"
_MINE = (
    r"(?:i|ive|id|we|weve|wed|my \w+|our \w+|he|she|they|kids?|son|daughter|friends?|hubby|wife"
    r"|husband|mum|dad)"
)
_THINGS = (
    r"(?:card|cards|pass|passes|member|members|memberships?|annual pass|ticket holders?|staff"
    r"|employees?|id|lanyard|badge|gift card|(?:gift )?vouchers?|season ticket|patrons?|friends?"
    r"|volunteers?)\b(?! (?:prices?|costs?|fees?|worth|benefits|renewal|cancel\w*|previews?|hours"
    r"|room|entrance|events?|evening|refund|shifts?))"
)
_SHOWN = (
    r"(?:exhibitions?|exhibits?|exhib|show|display|room|section|statues?|sculptures?|models?"
    r"|posters?"
    r"|replicas?|book|postcards?|paintings?|picture|treasures|objects|arte?facts|arti?facts|relics"
    r"|loans?|finds|helmet|hoard|frieze|marbles|photos?|images|lego|mosaics?|coins?|pottery|altar"
    r"|silver|gold|bronzes?|ivor(?:y|ies)|drawings?|prints?|collection"
    r"|talk|lecture|film|stuff|gallery|warriors|scrolls?)\b"
)
_HELD = (
    r"(?:treasures|secrets|masterpieces|highlights|jewels|gems|wonders|loans?|loaned|borrowed|lent"
    r"|paintings?|pictures?|photos?|photographs?|drawings?|prints?|models?|posters?|maps?"
    r"|postcards?"
    r"|views?|replicas?|cop(?:y|ies)|books?|exhibition|exhibits?|objects?|things|pieces?|items?"
    r"|finds"
    r"|bits?|stones?|bricks?|film|talk|lecture|stuff|history|story)"
)
_WORKS = (
    r"(?:works?|working|worked|interned|interning|volunteered|volunteering|exhibited|displayed"
    r"|studied)"
)
_PEOPLE = (
    r"(?:curators?|conservator|student|teacher|colleagues?|friend|prof(?:essor)?|dr|researcher"
    r"|guide"
    r"|expert|someone|somebody|man|woman|lady|bloke|people|educator|registrar|member|patron|fellow"
    r"|job|internship|placement|volunteer|intern)"
)
_NEAR = (
    r"(?:near|nr|nearby|by|beside|opposite|behind|close to|next to|next door to|across from"
    r"|in front of|(?:a)?round the corner from|away from|far from|from|past|towards)"
)

_ENGLISH = (
    # Where somebody comes from. Tickets from a place are its own.
    rf"(?<!ticket )(?<!tickets )(?<!tix )(?<!refund )\b(?:from|frm|leaving|via|between|after"
    rf"|since|starting at"
    rf"|out of|based at) {_P}",
    rf"\b(?:from|frm) (?:outside|near|by|around|behind) {_P}",
    r"(?<!pay )(?<!park )(?<!cost )(?<!hours )(?<!open )\b(?:off|past|outside|changing at"
    r"|change at|get off at|based in|arriv\w+ (?:in|into|at)"
    rf"|land(?:ing|ed)? (?:at|in)|coming (?:through|into)|into|leaves?"
    rf"|leave) {_THE}(?P<place>[YS])",
    rf"\bbetween {_THE}[XYZS] (?:and|&|n) {_P}",
    r"(?P<place>[XYZS]) (?:to|2|->?|>) ?(?:O|C|the museum|museum|u|you|here)\b",
    # What something is compared with.
    r"\b(?:than|vs|versus|unlike|compared? (?:to|with)|comparable (?:to|with)|similar to|same as"
    rf"|as (?:\w+ ){{1,3}}as|as (?:at|in)|like(?: at| in)?|equal to|equivalent (?:of|to)|rival"
    rf"|not) {_P}",
    rf"\bthan (?:\w+ ){{1,3}}(?:at|in|of) {_P}",
    rf"\b(?:than|vs|like|from|as) {_THE}[XYZS](?:,| or| and|, or) ?{_P}",
    # What something is near.
    r"\b(?:is it|is that|are we|its|it|museum|where|how far|how close|entrance|located|mins?"
    r"|minutes?|walk"
    r"|anywhere|just|right|over|im|were|stop|road|street|door|live|stay|staying|hotel is|parked"
    r"|thing)"
    rf"(?: \w+)? {_NEAR} {_P}",
    rf"\b{_NEAR} {_P} (?:right|isnt it|innit|aint it|or not)",
    # Who somebody is, and what they carry.
    rf"\b(?:i|im|ive|id|we|who|he|she|they|{_MINE})(?: (?:used to|also|currently|now|have"
    rf"|am))* {_WORKS} (?:at|for|with|in) {_P}",
    rf"\b(?:i|im|ive|as|my|a|an|the|our|some|with|another)(?: \w+)? {_PEOPLE} (?:at|for|with|from"
    rf"|of) {_P}",
    rf"^{_PEOPLE} (?:at|from) {_P}",
    rf"(?P<place>[XYZS]) {_THINGS}",
    # What somebody has seen or done before.
    rf"\b{_MINE}(?: (?:just|also|already|only|recently|have|had|did|ve))* (?:went|been|visited"
    rf"|saw|seen|came|come|did"
    rf"|done|loved|enjoyed|was at|were at|was in|were in|missed)(?: \w+){{0,4}}? (?:(?:to|at|in"
    rf"|round|around|via) )?{_P}",
    rf"\b(?:just|have|ve|we|i) left {_P}",
    rf"\b(?:went|been) (?:to|round|around) {_P}",
    rf"\b(?:saw|seen|bought|read|noticed|heard) (?:\w+ ){{0,5}}(?:at|in) {_P}",
    rf"\b(?:went|been to|visited|seen|did|done|loved|to|and) {_THE}[XYZS](?:,| and| &"
    rf"|, and) ?{_P} (?:yesterday|already|last|this morning|before)",
    rf"^(?!.*\b(?:left|lost|forgot)\b).*{_P} (?:yesterday|this morning|last (?:week|month|year)"
    rf"|already|the other day)\b",
    # What we show of it.
    rf"\b{_HELD} (?:of|from|about|on|by|with|to) {_P}",
    rf"\b(?:painting|picture|photo|drawing|print|model|poster|map|postcard|replica)s? {_P}",
    rf"(?P<place>[YZS])s? {_SHOWN}",
    r"(?P<place>Z)(?: one\b|:)",
    r"(?P<place>[XYZS])s? (?:loans?|loan objects|artefacts|partnership|collaboration"
    r"|touring (?:exhibition|show)"
    r"|posters?|prints?|catalogue says|website says|sword|copy)\b",
    r"\b(?:partner\w*|collab\w*|affiliated|connected|related|part|linked|associated|branch"
    r"|joint ticket"
    rf"|belong) (?:with|to|of|for) {_P}",
)
_CHINESE = (
    # Where somebody comes from or is, what something is near.
    r"[从由自离距](?:离|着)?(?P<place>[XYZS])(?!.{0,2}[去到].{0,4}[XYZS])",
    r"(?P<place>[XYZS])(?:那边|那里|那儿|门口|出口|站|到站)?,?(?:过来|出发|出来|走过来|坐车来"
    r"|到[你您这贵咱OC]|[去来返嚟][你您贵咱这OC]|[去来点]去?museum)",
    r"[在喺](?P<place>[XYZS])(?:那边|那里|那儿|附近|旁边)?(?:下[车飞]|坐|转|出|住|上班|工作|实习"
    r"|看[过到]|见过|读|学|参观过|买[的过了]|当|做|换|逛)",
    r"(?:[在喺]|(?<![去走坐么])到)(?P<place>S)",
    r"(?:靠|挨着|靠近|就在|是不是在|是在|对着|住)(?P<place>[XYZS])",
    r"(?P<place>[XYZS])(?:附近|旁边|对面|隔壁|后面|前面|边上|一带)(?!.{0,4}(?:酒店|餐|吃|停车"
    r"|咖啡|厕所|地铁))",
    # What something is compared with.
    r"[比像]起?(?P<place>[XYZS])",
    r"(?:不如|除了|类似|参照|媲美|有没有|赶[上得])(?P<place>[XYZS])(?:那?[大好多这]|那么|精彩"
    r"|之外|以外|外|的规模)",
    r"[跟和与同](?P<place>[XYZS])(?:一样|比|相比|差不多|有[什啥关合没]|合作|的关系|的区别"
    r"|联[合票]|是一|哪个|哪家|通用)",
    r"(?P<place>[XYZS])(?:那样|那种|那么|似的|级别|一样|同款|那档|那次|那场|那回)",
    # What somebody has seen, carries, is.
    r"(?:[去到来逛看玩]过|刚[去逛看]完?|[去逛看玩]完|(?:之前|上次|以前|前几天|昨天|上周|去年|早上"
    r"|上午)[在去逛来看])了?(?P<place>[XYZS])",
    r"(?:[去到逛看玩]过)了?[XYZS][、和跟与,](?P<place>[XYZS])",
    r"听说(?P<place>[XYZS])",
    r"(?P<place>[XYZS])的?(?:会员[卡证]?|年[卡票]|通[票卡]|员工|工作证|志愿者|讲解员|票根"
    r"|优惠[券卡]|卡|会籍)(?!.{0,2}(?:多少|怎[么样]|点样|几|贵|价|续|退|办|招|报名|要?预约))",
    # What we show of it.
    r"(?:借自|来自|源自|出自)(?P<place>[XYZS])",
    r"有没有(?P<place>[XYZS])的",
    r"[向跟](?P<place>[XYZS])(?:借|租|合作)",
    r"(?P<place>[XYZS])(?:借|出借|租借|运|巡|合作|联名|来的|展(?!览馆|厅|区|位|馆)|特展|文物"
    r"|珍宝(?!馆)|藏品展|珍品|国宝|画|明信片|模型|拼图|海报|书|地图|题材|主题|周边|冰箱贴|专题"
    r"|系列)",
    r"(?P<place>Z)(?:的|那|那个)?(?:展|特展|展览|文物|文创|照片|复制|陶俑|雕塑|在几楼|在哪)",
    r"那个(?P<place>Z)",
    r"关于(?P<place>[XYZS])的?(?:展|讲座|书|活动|电影)",
)
_PATTERNS = tuple(re.compile(pattern) for pattern in (*_ENGLISH, *_CHINESE))
_LETTERS = re.compile(r"[XYZS]")
# "How do I renew my National Trust membership" is about the card itself.
_ABOUT_THE_CARD = re.compile(
    r"\b(?:renew\w*|cancel\w*|join|joining|prices?|costs?|how much|refund|buy|benefits|worth"
    r"|upgrade"
    r"|never came|arrived?|preview)\b|续|退|怎么办|多少|几钱"
)


def foreground(scene: str) -> list[tuple[int, str]]:
    """Returns the places of a scene that are more than background: number and letter of each."""
    plain = (
        re.sub(rf"(?<=[XYZS]) {_THINGS}", "", scene) if _ABOUT_THE_CARD.search(scene) else scene
    )
    behind = {found.start("place") for each in _PATTERNS for found in each.finditer(plain)}
    places = enumerate(_LETTERS.finditer(plain))
    return [(number, found[0]) for number, found in places if found.start() not in behind]
