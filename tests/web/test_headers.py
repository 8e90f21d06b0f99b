"""What every answer carries, and that every form is guarded: pages cannot be framed, scripted or forged."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sharemeal.people import Role
from tests.web.conftest import Labs


@pytest.mark.parametrize("path", ["/signin", "/healthz", "/s/unknown", "/nowhere", "/"])
def test_every_answer_carries_the_security_headers(app: Flask, path: str) -> None:
    headers = app.test_client().get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "form-action 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "no-store"


def test_over_https_browsers_are_told_to_stay_there(app: Flask) -> None:
    client = app.test_client()
    assert "Strict-Transport-Security" in client.get("/signin", base_url="https://localhost").headers
    assert "Strict-Transport-Security" not in client.get("/signin").headers


def test_the_pages_keep_to_their_own_policy(app: Flask) -> None:
    page = app.test_client().get("/signin").text
    assert not re.search(r"<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|https?://", page)


@pytest.fixture
def guarded(app: Flask) -> Flask:
    app.config["WTF_CSRF_ENABLED"] = True
    return app


def posts(app: Flask) -> list[str]:
    """The path of every view that takes a form, with numbers and words where it wants them.

    Twilio's calls are no forms: they carry a signature, see test_twilio.py. Neither are programs' check-ins: they
    are JSON, whose origin is looked at, see test_check_ins.py.
    """
    found = []
    for rule in app.url_map.iter_rules():
        if "POST" in (rule.methods or ()) and not rule.endpoint.startswith(("twilio.", "check_ins.")):
            values: dict[str, Any] = {
                name: {"kind": "volunteers", "day": "2026-11-27"}.get(name, "7") for name in rule.arguments
            }
            with app.test_request_context():
                found.append(app.url_for(rule.endpoint, **values))
    return found


@pytest.mark.parametrize("role", [Role.KITCHEN, Role.VOLUNTEER, Role.COORDINATOR])
def test_no_form_is_taken_without_its_token(
    guarded: Flask,
    labs: Labs,
    person: Callable[..., int],
    client_of: Callable[[int], FlaskClient],
    role: Role,
) -> None:
    client = client_of(person(labs.ours, role))
    taken = [path for path in posts(guarded) if client.post(path).status_code not in (400, 403)]
    assert taken == []
    with client.session_transaction() as session:
        assert "person_id" in session, "a forged form signed somebody out"


def test_a_forged_form_gets_a_sentence_one_can_act_on(guarded: Flask) -> None:
    answer = guarded.test_client().post("/signin", data={"email": "a@example.jp", "password": "x"})
    assert answer.status_code == 400
    assert "前の画面に戻って開きなおし" in answer.text


def test_the_token_of_a_page_opens_its_form(guarded: Flask) -> None:
    client = guarded.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/signin").text)
    assert token is not None
    form = {"csrf_token": token[1], "email": "a@example.jp", "password": "x"}
    assert client.post("/signin", data=form).status_code == 422


def test_the_token_of_another_browser_does_not(guarded: Flask) -> None:
    other = re.search(r'name="csrf_token" value="([^"]+)"', guarded.test_client().get("/signin").text)
    assert other is not None
    client = guarded.test_client()
    client.get("/signin")
    assert client.post("/signin", data={"csrf_token": other[1]}).status_code == 400


def test_a_fault_is_logged_without_the_links_secret(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sharemeal.web.links.open_link", broken)
    app.testing = False
    answer = app.test_client().post("/s/a-secret-token")
    assert answer.status_code == 500
    assert "不具合" in answer.text
    assert "/s/<token>" in caplog.text
    assert "a-secret-token" not in caplog.text
