"""When a monthly test goes out, and how far one can rely on a contact's number."""

from datetime import UTC, datetime, timedelta

import pytest

from sharemeal.labs import LabRules
from sharemeal.receive_tests import IN_NEED, Number, Standing, may_go_out

NOW = datetime(2026, 11, 26, 3, 0, tzinfo=UTC)
MONTH = timedelta(days=31)
LONG_AGO, LATELY = NOW - MONTH - timedelta(minutes=1), NOW - timedelta(days=3)


def number(
    confirmed_at: datetime | None = LONG_AGO,
    *,
    tested_at: datetime | None = None,
    pin: bool = True,
    dead: bool = False,
) -> Number:
    return Number(confirmed_at, tested_at, pin, dead)


@pytest.mark.parametrize(
    ("moment", "goes"),
    [
        ("2026-11-26T09:59", False),
        ("2026-11-26T10:00", True),
        ("2026-11-26T16:59", True),
        ("2026-11-26T17:00", False),
        ("2026-11-23T12:00", False),
        ("2027-01-01T12:00", False),
    ],
)
def test_a_test_goes_out_by_day_and_not_while_people_rest(moment: str, goes: bool) -> None:
    rules = LabRules()
    assert may_go_out(rules, datetime.fromisoformat(moment).replace(tzinfo=rules.zone)) is goes


def test_it_is_due_a_month_after_the_last_sign_and_never_twice_in_a_month() -> None:
    assert number().test_is_due(None, NOW)
    assert not number(NOW - MONTH).test_is_due(None, NOW)
    assert not number(tested_at=LATELY).test_is_due(None, NOW)
    assert not number().test_is_due(NOW - timedelta(days=20), NOW), "who does not answer gets no more texts"
    assert number().test_is_due(LONG_AGO, NOW)
    assert not number(None).test_is_due(None, NOW)
    assert not number(pin=False).test_is_due(None, NOW)
    assert number(dead=True).test_is_due(None, NOW), "it may take texts again"


@pytest.mark.parametrize(
    ("known", "asked_at", "standing"),
    [
        (number(None, dead=True), None, Standing.NUMBER_OPEN),
        (number(pin=False), None, Standing.PIN_OPEN),
        (number(LATELY, dead=True), None, Standing.DEAD),
        (number(LATELY), None, Standing.CONFIRMED),
        (number(tested_at=LATELY), None, Standing.CONFIRMED),
        (number(), None, Standing.OVERDUE),
        (number(), NOW - timedelta(days=1), Standing.ASKED),
        (number(), LATELY, Standing.UNANSWERED),
        (number(tested_at=NOW - timedelta(days=1)), LATELY, Standing.CONFIRMED),
    ],
)
def test_how_far_one_can_rely_on_it(known: Number, asked_at: datetime | None, standing: Standing) -> None:
    assert known.standing(asked_at, NOW) is standing
    assert (standing in IN_NEED) is (standing not in (Standing.CONFIRMED, Standing.ASKED))
