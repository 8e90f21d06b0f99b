"""``sharemeal plan``: meals to homes, homes to routes, by hand."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from sharemeal.actions.plan_day import plan_day
from sharemeal.cli import day_report
from sharemeal.cli.opening import ACTOR, json_option, lab_option, opened, print_json, refusals_said
from sharemeal.routing import process
from sharemeal.sentences import Refused, Sentence
from sharemeal.store import service_days
from sharemeal.written import day as written_day

Tell = Callable[[float, float, float | None, int], None]


@click.command("plan")
@click.argument("date_text", metavar="DATE")
@click.option(
    "--problem", "problem_file", type=click.Path(dir_okay=False), help="Write the solved problem here."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed, another search.")
@lab_option
@json_option
@refusals_said
def plan(date_text: str, problem_file: str | None, seed: int, lab_slug: str | None, as_json: bool) -> None:
    """Match the meals of DATE to homes and plan the routes; a settled day is shown as it stands."""
    day = written_day(date_text)
    with opened() as here:
        lab = here.lab(lab_slug)
        with here.session(lab) as session:
            settled = service_days.settled_on(session, day) is not None
        if not settled:
            process.warm_up()
            seconds = float(here.settings.solve_seconds)
            with _bar(seconds) as tell:
                planned = plan_day(
                    here.store,
                    lab.id,
                    day,
                    now=here.clock.now(),
                    actor=ACTOR,
                    seconds=seconds,
                    seed=seed,
                    progress=tell,
                )
            if problem_file is not None:
                _write(problem_file, planned.problem)
        elif problem_file is not None:
            raise Refused(
                Sentence("この日の計画はもう決まっているため、問題を書き出せません。"),
                remedy=Sentence("確定を取り消してから、もう一度どうぞ。"),
            )
        with here.session(lab) as session:
            kept = service_days.on(session, day)
            assert kept is not None, "the day was planned just now"
            if as_json:
                print_json(day_report.as_json(kept))
            else:
                click.echo(day_report.as_text(kept))


def _write(problem_file: str, problem: dict[str, Any]) -> None:
    try:
        Path(problem_file).write_text(json.dumps(problem, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise Refused(
            Sentence("ファイル「{file}」に書けません。", file=problem_file),
            why=Sentence("{error}", error=error.strerror or str(error)),
            remedy=Sentence("書ける場所を選んでください。"),
        ) from None


@contextmanager
def _bar(seconds: float) -> Iterator[Tell | None]:
    """A progress bar on a terminal's standard error; elsewhere nothing."""
    if not sys.stderr.isatty():
        yield None
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("計算しています", total=seconds)

        def tell(elapsed: float, cost: float, _bound: float | None, left_out: int) -> None:
            minutes = -(-int(cost) // 60)
            bar.update(
                task, completed=elapsed, description=f"いちばん良い案: 負担{minutes}分・もれ{left_out // 2}件"
            )

        yield tell
