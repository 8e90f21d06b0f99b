"""A crowd of reports at once: each is kept exactly once, each worry has its alert, and nobody is answered with a fault.

A sample here; ``pytest -m soak tests/faults/test_crowd.py`` sends ten thousand.
"""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID, uuid5

import pytest
from flask import Flask
from sqlalchemy import func, select

from sharemeal import create_app
from sharemeal.clock import Clock
from sharemeal.config import Settings
from sharemeal.store.alerts import Alert
from sharemeal.store.base import Store
from sharemeal.store.columns import Keyring
from sharemeal.store.visits import CheckIn
from sharemeal.store.watch import Concern
from sharemeal.web.sessions import COOKIE
from tests.benchmarks.street import House, street

pytestmark = pytest.mark.slow

PHONES = 12
NAMESPACE = UUID("6f1f7a52-6c2b-4f6e-9a53-0d1b8a2f7c11")


def event(house: House, number: int) -> dict[str, object]:
    """The report of that number: every tenth is a worry, and what is sent twice has the same id."""
    return {
        "id": str(uuid5(NAMESPACE, f"{house.lab_id} {number}")),
        "stop": house.stops[number % len(house.stops)],
        "contact": "seen",
        "condition": "worried" if number % 10 == 0 else "usual",
        "observations": [],
        "note": "",
        "observed_at": datetime.now(UTC).isoformat(),
    }


def crowd(store: Store, app: Flask, houses: list[House], reports: int) -> tuple[Counter[int], Counter[str]]:
    """Every phone sends its part at the same moment, each report twice; statuses and results."""
    start = threading.Barrier(PHONES)
    statuses: Counter[int] = Counter()
    results: Counter[str] = Counter()
    counting = threading.Lock()

    def phone(part: int) -> None:
        start.wait()
        for number in range(part, reports, PHONES):
            house = houses[number % len(houses)]
            client = app.test_client()
            client.set_cookie(COOKIE, house.cookie)
            for _ in range(2):
                answer = client.post("/api/v1/check-ins", json=event(house, number))
                while answer.status_code == 503:
                    with counting:
                        statuses[503] += 1
                    answer = client.post("/api/v1/check-ins", json=event(house, number))
                with counting:
                    statuses[answer.status_code] += 1
                    results[(answer.json or {}).get("result", "")] += 1

    with ThreadPoolExecutor(PHONES) as phones:
        list(phones.map(phone, range(PHONES)))
    return statuses, results


@pytest.mark.parametrize("reports", [240, pytest.param(10_000, marks=pytest.mark.soak)])
def test_each_report_is_kept_once_and_each_worry_has_its_alert(
    database_url: str, keyring: Keyring, tmp_path: object, reports: int
) -> None:
    store = Store(database_url, keyring)
    houses = street(store, 20, datetime.now(UTC))
    app = create_app(Settings(secret_key="only for tests", instance=str(tmp_path)), Clock(), store)
    statuses, results = crowd(store, app, houses, reports)
    assert set(statuses) <= {200, 503}
    assert results == {"created": reports, "repeated": reports}
    with store.session(all_labs=True) as session:
        assert session.scalar(select(func.count()).select_from(CheckIn)) == reports
        worried = {(house.lab_id, number % 4) for house in houses for number in range(0, reports, 10)
                   if houses[number % len(houses)] is house}  # fmt: skip
        open_ones = session.scalars(select(Concern.id).where(Concern.ended_at.is_(None))).all()
        alerts = session.scalars(select(Alert.concern_id)).all()
        assert len(open_ones) == len(worried)
        assert sorted(alerts) == sorted(open_ones)
    store.close()
