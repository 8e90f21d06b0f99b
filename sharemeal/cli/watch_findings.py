"""What the doctor says of the watching itself: jobs, auditor, alarms, the outside heartbeat, and who can be reached."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sharemeal.actions.watch_the_watch import look
from sharemeal.alarms import ALARM_WORDS
from sharemeal.alerts import LEAST_CONTACTS
from sharemeal.cli.finding import Finding
from sharemeal.cli.opening import Opened
from sharemeal.outside.heartbeat import is_address
from sharemeal.store import alarms, alerts, health, ticks
from sharemeal.store.labs import all_labs

CLOCKS_APART = timedelta(seconds=5)


def heartbeat(door: Opened) -> Iterator[Finding]:
    """Whether somebody outside would notice that this house has fallen silent, and who would be written to."""
    url, email = door.settings.heartbeat_url, door.settings.operator_email
    if not url:
        said = "HEARTBEAT_URL はなく、ここが止まっても、外からはだれも気づきません。"
        yield Finding("heartbeat", True, said, heed=True)
    elif not is_address(url):
        yield Finding("heartbeat", False, "HEARTBEAT_URL を https://… の形に直してください。")
    else:
        yield Finding("heartbeat", True, "HEARTBEAT_URL は使える形です。")
    if email and not _is_email(email):
        said = "SHAREMEAL_OPERATOR_EMAIL を、メールアドレスひとつに直してください。"
        yield Finding("heartbeat", False, said)


def _is_email(text: str) -> bool:
    name, _, host = text.partition("@")
    return bool(name and host) and not any(sign in text for sign in " ,;\r\n<>") and "@" not in host


def jobs(door: Opened) -> Iterator[Finding]:
    """Whether the jobs run, once they have ever run here."""
    with door.store.session(all_labs=True) as session:
        beats = ticks.heartbeats(session)
        late = ticks.late_jobs(session, door.clock.now())
    if not beats:
        said = "自動の仕事は、まだ一度も動いていません。serve か jobs run で動きます。"
        yield Finding("jobs", True, said, heed=True)
    elif door.settings.clock_start_at is None and late:
        said = f"動いていない仕事があります（{'、'.join(late)}）。serve か jobs run を動かしてください。"
        yield Finding("jobs", False, said)
    else:
        yield Finding("jobs", True, "自動の仕事は動いています。")


def auditor(door: Opened) -> Iterator[Finding]:
    """What the auditor finds at this moment, and the alarms that stand."""
    found = look(door.store, now=door.clock.now())
    for kind, count in found.items():
        yield Finding("auditor", False, f"{ALARM_WORDS[kind]}（{kind.value}、{count}件）。")
    with door.store.session(all_labs=True) as session:
        stand = [alarm for alarm in alarms.standing(session) if alarm.kind not in found]
    for alarm in stand:
        since = f"{alarm.first_seen_at:%Y-%m-%d %H:%M} UTC"
        said = f"{since} からの知らせが終わっていません（{alarm.kind.value}）。tick audit で見なおせます。"
        yield Finding("auditor", False, said)
    if not found and not stand:
        yield Finding("auditor", True, "連絡のしくみに遅れはありません。")


def contacts(door: Opened) -> Iterator[Finding]:
    """Labs in which too few people would hear of an alert, by short name and number."""
    with door.store.session(all_labs=True) as session:
        labs = [(lab.id, lab.slug) for lab in all_labs(session)]
    for lab_id, slug in labs:
        with door.store.session(lab_id) as session:
            count = alerts.ready_count(session)
        if count < LEAST_CONTACTS:
            said = f"{slug} は、番号を確かめた連絡先が{count}人です。{LEAST_CONTACTS}人以上にしてください。"
            yield Finding("contacts", True, said, heed=True)


def clocks(door: Opened) -> Iterator[Finding]:
    """Whether this machine's clock and that of the database's machine agree."""
    if door.settings.clock_start_at is not None:
        return
    theirs = health.server_time(door.store.engine)
    if theirs is None:
        return
    apart = door.clock.now() - theirs
    if abs(apart) > CLOCKS_APART:
        said = (
            f"この機械の時計と、データベースの時計が{abs(apart).total_seconds():.0f}秒ちがいます。"
            "どちらも正しい時刻に合わせてください。"
        )
        yield Finding("clock", False, said)
