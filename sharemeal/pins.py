"""What a contact of the chain proves themselves with: a PIN of their own, and once the digits that an SMS brought."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta

from sharemeal.sentences import Refused, Sentence
from sharemeal.written import folded

PIN_LENGTH = 4
DIGITS_LENGTH = 6
DIGITS_LIVE = timedelta(minutes=15)
ASKED_AGAIN_AFTER = timedelta(minutes=1)
"""A second SMS to the same person goes out after this time at the earliest."""
MOST_TESTS_A_DAY = 10
TEST_AGAIN_AFTER = timedelta(days=31)
"""Whether an SMS still arrives is tried every month."""
_RUNS = ("0123456789", "9876543210")
_RECEIVING = re.compile(r"^\+81[5-9]0|^\+(?!81)")


def fresh_digits() -> str:
    """The digits of one SMS."""
    return f"{secrets.randbelow(10**DIGITS_LENGTH):0{DIGITS_LENGTH}d}"


def digits_of(text: str) -> str:
    """The digits that somebody typed, in half width, whatever stands between them."""
    return "".join(sign for sign in folded(text) if sign in "0123456789")


def chosen_pin(pin: str, again: str) -> str:
    """A new PIN that was typed twice.

    Raises Refused, told of its field, for anything but four digits, for one that everybody tries first, and for a
    second typing that differs.
    """
    digits = digits_of(pin)
    if len(digits) != PIN_LENGTH or len(folded(pin)) != PIN_LENGTH:
        raise Refused(
            Sentence("PINは4けたの数字です。"),
            remedy=Sentence("0から9の数字を4つ入力してください。"),
            field="pin",
        )
    if len(set(digits)) == 1 or any(digits in run for run in _RUNS):
        raise Refused(
            Sentence("このPINは使えません。"),
            why=Sentence("同じ数字のくりかえしや、続いた数字は、はじめに試されます。"),
            remedy=Sentence("ほかの4けたを決めてください。"),
            field="pin",
        )
    if digits_of(again) != digits:
        raise Refused(
            Sentence("2つのPINが違います。"),
            remedy=Sentence("同じ4けたを、もう一度入力してください。"),
            field="again",
        )
    return digits


def receives_texts(phone: str) -> None:
    """Raises Refused for a Japanese number (E.164) of a landline: no SMS arrives there."""
    if not _RECEIVING.match(phone):
        raise Refused(
            Sentence("この番号ではSMSを受け取れません。"),
            why=Sentence("固定電話の番号のようです。"),
            remedy=Sentence("090、080、070などで始まる、携帯電話の番号を入力してください。"),
            field="phone",
        )


def masked(phone: str) -> str:
    """A number but for its last four digits."""
    return f"•••-••••-{phone[-4:]}"


def masked_address(email: str) -> str:
    """An e-mail address but for its first letter and what stands behind the @."""
    name, at, host = email.rpartition("@")
    return f"{name[:1]}•••{at}{host}"
