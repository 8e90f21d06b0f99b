"""The minutes of the no-answer ladder are the lab's; what is under way keeps those it began with."""

from datetime import datetime

import pytest

from sharemeal.actions.set_ladder import DEFAULTS, RUNGS, set_ladder
from sharemeal.sentences import Refused
from sharemeal.store.audit import AuditEntry
from sharemeal.store.base import Store
from sharemeal.store.labs import fenced
from tests.make.round import AT_THE_DOOR, FixedRound, later
from tests.make.small_lab import SmallLab


def set_to(lab: SmallLab, now: datetime, **changes: int) -> bool:
    with lab.session() as session:
        return set_ladder(session, {**DEFAULTS, **changes}, now=now)


def test_a_change_is_kept_and_noted_and_stays_in_its_lab(store: Store, now: datetime) -> None:
    lab, stranger = SmallLab(store, now), SmallLab(store, now, slug="stranger")
    assert not set_to(lab, now), "nothing changes"
    assert set_to(lab, now, coordinator_minutes=20, patience_minutes=45)
    with lab.session() as session:
        rules = fenced(session).rules
        assert (rules.coordinator_minutes, rules.patience_minutes) == (20, 45)
        assert [each.what for each in session.query(AuditEntry) if each.what == "ladder changed"] == [
            "ladder changed"
        ]
    with stranger.session() as session:
        assert fenced(session).rules.coordinator_minutes == DEFAULTS["coordinator_minutes"]


def test_a_rung_before_the_one_above_is_refused_at_its_field(store: Store, now: datetime) -> None:
    lab = SmallLab(store, now)
    with pytest.raises(Refused, match="「ご家族へ」の10分は、「世話人へ連絡」の15分より前") as refused:
        set_to(lab, now, family_minutes=10)
    assert refused.value.field == "family_minutes"
    assert set_to(lab, now, **dict.fromkeys(RUNGS, 0)), "all at once is an order too"


def test_what_is_open_keeps_its_minutes_and_what_comes_has_the_new(store: Store, now: datetime) -> None:
    friday = FixedRound(store, now)
    friday.taps(1, "unseen_left", None, at=AT_THE_DOOR)
    set_to(friday.lab, later(1), coordinator_minutes=40)
    friday.taps(2, "unseen_left", None, at=later(2))
    before, after = friday.alerts()
    assert (before.next_step_at, after.next_step_at) == (later(15), later(42))
    assert before.rung_minutes == tuple(DEFAULTS[rung] for rung in RUNGS)
    assert after.rung_minutes == (5, 40, 60, 90, 120)
