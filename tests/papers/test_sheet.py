"""The paper sheet: what stands on which page, and that no name can harm it."""

from dataclasses import replace
from datetime import date

import pytest

from sharemeal.papers.sheet import (
    Caller,
    Dish,
    Named,
    PaperDoor,
    PaperPickup,
    PaperSheet,
    route_sheets_pdf,
)
from tests.papers.pdf import fonts, pages

BENTO = "豚の生姜焼き弁当"
PICKUP = PaperPickup(60_000, "ひだまり食堂", "もえぎ野", (Dish(BENTO, 2),), 64_800)
DOOR = PaperDoor(
    order=1,
    begins_seconds=61_920,
    home=Named("梅原", "うめはら"),
    address="藤が丘一丁目 さくら荘 203",
    portions=2,
    note="ベルのあと、1分ほどお待ちください",
    diet=("減塩", "えび・かに 抜き"),
    dishes=(Dish(BENTO, 2),),
)
SHEET = PaperSheet(
    lab="青葉台・藤が丘",
    day=date(2026, 11, 27),
    volunteer=Named("富永", "とみなが"),
    mode="徒歩",
    travel_minutes=35,
    stops=(PICKUP, DOOR),
    callers=(Caller(Named("桜井", "さくらい"), "045-000-0000"), Caller(Named("野口"), "045-000-0001")),
    deadline_seconds=64_800,
    link="https://sharemeal.example/s/secret",
)


def with_doors(count: int, door: PaperDoor = DOOR) -> PaperSheet:
    doors = (replace(door, order=number, home=Named(f"第{number}番")) for number in range(1, count + 1))
    return replace(SHEET, stops=(PICKUP, *doors))


def test_a_sheet_says_all_that_is_needed_on_the_way() -> None:
    (text,) = pages(route_sheets_pdf([SHEET]))
    for words in (
        "11月27日（金）徒歩・1軒・2食・35分", "富永さんの", "じゅんろひょう", "とみなが", "取扱注意", "当日破棄",
        "16:40", "ひだまり食堂", "お届け期限18:00", "17:12", "梅原さん", "うめはら", "2食", "藤が丘一丁目さくら荘203",
        "ベルのあと、1分ほどお待ちください", "減塩／えび・かに抜き", "会えた", "声だけ", "会えず（置いた）", "会えず（持ち帰り）",
        "いつも通り", "ちょっと違う", "心配", "すぐ電話", "メモ", "時刻", "119", "110", "桜井", "さくらい", "045-000-0000",
        "野口", "045-000-0001", "18:00までにお渡しください", "スマホの順路表", "青葉台・藤が丘", "1/1",
    ):  # fmt: skip
        assert words in text, words
    assert "secret" not in text


def test_each_sheet_begins_a_page_and_counts_its_own() -> None:
    texts = pages(route_sheets_pdf([with_doors(12), replace(SHEET, volunteer=Named("浜野"))]))
    assert [text[-3:] for text in texts] == ["1/3", "2/3", "3/3", "1/1"]
    assert ["富永" in text for text in texts] == [True, True, True, False]
    assert ["つづき" in text for text in texts] == [False, True, True, False]
    assert all("119" in text and "045-000-0000" in text and "取扱注意" in text for text in texts)
    assert "浜野さんの" in texts[3]


def test_twenty_stops_stay_whole() -> None:
    texts = pages(route_sheets_pdf([with_doors(20)]))
    for number in range(1, 21):
        assert sum(f"第{number}番さん" in text for text in texts) == 1
    assert sum(text.count("会えた") for text in texts) == 20
    for text in texts:
        assert (
            text.count("会えた")
            == text.count("会えず（持ち帰り）")
            == text.count("メモ")
            == text.count("さくら荘203")
        )
    assert len(texts) == 4


def test_whatever_somebody_wrote_at_length_stays_on_the_paper() -> None:
    long = replace(
        DOOR,
        home=Named("寿限無" * 60, "じゅげむ" * 50),
        address="W" * 200,
        note="犬がいます。" * 80,
        diet=("減塩",) * 60,
    )
    texts = pages(route_sheets_pdf([with_doors(2, long), replace(SHEET, stops=(PICKUP, long, DOOR))]))
    assert sum(text.count("会えた") for text in texts) == 4
    assert all(text.count("119へ") == 1 for text in texts)


@pytest.mark.parametrize(
    "name", ["𠮷田✕太郎🙂", "#*_$[]\\`@<a>", "#set page(width: 1cm)", '"\\u{41}', "// --- ~", "Mary Ann"]
)
def test_a_name_is_text_and_nothing_else(name: str) -> None:
    odd = Named(name, name[::-1])
    sheet = replace(
        SHEET, volunteer=odd, lab=name, stops=(PICKUP, replace(DOOR, home=odd, note=name, address=name))
    )
    (text,) = pages(route_sheets_pdf([sheet]))
    assert text.count("".join(name.split())) >= 4


def test_signs_come_from_the_vendored_fonts_alone() -> None:
    sheet = replace(SHEET, volunteer=Named("𠮷田✕太郎🙂"))
    used = {"BIZUDPGothic-Regular", "BIZUDPGothic-Bold", "SharemealKanji", "SharemealSigns", "SharemealEmoji"}
    assert fonts(route_sheets_pdf([sheet])) == used


def test_a_reading_that_is_not_known_is_left_out_and_san_stands_once() -> None:
    sheet = replace(SHEET, stops=(PICKUP, replace(DOOR, home=Named("花村さん", "はなむらさん"))))
    (text,) = pages(route_sheets_pdf([sheet]))
    assert "花村さん" in text
    assert "さんさん" not in text
    assert "None" not in pages(route_sheets_pdf([replace(SHEET, volunteer=Named("Jo"))]))[0]


def test_an_empty_route_and_a_lab_without_telephones_have_a_sheet_too() -> None:
    (text,) = pages(
        route_sheets_pdf([replace(SHEET, stops=(), callers=(), link=None, deadline_seconds=None)])
    )
    assert "お届けするところはありません" in text
    assert "世話人の電話" in text
    assert "スマホの順路表" not in text


def test_the_same_values_give_the_same_bytes() -> None:
    assert route_sheets_pdf([SHEET]) == route_sheets_pdf([SHEET])
