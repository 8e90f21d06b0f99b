"""Kitchens, households, volunteers, people and places say what they mean and refuse what cannot be."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharemeal.households import (
    DIET_TAGS,
    MOST_PORTIONS,
    DeliveryWindow,
    Need,
    PauseSpan,
    ResidentKind,
    numbered,
    resident_kinds,
)
from sharemeal.kitchens import HandoverHours, Texture, freshness_deadline, textures
from sharemeal.people import Role, national, phone_number
from sharemeal.places import Point
from sharemeal.sentences import Refused
from sharemeal.volunteers import FAMILIARITY_HALF_LIFE_DAYS, Mode, Shift, familiarity

TODAY = date(2026, 11, 27)


def test_textures_are_read_and_ordered() -> None:
    assert textures("普通・ＵＤＦ１・区分2") == {Texture.REGULAR, Texture.UDF1, Texture.UDF2}
    assert textures("") == {Texture.REGULAR}
    assert [Texture.from_word(texture.word) for texture in Texture] == [0, 1, 2, 3, 4]
    with pytest.raises(Refused, match="UDF4"):
        Texture.from_word("UDF5")


@pytest.mark.parametrize("span", [HandoverHours, DeliveryWindow, Shift])
def test_hours_end_after_they_begin(span) -> None:
    span(3600, 3601)
    for opens, closes in ((3600, 3600), (3601, 3600)):
        with pytest.raises(Refused, match="前です"):
            span(opens, closes)


def test_the_freshness_deadline_runs_from_ready() -> None:
    assert freshness_deadline(59_400, 5400) == 64_800


def test_residents_are_read() -> None:
    kinds = {ResidentKind.ELDERLY, ResidentKind.DISABLED, ResidentKind.CHILDREN}
    assert resident_kinds("高齢者・障害・子育て") == kinds
    with pytest.raises(Refused, match="高齢者、子育て、障がい"):
        resident_kinds("学生")


@given(
    st.builds(
        Need,
        portions=st.integers(1, MOST_PORTIONS),
        allergens=st.frozensets(st.sampled_from(["卵", "乳", "えび"])),
        texture=st.sampled_from(Texture),
        diet=st.lists(st.sampled_from(DIET_TAGS), unique=True).map(tuple),
        kinds=st.frozensets(st.sampled_from(ResidentKind)),
    )
)
def test_needs_survive_storing(need: Need) -> None:
    assert Need.from_json(need.as_json()) == need


@pytest.mark.parametrize("portions", [-1, 0, MOST_PORTIONS + 1])
def test_absurd_portions_are_refused(portions: int) -> None:
    with pytest.raises(Refused, match=f"1から{MOST_PORTIONS}"):
        Need(portions)


def test_pauses_include_both_ends_and_may_be_open() -> None:
    span = PauseSpan(date(2026, 11, 20), TODAY)
    days = (date(2026, 11, 19), date(2026, 11, 20), TODAY, date(2026, 11, 28))
    assert [span.covers(day) for day in days] == [False, True, True, False]
    assert PauseSpan(TODAY).covers(date(2036, 1, 1))
    with pytest.raises(Refused, match="お休みの終わり"):
        PauseSpan(TODAY, date(2026, 11, 26))


def test_homes_are_named_by_circled_numbers() -> None:
    assert [str(numbered(number))[-1] for number in (1, 20, 21, 35, 36, 50)] == list("①⑳㉑㉟㊱㊿")
    assert str(numbered(51)) == "お届け先51"


def test_modes_are_read_and_lead_to_profiles() -> None:
    words = ("徒歩", "自転車", "電動自転車", "自動車")
    assert [Mode.from_word(word).profile for word in words] == ["foot", "bike", "bike", "car"]
    with pytest.raises(Refused, match="徒歩、自転車、車"):
        Mode.from_word("電車")


def test_familiarity_grows_with_visits_and_fades() -> None:
    yesterday = date(2026, 11, 26)
    long_ago = date.fromordinal(TODAY.toordinal() - FAMILIARITY_HALF_LIFE_DAYS)
    assert familiarity([], TODAY) == 0
    assert familiarity([], TODAY, declared=True) == 1
    assert familiarity([yesterday], TODAY) == pytest.approx(0.5, abs=0.01)
    assert familiarity([yesterday] * 3, TODAY) == pytest.approx(0.75, abs=0.01)
    assert familiarity([long_ago], TODAY) == pytest.approx(1 / 3, abs=0.001)
    assert familiarity([TODAY, date(2026, 12, 4)], TODAY) == 0


def test_points_know_japan_and_their_distance() -> None:
    aobadai, fujigaoka = Point(35.542855, 139.517300), Point(35.543400, 139.527580)
    assert aobadai.metres_to(fujigaoka) == pytest.approx(932, abs=2)
    assert Point.from_text(aobadai.text) == aobadai
    with pytest.raises(Refused, match="入れかわっている"):
        Point(139.5173, 35.542855)
    with pytest.raises(Refused, match="日本の外"):
        Point(0, 0)


@pytest.mark.parametrize(
    "place",
    [(37.5665, 126.9780), (35.1796, 129.0756), (43.1155, 131.8855), (25.0330, 121.5654), (31.2304, 121.4737)],
    ids=["Seoul", "Busan", "Vladivostok", "Taipei", "Shanghai"],
)
def test_neighbours_of_japan_are_outside(place: tuple[float, float]) -> None:
    with pytest.raises(Refused, match="日本の外"):
        Point(*place)


@pytest.mark.parametrize(
    "place",
    [(24.4680, 122.9350), (34.6967, 129.4410), (32.6680, 128.6060), (34.7720, 131.1440), (42.1700, 139.4200)],
    ids=["Yonaguni", "Tsushima", "Goto", "Mishima", "Okushiri"],
)
def test_the_islands_at_the_edge_are_inside(place: tuple[float, float]) -> None:
    assert (Point(*place).lat, Point(*place).lng) == place


@pytest.mark.parametrize("number", ["090-0000-0001", "045-000-0001", "03-0000-0001", "0120-000-001"])
def test_phone_numbers_come_back_as_they_are_dialled(number: str) -> None:
    stored = phone_number(number)
    assert stored.startswith("+81")
    assert phone_number(national(stored)) == stored


@pytest.mark.parametrize("number", ["12", "0", "abc", "", "090-0000-0001-0002-33"])
def test_what_cannot_be_dialled_is_refused(number: str) -> None:
    with pytest.raises(Refused):
        phone_number(number)


def test_staff_are_those_who_do_not_come_by_a_day_link() -> None:
    assert {role for role in Role if not role.staff} == {Role.KITCHEN, Role.VOLUNTEER, Role.HOUSEHOLD}
