"""After a restore each text of the gap is looked for at the provider before anything is sent, and not for ever."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sharemeal.actions.backup import back_up
from sharemeal.actions.end_hold import Hold, end_hold
from sharemeal.actions.restore import restore
from sharemeal.messages import MessageState
from sharemeal.outside.ways import InDoubt
from sharemeal.store import restorations
from sharemeal.store.base import Store
from sharemeal.store.columns import Keyring
from tests.databases import SqliteMaker, seconds_of_now
from tests.make.outbox import Outbox, sending

ACCEPTED, IN_DOUBT, PENDING = MessageState.ACCEPTED, MessageState.IN_DOUBT, MessageState.PENDING


class Gap:
    """An outbox that is backed up, goes on, and is lost: ``outbox`` then stands on the restored database."""

    def __init__(self, outbox: Outbox, other: Store, path: Path) -> None:
        self.outbox, self._other, self._path = outbox, other, path

    def back_up(self) -> None:
        back_up(self.outbox.store, self._path, owner="test", now=self.outbox.now)

    def restore(self) -> int:
        """Lose the disk; how many texts are in doubt in what was restored."""
        done = restore(self._other, self._path, actor="test", now=self.outbox.now)
        self.outbox.store = self.outbox.lab.store = self._other
        return done.in_doubt

    def look(self) -> Hold | None:
        outbox = self.outbox
        return end_hold(outbox.store, outbox.sms, sending(), now=outbox.now)

    def holds(self) -> bool:
        with self.outbox.store.session(all_labs=True) as session:
            return restorations.standing(session) is not None


@pytest.fixture
def gap(
    sqlite_maker: SqliteMaker, empty_database_url: str, keyring: Keyring, tmp_path: Path, now: datetime
) -> Iterator[Gap]:
    """From SQLite into either database."""
    lost, other = (
        Store(url, keyring, seconds=seconds_of_now) for url in (sqlite_maker.migrated(), empty_database_url)
    )
    yield Gap(Outbox(lost, now), other, tmp_path / "backup")
    lost.close()
    other.close()


def test_what_went_out_after_the_backup_is_bound_and_the_rest_is_freed(gap: Gap) -> None:
    outbox = gap.outbox
    went, stayed = outbox.write(), outbox.write(outbox.person("+819000000002"))
    gap.back_up()
    assert outbox.send(most=1) == 1
    outbox.after(60)
    assert gap.restore() == 2
    assert (outbox.state(went), outbox.state(stayed)) == (IN_DOUBT, IN_DOUBT)
    outbox.after(20)
    assert gap.look() == Hold(ended=True, in_doubt=0)
    assert (outbox.state(went), outbox.row(went).provider_sid) == (ACCEPTED, "SM1")
    assert outbox.state(stayed) is PENDING
    assert outbox.send() == 1
    assert [text.text for text in outbox.sms.taken if outbox.row(stayed).code in text.text] != []
    assert len(outbox.sms.taken) == 2
    assert gap.look() is None


def test_the_list_is_asked_only_when_it_can_know_all(gap: Gap) -> None:
    gap.outbox.write()
    gap.back_up()
    gap.restore()
    gap.outbox.after(19)
    assert gap.look() == Hold(ended=False, in_doubt=1)
    gap.outbox.after(1)
    assert gap.look() == Hold(ended=True, in_doubt=0)


def test_a_claim_under_way_and_one_in_doubt_are_looked_for_and_no_old_lease_stands_in_the_way(
    gap: Gap,
) -> None:
    outbox = gap.outbox
    claimed, doubtful = outbox.write(), outbox.write(outbox.person("+819000000002"))
    outbox.sms.plan.extend([lambda _: gap.back_up(), InDoubt()])
    outbox.send()
    assert gap.restore() == 2
    for message in (claimed, doubtful):
        row = outbox.row(message)
        assert (row.state, row.lease_owner, row.lease_until) == (IN_DOUBT, None, None)
    outbox.after(20)
    assert gap.look() == Hold(ended=True, in_doubt=0)
    assert (outbox.state(claimed), outbox.state(doubtful)) == (ACCEPTED, PENDING)


def test_what_is_not_due_yet_cannot_have_gone_out(gap: Gap) -> None:
    outbox = gap.outbox
    later = outbox.write(due_at=outbox.now + timedelta(hours=1))
    gap.back_up()
    assert gap.restore() == 0
    assert outbox.state(later) is PENDING
    assert gap.holds()
    assert gap.look() == Hold(ended=True, in_doubt=0)
    assert not gap.holds()


def test_a_text_that_was_sent_once_more_in_the_gap_is_not_sent_a_third_time(gap: Gap) -> None:
    outbox = gap.outbox
    message = outbox.write()
    outbox.send()
    gap.back_up()
    assert outbox.hear(message, "undelivered", error=30003)
    outbox.sms.tell("SM1", "undelivered", 30003)
    assert outbox.after(30).send() == 1
    outbox.after(60)
    assert gap.restore() == 1
    outbox.after(20)
    assert gap.look() == Hold(ended=True, in_doubt=0)
    assert (outbox.state(message), outbox.row(message).provider_sid) == (ACCEPTED, "SM2")
    for _ in range(3):
        outbox.after(120).poll()
        assert outbox.send() == 0
    assert len(outbox.sms.taken) == 2


def test_what_was_taken_before_the_backup_stays_taken_although_the_list_has_forgotten(gap: Gap) -> None:
    outbox = gap.outbox
    message = outbox.write()
    outbox.send()
    gap.back_up()
    taken = outbox.sms.taken
    outbox.sms.taken, outbox.sms.to = [], []
    gap.restore()
    outbox.after(20)
    assert gap.look() == Hold(ended=True, in_doubt=0)
    assert (outbox.state(message), outbox.row(message).provider_sid) == (ACCEPTED, taken[0].sid)


def test_without_a_list_the_hold_ends_by_itself_and_what_is_in_doubt_is_not_sent_twice(gap: Gap) -> None:
    outbox = gap.outbox
    message = outbox.write()
    gap.back_up()
    outbox.send()
    outbox.after(3600)
    gap.restore()
    outbox.after(3600)
    outbox.sms.list_fails = InDoubt()
    for _ in range(8):
        assert gap.look() == Hold(ended=False, in_doubt=1)
        outbox.after(10)
    assert gap.look() == Hold(ended=True, in_doubt=1), "settling and a minute after the first look"
    outbox.sms.list_fails = None
    assert outbox.send() == 0
    assert outbox.after(20).reconcile() == 1
    assert (outbox.state(message), len(outbox.sms.taken)) == (ACCEPTED, 1)


def test_a_backup_that_was_taken_on_hold_holds_once(gap: Gap, keyring: Keyring, tmp_path: Path) -> None:
    gap.outbox.write()
    gap.back_up()
    gap.restore()
    gap.back_up()
    second = Store(f"sqlite:///{tmp_path / 'second.db'}", keyring)
    assert restore(second, tmp_path / "backup", actor="test", now=gap.outbox.now).in_doubt == 1
    gap.outbox.store = gap.outbox.lab.store = second
    gap.outbox.after(20)
    assert gap.look() == Hold(ended=True, in_doubt=0)
    assert not gap.holds()
    second.close()
