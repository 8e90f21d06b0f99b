"""Slips for boxes: what is in them, until when, and whose bag they go into."""

from dataclasses import replace
from datetime import date

from sharemeal.allergens import STARTING_LIST
from sharemeal.kitchens import Texture
from sharemeal.papers.slips import Slip, slips_pdf
from tests.papers.pdf import pages

SLIP = Slip(
    lab="青葉台・藤が丘",
    day=date(2026, 11, 27),
    kitchen="ひだまり食堂",
    phone="045-000-0001",
    carrier="富永",
    order=2,
    dish="豚の生姜焼き弁当",
    portions=3,
    allergens=frozenset({"小麦", "豚肉"}),
    texture=Texture.UDF2,
    ready_seconds=16 * 3600 + 1800,
    freshness_seconds=5400,
)


def test_a_slip_says_what_is_in_the_box() -> None:
    (text,) = pages(slips_pdf([SLIP]))
    for words in (
        "富永さん・2軒目", "11月27日（金）", "豚の生姜焼き弁当", "3食", "小麦・豚肉を含む", "UDF2（歯ぐきでつぶせる）",
        "予定16:30", "18:30（予定）", "お届けは18:00まで", "ひだまり食堂", "045-000-0001", "青葉台・藤が丘",
    ):  # fmt: skip
        assert words in text, words


def test_once_it_is_cooked_the_times_are_no_plan() -> None:
    (text,) = pages(slips_pdf([replace(SLIP, cooked_seconds=16 * 3600 + 2400)]))
    assert "16:40" in text
    assert "18:40" in text
    assert "18:10まで" in text
    assert "予定" not in text


def test_a_box_that_may_be_handed_over_late_may_be_eaten_then() -> None:
    (text,) = pages(slips_pdf([replace(SLIP, freshness_seconds=3 * 3600)]))
    assert "19:30（予定）" in text
    assert "お届けは19:30まで" in text


def test_undeclared_counts_as_everything_and_none_is_said() -> None:
    (text,) = pages(slips_pdf([replace(SLIP, allergens=None)]))
    assert "表示なし" in text
    assert "すべて入っているものとして扱います" in text
    assert "表示する品目は入っていません" in pages(slips_pdf([replace(SLIP, allergens=frozenset())]))[0]


def test_eight_on_a_page_and_each_kitchen_by_itself() -> None:
    slips = [replace(SLIP, order=number) for number in range(1, 10)]
    texts = pages(slips_pdf([*slips, replace(SLIP, kitchen="つむぎ惣菜店")]))
    assert [text.count("富永さん") for text in texts] == [8, 1, 1]
    assert ["つむぎ" in text for text in texts] == [False, False, True]


def test_long_and_odd_words_stay_inside() -> None:
    odd = replace(
        SLIP,
        dish="#*_$[]\\𠮷✕🙂" * 12,
        carrier="𠮷永",
        allergens=frozenset(each.name for each in STARTING_LIST),
        phone=None,
    )
    (text,) = pages(slips_pdf([odd] * 8))
    assert text.count("𠮷永さん・2軒目") == 8
    assert text.count("ひだまり食堂") == 8
    assert "#*_$[]\\𠮷✕🙂" in text


def test_without_boxes_there_is_a_page_that_says_so() -> None:
    assert "札はありません" in pages(slips_pdf([]))[0]
