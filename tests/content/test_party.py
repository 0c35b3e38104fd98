"""Who comes: tables in English, Simplified, Traditional and mixed, and strange texts."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.content.party import find_party


def party(text: str) -> str:
    """The visitors as "2 adult, child@4"; no number where it is open or one."""
    return ", ".join(
        (f"{p.count} " if p.count and p.count > 1 else "")
        + p.kind
        + (f"@{p.age}" if p.age is not None else "")
        + ("?" if p.count is None else "")
        for p in find_party(text)
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        # English
        ("2 adults 1 senior", "2 adult, senior"),
        ("hw much 4 2 adults", "2 adult"),
        ("a student and two children", "student, 2 child"),
        ("me and my two kids aged 4 and 12", "adult, child@4, child@12"),
        ("my wife and I plus our 6 month old", "adult, adult, child@0?"),
        ("I am sixty-eight and my wife is 62", "adult@68, adult@62"),
        ("a 70 year old and 2 grandkids (5, 17)", "adult@70, child@5, child@17"),
        ("two kids, one is 5 and the other is 17", "child@5, child@17"),
        ("two 7 year olds", "adult@7, adult@7"),
        ("two adults and a ten year old", "2 adult, adult@10"),
        ("a couple of pensioners and a toddler", "2 senior, child@2"),
        ("our family: dad, mum, kids 5, 7 and 16", "adult, adult, child@5, child@7, child@16"),
        ("2 adults, 2 kids (4 & 7) and grandma", "2 adult, child@4, child@7, senior"),
        ("4 of us, all skint students lol", "4 student"),
        ("three tickets", "3 adult"),
        ("family of four", "2 adult, 2 child"),
        ("OAP", "senior?"),
        ("how much for an under 5", "child@4?"),
        ("baby", "child@0?"),
        ("senior rate for over 65s", "senior@65"),
        ("My mum's 71 and on a pension", "adult@71"),
        ("my daughter is 17, does she pay the full adult price", "child@17"),
        ("2 adults and our kids", "2 adult, child?"),
        ("my elderly parents", "2 senior"),
        ("disabled visitor and carer", "disabled?, companion"),
        ("i'm on universal credit", "low_income?"),
        ("nhs staff", "health_worker?"),
        ("do veterans pay", "military?"),
        ("is there a family ticket", "family_ticket"),
        ("is there a student discount", "student"),
        ("We're not members. We're not students.", ""),
        ("how much are tickets", ""),
        ("I was there 2 years ago", ""),
        ("can I come at 5", ""),
        ("1 million people", ""),
        # Simplified
        ("我六十八岁，带两个孙子，一个5岁一个17岁", "adult@68, child@5, child@17"),
        ("两个大人一个小孩", "2 adult, child"),
        ("两大一小", "2 adult, child"),
        ("一家三口", "2 adult, child"),
        ("我们一家五口，两个老人两个大人一个七岁的孩子", "2 senior, 2 adult, child@7"),
        ("我妈68岁", "adult@68"),
        ("我妈68", "adult@68"),
        ("我爸妈七十多了", "2 adult@70"),
        ("我和老婆带两个孩子，大的12岁", "adult, adult, child@12, child"),
        ("残疾人和陪同", "disabled?, companion?"),
        ("学生证", "student?"),
        ("退休", "senior?"),
        ("六十五岁以上半价吗", "adult@65"),
        ("5岁以下", "adult@4"),
        ("两张成人票一张学生票", "2 adult, student"),
        ("孩子刚满16岁，算大人还是小孩的价", "child@16"),
        ("8个月大的宝宝", "child@0"),
        ("不是学生", ""),
        ("一米二以下免票吗", ""),
        ("多少镑一个人", ""),
        ("门票多少钱一张", ""),
        # Traditional and mixed
        ("帶兩個小孩和阿嬤", "2 child, senior"),
        ("兩個大人，一個八歲的小朋友", "2 adult, child@8"),
        ("我們一家五口", "2 adult, 3 child"),
        ("senior 票什么价，我妈68", "adult@68"),
        ("adult 加 child 一共多少", "adult?, child?"),
        ("2 adults 加一个 student", "2 adult, student?"),
        ("", ""),
    ],
)
def test_the_visitors_that_a_text_names(text: str, found: str) -> None:
    assert party(text) == found


TEXTS = st.one_of(
    st.text(max_size=60),
    st.lists(
        st.sampled_from(
            "2 kids aged 4 and 12 two 大人 岁 个 一 两 孩子 我 带 my mum is 68 ( ) , student 0 百 "
            "under over 999 one other 家 口 大 小 year old months".split()
        ),
        max_size=16,
    ).map(" ".join),
)


@pytest.mark.parametrize(
    ("text", "same"),
    [("2 adults 0 kids", "2 adults"), ("两个大人0个小孩", "两个大人"), ("2大人0學生", "2大人")],
)
def test_nobody_is_nobody(text: str, same: str) -> None:
    assert find_party(text) == find_party(same)


@given(TEXTS)
@example("0 KID 0")
def test_no_text_makes_it_stumble(text: str) -> None:
    for person in find_party(text):
        assert person.count is None or 0 < person.count <= 200
        assert person.age is None or 0 <= person.age <= 120
