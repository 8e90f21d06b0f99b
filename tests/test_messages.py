"""Texts within their length, codes that are found again, and states that come in any order."""

from __future__ import annotations

from functools import reduce
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from sharemeal.messages import (
    CODE_LENGTH,
    CODE_LETTERS,
    LANGUAGES,
    MOST_UNITS,
    Channel,
    MessageState,
    Purpose,
    codes_in,
    fresh_code,
    fresh_secret,
    later,
    longest_units,
    pause,
    subject,
    text,
    told,
    units,
    way_back,
)

CODES = st.text(CODE_LETTERS, min_size=CODE_LENGTH, max_size=CODE_LENGTH)
SENT_STATES = (MessageState.ACCEPTED, MessageState.SENT, MessageState.UNDELIVERED, MessageState.DELIVERED)


@given(st.text("abcdefghijklmnopqrstuvwxyz-.", max_size=22), CODES)
def test_a_site_that_the_longest_text_allows_keeps_every_text_in_one_part(name: str, code: str) -> None:
    site = f"https://{name}"
    assert longest_units(site) <= MOST_UNITS
    details = {
        Purpose.ALERT: ("5", "15"),
        Purpose.CONFIRM_NUMBER: ("123456",),
        Purpose.ALL_CLEAR: ("16:40",),
        Purpose.CALLED_OFF: ("01-01", "11-27"),
    }
    for purpose in Purpose:
        for language in LANGUAGES:
            for detail in details.get(purpose, (fresh_secret(),)):
                for count in (1, 12):
                    told = text(purpose, site, code, detail, language=language, count=count)
                    assert units(told) <= MOST_UNITS
                    assert "None" not in told


def test_a_long_site_is_counted_as_too_long() -> None:
    assert longest_units(f"https://{'a' * 23}") > MOST_UNITS


@given(CODES)
def test_every_text_holds_its_code_where_a_list_finds_it(code: str) -> None:
    for purpose in Purpose:
        for language in LANGUAGES:
            assert code in text(purpose, "https://meals.example.jp", code, "12-05", language=language)


def test_a_text_speaks_its_readers_language_and_tells_how_many() -> None:
    site, code = "https://meals.example.jp", "7KQ2M9XP"
    assert text(Purpose.ALERT, site, code, "5", count=3) == (
        "【見守り】確認依頼3件。5分以内に開いてください https://meals.example.jp/a/7KQ2M9XP"
    )
    assert text(Purpose.ALERT, site, code, "5", language="en", count=3) == (
        "[Care] 3 to check in 5 min https://meals.example.jp/a/7KQ2M9XP"
    )
    assert text(Purpose.CALLED_OFF, site, code, "11-07").startswith("【シェアご飯】11月7日のお届けは中止")
    assert text(Purpose.CALLED_OFF, site, code, "11-07", language="en").startswith(
        "[Meals] 7 Nov: called off"
    )
    clear = text(Purpose.ALL_CLEAR, site, code, "16:40", count=3)
    assert clear == "【見守り】16:40からお願いした確認3件は終わりました。ありがとうございます。(7KQ2M9XP)"
    for purpose in Purpose:
        english = subject(purpose, "en") + text(purpose, site, code, "12-05", language="en")
        assert english.isascii(), "an English text needs no Japanese letter"


def test_a_subject_tells_no_more_than_the_text() -> None:
    assert subject(Purpose.ALERT) == "【見守り】確認のお願い"
    assert subject(Purpose.REMIND_VOLUNTEER) == "【シェアご飯】お届けのお知らせ"
    assert subject(Purpose.ALERT, "en") == "[Care] Please open this message"
    assert subject(Purpose.CALLED_OFF, "en") == "[Meals] News of the share-meals"


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


def test_more_is_told_by_the_way_that_reached() -> None:
    came, taken, failed = MessageState.DELIVERED, MessageState.ACCEPTED, MessageState.UNDELIVERED
    for sms, mail, back in (
        (came, taken, Channel.SMS),
        (taken, taken, Channel.EMAIL),
        (failed, taken, Channel.EMAIL),
        (failed, MessageState.UNKNOWN, Channel.SMS),
        (taken, MessageState.WITHDRAWN, Channel.SMS),
    ):
        assert way_back([(Channel.SMS, sms), (Channel.EMAIL, mail)]) is back
    assert way_back([(Channel.SMS, taken)]) is Channel.SMS
