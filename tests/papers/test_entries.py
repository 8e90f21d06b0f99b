"""Rows become values; each bad cell gets a sentence of its own, and good ones are never guessed at."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from sharemeal.allergens import STARTING_LIST
from sharemeal.kitchens import HandoverHours, Texture
from sharemeal.papers import entries
from sharemeal.papers.offers import OfferEntry, offer, refused_by_kitchen
from sharemeal.papers.tables import TABLES
from sharemeal.places import Point
from sharemeal.sentences import SeveralRefused
from sharemeal.volunteers import Mode
from tests.actions.tables import HOME, KITCHEN, OFFER, VOLUNTEER

KNOWN = [allergen.name for allergen in STARTING_LIST]
READERS: dict[str, tuple[Callable[[dict[str, str]], Any], dict[str, str]]] = {
    "kitchens": (entries.kitchen, KITCHEN),
    "households": (lambda texts: entries.household(texts, KNOWN), HOME),
    "volunteers": (entries.volunteer, VOLUNTEER),
    "offers": (lambda texts: offer(texts, KNOWN), OFFER),
}


def read(kind: str, **changes: str) -> Any:
    reader, cells = READERS[kind]
    fields = TABLES[kind].fields
    return reader({fields[header]: text for header, text in cells.items()} | changes)


def refused(kind: str, **changes: str) -> dict[str, str]:
    with pytest.raises(SeveralRefused) as caught:
        read(kind, **changes)
    return {refusal.field or "": str(refusal) for refusal in caught.value.refusals}


def test_a_household_is_read_whole() -> None:
    home = read(
        "households",
        number="３",
        phone="０９０－００００－０１０１",
        portions="２食",
        window_opens="１６：３０",
    )
    assert (home.number, home.phone, home.need.portions) == (3, "+819000000101", 2)
    assert home.place == Point(35.54751, 139.52311)
    assert home.need.allergens == {"卵", "えび"}
    assert home.need.texture is Texture.UDF1
    assert (home.window.opens, home.window.closes) == (59_400, 66_600)
    assert (home.watch_over, home.tell_family) == (True, False)


def test_a_volunteer_is_read_whole() -> None:
    volunteer = read("volunteers", familiar="１・3、7")
    assert (volunteer.mode, volunteer.meals_carried, volunteer.familiar) == (Mode.BICYCLE, 10, {1, 3, 7})


def test_a_kitchen_is_read_whole() -> None:
    kitchen = read("kitchens", textures="普通・ＵＤＦ２")
    assert (kitchen.textures, kitchen.freshness_seconds) == ({Texture.REGULAR, Texture.UDF2}, 5400)


def test_an_offer_is_read_whole() -> None:
    entry: OfferEntry = read("offers", service_date="令和８年１１月２７日", local_percent="３０％")
    assert entry.key[0].isoformat() == "2026-11-27"
    assert (entry.meal_count, entry.local_percent, entry.ready_seconds) == (8, 30, 58_800)
    assert (entry.surplus_kg, entry.surplus_measured) == (Decimal("1.30"), True)
    assert entry.uses_surplus


def test_undeclared_is_not_none_declared() -> None:
    assert read("offers", allergens="").allergens is None
    assert read("offers", allergens="不明").allergens is None
    assert read("offers", allergens="なし").allergens == frozenset()


def test_what_is_optional_may_be_empty() -> None:
    bare = read(
        "households", reading="", kinds="", phone="", address="", allergens="", texture="", diet="", door_note="",
        watch_over="", emergency_contact="", tell_family="",
    )  # fmt: skip
    assert (bare.phone, bare.need.texture, bare.watch_over) == (None, Texture.REGULAR, False)
    plain = read("offers", surplus_kg="", measured="", local_percent="", employment_hours="", texture="")
    assert (plain.surplus_kg, plain.local_percent, plain.employment_hours, plain.uses_surplus) == (None,) * 4


@pytest.mark.parametrize(
    ("kind", "field", "text", "told"),
    [
        ("households", "portions", "-1", "1から20"),
        ("households", "portions", "0", "1から20"),
        ("households", "portions", "21", "1から20"),
        ("offers", "meal_count", "-3", "0から500"),
        ("offers", "meal_count", "99999", "0から500"),
        ("offers", "meal_count", "18-20", "数が2つ"),
        ("offers", "meal_count", "１８〜２０", "数が2つ"),
        ("offers", "meal_count", "=2+3", "計算式"),
        ("offers", "dish", '=HYPERLINK("x")', "計算式"),
        ("offers", "dish", "@SUM(1)", "計算式"),
        ("offers", "dish", "#REF!", "表計算のエラー"),
        ("offers", "dish", "", "空のまま"),
        ("offers", "service_date", "11月31日", "11月は30日まで"),
        ("offers", "service_date", "11月27日", "年月日を入力"),
        ("offers", "service_date", "2026年11月31日", "11月は30日まで"),
        ("offers", "service_date", "2026-02-29", "2月は28日まで"),
        ("offers", "measured", "たぶん", "実測か推定"),
        ("offers", "allergens", "小麦・まぐろ", "まぐろ"),
        ("offers", "surplus_kg", "-0.5", "重さ"),
        ("offers", "surplus_kg", "NaN", "重さ"),
        ("offers", "local_percent", "120%", "0から100"),
        ("households", "allergens", "落花性", "落花生"),
        ("households", "diet", "卵アレルギー", "「アレルギー」の欄"),
        ("households", "texture", "きざみ食", "UDF1"),
        ("households", "kinds", "だれか", "高齢者"),
        ("households", "phone", "9000000101", "090-0000-0101"),
        ("households", "phone", "450000021", "045-000-0021"),
        ("households", "phone", "090-0000-0101 080-0000-0101", "1つずつ"),
        ("households", "emergency_contact", "妹 8000000001", "080-0000-0001"),
        ("households", "emergency_contact", "長女80-0000-0001、夜は044-000-0001", "080-0000-0001"),
        ("households", "lat", "51.5", "日本の外"),
        ("households", "lat", "北緯35度", "数字で読み取れません"),
        ("households", "window_opens", "25:00", "時刻"),
        ("households", "watch_over", "たぶん", "「はい」か「いいえ」"),
        ("households", "number", "A1", "1から9999"),
        ("kitchens", "freshness_minutes", "5", "15から240"),
        ("kitchens", "textures", "普通・UDF9", "食形態"),
        ("volunteers", "mode", "馬", "徒歩"),
        ("volunteers", "meals_carried", "0", "1から200"),
        ("volunteers", "familiar", "1・たかし", "1から9999"),
    ],
)
def test_a_bad_cell_is_told_of_its_field(kind: str, field: str, text: str, told: str) -> None:
    refusals = refused(kind, **{field: text})
    assert list(refusals) == [field]
    assert told in refusals[field]


@pytest.mark.parametrize(
    "words",
    [
        "妹 080-0000-0001",
        "長男（080 0000 0001）",
        "民生委員 045-000-0021、夜は119",
        "妹 +81-80-0000-0001",
        "",
        "となりの方、3号棟205",
    ],
)
def test_whom_to_call_is_kept_as_it_was_told(words: str) -> None:
    assert read("households", emergency_contact=words).emergency_contact == (words or None)


def test_latitude_and_longitude_swapped_are_told_apart() -> None:
    refusals = refused("households", lat="139.523110", lng="35.547510")
    assert "入れかわっている" in refusals["lat"]
    assert "緯度に35.54751、経度に139.52311" in refusals["lat"]


@pytest.mark.parametrize(
    ("kind", "starts", "ends"),
    [
        ("households", "window_opens", "window_closes"),
        ("kitchens", "handover_opens", "handover_closes"),
        ("volunteers", "shift_starts", "shift_ends"),
    ],
)
def test_reversed_hours_are_told_once(kind: str, starts: str, ends: str) -> None:
    assert list(refused(kind, **{starts: "18:30", ends: "16:30"})) == [ends]
    assert list(refused(kind, **{starts: "18:30", ends: "18:30"})) == [ends]
    assert list(refused(kind, **{starts: "なし", ends: "16:30"})) == [starts]


def test_all_faults_of_a_row_are_told_at_once() -> None:
    assert set(refused("offers", meal_count="多め", ready="夕方", dish="")) == {"meal_count", "ready", "dish"}


def test_a_kitchen_refuses_what_it_cannot_make() -> None:
    hours = HandoverHours(57_600, 64_800)
    entry = read("offers", texture="UDF2", ready="18:01")
    refusals = refused_by_kitchen(entry, frozenset({Texture.REGULAR, Texture.UDF1}), hours)
    assert [refusal.field for refusal in refusals] == ["texture", "ready"]
    assert "普通・UDF1" in str(refusals[0])
    assert refused_by_kitchen(read("offers", ready="18:00"), frozenset({Texture.REGULAR}), hours) == []
