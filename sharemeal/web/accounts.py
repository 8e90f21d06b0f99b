"""Passwords of staff, through Flask-Security: argon2id and normal forms of what was typed.

Only that part of the library is used, in a small app of its own. Its pages, its registration, its tokens and its
links that sign in when they are merely looked at never touch ours; the session is ours (web/sessions.py), and people
are found by the keyed index of their e-mail address, so that no address stands in clear.
"""

from __future__ import annotations

import secrets
from functools import cache
from typing import TYPE_CHECKING

from flask import Flask

from sharemeal.actions.count_tries import begin_try
from sharemeal.actions.people import email_address
from sharemeal.actions.sign_in import signed_in_by_password
from sharemeal.sentences import Refused, Sentence
from sharemeal.store.base import let_go
from sharemeal.store.people import by_email
from sharemeal.web import doorway

if TYPE_CHECKING:
    from flask_security import Security

SHORTEST = 12
LONGEST = 200


@cache
def _vault() -> Flask:
    """The library in an app of its own, made when a password is first met: most requests never need it."""
    from flask_security import RoleMixin, Security, UserDatastore, UserMixin

    vault = Flask("sharemeal.accounts")
    vault.config["SECRET_KEY"] = secrets.token_urlsafe(32)
    vault.config.from_mapping(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106 (the name of a scheme)
        SECURITY_PASSWORD_SCHEMES=["argon2"],
        SECURITY_PASSWORD_SINGLE_HASH={"argon2"},
        SECURITY_PASSWORD_LENGTH_MIN=SHORTEST,
    )
    account = type("Account", (UserMixin,), {"fs_uniquifier": ""})
    Security(vault, UserDatastore(account, RoleMixin), register_blueprint=False)
    return vault


def _security() -> Security:
    security: Security = _vault().extensions["security"]
    return security


@cache
def _nobodys_hash() -> str:
    """Compared with when there is no such person, so that the answer takes as long."""
    with _vault().app_context():
        return str(_security().pwd_context.hash(secrets.token_urlsafe(16)))


def make_hash(password: str, email: str) -> str:
    """The argon2id hash of a new password. Raises Refused for one that is easily guessed."""
    from flask_security import hash_password

    with _vault().app_context():
        faults, normal = _security()._password_util.validate(password[: LONGEST + 1], True)
        weak = len(set(normal)) < 5 or email.partition("@")[0] in normal.lower() or "\0" in normal
        if faults or weak or len(normal) > LONGEST:
            raise Refused(
                Sentence("このパスワードは使えません。"),
                why=Sentence(
                    "短いもの、同じ文字のくりかえし、メールアドレスを含むものは、すぐに当てられます。"
                ),
                remedy=Sentence(
                    "{least}字から{most}字で、いくつかの言葉をつないで作ってください。",
                    least=SHORTEST,
                    most=LONGEST,
                ),
                field="password",
            )
        return str(hash_password(normal))


def fits(password: str, password_hash: str | None) -> bool:
    """Whether the password is the one that was hashed; without a hash it takes as long and says no."""
    from flask_security import verify_password

    nobody = _nobodys_hash()
    with _vault().app_context():
        normal = _security()._password_util.normalize(password[:LONGEST])
        fitting = bool(verify_password(normal.replace("\0", ""), password_hash or nobody))
    return fitting and password_hash is not None and "\0" not in normal


def person_by_password(email: str, password: str) -> int:
    """The id of the staff member with that address and password, noted in the audit.

    Raises Refused with one and the same sentence for an unknown address and a wrong password, and a sentence of its
    own after too many tries with this address, known or not.
    """
    wrong = Refused(
        Sentence("メールアドレスかパスワードが違います。"),
        remedy=Sentence(
            "もう一度確かめてください。わからないときは、管理者にサインイン用のリンクを頼んでください。"
        ),
        field="email",
    )
    try:
        address = email_address(email)
    except Refused:
        raise wrong from None
    store, now = doorway.doorway().store, doorway.now()
    with store.session(all_labs=True) as everyone:
        try:
            attempt = begin_try(everyone, f"password {store.keyring.index(address)}", now=now)
        except Refused as closed:
            raise closed.at("email") from None
        person = by_email(everyone, address)
        may_enter = person is not None and person.role.staff
        person_id, password_hash = (person.id, person.password) if person and may_enter else (0, None)
        let_go(everyone)
        if not fits(password, password_hash):
            raise wrong
        signed_in_by_password(everyone, person_id, attempt, now=now)
        return person_id
