"""When it is over: what waits is withdrawn, and the all-clear goes by the way that reached each person."""

from __future__ import annotations

from datetime import datetime

import pytest

from sharemeal.messages import Channel, MessageState, Purpose
from sharemeal.outside.ways import Certain, InDoubt
from sharemeal.store.base import Store
from tests.make.two_ways import FIRST, TwoWays
from tests.smtp_standin import Fault, SmtpStandIn

DEAD = Certain(21211, 400)


@pytest.fixture
def chain(store: Store, now: datetime, smtp_server: SmtpStandIn) -> TwoWays:
    return TwoWays(store, now, smtp_server)


def all_clears(chain: TwoWays) -> list[tuple[str, str]]:
    """(way, state) of each all-clear."""
    rows = [row for channel in Channel for row in chain.rows(Purpose.ALL_CLEAR, channel)]
    return [(row.channel.value, row.state.value) for row in rows]


def test_an_e_mail_that_waits_is_withdrawn_and_nobody_was_told(
    chain: TwoWays, smtp_server: SmtpStandIn
) -> None:
    chain.sms.plan.append(DEAD)
    chain.send()
    chain.close()
    chain.run(60)
    assert chain.told() == [("first", "sms", "refused"), ("first", "email", "withdrawn")]
    assert (all_clears(chain), smtp_server.attempts) == ([], 0)


def test_a_greylisted_e_mail_is_not_sent_again_after_the_end(
    chain: TwoWays, smtp_server: SmtpStandIn
) -> None:
    chain.sms.plan.append(DEAD)
    smtp_server.plan(Fault.GREYLISTED)
    chain.run(0)
    chain.send_mail()
    chain.close()
    chain.run(60)
    assert chain.told()[1] == ("first", "email", "withdrawn")
    assert smtp_server.mails() == []


def test_whoever_was_told_by_e_mail_gets_the_all_clear_by_e_mail(
    chain: TwoWays, smtp_server: SmtpStandIn
) -> None:
    chain.sms.plan.append(DEAD)
    chain.run(5)
    chain.close()
    chain.run(5)
    request, over = smtp_server.mails(FIRST[1])
    assert "確認は終わりました" in over.text
    assert request.headers["Message-ID"] != over.headers["Message-ID"]
    assert all_clears(chain) == [("email", "accepted")]
    assert chain.sms.to == []


def test_in_a_blackout_the_all_clear_takes_the_way_that_the_request_took(
    chain: TwoWays, smtp_server: SmtpStandIn
) -> None:
    chain.sms.plan.extend([InDoubt()] * 50)
    chain.sms.list_fails = InDoubt()
    chain.run(60)
    chain.close()
    assert chain.send_mail() == 1
    assert all_clears(chain) == [("email", "accepted")]


def test_whoever_was_told_by_sms_gets_the_all_clear_by_sms_though_an_e_mail_followed(
    chain: TwoWays, smtp_server: SmtpStandIn
) -> None:
    chain.run(150)
    assert chain.hear(chain.sms_id, "delivered")
    chain.close()
    chain.run(5)
    assert all_clears(chain) == [("sms", "accepted")]
    assert len(smtp_server.mails()) == 1


def test_a_number_that_dies_before_the_all_clear_is_followed_by_an_e_mail(
    chain: TwoWays, smtp_server: SmtpStandIn
) -> None:
    chain.send()
    chain.hear(chain.sms_id, "delivered")
    chain.close()
    chain.sms.plan.append(DEAD)
    chain.run(5)
    assert all_clears(chain) == [("sms", "refused"), ("email", "accepted")]
    assert chain.state(chain.sms_id) is MessageState.DELIVERED
    [over] = smtp_server.mails()
    assert "確認は終わりました" in over.text
