"""Numbers of Twilio and of mail servers in words that say what to do."""

import pytest

from sharemeal.message_faults import (
    FAULT_WORDS,
    NO_WAY,
    NOT_REACHED,
    NOT_SAFE,
    OTHER_WORDS,
    SENDER_REFUSED,
    told,
)


@pytest.mark.parametrize("code", [550, 551, 552, 553])
def test_a_mailbox_that_takes_nothing_is_a_matter_for_its_owner(code: int) -> None:
    assert "本人" in (told(code, by_mail=True) or "")


@pytest.mark.parametrize("code", [530, 535, 554, 501, NO_WAY, NOT_REACHED, NOT_SAFE, SENDER_REFUSED])
def test_what_the_mail_server_refuses_is_a_matter_for_the_administrator(code: int) -> None:
    assert "管理者" in (told(code, by_mail=True) or "")


@pytest.mark.parametrize("code", [421, 450, 451, 452])
def test_what_passes_is_sent_again(code: int) -> None:
    assert "送りなおします" in (told(code, by_mail=True) or "")


def test_an_sms_keeps_its_own_numbers() -> None:
    assert told(None) is None
    assert told(21211) == FAULT_WORDS[21211]
    assert told(550) == told(99999) == OTHER_WORDS[0]
