"""The whole chain against a provider that misbehaves over real HTTP: every text goes out, and none twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import permutations

import pytest

from sharemeal.actions.reconcile import reconcile
from sharemeal.actions.send_messages import send_messages
from sharemeal.messages import MessageState
from sharemeal.outside.sms import TwilioSms
from sharemeal.store.base import Store
from tests.make.outbox import Outbox, sending
from tests.twilio_standin import NUMBER, Fault, TwilioStandIn

FAULTS = (Fault.BUSY, Fault.DOWN, Fault.TAKEN_THEN_500, Fault.TAKEN_THEN_SILENT, Fault.SILENT)


def tick(outbox: Outbox, sms: TwilioSms, now: datetime) -> None:
    send_messages(outbox.store, sms, sending(), now=now)
    reconcile(outbox.store, sms, sending(), now=now)


@pytest.mark.parametrize("faults", list(permutations(FAULTS, 2)))
def test_whatever_two_calls_meet_each_text_is_taken_once(
    store: Store, now: datetime, twilio: TwilioStandIn, faults: tuple[Fault, ...]
) -> None:
    outbox = Outbox(store, now)
    person = outbox.person()
    messages = [outbox.write(person), outbox.write(person)]
    sms = TwilioSms(
        twilio.account_sid,
        twilio.auth_token,
        sender=NUMBER,
        api_url=twilio.address,
        timeout_seconds=0.3,
    )
    twilio.plan(*faults)
    for tries in range(40):
        tick(outbox, sms, now + timedelta(seconds=5 * tries))
    assert [outbox.state(each) for each in messages] == [MessageState.ACCEPTED] * 2
    codes = sorted(outbox.row(each).code for each in messages)
    assert sorted(text.body.rpartition("/")[2] for text in twilio.texts()) == codes


def test_while_the_list_is_down_nothing_is_sent_twice(
    store: Store, now: datetime, twilio: TwilioStandIn
) -> None:
    outbox = Outbox(store, now)
    message = outbox.write()
    sms = TwilioSms(twilio.account_sid, twilio.auth_token, sender=NUMBER, api_url=twilio.address)
    twilio.plan(Fault.TAKEN_THEN_500)
    twilio.list_is_down = True
    for tries in range(20):
        tick(outbox, sms, now + timedelta(seconds=5 * tries))
    assert (outbox.state(message), twilio.attempts) == (MessageState.IN_DOUBT, 1)
    twilio.list_is_down = False
    for tries in range(20, 24):
        tick(outbox, sms, now + timedelta(seconds=5 * tries))
    assert (outbox.state(message), twilio.attempts) == (MessageState.ACCEPTED, 1)
