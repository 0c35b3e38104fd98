"""Signs in a scene that a question is about us all the same, or about visiting the place it names.

Patterns over scenes (`bot.nlu.gazetteer`): X is an institution, Y a sight, S a stop on the way, Z
something that museums also show, O one of our own names, C our city.
"""

from __future__ import annotations

import re

# "Do you know when ...", "could you tell me": spoken to us, not about us.
_POLITE = re.compile(
    r"\b(?:(?:do|did|can|cud|could|would|wud|will|might|may|are|r|if|have"
    r"|wd) )?(?:any of )?(?:you|u|ya)"
    r"(?: (?:guys|lot|folks|all|please|pls|plz|possibly|kindly|perhaps|maybe|happen|to|just|also"
    r"|ever"
    r"|be|so|able|willing|could|can|would|might|may|by|any|chance|quickly|at))*"
    r" (?:know|kno|no|knw|tell|say|inform|advise|confirm|help|assist|recommend|suggest|remind"
    r"|check"
    r"|explain|mind|think|thnk|reckon|let|point|give|google|look up|find|kind|aware|idea|heard"
    r"|guess"
    r"|have (?:the |any |an? )?(?:idea|opening|address|phone|number|contact|times|hours|info\w*"
    r"|details|timetable)|got (?:any |the )?(?:idea|info|number|times|address|opening))\b"
    r"|\b(?:thank|thanks|love|bless|miss|ask|asking|bother|bothering|trouble|troubling|see|hope"
    r"|wish)"
    r" (?:you|u|ya)(?: all| guys| lot|re well| are well)?\b|\bhow are (?:you|u)\b"
    r"|(?:请问)?(?:你们|您们|你|您|你哋)(?:是否)?(?:可不可以|可以|能不能|能否|能"
    r"|可否)?(?:知不知道|知道|知唔知|晓得|清楚|了解|告诉|帮我|帮忙|帮"
    r"|觉得|认为|推荐|去过|说|查|介绍|认识)"
)
# "Do you have to book", "can u take photos": what anybody does there.
_ANYBODY = re.compile(
    r"\b(?:can|cn|could|do|d|will|did|should|must|would|when|if|where do|before|once) (?:you|u|ya)"
    r"(?: (?:still|really|actually|just|even|also|now|normally|usually))* (?:have to|have 2"
    r"|hav to|need"
    r"|get|take|bring|picnic|park|walk|go|see|visit|pay|buy|book|climb|eat|stay|touch|photograph"
    r"|hire|queue|wear|reserve|order|come out|arrive)\b(?! .{0,30}\b(?:from|like) [XYZS])"
    r"|\b(?:let|lets|letting|cost|costs|charge|give|gives) (?:you|u|ya)\b|\bif (?:youre|ur|u r"
    r"|you are|u are|you only|u only)\b(?! (?:open|closed|shut))|\bthey(?: \w+){1,3} (?:you|your"
    r"|u|ur)\b"
)
_US = re.compile(
    r"\b(?:O|you|u|ya|your|yours|ur|youre|youve|youd|youll|yourself|yourselves|here"
    r"|this (?:museum|place|gallery|one"
    r"|exhibition|show)|the museum(?! of| in X)|our museum)\b|O|你们|您们|贵[馆院处]|贵博物馆"
    r"|这[里儿边]|咱馆|咱们|咱家|(?<![XYZS])本馆"
    r"|我馆|[你您]馆|[你您][那这]|此处|此馆|该馆|馆[内里]|你哋|呢[度间]|这个馆|这家馆"
    r"|这[个家间座]博物馆"
    r"|(?<![那XYZS家])博物馆(?=离|到|和|跟|与|比|有没有|能|可以|距)|[去到来返嚟离](?:博物馆|museum)"
)
_CITY = re.compile(r"(?<![XYZS] in )(?<![XYZS],)(?<![XYZS] )(?<![XYZS])C(?! ?[XYZS])")

_FRAME = re.compile(
    r"\b(?:(?:re)?open\w*|opn\w*|clos\w+|shut\w*|hours|times?|tickets?|tix|tkt\w*|price[sd]?"
    r"|cost\w*|how (?:much|far|long|big)"
    r"|free|fees?|entry|entrance|admission|book\w*|queues?|parking|park at|car park|get (?:to|2"
    r"|there)"
    r"|address|directions|visit(?:ing)?|(?:bus|train|tube|taxi|way|walk|far|route|go|going|gettin"
    r"|getting) (?:to|2)"
    r"|worth|phone|delayed|nearest|where(?:s| is)?|cheap\w*|deals?|tours?|reservations?|restaurant"
    r"|cafe|toilets?|loos?|wi ?fi|password|lost|delivery|left luggage|luggage|lockers?|jobs?"
    r"|refund"
    r"|return|step.?free|charging|gift card|voucher|whats on|coach|platform|menu|stock)\b"
    r"|几点|几时|啥时候|什么时候|开门|关门|开放|开吗|开着|关吗|开到|闭园|闭馆|打烊|营业|门票|票价"
    r"|买票|抢票|多少[钱镑]|几多钱|几钱|免费|要钱|收费|预约|预订|订票"
    r"|约票|好约|[怎点咋][么样]?[去走到坐]|坐几号|坐什么|地址|电话|排队|排多久|要多久|等位|停车"
    r"|好玩|值得|攻略|几号线|在哪|在边|有开|开未|开唔开|能爬|远吗|边度"
    r"|可以参观|能参观|票|wifi|密码|退税|退货|导购|寄存|厕所|洗手间"
)
_SHOWN_TOO = re.compile(
    r"\bwhere(?:s| is)?\b|在哪|在边|边度|\btours?\b|\blost\b|\bhow big\b|几时|什么时候|要多久"
)
_BARE_NAME = re.compile(r"\W*(?:the )?[YZSX](?: (?:museum|pls|please|plz))?\W*")


def speaks_of_us(scene: str) -> bool:
    """Tells whether a scene addresses our museum, names it or points at it."""
    plain = _ANYBODY.sub(" ", _POLITE.sub(" ", scene))
    return _US.search(plain) is not None or _CITY.search(plain) is not None


def asks_to_visit(scene: str, letter: str) -> bool:
    """Tells whether a scene asks what one asks of a place to go to; of an institution or a sight
    every question is taken for one."""
    if letter in "XY":
        return True
    framed = _SHOWN_TOO.sub(" ", scene) if letter == "Z" else scene
    return _FRAME.search(framed) is not None or _BARE_NAME.fullmatch(scene) is not None
