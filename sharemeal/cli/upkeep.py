"""Keeping the house in order: migrations, keys, the audit, and a look at everything."""

from __future__ import annotations

import sys
import time

import click

from sharemeal.actions.link_audit import verify_audit
from sharemeal.actions.rotate_keys import rewrite_under_newest
from sharemeal.cli import findings
from sharemeal.cli.finding import Finding
from sharemeal.cli.opening import ACTOR, Opened, json_option, opened, print_json, refusals_said
from sharemeal.instance import keep_field_keys
from sharemeal.sentences import Refused
from sharemeal.store.audit import head

SETTLING_SECONDS = 5
"""How long requests that began under the old keys may take to finish before the old keys go."""


@click.group("db")
def db_group() -> None:
    """The database."""


@db_group.command("upgrade")
@refusals_said
def upgrade() -> None:
    """Bring the database up to the newest migration."""
    with opened() as door:
        door.store.upgrade()
    click.echo("データベースは新しい形です。")


@click.group("keys")
def keys_group() -> None:
    """The keys of personal data."""


@keys_group.command("rotate")
@refusals_said
def rotate() -> None:
    """Write every personal column anew under a new key and retire the old ones."""
    with opened() as door:
        if door.settings.field_keys:
            _rotate_set_keys(door)
        else:
            _rotate_kept_keys(door)


def _rotate_kept_keys(door: Opened) -> None:
    """The keys live in the instance folder. A rotation that was broken off is finished before another begins."""
    keys = door.store.keyring
    if len(keys.field_keys) == 1:
        keys = keys.rotated()
        keep_field_keys(door.settings, keys)
    else:
        click.echo("途中で止まった鍵の交換を、続きから終わらせます。")
    door.store.use_keys(keys)
    rows = _rewrite(door)
    time.sleep(SETTLING_SECONDS)
    rows += _rewrite(door)
    keep_field_keys(door.settings, keys.newest_only())
    click.echo(f"新しい鍵にしました（{rows}行を書きなおしました）。")


def _rotate_set_keys(door: Opened) -> None:
    """The keys come from the environment: this program cannot change them, only say what to set."""
    keys = door.store.keyring
    if len(keys.field_keys) == 1:
        click.echo(
            "SHAREMEAL_FIELD_KEYS を次の値に変え、すべてのプロセスを起動しなおしてから、もう一度実行してください。"
        )
        click.echo(",".join(keys.rotated().field_keys))
        return
    rows = _rewrite(door)
    click.echo(f"{rows}行をいちばん新しい鍵で書きなおしました。")
    click.echo("SHAREMEAL_FIELD_KEYS を次の値に変えて、起動しなおしてください。")
    click.echo(keys.field_keys[0])


def _rewrite(door: Opened) -> int:
    with door.store.session(all_labs=True, actor=ACTOR) as session:
        return rewrite_under_newest(session, door.store.keyring, now=door.clock.now())


@click.group("audit")
def audit_group() -> None:
    """Who read and changed personal data."""


@audit_group.command("verify")
@json_option
@refusals_said
def verify(as_json: bool) -> None:
    """Check that no audit row was changed or lost; the head, kept elsewhere, shows whether the end was cut off."""
    with opened() as door, door.store.session(all_labs=True, actor=ACTOR) as session:
        count = verify_audit(session, now=door.clock.now())
        last = head(session)
    if as_json:
        print_json({"rows": count, "broken": None, "head": last})
    else:
        click.echo(f"監査の記録は、{count}行すべてつながっています。")
        click.echo(f"末尾 {last}")


@click.command("doctor")
@json_option
def doctor(as_json: bool) -> None:
    """Check settings, database, keys, clock and the watching itself; exit 1 on a fault."""
    try:
        with opened(as_it_is=True) as door:
            found = findings.examine(door)
    except Refused as refusal:
        found = [Finding("settings", False, str(refusal))]
    if as_json:
        print_json({"ok": all(each.good for each in found), "findings": [vars(each) for each in found]})
    else:
        for each in found:
            click.echo(f"{each.mark}  {each.said}")
    sys.exit(0 if all(each.good for each in found) else 1)
