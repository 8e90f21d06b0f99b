"""One worker: the product's own jobs, again and again, in a forked process that may be killed at any moment."""

from __future__ import annotations

import os
import select
from collections.abc import Callable
from dataclasses import dataclass

from sharemeal import jobs
from sharemeal.actions import reconcile, send_messages
from sharemeal.clock import Clock
from sharemeal.messages import Channel
from sharemeal.outside.mail import ScreenMail
from sharemeal.outside.sms import TwilioSms
from sharemeal.store.base import Store
from sharemeal.store.columns import Keyring
from tests.faults import naive
from tests.faults.plan import SITE, Plan, Sender
from tests.faults.points import Point, Slot, Watched, Where
from tests.twilio_standin import NUMBER

IDLE_SECONDS = 0.03


@dataclass(frozen=True)
class Lines:
    """File descriptors that a worker is born with. ``lifeline`` ends with the parent; errors are told by their kind."""

    lifeline: int
    calls: int
    errors: int


def store_of(plan: Plan) -> Store:
    """The plan's database, opened."""
    return Store(plan.database_url, Keyring(plan.keys, plan.index_key))


def world_of(plan: Plan, store: Store, owner: str, watched: Watched) -> jobs.World:
    """The one place that knows how the product's world is made."""
    way = TwilioSms(
        plan.account_sid,
        plan.auth_token,
        sender=NUMBER,
        api_url=plan.provider,
        timeout_seconds=plan.timeout_seconds,
    )
    setattr(way, "send", watched.send(way.send))  # noqa: B010
    return jobs.World(
        store=store,
        ways={Channel.SMS: way, Channel.EMAIL: ScreenMail()},
        site=SITE,
        now=Clock(plan.ahead).now,
        lease=plan.lease,
        settle=plan.settle,
        tick_seconds=5,
        solve_seconds=1,
        owner=owner,
    )


def ticks_of(plan: Plan, world: jobs.World, watched: Watched) -> list[tuple[Where, Callable[..., None]]]:
    """The product's own jobs; for the outbox a naive sender, if the plan says so."""
    ticks: list[tuple[Where, Callable[..., None]]] = [
        (Where.SILENCES, jobs.tick_silence),
        (Where.ESCALATING, jobs.tick_escalate),
        (Where.SENDING, jobs.tick_outbox),
        (Where.POLLING, jobs.tick_status_poll),
    ]
    if plan.sender is not Sender.PRODUCT:
        ticks[2] = (Where.SENDING, naive.sender(plan.sender, world.ways[Channel.SMS], watched))
    return ticks


def wrap(watched: Watched) -> None:
    """Put the product's sending under watch, in this process alone."""
    send_messages.claim_next = watched.claim(send_messages.claim_next)
    send_messages.intend = watched.intend(send_messages.intend)
    send_messages.note_outcome = watched.note(send_messages.note_outcome)
    reconcile.reconcile = watched.tick(Where.RECONCILING, reconcile.reconcile)


def work(
    plan: Plan, store: Store, number: int, slot: Slot, lines: Lines, doom: Point | None, passes: int
) -> None:
    """Tick until the parent has gone or this process is told to end; a tick that fails keeps no other back.

    The store comes from the parent, used and closed before the fork: what it has learnt is there, no connection is.
    """
    watched = Watched(slot, lines.calls, doom, passes)
    wrap(watched)
    world = world_of(plan, store, f"worker {number} {os.getpid()}", watched)
    ticks = ticks_of(plan, world, watched)
    first = os.getpid() % len(ticks)  # short lives begin with each of them
    while True:
        for where, tick in ticks[first:] + ticks[:first]:
            slot.write(where)
            try:
                tick(world)
            except Exception as error:
                os.write(lines.errors, f"{where.name.lower()}: {kind(error)}\n".encode())
        slot.write(Where.WAITING)
        if select.select([lines.lifeline], [], [], IDLE_SECONDS)[0]:
            return


def kind(error: Exception) -> str:
    """What sort of error it was; the database's own first line says more than the wrapper's name."""
    original = getattr(error, "orig", None)
    return f"{type(error).__name__} {str(original or error).splitlines()[0][:120] if str(original or error) else ''}"
