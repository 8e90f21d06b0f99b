"""Evenings on which much goes wrong, with the pages that people see: Twilio is down, processes die, the earth shakes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import func, select

from sharemeal import jobs
from sharemeal.actions import keep_report, record_visit
from sharemeal.alerts import AlertState
from sharemeal.messages import Channel, MessageState, Purpose
from sharemeal.store.alerts import Alert
from sharemeal.store.base import Store
from sharemeal.store.visits import CheckIn
from sharemeal.store.watch import Concern
from sharemeal.watch import Kind
from sharemeal.web import check_ins
from tests.make.alarm import PERSONAL_WORDS
from tests.make.processes import within
from tests.smtp_standin import SmtpStandIn
from tests.stories.hard_town import NUMBERS, RUN, Crash, HardTown, dying_at_commit, evening_clock
from tests.stories.round_people import collects, door
from tests.stories.town import Somebody
from tests.twilio_standin import TwilioStandIn

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def town(
    store: Store,
    tmp_path: Path,
    serve: Callable[[Flask], str],
    browser: Browser,
    twilio: TwilioStandIn,
    smtp_server: SmtpStandIn,
) -> Iterator[HardTown]:
    made = HardTown(store, tmp_path, evening_clock(), serve, browser, twilio, smtp_server)
    yield made
    made.close()


def ends(somebody: Somebody, *, memo: str = "電話で話せた") -> None:
    """Write the memo and the outcome on the page of the case."""
    somebody.page.get_by_label("わかったこと").fill(memo)
    somebody.page.get_by_label("結果").select_option("safe")
    somebody.taps("結果を知らせて終える")


def reports(town: HardTown) -> int:
    with town.store.session(all_labs=True) as session:
        return session.scalar(select(func.count()).select_from(CheckIn)) or 0


def asked(town: HardTown, place: int) -> list[str]:
    """The texts that asked this contact for a check."""
    return [text for text in town.texts(NUMBERS[place]) if "確認依頼" in text]


def personal_words_in(*texts: str) -> list[str]:
    return [word for word in PERSONAL_WORDS for text in texts if word in text]


def test_a_day_on_which_twilio_is_down_reaches_people_by_mail(town: HardTown) -> None:
    town.twilio.dark = True
    volunteer, desk = town.volunteer(), town.desk()
    worried = town.clock.moment
    collects(town, volunteer, worried)
    door(volunteer, "seen", "worried")
    while not town.mails(0):
        town.goes_on(5)
        assert town.clock.moment - worried <= timedelta(seconds=60), "an e-mail within a minute"
    (mail,) = town.mails(0)
    assert "確認依頼1件" in mail
    assert personal_words_in(mail) == []

    desk.opens("/outbox")
    desk.sees("メール", "SMS", "送れたか確かめています", "送りました")
    town.goes_on(120, every=15)
    desk.opens("/today")
    desk.sees("連絡のしくみに遅れがあります")
    assert desk.opens("/readyz").status == 503

    boss = town.takes_up(mail)
    boss.sees("花村", "119", "110")
    ends(boss)
    boss.sees("この確認は、終わりました")
    town.goes_on(60, every=15)
    assert "終わりました" in town.mails(0)[-1], "the all-clear goes by the way that reached"
    assert town.twilio.texts() == []

    town.twilio.dark = False
    town.goes_on(300, every=15)
    assert [text.body for text in town.twilio.texts() if "確認依頼" in text.body] == [], "nothing old is sent"
    open_ones = [row for row in town.messages() if row.state in (MessageState.PENDING, MessageState.IN_DOUBT)]
    assert open_ones == []
    desk.opens("/today")
    expect(desk.page.locator("#late")).to_have_count(0)
    town.nobody_was_told_twice()


def test_an_earthquake_is_one_text_for_each_contact_and_no_home_is_forgotten(town: HardTown) -> None:
    """Nobody comes to any door any more."""
    town.it_is(datetime(2026, 11, 27, 10, 31, tzinfo=UTC))
    town.goes_on(10)
    (text,) = town.texts(NUMBERS[0])
    assert "確認依頼5件" in text, "four homes, and the volunteer"
    assert personal_words_in(text) == []
    assert town.texts(NUMBERS[1]) == []

    boss = town.takes_up(text)
    boss.sees("ほかの確認のお願い 4件")
    first = boss.page.url
    others = boss.page.locator(".asked form")
    addresses = [others.nth(place).get_attribute("action") or "" for place in range(others.count())]
    for address in addresses:
        boss.opens(first)
        boss.page.locator(f'.asked form[action="{address}"] button').click()
        boss.page.wait_for_load_state()
        boss.sees("あなたが引き受け")
    desk = town.desk()
    desk.opens("/today")
    for plate in ("1", "2", "3", "4"):
        expect(desk.page.locator(".alert .plate", has_text=re.compile(f"^{plate}$")).first).to_be_visible()

    for address in [first, *addresses]:
        boss.opens(address)
        ends(boss)
    town.goes_on(600, every=30)
    clears = [text for text in town.texts(NUMBERS[0]) if "終わりました" in text]
    assert 1 <= len(clears) <= 2
    assert town.texts(NUMBERS[1]) == [], "who was not asked hears nothing"
    desk.opens("/today")
    expect(desk.page.locator("article.alert")).to_have_count(0)
    town.nobody_was_told_twice()


@pytest.mark.parametrize("after", [False, True], ids=["before the commit", "after the commit"])
def test_a_restart_in_the_middle_of_each_step_changes_nothing_but_the_time(
    town: HardTown, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    """The page's process dies while a worry is taken in; the clock's dies at each commit of each job, again and again."""
    volunteer = town.volunteer()
    collects(town, volunteer, town.clock.moment)
    with a_page_that_dies(monkeypatch, after=after):
        door(volunteer, "seen", "worried")
        volunteer.sees("保存しました")
    volunteer.opens("/route")
    assert within(60, lambda: reports(town)) is not None, "the telephone has kept it and sends it again"
    with town.store.session(all_labs=True) as session:
        worries = session.scalars(select(Concern.id).where(Concern.kind == Kind.WORRIED)).all()
        assert len(worries) == 1
        alert = session.scalars(select(Alert).where(Alert.concern_id == worries[0])).one()

    restarts_through(town, monkeypatch, after=after)
    assert reports(town) == 1
    (text,) = asked(town, 0)
    town.it_is(town.clock.moment + timedelta(minutes=5))
    restarts_through(town, monkeypatch, after=after)
    (second,) = asked(town, 1)

    boss = town.takes_up(second, 1)
    boss.sees("花村", "あなたが引き受け")
    ends(boss)
    boss.sees("この確認は、終わりました")
    restarts_through(town, monkeypatch, after=after)
    for number in NUMBERS:
        assert len([each for each in town.texts(number) if "終わりました" in each]) == 1
    with town.store.session(all_labs=True) as session:
        assert session.get_one(Alert, alert.id).state is AlertState.ENDED
    rows = [row for row in town.messages() if row.alert_id == alert.id]
    assert [row.purpose for row in rows if row.channel is Channel.SMS] == [
        Purpose.ALERT,
        Purpose.ALERT,
        Purpose.ALL_CLEAR,
        Purpose.ALL_CLEAR,
    ]
    assert personal_words_in(text, second) == []
    town.nobody_was_told_twice()


@contextmanager
def a_page_that_dies(monkeypatch: pytest.MonkeyPatch, *, after: bool) -> Iterator[None]:
    """Whoever takes reports in dies just before they are on the disk, or just after, without an answer."""
    real_keep, real_check_in = keep_report.keep_report, record_visit.check_in

    def keep(*args: object, **more: object) -> None:
        real_keep(*args, **more)  # type: ignore[arg-type]
        raise ConnectionAbortedError

    def check_in(*args: object, **more: object) -> None:
        real_check_in(*args, **more)  # type: ignore[arg-type]
        raise ConnectionAbortedError

    with monkeypatch.context() as patch:
        if after:
            patch.setattr(check_ins, "check_in", check_in)
        else:
            patch.setattr(record_visit, "keep_report", keep)
        yield


def restarts_through(town: HardTown, monkeypatch: pytest.MonkeyPatch, *, after: bool) -> None:
    """Run every job, dying at its first commit, then at its second, … until it gets through; each time it is started anew."""
    for job in RUN:
        for number in range(1, 40):
            town.clock.moment += timedelta(seconds=1)
            try:
                with dying_at_commit(monkeypatch, number, after=after):
                    jobs.run_once(job, town.world)
            except Crash:
                town.starts_anew()
                continue
            break
        else:
            raise AssertionError(f"{job.name} never gets through")
    town.goes_on(60)
