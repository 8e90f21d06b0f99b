"""``restore`` and ``jobs run`` as processes: the hold ends by itself, each text goes out once, within five minutes."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from sharemeal.actions.backup import back_up
from sharemeal.actions.send_messages import send_messages
from sharemeal.outside.sms import TwilioSms
from sharemeal.store import restorations
from sharemeal.store.base import Store
from sharemeal.store.columns import Keyring
from tests.databases import SqliteMaker
from tests.make.outbox import SITE, Outbox, sending
from tests.make.processes import said, started, within
from tests.twilio_standin import NUMBER, TwilioStandIn

pytestmark = pytest.mark.slow

PATIENCE_SECONDS = 120
BACK_WITHIN_SECONDS = 300


def test_a_restored_house_sends_what_was_not_sent_by_itself(
    sqlite_maker: SqliteMaker,
    empty_database_url: str,
    keyring: Keyring,
    twilio: TwilioStandIn,
    tmp_path: Path,
    now: datetime,
) -> None:
    store = Store(sqlite_maker.migrated(), keyring)
    outbox, path = Outbox(store, now), tmp_path / "backup"
    codes = [outbox.row(outbox.write(outbox.person(f"+81900000000{n}"))).code for n in range(3)]
    back_up(store, path, owner="test", now=now)
    sms = TwilioSms(twilio.account_sid, twilio.auth_token, sender=NUMBER, api_url=twilio.address)
    assert send_messages(store, sms, sending("lost"), now=now, most=1) == 1
    store.close()
    settings = {
        **twilio.environment(),
        "DATABASE_URL": empty_database_url,
        "SHAREMEAL_FIELD_KEYS": ",".join(keyring.field_keys),
        "SHAREMEAL_INDEX_KEY": keyring.index_key,
        "SHAREMEAL_INSTANCE": str(tmp_path / "instance"),
        "SHAREMEAL_CLOCK_START": (now + timedelta(minutes=2)).isoformat(),
        "SHAREMEAL_SETTLE_SECONDS": "5",
        "SHAREMEAL_TICK_SECONDS": "1",
        "PUBLIC_URL": SITE,
    }
    begun = time.monotonic()
    with started(tmp_path, settings, ("restore", str(path))) as [process]:
        assert process.wait(timeout=PATIENCE_SECONDS) == 0, said(tmp_path)
    assert "3件" in said(tmp_path)

    restored = Store(empty_database_url, keyring)

    def goes_on() -> bool:
        with restored.session(all_labs=True) as session:
            return restorations.standing(session) is None and len(twilio.texts()) >= len(codes)

    with started(tmp_path, settings, ("jobs", "run")) as [process]:
        assert within(PATIENCE_SECONDS, goes_on) is not None, said(tmp_path)
        back_after_seconds = time.monotonic() - begun
        time.sleep(3)
        process.terminate()
        assert process.wait(timeout=PATIENCE_SECONDS) == 0
    restored.close()
    assert [sum(code in text.body for text in twilio.texts()) for code in codes] == [1, 1, 1]
    assert "the hold after the restore has ended" in said(tmp_path)
    assert back_after_seconds < BACK_WITHIN_SECONDS
