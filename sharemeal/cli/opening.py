"""What each command opens first: settings, clock, store, and the one lab it is about."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec, TypeVar

import click

from sharemeal.clock import Clock
from sharemeal.config import Settings, read_settings
from sharemeal.instance import open_store
from sharemeal.sentences import Refused, Sentence
from sharemeal.store.base import Store
from sharemeal.store.labs import Lab, all_labs, by_slug

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ACTOR = "command line"
"""How the audit names whoever types."""

P = ParamSpec("P")
R = TypeVar("R")

lab_option = click.option(
    "--lab", "lab_slug", metavar="SLUG", help="Which lab; needed only where there are several."
)
json_option = click.option("--json", "as_json", is_flag=True, help="One JSON object on standard output.")


@dataclass(frozen=True)
class Opened:
    """The store with its settings and clock, for one command."""

    settings: Settings
    clock: Clock
    store: Store

    def lab(self, slug: str | None) -> Lab:
        """The lab that is meant. Raises Refused when it is unknown, or several exist and none was named."""
        with self.store.session(all_labs=True) as session:
            if slug is not None:
                lab = by_slug(session, slug)
                if lab is None:
                    raise Refused(
                        Sentence("「{slug}」というラボはありません。", slug=slug),
                        remedy=Sentence("lab add でつくるか、名前を確かめてください。"),
                    )
                return lab
            labs = all_labs(session)
        if len(labs) == 1:
            return labs[0]
        if not labs:
            raise Refused(
                Sentence("ラボがまだありません。"),
                remedy=Sentence("lab add でつくるか、import で表を読み込んでください。"),
            )
        raise Refused(
            Sentence("ラボがいくつかあります。"),
            remedy=Sentence(
                "--lab でひとつ選んでください（{slugs}）。", slugs="・".join(lab.slug for lab in labs)
            ),
        )

    @contextmanager
    def session(self, lab: Lab) -> Iterator[Session]:
        """A session fenced to that lab, for the person at the command line."""
        with self.store.session(lab.id, actor=ACTOR) as session:
            yield session


def settings_and_clock() -> tuple[Settings, Clock]:
    """The settings of the environment and the clock they ask for."""
    settings = read_settings()
    start = settings.clock_start_at
    return settings, Clock() if start is None else Clock.starting_at(start)


@contextmanager
def opened(*, as_it_is: bool = False) -> Iterator[Opened]:
    """The store, opened and closed around a command; a new database gets its tables, unless ``as_it_is``.

    Raises Refused when the database does not answer, unless ``as_it_is``.
    """
    settings, clock = settings_and_clock()
    store = open_store(settings)
    try:
        if not as_it_is:
            refuse_unreachable(store)
            store.upgrade_if_new()
        yield Opened(settings, clock, store)
    finally:
        store.close()


def refuse_unreachable(store: Store) -> None:
    """Raises Refused when the database does not answer."""
    if not store.answers():
        raise Refused(
            Sentence("データベースが答えません。"), remedy=Sentence("DATABASE_URL を確かめてください。")
        )


def refuse(refusal: Refused) -> NoReturn:
    """Say why on standard error and end with 1."""
    click.echo(str(refusal), err=True)
    sys.exit(1)


def refusals_said(command: Callable[P, R]) -> Callable[P, R]:
    """Turn a refusal inside a command into its sentence on standard error and exit 1."""

    @wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except Refused as refusal:
            refuse(refusal)

    return guarded


def print_json(value: Any) -> None:
    """One JSON object on standard output."""
    click.echo(json.dumps(value, ensure_ascii=False))
