"""What is written out reads back as the same, whatever people called themselves."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharemeal.allergens import STARTING_LIST
from sharemeal.households import DIET_TAGS, DeliveryWindow, Need, ResidentKind
from sharemeal.kitchens import HandoverHours, Texture
from sharemeal.papers import entries, exports
from sharemeal.papers.offers import OfferEntry, offer
from sharemeal.papers.spreadsheets import read_table
from sharemeal.papers.tables import HOUSEHOLDS, KITCHENS, OFFERS, VOLUNTEERS, Table
from sharemeal.places import Point
from sharemeal.sentences import Refused
from sharemeal.volunteers import Mode, Shift
from sharemeal.written import plain

KNOWN = [allergen.name for allergen in STARTING_LIST]


def sayable(text: str) -> bool:
    try:
        return bool(text) and plain(text) == text and not text.startswith("#")
    except Refused:
        return False


words = (
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=30)
    | st.text("'=+-@＝＋1あ,\"\n", min_size=1, max_size=8)
).filter(sayable)
blank = st.none() | words
minutes = st.integers(0, 1438)
numbers = st.integers(1, 9999)
points = st.builds(
    lambda lat, lng: Point(round(lat, 6), round(lng, 6)), st.floats(24, 45), st.floats(139.5, 153)
)
phones = st.none() | st.integers(0, 9999).map(lambda number: f"+81900000{number:04d}")
allergens = st.frozensets(st.sampled_from(KNOWN))


def hours(span):
    return st.builds(
        lambda start, more: span(60 * start, 60 * min(start + more, 1439)), minutes, st.integers(1, 600)
    )


kitchens = st.builds(
    entries.KitchenEntry,
    number=numbers, name=words, kind=blank.map(lambda text: text or ""), town=words, place=points, phone=phones,
    textures=st.frozensets(st.sampled_from(Texture), min_size=1), handover=hours(HandoverHours),
    freshness_seconds=st.integers(15, 240).map(lambda minute: 60 * minute),
)  # fmt: skip
needs = st.builds(
    Need,
    portions=st.integers(1, 20),
    allergens=allergens,
    texture=st.sampled_from(Texture),
    diet=st.lists(st.sampled_from(DIET_TAGS), unique=True).map(tuple),
    kinds=st.frozensets(st.sampled_from(ResidentKind)),
)
households = st.builds(
    entries.HouseholdEntry,
    number=numbers, name=words, reading=blank, town=words, address=blank, place=points, phone=phones, need=needs,
    window=hours(DeliveryWindow), door_note=blank, emergency_contact=blank, watch_over=st.booleans(),
    tell_family=st.booleans(),
)  # fmt: skip
volunteers = st.builds(
    entries.VolunteerEntry,
    number=numbers, name=words, reading=blank, phone=phones, mode=st.sampled_from(Mode),
    meals_carried=st.integers(1, 200), town=words, place=points, shift=hours(Shift), familiar=st.frozensets(numbers),
)  # fmt: skip
amounts = st.none() | st.integers(0, 9999).map(lambda number: Decimal(number).scaleb(-2))
offers = st.builds(
    OfferEntry,
    service_date=st.dates(date(2000, 1, 1), date(2100, 12, 31)), kitchen=numbers, dish=words,
    meal_count=st.integers(0, 500), allergens=st.none() | allergens, texture=st.sampled_from(Texture),
    ready_seconds=minutes.map(lambda minute: 60 * minute), surplus_kg=amounts, surplus_measured=st.booleans(),
    uses_surplus=st.none(), local_percent=st.none() | st.integers(0, 100), employment_hours=amounts,
)  # fmt: skip


def again(table: Table, texts: dict[str, str]) -> dict[str, str]:
    [row] = read_table(exports.csv_table(table, [texts]), table, most_bytes=1 << 20)
    return row.texts


@given(kitchens)
def test_a_kitchen_reads_back(entry: entries.KitchenEntry) -> None:
    assert entries.kitchen(again(KITCHENS, exports.kitchen_texts(entry))) == entry


@given(households)
def test_a_household_reads_back(entry: entries.HouseholdEntry) -> None:
    assert entries.household(again(HOUSEHOLDS, exports.household_texts(entry)), KNOWN) == entry


@given(volunteers)
def test_a_volunteer_reads_back(entry: entries.VolunteerEntry) -> None:
    assert entries.volunteer(again(VOLUNTEERS, exports.volunteer_texts(entry))) == entry


@given(offers)
def test_an_offer_reads_back(entry: OfferEntry) -> None:
    read = offer(again(OFFERS, exports.offer_texts(entry)), KNOWN)
    assert read.uses_surplus == (True if entry.surplus_kg else None)
    assert {**vars(read), "uses_surplus": None} == vars(entry)


@given(words)
def test_no_cell_could_be_taken_for_a_formula(word: str) -> None:
    texts = dict.fromkeys(KITCHENS.headers, word)
    text = exports.csv_table(KITCHENS, [texts]).decode("utf-8-sig")
    cells = list(csv.reader(io.StringIO(text, newline="")))[1]
    assert not any(cell.startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) for cell in cells)


def test_utf8_carries_its_mark_and_cp932_the_offices_signs() -> None:
    texts = dict.fromkeys(KITCHENS.headers, "髙﨑①")
    assert exports.csv_table(KITCHENS, [texts]).startswith(b"\xef\xbb\xbf")
    assert "髙﨑①" in exports.csv_table(KITCHENS, [texts], "cp932").decode("cp932")
    with pytest.raises(Refused, match="😀"):
        exports.csv_table(KITCHENS, [dict.fromkeys(KITCHENS.headers, "😀")], "cp932")
