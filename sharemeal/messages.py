"""A text message: what it says, how long it may be, and the states it goes through.

No name, no address, no condition and no "not at home" stands in any text. Each holds a code of eight characters that
is its own, by which the provider's list is searched when it is not known whether it went out.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from datetime import timedelta
from enum import StrEnum

MOST_UNITS = 70
"""Japanese text goes out as UCS-2: so many units are one part."""
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and digits that are not taken for one another."""
CODE_LENGTH = 8
SECRET_LENGTH = 12
"""A reminder's link ends in so many random letters behind the code: 59 bits besides the code's 39."""


class Purpose(StrEnum):
    """What a message is for."""

    ALERT = "alert"
    ALL_CLEAR = "all_clear"
    REMIND_KITCHEN = "remind_kitchen"
    REMIND_VOLUNTEER = "remind_volunteer"
    REMIND_COORDINATOR = "remind_coordinator"
    STEP_IN = "step_in"
    CALLED_OFF = "called_off"
    CONFIRM_NUMBER = "confirm_number"
    RECEIVE_TEST = "receive_test"


PURPOSE_WORDS = {
    Purpose.ALERT: "確認のお願い",
    Purpose.ALL_CLEAR: "無事の連絡",
    Purpose.REMIND_KITCHEN: "食数のお願い",
    Purpose.REMIND_VOLUNTEER: "お届けのお知らせ",
    Purpose.REMIND_COORDINATOR: "計画のお知らせ",
    Purpose.STEP_IN: "代わりのお願い",
    Purpose.CALLED_OFF: "中止のお知らせ",
    Purpose.CONFIRM_NUMBER: "番号の確認",
    Purpose.RECEIVE_TEST: "受信テスト",
}
LANGUAGES = ("ja", "en")
"""The languages in which texts are written."""


class Channel(StrEnum):
    """By which way a message goes."""

    SMS = "sms"
    EMAIL = "email"


CHANNEL_WORDS = {Channel.SMS: "SMS", Channel.EMAIL: "メール"}


class MessageState(StrEnum):
    """pending → claimed → (intent) → accepted → sent → delivered; or undelivered, refused, withdrawn.

    ``in_doubt`` is a call whose outcome is unknown; reconciling leads it to accepted or back to pending, or, where
    the way keeps no list that could be asked, to ``unknown``: it is not sent twice, and somebody else is told.
    """

    PENDING = "pending"
    CLAIMED = "claimed"
    IN_DOUBT = "in_doubt"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    UNKNOWN = "unknown"


STATE_WORDS = {
    MessageState.PENDING: "送るのを待っています",
    MessageState.CLAIMED: "送っています",
    MessageState.IN_DOUBT: "送れたか確かめています",
    MessageState.ACCEPTED: "送りました",
    MessageState.SENT: "送りました",
    MessageState.DELIVERED: "届きました",
    MessageState.UNDELIVERED: "届きませんでした",
    MessageState.REFUSED: "送れませんでした",
    MessageState.WITHDRAWN: "送る前に取りやめました",
    MessageState.UNKNOWN: "届いたかわかりません",
}
WENT_OUT = frozenset({MessageState.ACCEPTED, MessageState.SENT, MessageState.DELIVERED})
"""The provider has it, or it has come."""
FAILED = frozenset({MessageState.UNDELIVERED, MessageState.REFUSED, MessageState.UNKNOWN})
"""Nobody can rely on its having come."""
OPEN = frozenset({MessageState.PENDING, MessageState.CLAIMED, MessageState.IN_DOUBT})
_RANK = {
    MessageState.ACCEPTED: 1,
    MessageState.SENT: 2,
    MessageState.UNDELIVERED: 3,
    MessageState.DELIVERED: 4,
}


SECRETS = frozenset(
    {Purpose.REMIND_KITCHEN, Purpose.REMIND_VOLUNTEER, Purpose.STEP_IN, Purpose.CONFIRM_NUMBER}
)
"""What these hold beside the code opens something: it is forgotten once the text has come to its end."""
_TOLD = {
    "accepted": MessageState.ACCEPTED,
    "scheduled": MessageState.ACCEPTED,
    "queued": MessageState.ACCEPTED,
    "sending": MessageState.ACCEPTED,
    "sent": MessageState.SENT,
    "undelivered": MessageState.UNDELIVERED,
    "failed": MessageState.UNDELIVERED,
    "canceled": MessageState.UNDELIVERED,
    "delivered": MessageState.DELIVERED,
    "read": MessageState.DELIVERED,
}
MOST_A_MINUTE = {Channel.SMS: 60, Channel.EMAIL: 60}
"""So many messages that can wait go out by each way in a minute. Requests and all-clears wait for no such limit."""
OF_AN_ALERT = frozenset({Purpose.ALERT, Purpose.ALL_CLEAR})
"""What may go another way, and is gathered into one text for each person."""
CANNOT_WAIT = OF_AN_ALERT | {Purpose.CONFIRM_NUMBER}
ONCE_MORE = frozenset({30003, 30007, 30008})
"""Switched off, filtered, unknown: a second try may come through."""
UNREACHABLE = frozenset({21211, 21214, 21610, 21614, 30004, 30005, 30006})
"""This number takes no texts: it is not tried again before it is confirmed anew."""
_PAUSES = (5, 10, 20, 40, 60)
"""Seconds."""
_CODE = re.compile(f"(?<![0-9A-Z])[{CODE_LETTERS}]{{{CODE_LENGTH}}}(?![0-9A-Z])")


def told(status: str) -> MessageState | None:
    """The state that the provider's word means; None for a word that says nothing about it."""
    return _TOLD.get(status)


def pause(tries: int) -> timedelta:
    """How long to wait after so many tries (at least 1) that the provider had no time for."""
    return timedelta(seconds=_PAUSES[min(tries, len(_PAUSES)) - 1])


def codes_in(reply: str) -> list[str]:
    """The codes that a reply holds, in order; ``reply`` is folded to half width."""
    return _CODE.findall(reply.upper())


def later(state: MessageState, told: MessageState) -> MessageState:
    """The state after the provider told another: the higher rank wins, in whatever order they come."""
    return told if _RANK.get(told, 0) > _RANK.get(state, 0) else state


def way_back(told_by: Collection[tuple[Channel, MessageState]]) -> Channel:
    """By which way somebody hears more who was told by these: by SMS where it came, by e-mail where that went out."""
    if (Channel.SMS, MessageState.DELIVERED) in told_by:
        return Channel.SMS
    mailed = any(channel is Channel.EMAIL and state in WENT_OUT for channel, state in told_by)
    return Channel.EMAIL if mailed else Channel.SMS


def fresh_code() -> str:
    """A code for one message."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def fresh_secret() -> str:
    """The end of a link's token that only the text holds."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(SECRET_LENGTH))


def units(text: str) -> int:
    """How many UCS-2 units a text takes."""
    return len(text.encode("utf-16-be")) // 2


def text(
    purpose: Purpose, site: str, code: str, detail: str | None, *, language: str = "ja", count: int = 1
) -> str:
    """What a message says. ``site`` is the pages' address without a slash at its end, ``code`` the message's own.

    ``detail`` is the minutes of an alert, when it was told (an all-clear), the month and day that are called off
    (12-31), the digits of a confirmation, or the end of a reminder's link: its token is the code and the detail, one
    after the other. ``count`` is of how many requests a text tells at once, asked for or over.
    """
    english = language == "en"
    words = (_ENGLISH if english else _JAPANESE)[purpose]
    if purpose is Purpose.ALL_CLEAR and count > 1:
        words = _CLEAR_OF_SEVERAL[english]
    day = ""
    if purpose is Purpose.CALLED_OFF and detail:
        month, number = map(int, detail.split("-"))
        day = f"{number} {_MONTHS[month - 1]}" if english else f"{month}月{number}日"
    return words.format(site=site, code=code, detail=detail, day=day, count=count)


_JAPANESE = {
    Purpose.ALERT: "【見守り】確認依頼{count}件。{detail}分以内に開いてください {site}/a/{code}",
    Purpose.ALL_CLEAR: "【見守り】{detail}にお願いした確認は終わりました。ありがとうございます。({code})",
    Purpose.REMIND_KITCHEN: "【シェアご飯】食数をお願いします {site}/s/{code}{detail}",
    Purpose.REMIND_VOLUNTEER: "【シェアご飯】順路表です {site}/s/{code}{detail}",
    Purpose.REMIND_COORDINATOR: "【シェアご飯】計画がまだ確定していません {site} ({code})",
    Purpose.STEP_IN: "【シェアご飯】代わりのお願い {site}/s/{code}{detail}",
    Purpose.CALLED_OFF: "【シェアご飯】{day}のお届けは中止です。世話人からご連絡します。({code})",
    Purpose.CONFIRM_NUMBER: "【見守り】受信テスト。確認番号{detail}を画面に入れてください。({code})",
    Purpose.RECEIVE_TEST: "【見守り】受信テストです。開いてください {site}/a/{code}",
}
_ENGLISH = {
    Purpose.ALERT: "[Care] {count} to check in {detail} min {site}/a/{code}",
    Purpose.ALL_CLEAR: "[Care] The check asked at {detail} is over. Thank you. ({code})",
    Purpose.REMIND_KITCHEN: "[Meals] Count? {site}/s/{code}{detail}",
    Purpose.REMIND_VOLUNTEER: "[Meals] Route: {site}/s/{code}{detail}",
    Purpose.REMIND_COORDINATOR: "[Meals] Plan not fixed yet {site} ({code})",
    Purpose.STEP_IN: "[Meals] Step in? {site}/s/{code}{detail}",
    Purpose.CALLED_OFF: "[Meals] {day}: called off. We will call you. ({code})",
    Purpose.CONFIRM_NUMBER: "[Care] Test. Type {detail} into the page. ({code})",
    Purpose.RECEIVE_TEST: "[Care] A test. Please open {site}/a/{code}",
}
_CLEAR_OF_SEVERAL = (
    "【見守り】{detail}からお願いした確認{count}件は終わりました。ありがとうございます。({code})",
    "[Care] {count} checks asked from {detail} on are over. Thank you. ({code})",
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SUBJECTS = {
    "ja": ("【見守り】", "【シェアご飯】"),
    "en": ("[Care] Please open this message", "[Meals] News of the share-meals"),
}


def subject(purpose: Purpose, language: str = "ja") -> str:
    """The subject of a message that has one: no more than its text tells."""
    meals = _JAPANESE[purpose].startswith(_SUBJECTS["ja"][1])
    if language == "en":
        return _SUBJECTS["en"][meals]
    return _SUBJECTS["ja"][meals] + PURPOSE_WORDS[purpose]


def longest_units(site: str) -> int:
    """The units of the longest text that this site's address makes; more than MOST_UNITS is too long."""
    code = "W" * CODE_LENGTH
    details = {
        Purpose.ALERT: "15",
        Purpose.CONFIRM_NUMBER: "000000",
        Purpose.ALL_CLEAR: "00:00",
        Purpose.CALLED_OFF: "12-31",
    }
    return max(
        units(text(each, site, code, details.get(each, "W" * SECRET_LENGTH), language=language, count=99))
        for each in Purpose
        for language in LANGUAGES
    )
