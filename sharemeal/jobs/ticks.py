"""The jobs themselves: each a plain function of the world, safe to run twice."""

from __future__ import annotations

import logging
from datetime import datetime

from sharemeal.actions.each_lab import each_lab
from sharemeal.jobs.world import World
from sharemeal.messages import Channel

log = logging.getLogger("sharemeal.jobs")

ACTOR = "clock"


def tick_silence(world: World) -> None:
    """Turn what is overdue at a door or on a route into concerns and alerts."""
    from sharemeal.actions.watch_over import notice_silences

    notice_silences(world.store, now=world.now())


def tick_escalate(world: World) -> None:
    """Tell the next person of every alert that nobody has taken up."""
    from sharemeal.actions.escalate import escalate

    escalate(world.store, now=world.now())


def tick_outbox(world: World) -> None:
    """Send what is due, then settle what is in doubt."""
    _send(world, Channel.SMS)


def tick_mail(world: World) -> None:
    """The same for e-mail: no text that hangs keeps it waiting."""
    _send(world, Channel.EMAIL)


def _send(world: World, channel: Channel) -> None:
    from sharemeal.actions.reconcile import reconcile
    from sharemeal.actions.send_messages import send_messages

    way, sending = world.ways[channel], world.sending(channel)
    send_messages(world.store, way, sending, now=world.now())
    reconcile(world.store, way, sending, now=world.now())


def tick_status_poll(world: World) -> None:
    """Look up texts that the provider has not told about."""
    from sharemeal.actions.poll_status import poll_status

    poll_status(world.store, world.ways[Channel.SMS], now=world.now())


def tick_timetable(world: World) -> None:
    """Take the steps of each lab's service day that are due: reminders, cut-off, start, close."""
    from sharemeal.actions.day_steps import take_steps

    def take(lab_id: int, now: datetime) -> list[str]:
        return take_steps(world.store, lab_id, now=now).failed

    each_lab(world.store, take, now=world.now())


def tick_draft_plan(world: World) -> None:
    """Calculate the drafts that are due after the cut-off."""
    from sharemeal.actions.draft_plan import draft_plans

    def plan(lab_id: int, now: datetime) -> list[str]:
        draft_plans(world.store, lab_id, now=now, seconds=world.solve_seconds)
        return []

    each_lab(world.store, plan, now=world.now())


def tick_receive_test(world: World) -> None:
    """Ask the contacts who gave no sign for a month whether texts still reach them."""
    from sharemeal.actions.send_receive_tests import send_receive_tests

    def ask(lab_id: int, now: datetime) -> list[str]:
        with world.store.session(lab_id, actor=ACTOR) as session:
            send_receive_tests(session, now=now)
        return []

    each_lab(world.store, ask, now=world.now())


def tick_end_hold(world: World) -> None:
    """After a restore, find out what went out after the backup; nothing to do otherwise."""
    from sharemeal.actions.end_hold import end_hold

    hold = end_hold(world.store, world.ways[Channel.SMS], world.sending(Channel.SMS), now=world.now())
    if hold is not None and hold.ended:
        log.warning("the hold after the restore has ended, messages still in doubt: %d", hold.in_doubt)


def tick_audit(world: World) -> None:
    """Link new audit rows into the chain."""
    from sharemeal.actions.link_audit import link_audit

    with world.store.session(all_labs=True, actor=ACTOR) as session:
        link_audit(session, now=world.now())


def tick_auditor(world: World) -> None:
    """Look whether the watching itself is late; raise and end the system's alarms."""
    from sharemeal.actions.watch_the_watch import watch

    watch(world.store, now=world.now())


def tick_tell_operator(world: World) -> None:
    """Write to the operator of alarms, past the outbox."""
    from sharemeal.actions.watch_the_watch import tell_operator

    tell_operator(world.store, world.tell_operator, now=world.now())


def tick_heartbeat(world: World) -> None:
    """Beat outside while the auditor has just looked and found nothing."""
    from sharemeal.actions.watch_the_watch import proof_of_life

    if world.heart is not None and (head := proof_of_life(world.store, now=world.now())):
        world.heart.beat(head, world.now())


def tick_retention(world: World) -> None:
    """Forget what has served its purpose."""
    from sharemeal.actions.forget import forget

    with world.store.session(all_labs=True, actor=ACTOR) as session:
        forget(session, now=world.now())
