"""The jobs by hand: run them all, list what comes next, run one once."""

from __future__ import annotations

import logging
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import click

from sharemeal import jobs
from sharemeal.cli.opening import Opened, json_option, opened, print_json, refusals_said, refuse
from sharemeal.cli.people import site_address
from sharemeal.clock import Clock
from sharemeal.config import Settings
from sharemeal.instance import heart_of, mail_of, operator_of, sms_of
from sharemeal.labs import weekday_name
from sharemeal.messages import Channel
from sharemeal.sentences import Refused, Sentence
from sharemeal.store import ticks
from sharemeal.store.base import Store
from sharemeal.store.labs import Lab, all_labs
from sharemeal.timetable import STEP_WORDS, Timetable

DAYS_LISTED = 2
"""So many coming service days of each lab are listed, besides those that are not closed yet."""
LOOKED_AHEAD = 8


def world_of(settings: Settings, clock: Clock, store: Store) -> jobs.World:
    """What jobs may use, by these settings."""
    return jobs.World(
        store=store,
        ways={Channel.SMS: sms_of(settings), Channel.EMAIL: mail_of(settings)},
        site=site_address(settings),
        now=clock.now,
        lease=settings.lease,
        settle=settings.settle,
        tick_seconds=float(settings.tick_seconds),
        solve_seconds=float(settings.solve_seconds),
        heart=heart_of(settings),
        tell_operator=operator_of(settings, clock.now),
    )


@contextmanager
def in_the_background(world: jobs.World) -> Iterator[None]:
    """The jobs in threads of this process, for as long as the block runs."""
    stopping = threading.Event()
    run = jobs.Clockwork(world).run
    clockwork = threading.Thread(target=run, args=(stopping,), name="jobs", daemon=True)
    try:
        clockwork.start()
        yield
    finally:
        stopping.set()
        if clockwork.ident is not None:
            clockwork.join()


@click.group("jobs")
def jobs_group() -> None:
    """What the clock does by itself."""


@jobs_group.command("run")
@refusals_said
def run() -> None:
    """Run all jobs without the pages; started several times, one leads and the others wait. Ctrl-C stops."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    stopping = threading.Event()

    def stop(_signal: int, _frame: Any) -> None:
        stopping.set()

    with opened() as door:
        signal.signal(signal.SIGINT, stop)
        signal.signal(signal.SIGTERM, stop)
        jobs.Clockwork(world_of(door.settings, door.clock, door.store), _tell_whether_leading).run(stopping)
    click.echo("止まりました。")


def _tell_whether_leading(leads: bool) -> None:
    click.echo(
        "時計を動かしています。止めるときは Ctrl-C。"
        if leads
        else "ほかのプロセスが時計を動かしています。止まったら、すぐ代わります。"
    )
    sys.stdout.flush()


@jobs_group.command("list")
@json_option
@refusals_said
def list_jobs(as_json: bool) -> None:
    """What comes next and when, for every lab in its own time, and when each job last ran."""
    with opened() as door:
        found = coming(door)
    if as_json:
        print_json(found)
        return
    for lab in found["labs"]:
        click.echo(f"{lab['name']}（{lab['lab']}、{lab['zone']}）")
        for skipped in lab["skipped"]:
            click.echo(f"  {_told(skipped['date'])}  お休み: {skipped['why']}")
        for day in lab["days"]:
            click.echo(f"  {_told(day['date'])} のお届け")
            for step in day["steps"]:
                mark = "済" if step["taken"] else "→" if step["next"] else "  "
                click.echo(f"    {mark} {datetime.fromisoformat(step['at']):%m-%d %H:%M}  {step['words']}")
    click.echo("くりかえす仕事")
    for job in found["jobs"]:
        last = f"{datetime.fromisoformat(job['last']):%m-%d %H:%M:%S} UTC" if job["last"] else "まだ"
        click.echo(f"  {job['name']:<12} {job['every_seconds']:g}秒ごと  前回 {last}")


def _told(iso: str) -> str:
    day = datetime.fromisoformat(iso).date()
    return f"{day:%Y-%m-%d}（{weekday_name(day)}）"


def coming(door: Opened) -> dict[str, Any]:
    """The days that are on or come next, lab by lab, and the jobs."""
    now = door.clock.now()
    with door.store.session(all_labs=True) as session:
        labs = all_labs(session)
        beats = ticks.heartbeats(session)
    tick_seconds = float(door.settings.tick_seconds)
    return {
        "now": now.isoformat(),
        "labs": [_lab(door, lab, now) for lab in labs],
        "jobs": [
            {
                "name": job.name,
                "every_seconds": job.every(tick_seconds),
                "last": beats[job.name].at.isoformat() if job.name in beats else None,
                "owner": beats[job.name].owner if job.name in beats else None,
            }
            for job in jobs.JOBS
        ],
    }


def _lab(door: Opened, lab: Lab, now: datetime) -> dict[str, Any]:
    from sharemeal.actions.day_steps import table_of, tables_due

    rules, today = lab.rules, lab.rules.today(now)
    with door.session(lab) as session:
        days = {table.service_date for table in tables_due(session, now)}
        days |= set(rules.service_days_from(today, DAYS_LISTED))
        listed = [(table_of(session, rules, day), set(ticks.steps_on(session, day))) for day in sorted(days)]
    following = next((moment for table, _ in listed if (moment := table.next(now))), None)
    weeks = rules.weekdays_from(today, LOOKED_AHEAD)
    return {
        "lab": lab.slug,
        "name": lab.name,
        "zone": rules.zone_name,
        "skipped": [
            {"date": day.isoformat(), "why": str(rules.rest(day))}
            for day in weeks
            if not rules.serves_on(day) and day < max(days) + timedelta(weeks=1)
        ],
        "days": [
            {"date": table.service_date.isoformat(), "steps": _steps(table, taken, lab, following)}
            for table, taken in listed
        ],
    }


def _steps(table: Timetable, taken: set[str], lab: Lab, following: object) -> list[dict[str, Any]]:
    return [
        {
            "step": moment.step.value,
            "words": STEP_WORDS[moment.step],
            "at": moment.at.astimezone(lab.rules.zone).isoformat(),
            "taken": moment.step.value in taken,
            "next": moment is following,
        }
        for moment in table.moments
    ]


HELD = "バックアップから戻したあとの確認が終わっていないため、何もしませんでした。先に tick end-hold を動かしてください。"


def by_hand(name: str) -> tuple[jobs.Job, ...]:
    """What runs when somebody asks for that job: with the audit goes the auditor, which looks before anything is linked."""
    wanted = ("auditor", "audit") if name == "audit" else (name,)
    return tuple(job for each in wanted if (job := jobs.named(each)) is not None)


@click.command("tick")
@click.argument("name")
@refusals_said
def tick(name: str) -> None:
    """Run one job once, by its name."""
    wanted = by_hand(name)
    if not wanted:
        raise click.UsageError(f"「{name}」という仕事はありません。あるのは {'、'.join(jobs.names())} です。")
    with opened() as door:
        try:
            world = world_of(door.settings, door.clock, door.store)
            ran = [jobs.run_once(job, world) for job in wanted]
        except jobs.SomeFailed as failed:
            refuse(
                Refused(
                    Sentence("できなかったことがあります（{failed}）。", failed=str(failed)),
                    remedy=Sentence("ほかは終わりました。もう一度動かすと、残りだけをします。"),
                )
            )
    click.echo(f"{name} を1回動かしました。" if any(ran) else HELD)
