"""Who is next in the chain: the contacts in order, then the lab admins, and so again and again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharemeal.alerts import AlertState, Chain, chain_of, may_be_taken_up
from sharemeal.sentences import Refused

people = st.lists(st.integers(1, 9), max_size=4, unique=True).map(tuple)


def test_the_chain_widens_and_goes_round() -> None:
    chain = Chain((1, 2), (9,))
    assert [chain.recipient(step) for step in range(1, 9)] == [1, 2, 9, 1, 2, 9, 1, 2]


def test_without_contacts_the_admins_are_told_and_with_nobody_nobody() -> None:
    assert [Chain((), (9, 8)).recipient(step) for step in (1, 2, 3)] == [9, 8, 9]
    assert Chain().recipient(1) is None


@given(contacts=people, admins=people, start=st.integers(1, 20))
def test_nobody_of_the_chain_is_passed_over_for_long(
    contacts: tuple[int, ...], admins: tuple[int, ...], start: int
) -> None:
    chain = Chain(contacts, admins)
    everybody: set[int | None] = {*contacts, *admins}
    told = {chain.recipient(step) for step in range(start, start + len(contacts) + len(everybody) + 1)}
    assert told == (everybody or {None})


@given(contacts=people, admins=people)
def test_a_chain_is_stored_and_read(contacts: tuple[int, ...], admins: tuple[int, ...]) -> None:
    chain = Chain(contacts, admins)
    assert Chain.from_json(chain.as_json()) == chain


def test_confirmed_contacts_go_before_everybody_with_a_number() -> None:
    assert chain_of([3], [1, 2], [9]) == Chain((3,), (9,))
    assert chain_of([], [1, 2], [9]) == Chain((1, 2), (9,))


def test_one_person_has_it() -> None:
    may_be_taken_up(AlertState.NOTIFYING, None, 1, None)
    may_be_taken_up(AlertState.ACKED, 1, 1, "桜井")
    with pytest.raises(Refused, match="桜井さんが、もう引き受けています"):
        may_be_taken_up(AlertState.ACKED, 1, 2, "桜井")
    with pytest.raises(Refused, match="もう終わっています"):
        may_be_taken_up(AlertState.ENDED, 1, 1, "桜井")
