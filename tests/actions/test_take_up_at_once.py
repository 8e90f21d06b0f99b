"""Two people press 引き受けます in the same moment: exactly one has it, and the other is told who."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from threading import Barrier

import pytest
from sqlalchemy import select

from sharemeal.actions.take_up import take_up
from sharemeal.alerts import AlertState
from sharemeal.labs import LabRules
from sharemeal.sentences import Refused
from sharemeal.store.alerts import Alert
from sharemeal.store.audit import AuditEntry
from sharemeal.store.base import Store, transaction
from sharemeal.store.labs import Lab
from tests.make.alarm import Alarm, alarm
from tests.make.evening import evening


@pytest.fixture
def worry(store: Store, now: datetime) -> Alarm:
    with store.session(all_labs=True) as session, transaction(session, now):
        lab = Lab(slug="aoba", name="青葉台", rules=LabRules())
        session.add(lab)
    return alarm(store, evening(store, lab.id, now), now)


def test_of_two_at_once_exactly_one_has_it(store: Store, worry: Alarm, now: datetime) -> None:
    together = Barrier(2)

    def press(person_id: int) -> str | None:
        with store.session(worry.lab_id, actor=f"coordinator {person_id}") as session:
            together.wait(timeout=10)
            try:
                take_up(session, worry.alert_id, person_id, now=now)
            except Refused as refusal:
                return str(refusal)
        return None

    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(press, (worry.first, worry.second)))
    with store.session(worry.lab_id) as session:
        kept = session.scalars(select(Alert)).one()
        taken = list(session.scalars(select(AuditEntry.actor).where(AuditEntry.what == "took up")))
    assert kept.state is AlertState.ACKED
    assert said.count(None) == 1
    winner = (worry.first, worry.second)[said.index(None)]
    assert kept.acked_by_id == winner
    assert taken == [f"coordinator {winner}"]
    assert "もう引き受けています" in next(each for each in said if each)
