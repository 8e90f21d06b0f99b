"""Serve the pages, and run the jobs beside them."""

from __future__ import annotations

import errno
import logging
import signal
import sys
from datetime import datetime

import click

from sharemeal import create_app
from sharemeal.cli.jobs import in_the_background, world_of
from sharemeal.cli.opening import ACTOR, refusals_said, settings_and_clock
from sharemeal.cli.people import LINK_ROLES, link_address, link_of, site_address
from sharemeal.config import Settings
from sharemeal.instance import open_store
from sharemeal.people import ROLE_WORDS
from sharemeal.sentences import Refused, Sentence
from sharemeal.store.base import Store
from sharemeal.store.labs import all_labs
from sharemeal.store.migrations import is_newest

THREADS = 16


@click.command("serve")
@refusals_said
def serve() -> None:
    """Serve the pages, run the jobs and print the address and one sign-in link per role; Ctrl-C stops all of it.

    Where another process drives the clock already, the jobs here wait.
    """
    import waitress

    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s")
    settings, clock = settings_and_clock()
    store = open_store(settings)
    try:
        if not is_newest(store.engine):
            raise Refused(
                Sentence("データベースが、このプログラムより古い形です。"),
                remedy=Sentence("先に db upgrade を実行してください。"),
            )
        world = world_of(settings, clock, store)
        app = create_app(settings, clock, store)
        try:
            server = waitress.create_server(
                app,
                host=settings.host,
                port=int(settings.port),
                threads=THREADS,
                ident=None,
                clear_untrusted_proxy_headers=False,  # /metrics must see that a proxy asks for somebody else
            )
        except OSError as error:
            raise _not_listening(settings, error) from error
        signal.signal(signal.SIGTERM, _stop)
        try:
            with in_the_background(world):
                _greet(settings, store, clock.now())
                server.run()
        finally:
            server.close()
    finally:
        store.close()
    click.echo("止まりました。")


def _stop(_signal: int, _frame: object) -> None:
    """Stop as Ctrl-C does: what runs is finished, and the jobs stop too."""
    raise SystemExit(0)


def _not_listening(settings: Settings, error: OSError) -> Refused:
    if error.errno == errno.EADDRINUSE:
        return Refused(
            Sentence("ポート {port} は、もう使われています。", port=settings.port),
            remedy=Sentence("動いているほうを止めるか、PORT でほかの番号を選んでください。"),
        )
    return Refused(
        Sentence(
            "{host} のポート {port} をひらけません（{error}）。",
            host=settings.host,
            port=settings.port,
            error=error.strerror or "",
        ),
        remedy=Sentence("HOST と PORT を確かめてください。"),
    )


def _greet(settings: Settings, store: Store, now: datetime) -> None:
    """The address, and a working link per role of the first lab that has such people.

    A site that the world reaches (https) prints none: what is printed there ends up in log files.
    """
    click.echo(f"\nシェアご飯  {site_address(settings)}\n")
    if settings.clock_start_at is not None:
        click.echo(f"リハーサル: 時計は {settings.clock_start} から動いています（SHAREMEAL_CLOCK_START）。\n")
    with store.session(all_labs=True) as session:
        labs = sorted(all_labs(session), key=lambda lab: lab.id)
    public = settings.public_url.startswith("https://")
    for lab in [] if public else labs[:1]:
        click.echo(f"{lab.name} のサインイン用リンク（続ける を押すと入れます）")
        for role in LINK_ROLES:
            try:
                fresh = link_of(store.session(lab.id, actor=ACTOR), role, None, now)
            except Refused:
                continue
            until = fresh.valid_until.astimezone(lab.rules.zone)
            once = "、1回だけ" if role.staff else ""
            click.echo(
                f"  {ROLE_WORDS[role]} ({role.value})  番号 {fresh.code}  {until:%m-%d %H:%M} まで{once}"
            )
            click.echo(f"    {link_address(settings, fresh)}")
    click.echo("\n新しいリンクは sharemeal link ROLE で作れます。")
    click.echo("止めるときは Ctrl-C。")
    sys.stdout.flush()
