"""``sharemeal route``: one routing problem in, its answer out; needs neither database nor web."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import click

from sharemeal.routing import process
from sharemeal.routing.classic import read_lilim, read_solomon
from sharemeal.routing.problem import Objective, Problem
from sharemeal.routing.solve import Stop, solve
from sharemeal.routing.vroom import problem_from
from sharemeal.routing.vroom_answer import answer_from
from sharemeal.sentences import Refused, Sentence

FEW_REQUESTS = 14
SECONDS_FOR_FEW, SECONDS_FOR_MANY = 3.0, 10.0


@click.command("route")
@click.argument("problem_file", metavar="PROBLEM", type=click.Path(allow_dash=True))
@click.option("--format", "form", type=click.Choice(["json", "lilim", "solomon"]), default="json")
@click.option("--seconds", type=float, help="Longest time to solve; by default 3, for larger problems 10.")
@click.option("--seed", type=int, default=0, show_default=True, help="Another seed, another search.")
@click.option("--objective", type=click.Choice([each.value for each in Objective]))
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write the answer to this file.")
def route(
    problem_file: str, form: str, seconds: float | None, seed: int, objective: str | None, output: str | None
) -> None:
    """Solve the routing problem in PROBLEM (a file, or - for standard input)."""
    began = time.monotonic()
    try:
        process.warm_up()
        problem = _read(problem_file, form, objective)
        loading = time.monotonic() - began
        few = len(problem.requests) <= FEW_REQUESTS
        limit = seconds if seconds is not None else (SECONDS_FOR_FEW if few else SECONDS_FOR_MANY)
        plan = solve(problem, Stop(limit), seed)
        _write(answer_from(plan, loading_seconds=loading), output)
    except Refused as refusal:
        click.echo(json.dumps({"code": 2, "error": str(refusal)}, ensure_ascii=False))
        click.echo(str(refusal), err=True)
        sys.exit(1)


def _read(problem_file: str, form: str, objective: str | None) -> Problem:
    text = _text(problem_file)
    if form == "lilim":
        return read_lilim(text, Objective(objective or Objective.VEHICLES_DISTANCE))
    if form == "solomon":
        return read_solomon(text, Objective(objective or Objective.VEHICLES_DISTANCE))
    try:
        document: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused(
            Sentence("JSONとして読めません"), why=Sentence("{error}", error=str(error).replace("\n", " "))
        ) from None
    return problem_from(document, Objective(objective or Objective.WEIGHTED))


def _text(problem_file: str) -> str:
    try:
        if problem_file == "-":
            return sys.stdin.buffer.read().decode("utf-8-sig")
        return Path(problem_file).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise Refused(
            Sentence("ファイル「{file}」を開けません", file=problem_file),
            why=Sentence("{error}", error=error.strerror or str(error)),
        ) from None
    except UnicodeDecodeError:
        raise Refused(Sentence("ファイル「{file}」はUTF-8の文字ではありません", file=problem_file)) from None


def _write(answer: dict[str, Any], output: str | None) -> None:
    text = json.dumps(answer, ensure_ascii=False)
    if output is None:
        click.echo(text)
        return
    try:
        Path(output).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise Refused(
            Sentence("ファイル「{file}」に書けません", file=output),
            why=Sentence("{error}", error=error.strerror or str(error)),
        ) from None


if __name__ == "__main__":
    route()
