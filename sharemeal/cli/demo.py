"""``demo load``: labs with invented people."""

from __future__ import annotations

import click

from sharemeal.cli.opening import opened, refusals_said


@click.group("demo")
def demo_group() -> None:
    """Labs with invented people, to look around in."""


@demo_group.command("load")
@click.option("--labs", type=click.IntRange(1, 200), default=1, show_default=True, help="How many labs.")
@click.option(
    "--weeks", type=click.IntRange(0, 260), default=8, show_default=True, help="Past weeks of each."
)
@click.option("--seed", type=int, default=1, show_default=True, help="Which people and numbers.")
@click.option("--if-empty", is_flag=True, help="Do nothing where there is a lab already.")
@refusals_said
def demo_load(labs: int, weeks: int, seed: int, *, if_empty: bool) -> None:
    """Make labs with invented people, past weeks and a coming service day that is ready to plan."""
    from sharemeal.demo.load import load

    with opened() as desk:
        slugs = load(desk.store, labs=labs, weeks=weeks, seed=seed, now=desk.clock.now(), if_empty=if_empty)
    if slugs:
        click.echo(f"見本のラボをつくりました（{'・'.join(slugs)}）。")
    else:
        click.echo("ラボがもうあるので、何もしませんでした。")
