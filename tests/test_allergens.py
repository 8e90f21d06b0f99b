"""An allergy is never dropped silently, and the list is a matter of dates."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharemeal.allergens import STARTING_LIST, Allergen, avoided, declared, named
from sharemeal.sentences import Refused

KNOWN = [allergen.name for allergen in STARTING_LIST]


def test_the_list_of_2026() -> None:
    mandatory = {allergen.name for allergen in STARTING_LIST if allergen.mandatory}
    assert mandatory == {"えび", "かに", "くるみ", "小麦", "そば", "卵", "乳", "落花生"}
    assert len(KNOWN) == len(set(KNOWN)) == 29


def test_rows_are_in_force_from_and_until() -> None:
    cashew = Allergen(
        "カシューナッツ", mandatory=True, in_force_from=date(2026, 4, 1), in_force_until=date(2028, 3, 31)
    )
    days = (date(2026, 3, 31), date(2026, 4, 1), date(2028, 3, 31), date(2028, 4, 1))
    assert [cashew.in_force(day) for day in days] == [False, True, True, False]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("小麦・鶏肉", {"小麦", "鶏肉"}),
        ("エビ、カニ", {"えび", "かに"}),
        ("たまご・牛乳・ピーナッツ", {"卵", "乳", "落花生"}),
        ("ごま,ゴマ,胡麻", {"ごま"}),
        ("ｴﾋﾞ", {"えび"}),
        ("きういふるーつ", {"キウイフルーツ"}),
    ],
)
def test_names_as_people_write_them(text: str, names: set[str]) -> None:
    assert named(text, KNOWN) == names


@given(st.sets(st.sampled_from(KNOWN)))
def test_every_listed_name_is_kept(names: set[str]) -> None:
    assert named("・".join(sorted(names)), KNOWN) == names


def test_a_name_that_nobody_knows_is_refused_with_the_nearest() -> None:
    with pytest.raises(Refused) as caught:
        named("小麦・落花性", KNOWN)
    assert "落花性" in str(caught.value)
    assert "「落花生」のことでしょうか" in str(caught.value)
    with pytest.raises(Refused, match="アーモンド"):
        named("xyz", KNOWN)


def test_a_name_whose_time_has_passed_is_unknown() -> None:
    with pytest.raises(Refused):
        named("卵", [name for name in KNOWN if name != "卵"])


def test_undeclared_and_none_are_two_things() -> None:
    assert declared("", KNOWN) is None
    assert declared("不明", KNOWN) is None
    assert declared("なし", KNOWN) == frozenset()
    assert declared("卵", KNOWN) == {"卵"}
    assert avoided("", KNOWN) == avoided("なし", KNOWN) == frozenset()
    with pytest.raises(Refused):
        avoided("不明", KNOWN)
