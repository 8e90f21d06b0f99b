"""Backups by hand: the whole database into one file, and back into an empty database."""

from __future__ import annotations

from pathlib import Path

import click

from sharemeal.cli.opening import ACTOR, json_option, opened, print_json, refusals_said, refuse_unreachable

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("backup")
@click.argument("file", type=FILE)
@json_option
@refusals_said
def backup(file: Path, as_json: bool) -> None:
    """Write all tables as they stand at this moment into FILE, while people go on working; without the keys."""
    from sharemeal.actions.backup import back_up

    with opened(as_it_is=True) as door:
        refuse_unreachable(door.store)
        now = door.clock.now()
        done = back_up(door.store, file, owner=ACTOR, now=now)
    if as_json:
        print_json({"taken_at": now.isoformat(), **vars(done)})
        return
    click.echo(
        f"バックアップを書きました（{done.tables}の表、{done.rows}行、{done.file_bytes / 1e6:.1f} MB）。"
    )
    click.echo(
        "個人情報の鍵は入っていません。instance の field_keys と index_key を、別の場所に保管してください。"
    )


@click.command("restore")
@click.argument("file", type=FILE)
@json_option
@refusals_said
def restore(file: Path, as_json: bool) -> None:
    """Fill an empty database from FILE, all or nothing. Sending waits until what went out since is known."""
    from sharemeal.actions.restore import restore

    with opened() as door:
        done = restore(door.store, file, actor=ACTOR, now=door.clock.now())
    taken_at = done.header.taken_at
    if as_json:
        print_json({"taken_at": taken_at.isoformat(), "rows": done.rows, "in_doubt": done.in_doubt})
        return
    click.echo(f"{taken_at:%Y-%m-%d %H:%M:%S} UTC のバックアップから、{done.rows}行を戻しました。")
    click.echo(
        f"送ったかわからないSMSが{done.in_doubt}件あります。serve か jobs run を動かすと、"
        "確かめ終わるまで送信を止め、自分で再開します。"
    )
    click.echo("前のシステムが止まっていることを確かめてください。両方が動くと、二重に送られます。")
