"""People and their links, by hand."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager
from datetime import datetime
from typing import TYPE_CHECKING

import click

from sharemeal.actions.note_readings import note_readings
from sharemeal.actions.people import add_person, email_address, people_of_kitchens, set_password
from sharemeal.actions.sign_in import FreshLink, make_link
from sharemeal.cli.opening import ACTOR, json_option, lab_option, opened, print_json, refusals_said
from sharemeal.config import Settings
from sharemeal.people import ROLE_WORDS, Role
from sharemeal.sentences import Refused, Sentence
from sharemeal.store.people import by_email, of_role

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

LINK_ROLES = (Role.KITCHEN, Role.VOLUNTEER, Role.COORDINATOR, Role.LAB_ADMIN)
role_argument = click.argument("role", type=click.Choice([role.value for role in Role]), metavar="ROLE")


@click.group("person")
def person_group() -> None:
    """People who sign in."""


@person_group.command("add")
@role_argument
@click.argument("name")
@click.option("--phone", default="", help="Telephone number.")
@click.option("--email", default="", help="E-mail address; needed to come in by password.")
@click.option("--kitchen", "kitchen_number", type=int, help="The number of the kitchen they belong to.")
@lab_option
@json_option
@refusals_said
def add(
    role: str,
    name: str,
    phone: str,
    email: str,
    kitchen_number: int | None,
    lab_slug: str | None,
    as_json: bool,
) -> None:
    """Add a person by role and name."""
    with opened() as door, door.session(door.lab(lab_slug)) as session:
        person_id = add_person(
            session,
            Role(role),
            name,
            phone=phone,
            email=email,
            kitchen_number=kitchen_number,
            now=door.clock.now(),
        )
    if as_json:
        print_json({"person": person_id, "role": role})
    else:
        click.echo(f"{ROLE_WORDS[Role(role)]}を登録しました（{person_id}番）。")


@person_group.command("password")
@click.argument("email")
@refusals_said
def password(email: str) -> None:
    """Set a password, asked for twice, for the person of an e-mail address."""
    from sharemeal.web.accounts import make_hash

    address = email_address(email)
    with opened() as door, door.store.session(all_labs=True, actor=ACTOR) as session:
        person = by_email(session, address)
        if person is None or not person.role.staff:
            raise Refused(
                Sentence("このメールアドレスの世話人・管理者はいません。"),
                remedy=Sentence("person add で、--email をつけて登録してください。"),
            )
        typed = _typed_password()
        set_password(session, person.id, make_hash(typed, address), now=door.clock.now())
    click.echo("パスワードを決めました。")


def _typed_password() -> str:
    """Asked for twice and not shown; from a script, one line on standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("パスワード", hide_input=True, confirmation_prompt="もう一度", err=True)
    return typed


@click.command("link")
@role_argument
@click.option("--name", help="For whom: the name, or a part of it that fits only one person.")
@lab_option
@json_option
@refusals_said
def link(role: str, name: str | None, lab_slug: str | None, as_json: bool) -> None:
    """Print a fresh sign-in link and its code for somebody of a role."""
    with opened() as door:
        lab = door.lab(lab_slug)
        fresh = link_of(door.store.session(lab.id, actor=ACTOR), Role(role), name, door.clock.now())
        address = link_address(door.settings, fresh)
    until = fresh.valid_until.astimezone(lab.rules.zone)
    if as_json:
        print_json({"url": address, "code": fresh.code, "role": role, "valid_until": until.isoformat()})
    else:
        click.echo(address)
        click.echo(f"番号 {fresh.code}  {until:%Y-%m-%d %H:%M} まで")


def link_of(
    opening: AbstractContextManager[Session], role: Role, name: str | None, now: datetime
) -> FreshLink:
    """A fresh link for the person of that role whose name fits; the first one when no name is given.

    Raises Refused when nobody or more than one fits.
    """
    with opening as session:
        if role is Role.KITCHEN:
            people_of_kitchens(session, now=now)
        people = of_role(session, role, with_names=name is not None)
        if name is not None:
            people = [each for each in people if each.name == name] or [
                each for each in people if name in each.name
            ]
            note_readings(session, now=now)
        if not people or (name is not None and len(people) > 1):
            raise Refused(
                Sentence("「{name}」にあてはまる人が{count}人います。", name=name, count=len(people))
                if people
                else Sentence("その役割の人がまだいません（{role}）。", role=ROLE_WORDS[role])
                if name is None
                else Sentence("「{name}」という人はいません（{role}）。", name=name, role=ROLE_WORDS[role]),
                remedy=Sentence("person add で登録するか、名前を確かめてください。"),
            )
        return make_link(session, people[0].id, now=now)


def site_address(settings: Settings) -> str:
    """Where people reach the pages, without a slash at the end."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = "127.0.0.1" if settings.host in ("", "0.0.0.0", "::") else settings.host  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def link_address(settings: Settings, fresh: FreshLink) -> str:
    """The whole address of a link."""
    return f"{site_address(settings)}/s/{fresh.token}"
