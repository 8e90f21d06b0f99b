"""Who cannot be reached by SMS is told by e-mail, at once and once; whom no way reaches, the next person is told for."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from sharemeal.actions.confirm_number import ask_number, confirm_number
from sharemeal.actions.escalate import escalate
from sharemeal.messages import Channel, Purpose
from sharemeal.outside.mail import NoMail
from sharemeal.outside.ways import Certain, InDoubt, Outgoing
from sharemeal.store.base import Store
from tests.make.outbox import Crash
from tests.make.two_ways import FIRST, TwoWays
from tests.smtp_standin import Fault, SmtpStandIn

DEAD = Certain(21211, 400)
BUSY = Certain(20429, 429)
SMS_REFUSED, MAIL_OUT = ("first", "sms", "refused"), ("first", "email", "accepted")
SECOND_ASKED = ("second", "sms", "accepted")


@pytest.fixture
def chain(store: Store, now: datetime, smtp_server: SmtpStandIn) -> TwoWays:
    return TwoWays(store, now, smtp_server)


def mailed(server: SmtpStandIn) -> list[str]:
    """To whom mail went, in order."""
    return [each.to for each in server.mails()]


def test_a_dead_number_is_followed_by_an_e_mail_at_the_same_moment(
    chain: TwoWays, smtp_server: SmtpStandIn
) -> None:
    chain.sms.plan.append(DEAD)
    assert (chain.send(), chain.send_mail()) == (0, 1)
    assert chain.told() == [SMS_REFUSED, MAIL_OUT]
    [mail] = smtp_server.mails(FIRST[1])
    [row] = chain.rows(Purpose.ALERT, Channel.EMAIL)
    assert row.code in mail.text
    assert row.provider_sid == mail.headers["Message-ID"] == f"<{row.code}@example.jp>"
    assert chain.waited(row) == timedelta(0)
    assert ("read", "person", "email", chain.lab.lab_id) in chain.audited()
    chain.run(60)
    assert chain.told() == [SMS_REFUSED, MAIL_OUT], "told once, and nobody else hurries"


def test_what_the_carrier_could_not_deliver_is_followed_by_an_e_mail(
    chain: TwoWays, smtp_server: SmtpStandIn
) -> None:
    chain.send()
    assert chain.after(9).hear(chain.sms_id, "undelivered", error=30005)
    assert chain.send_mail() == 1
    assert chain.told() == [("first", "sms", "undelivered"), MAIL_OUT]
    assert not chain.after(1).hear(chain.sms_id, "undelivered", error=30005)
    assert (chain.send_mail(), mailed(smtp_server)) == (0, [FIRST[1]])


def test_what_was_filtered_is_tried_once_more_and_then_mailed(
    chain: TwoWays, smtp_server: SmtpStandIn
) -> None:
    chain.send()
    chain.hear(chain.sms_id, "undelivered", error=30007)
    assert (chain.send_mail(), chain.after(29).send()) == (0, 0)
    assert chain.after(1).send() == 1
    assert chain.hear(chain.sms_id, "undelivered", attempt=2, error=30007)
    assert chain.send_mail() == 1
    assert chain.told() == [("first", "sms", "undelivered"), MAIL_OUT]
    assert mailed(smtp_server) == [FIRST[1]]
    assert chain.fault() is None, "a filter says nothing of the number"


def test_what_is_not_known_to_have_come_is_looked_up_and_then_mailed(
    chain: TwoWays, smtp_server: SmtpStandIn
) -> None:
    chain.run(115)
    assert mailed(smtp_server) == []
    chain.after(5).run(5)
    assert (len(chain.sms.looked), mailed(smtp_server)) == (1, [FIRST[1]])
    assert chain.told() == [("first", "sms", "accepted"), MAIL_OUT]


def test_what_the_look_finds_to_have_come_is_not_mailed(chain: TwoWays, smtp_server: SmtpStandIn) -> None:
    chain.send()
    chain.sms.tell("SM1", "delivered")
    chain.run(200)
    assert (chain.told(), mailed(smtp_server)) == ([("first", "sms", "delivered")], [])


def test_a_look_that_is_not_to_be_had_is_not_waited_for(chain: TwoWays, smtp_server: SmtpStandIn) -> None:
    chain.send()
    chain.sms.list_fails = InDoubt()
    chain.run(170)
    assert mailed(smtp_server) == [FIRST[1]]


def test_a_busy_provider_is_waited_for_no_longer_than_45_seconds(
    chain: TwoWays, smtp_server: SmtpStandIn
) -> None:
    chain.sms.plan.extend([BUSY] * 50)
    chain.run(40)
    assert chain.told() == [("first", "sms", "pending")]
    assert chain.row(chain.sms_id).error_code == 20429
    chain.after(5).run(5)
    assert chain.told() == [("first", "sms", "pending"), MAIL_OUT]
    assert mailed(smtp_server) == [FIRST[1]]


@pytest.mark.parametrize("taken", [True, False])
def test_in_doubt_with_the_list_down_it_is_mailed_at_the_first_look(
    chain: TwoWays, smtp_server: SmtpStandIn, taken: bool
) -> None:
    chain.in_doubt(chain.sms_id, taken=taken)
    chain.sms.list_fails = InDoubt()
    assert chain.after(20).reconcile() == 0
    assert (chain.send_mail(), mailed(smtp_server)) == (1, [FIRST[1]])
    assert chain.told() == [("first", "sms", "in_doubt"), MAIL_OUT]


def test_in_doubt_for_a_minute_it_is_mailed_though_nobody_looks(
    chain: TwoWays, smtp_server: SmtpStandIn
) -> None:
    chain.in_doubt(chain.sms_id, taken=True)
    chain.sms.list_fails = Crash()  # type: ignore[assignment]
    with pytest.raises(Crash):
        chain.after(60).reconcile()
    assert escalate(chain.store, now=chain.now) == 1
    assert (chain.send_mail(), mailed(smtp_server)) == (1, [FIRST[1]])


def test_in_a_blackout_of_the_provider_the_e_mail_leaves_within_a_minute(
    chain: TwoWays, smtp_server: SmtpStandIn
) -> None:
    chain.sms.plan.extend([InDoubt()] * 50)
    chain.sms.list_fails = InDoubt()
    chain.run(60)
    [row] = chain.rows(Purpose.ALERT, Channel.EMAIL)
    assert chain.waited(row) <= timedelta(seconds=60)
    assert mailed(smtp_server) == [FIRST[1]]


def test_whoever_has_no_address_is_passed_over_at_once(chain: TwoWays, smtp_server: SmtpStandIn) -> None:
    chain.give_address(chain.first, None)
    chain.sms.plan.append(DEAD)
    chain.tick()
    chain.tick()
    assert chain.told() == [SMS_REFUSED, SECOND_ASKED]
    assert mailed(smtp_server) == []


def test_whom_neither_way_reaches_is_passed_over_at_once(chain: TwoWays, smtp_server: SmtpStandIn) -> None:
    chain.sms.plan.append(DEAD)
    smtp_server.plan(Fault.NOBODY)
    chain.run(10)
    assert chain.told() == [SMS_REFUSED, ("first", "email", "refused"), SECOND_ASKED]
    assert [row.error_code for row in chain.rows(Purpose.ALERT, Channel.EMAIL)] == [550]


def test_where_no_mail_server_is_set_the_next_person_is_told_at_once(chain: TwoWays) -> None:
    chain.mail = NoMail()
    chain.sms.plan.append(DEAD)
    chain.run(10)
    assert chain.told() == [SMS_REFUSED, ("first", "email", "refused"), SECOND_ASKED]


def test_a_greylisted_e_mail_is_sent_again_after_a_pause(chain: TwoWays, smtp_server: SmtpStandIn) -> None:
    chain.sms.plan.append(DEAD)
    smtp_server.plan(Fault.GREYLISTED, Fault.GONE_BEFORE_DATA)
    assert (chain.send(), chain.send_mail()) == (0, 0)
    assert (chain.after(4).send_mail(), chain.after(1).send_mail()) == (0, 0)
    assert (chain.after(10).send_mail(), mailed(smtp_server)) == (1, [FIRST[1]])
    assert chain.told() == [SMS_REFUSED, MAIL_OUT]


def test_an_e_mail_that_is_not_taken_for_45_seconds_lets_the_next_person_be_told(
    chain: TwoWays, smtp_server: SmtpStandIn
) -> None:
    chain.sms.plan.append(DEAD)
    smtp_server.plan(*[Fault.GREYLISTED] * 50)
    chain.run(40)
    assert chain.told() == [SMS_REFUSED, ("first", "email", "pending")]
    chain.after(5).run(5)
    assert chain.told() == [SMS_REFUSED, ("first", "email", "pending"), SECOND_ASKED]


def test_a_number_that_is_known_to_be_dead_is_not_tried_until_it_is_confirmed_anew(
    chain: TwoWays, smtp_server: SmtpStandIn
) -> None:
    chain.sms.plan.append(DEAD)
    chain.run(5)
    assert chain.fault() == 21211
    alert, _ = chain.after(600).request()
    assert (chain.send(), chain.send_mail()) == (0, 1)
    assert chain.told(alert) == [SMS_REFUSED, MAIL_OUT]
    assert (chain.sms.to, mailed(smtp_server)) == ([], [FIRST[1]] * 2)
    with chain.lab.session() as session:
        ask_number(session, chain.first, "", now=chain.now)
    chain.send()
    [test] = chain.rows(Purpose.CONFIRM_NUMBER, Channel.SMS)
    digits = next(each.text for each in chain.sms.taken if test.code in each.text)
    assert chain.fault() == 21211
    with chain.lab.session() as session:
        number = digits.split("確認番号")[1][:6]
        confirm_number(session, chain.first, number, "4826", "4826", now=chain.now)
    assert chain.fault() is None, "the digits came by SMS, though the provider has not told so yet"
    alert, _ = chain.after(600).request()
    chain.send()
    assert chain.told(alert) == [("first", "sms", "accepted")]


def test_another_number_is_not_blamed_for_the_one_before(chain: TwoWays) -> None:
    chain.sms.plan.append(DEAD)
    chain.send()
    with chain.lab.session() as session:
        ask_number(session, chain.first, "090-0000-0009", now=chain.now)
    assert chain.fault() is None


def test_a_text_that_arrives_after_all_clears_the_number(chain: TwoWays) -> None:
    chain.send()
    chain.hear(chain.sms_id, "undelivered", error=30006)
    assert chain.fault() == 30006
    assert chain.after(3).hear(chain.sms_id, "delivered")
    assert chain.fault() is None


@pytest.mark.parametrize("fault", [Fault.TAKEN_THEN_GONE, Fault.GONE, Fault.SILENT])
def test_an_e_mail_in_doubt_is_never_sent_twice_and_the_next_person_is_told(
    chain: TwoWays, smtp_server: SmtpStandIn, fault: Fault
) -> None:
    chain.sms.plan.append(DEAD)
    smtp_server.plan(fault)
    chain.run(60)
    assert chain.told() == [SMS_REFUSED, ("first", "email", "unknown"), SECOND_ASKED]
    assert smtp_server.attempts == 1


def test_a_sender_that_dies_in_the_call_leaves_an_e_mail_that_nobody_sends_again(
    chain: TwoWays, smtp_server: SmtpStandIn
) -> None:
    chain.sms.plan.append(DEAD)
    chain.send()
    sends = chain.mail.send

    def dies(message: Outgoing) -> str:
        sends(message)
        raise Crash

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(chain.mail, "send", dies)
        with pytest.raises(Crash):
            chain.send_mail("dead")
    chain.run(60)
    assert chain.told() == [SMS_REFUSED, ("first", "email", "unknown"), SECOND_ASKED]
    assert mailed(smtp_server) == [FIRST[1]]


def test_what_somebody_has_taken_up_is_not_mailed(chain: TwoWays, smtp_server: SmtpStandIn) -> None:
    chain.send()
    chain.take_up()
    chain.hear(chain.sms_id, "undelivered", error=30005)
    chain.run(200)
    assert (chain.told(), mailed(smtp_server)) == ([("first", "sms", "undelivered")], [])


def test_two_requests_go_out_in_one_e_mail(chain: TwoWays, smtp_server: SmtpStandIn) -> None:
    other, _ = chain.request()
    chain.sms.plan.append(DEAD)
    assert (chain.send(), chain.send_mail()) == (0, 1)
    assert chain.told() == chain.told(other) == [SMS_REFUSED, MAIL_OUT]
    [mail] = smtp_server.mails()
    assert "確認依頼2件" in mail.text
