"""A concern is ended in the moment in which a sender holds a message of its alert: neither waits for the other."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from sqlalchemy import select

from sharemeal.actions.take_up import end_concern
from sharemeal.messages import MessageState, Purpose
from sharemeal.store.base import Store, transaction
from sharemeal.store.columns import Keyring
from sharemeal.store.messages import Message
from sharemeal.watch import Ending
from tests.databases import PostgresMaker
from tests.make.alarm import Alarm, alarm
from tests.make.evening import evening
from tests.make.small_lab import SmallLab

pytestmark = pytest.mark.postgres
PATIENCE_SECONDS = 20


@pytest.fixture
def postgres(postgres_maker: PostgresMaker, keyring: Keyring) -> Iterator[Store]:
    """On SQLite there is one writer at a time."""
    store = Store(postgres_maker.migrated(), keyring)
    yield store
    store.close()


def end(store: Store, worry: Alarm, now: datetime) -> None:
    with store.session(worry.lab_id, actor="coordinator") as session:
        end_concern(session, worry.concern_id, ended_as=Ending.SAFE, memo="", person_id=worry.second, now=now)


def test_ending_does_not_wait_for_a_sender_and_clears_what_it_may_send(
    postgres: Store, now: datetime
) -> None:
    worry = alarm(postgres, evening(postgres, SmallLab(postgres, now).lab_id, now), now)
    with (
        ThreadPoolExecutor(1) as pool,
        postgres.session(all_labs=True, actor="outbox") as sender,
        transaction(sender, now),
    ):
        held = sender.scalars(select(Message).with_for_update()).one()
        pool.submit(end, postgres, worry, now).result(PATIENCE_SECONDS)
        assert held.state is MessageState.PENDING
    with postgres.session(worry.lab_id) as session:
        rows = {row.purpose: row.state for row in session.scalars(select(Message))}
    assert rows == {Purpose.ALERT: MessageState.PENDING, Purpose.ALL_CLEAR: MessageState.PENDING}
