"""Texts within their length, codes that are found again, and states that come in any order."""

from __future__ import annotations

from functools import reduce
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from sharemeal.messages import (
    CODE_LENGTH,
    CODE_LETTERS,
    MOST_UNITS,
    MessageState,
    Purpose,
    codes_in,
    fresh_code,
    fresh_secret,
    later,
    longest_units,
    pause,
    text,
    told,
    units,
)

CODES = st.text(CODE_LETTERS, min_size=CODE_LENGTH, max_size=CODE_LENGTH)
SENT_STATES = (MessageState.ACCEPTED, MessageState.SENT, MessageState.UNDELIVERED, MessageState.DELIVERED)


@given(st.text("abcdefghijklmnopqrstuvwxyz-.", max_size=22), CODES)
def test_a_site_that_the_longest_text_allows_keeps_every_text_in_one_part(name: str, code: str) -> None:
    site = f"https://{name}"
    assert longest_units(site) <= MOST_UNITS
    for purpose in Purpose:
        for detail in ("5", "15"):
            if purpose is Purpose.ALERT:
                assert units(text(purpose, site, code, detail)) <= MOST_UNITS
        if purpose is Purpose.CONFIRM_NUMBER:
            assert units(text(purpose, site, code, "123456")) <= MOST_UNITS
        if purpose not in (Purpose.ALERT, Purpose.CONFIRM_NUMBER):
            assert units(text(purpose, site, code, fresh_secret())) <= MOST_UNITS


def test_a_long_site_is_counted_as_too_long() -> None:
    assert longest_units(f"https://{'a' * 23}") > MOST_UNITS


@given(CODES)
def test_every_text_holds_its_code_where_a_list_finds_it(code: str) -> None:
    for purpose in Purpose:
        assert code in text(purpose, "https://meals.example.jp", code, "5")


@given(CODES, st.sampled_from(["{}", "はい {}", "Re: /a/{}。", "（{}）", "{}\n1"]))
def test_a_reply_gives_its_code_back(code: str, around: str) -> None:
    assert codes_in(around.format(code)) == [code]
    assert codes_in(around.format(code.lower())) == [code]


def test_what_is_longer_or_of_other_letters_is_no_code() -> None:
    assert codes_in("7KQ2M9XPA 7KQ2M9X O0I1LUOO 9000000001") == []
    assert len(fresh_code()) == CODE_LENGTH


@given(st.lists(st.sampled_from(SENT_STATES), min_size=1, max_size=4))
def test_the_highest_word_wins_in_any_order_and_twice(heard: list[MessageState]) -> None:
    ends = {reduce(later, order, MessageState.CLAIMED) for order in permutations(heard + heard[:1])}
    assert len(ends) == 1
    [end] = ends
    assert reduce(later, heard, end) is end


def test_the_providers_words_are_known() -> None:
    assert [told(word) for word in ("queued", "sending", "sent", "delivered", "undelivered", "failed")] == [
        MessageState.ACCEPTED,
        MessageState.ACCEPTED,
        MessageState.SENT,
        MessageState.DELIVERED,
        MessageState.UNDELIVERED,
        MessageState.UNDELIVERED,
    ]
    assert told("received") is None


def test_pauses_grow_to_a_minute() -> None:
    assert [pause(tries).total_seconds() for tries in (1, 2, 3, 4, 5, 6, 99)] == [5, 10, 20, 40, 60, 60, 60]
