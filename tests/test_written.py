"""What people write is read as they mean it, and refused where it could mean two things."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharemeal import written
from sharemeal.sentences import Refused


def refusal(reader, text: str, **limits: object) -> str:
    with pytest.raises(Refused) as caught:
        reader(text, **limits)
    return str(caught.value)


@pytest.mark.parametrize("text", ["18", "１８", " 18 ", "18食", "１８　食", "18.0"])
def test_counts(text: str) -> None:
    assert written.count(text, low=0, high=500, unit="食") == 18


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-1",
        "－１",
        "501",
        "1e3",
        "18-20",
        "１８〜２０",
        "18 - 20",
        "1,8",
        "十八",
        "18.5",
        "+18",
        "18人",
        "9" * 5000,
    ],
)
def test_counts_that_cannot_be_meant(text: str) -> None:
    assert "0から500" in refusal(written.count, text, low=0, high=500, unit="食")


@given(st.integers(0, 500))
def test_every_count_in_its_limits_is_read(number: int) -> None:
    wide = str(number).translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert written.count(f"{wide}食", low=0, high=500, unit="食") == number


@given(st.text(max_size=20))
def test_no_text_is_more_than_refused(text: str) -> None:
    for reader in (written.day, written.clock_seconds, written.percent, written.kilograms, written.hours,
                   written.phone, written.yes, written.plain, written.needed):  # fmt: skip
        with suppress(Refused):
            reader(text)


@pytest.mark.parametrize(
    "text",
    ["2026-11-27", "2026/11/27", "２０２６年１１月２７日", "2026年11月27日（金）", "令和8年11月27日", "R8.11.27",
     "令和 8年 11月 27日", "2026ー11ー27", "2026-11-27 00:00:00"],
)  # fmt: skip
def test_days(text: str) -> None:
    assert written.day(text) == date(2026, 11, 27)


def test_eras() -> None:
    assert written.day("平成31年4月30日") == date(2019, 4, 30)
    assert written.day("令和元年5月1日") == date(2019, 5, 1)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("11月31日", "11月は30日まで"),
        ("2026年11月31日", "11月は30日まで"),
        ("2026-02-29", "2月は28日まで"),
        ("2028-02-30", "2月は29日まで"),
        ("2026-13-01", "月は1から12"),
        ("1026-11-27", "2000から2100"),
        ("昭和50年1月1日", "2000から2100"),
        ("11/27", "年月日"),
        ("あした", "年月日"),
        ("", "空のままです"),
    ],
)
def test_days_that_cannot_be_meant(text: str, told: str) -> None:
    assert told in refusal(written.day, text)


@pytest.mark.parametrize("text", ["16:30", "１６：３０", "16時30分", " 16:30:00 "])
def test_times(text: str) -> None:
    assert written.clock_seconds(text) == 59_400


@pytest.mark.parametrize("text", ["24:00", "16:60", "1630", "4時半", "16:30-17:00"])
def test_times_that_cannot_be_meant(text: str) -> None:
    assert "16:30 のように" in refusal(written.clock_seconds, text)


def test_a_time_that_is_missing_is_called_missing() -> None:
    assert "空のままです" in refusal(written.clock_seconds, " ")


def test_shares_masses_and_hours() -> None:
    assert [written.percent(text) for text in ("80%", "８０％", "80", "0.8", ".3")] == [80, 80, 80, 80, 30]
    assert written.kilograms("１．３ｋｇ") == Decimal("1.3")
    assert written.hours("1.5時間") == Decimal("1.5")
    for reader, text in ((written.percent, "101"), (written.kilograms, "1000"), (written.hours, "-1")):
        assert text in refusal(reader, text)


@pytest.mark.parametrize(
    "text",
    ["090-0000-0001", "０９０ー００００ー０００１", "09000000001", "090−0000−0001", "+81 90-0000-0001"],
)
def test_phones(text: str) -> None:
    assert written.phone(text) == "+819000000001"


def test_a_phone_that_lost_its_zero_is_told_the_probable_one() -> None:
    assert "090-0000-0001" in refusal(written.phone, "9000000001")
    assert "045-000-0001" in refusal(written.phone, "450000001")
    assert "1つずつ" in refusal(written.phone, "090-0000-0001／080-0000-0001")
    assert "090-0000-0001" in refusal(written.phone, "でんわ")


def test_yes_and_no() -> None:
    assert all(written.yes(text) for text in ("はい", "○", "可", "あり", "１"))
    assert not any(written.yes(text) for text in ("いいえ", "×", "", "なし", "0"))
    assert "はい" in refusal(written.yes, "たぶん")


def test_lists() -> None:
    assert written.listed("卵・乳、小麦,そば／卵･ \nえび") == ("卵", "乳", "小麦", "そば", "えび")


def test_formulas_control_signs_and_novels_are_no_text() -> None:
    for formula in ("=1+1", "@SUM(A1)", "+HYPERLINK(1)", "-cmd(1)"):
        assert "計算式" in refusal(written.plain, formula)
    assert written.plain(" -5度の冷凍 ") == "-5度の冷凍"
    assert "読めない文字" in refusal(written.plain, "a\x00b")
    assert "10字まで" in refusal(written.plain, "あ" * 11, longest=10)
    assert "空のまま" in refusal(written.needed, " 　")


def test_points() -> None:
    assert written.point("３５．５", "139.5").text == "35.500000,139.500000"
    assert "入れかわっている" in refusal(lambda text: written.point(*text.split()), "139.5 35.5")
    assert "日本の外" in refusal(lambda text: written.point(*text.split()), "51.5 -0.1")
    assert "日本の外" in refusal(lambda text: written.point(*text.split()), "nan nan")
    assert "数字で" in refusal(lambda text: written.point(*text.split()), "北 東")
