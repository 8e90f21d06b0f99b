"""Twilio's calls over HTTP: signed ones are taken in, forged and oversized ones are not, replays change nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from sharemeal import create_app
from sharemeal.actions.send_messages import send_messages
from sharemeal.alerts import AlertState
from sharemeal.config import Settings
from sharemeal.instance import sms_of
from sharemeal.messages import MessageState
from sharemeal.store.base import Store
from sharemeal.store.messages import DeliveryEvent
from tests.make.outbox import PHONE, Outbox, sending
from tests.twilio_standin import Text, TwilioStandIn
from tests.web.conftest import StandingClock

PUBLIC = "https://meals.example.jp"


@pytest.fixture
def outbox(store: Store, now: datetime) -> Outbox:
    return Outbox(store, now)


@pytest.fixture
def settings(twilio: TwilioStandIn, tmp_path: Path) -> Settings:
    return Settings(secret_key="only for tests", instance=str(tmp_path), **twilio.settings())


@pytest.fixture
def app(store: Store, clock: StandingClock, settings: Settings) -> Flask:
    """The whole app with Twilio set; form tokens are asked for."""
    made = create_app(settings, clock, store)
    made.testing = True
    return made


def send(outbox: Outbox, settings: Settings, site: str) -> int:
    return send_messages(outbox.store, sms_of(settings), sending(site=site), now=outbox.now)


def test_a_text_goes_out_arrives_and_is_answered_over_http(
    app: Flask,
    settings: Settings,
    serve: Callable[[Flask], str],
    outbox: Outbox,
    twilio: TwilioStandIn,
) -> None:
    site = serve(app)
    person = outbox.person()
    alert = outbox.alert(person)
    message = outbox.write(person, alert_id=alert)
    assert send(outbox, settings, site) == 1
    [text] = twilio.texts(PHONE)
    assert f"{site}/a/{outbox.row(message).code}" in text.body
    assert twilio.deliver(text.sid, "sent") == 204
    assert outbox.state(message) is MessageState.SENT
    twilio.deliver_all()
    assert outbox.state(message) is MessageState.DELIVERED
    assert twilio.reply(site, PHONE, "はい") == 200
    assert outbox.state_of(alert) is AlertState.ACKED


def test_a_callback_that_comes_before_the_answer_is_not_lost(
    app: Flask,
    settings: Settings,
    serve: Callable[[Flask], str],
    outbox: Outbox,
    twilio: TwilioStandIn,
) -> None:
    message = outbox.write()
    answers: list[int] = []
    twilio.before_answer = lambda text: answers.append(twilio.deliver(text.sid))
    assert send(outbox, settings, serve(app)) == 1
    assert (answers, outbox.state(message)) == ([204], MessageState.DELIVERED)


class Caller:
    """Calls an app as Twilio would, about a message that was sent."""

    def __init__(self, app: Flask, outbox: Outbox, twilio: TwilioStandIn, settings: Settings) -> None:
        self.client: FlaskClient = app.test_client()
        self.outbox, self.twilio = outbox, twilio
        self.message = outbox.write()
        send(outbox, settings, "http://localhost")
        [self.text] = twilio.texts()
        self.path = (self.text.callback or "").removeprefix("http://localhost")

    def form(self, status: str = "delivered") -> dict[str, str]:
        self.text.status = status
        return self.twilio.status_form(self.text)

    def call(
        self,
        form: dict[str, str],
        *,
        path: str | None = None,
        site: str = "http://localhost",
        signature: str | None = None,
    ) -> int:
        path = path or self.path
        signed = self.twilio.signature(site + path, form) if signature is None else signature
        headers = {"X-Twilio-Signature": signed} if signed else {}
        return self.client.post(path, data=form, headers=headers).status_code

    @property
    def state(self) -> MessageState:
        return self.outbox.state(self.message)


@pytest.fixture
def caller(app: Flask, outbox: Outbox, twilio: TwilioStandIn, settings: Settings) -> Caller:
    return Caller(app, outbox, twilio, settings)


def test_forged_calls_are_refused_and_change_nothing(caller: Caller) -> None:
    form = caller.form()
    for signature in ("", "x", TwilioStandIn().signature(f"http://localhost{caller.path}", form), "あ"):
        assert caller.call(form, signature=signature.encode().decode("latin-1")) == 403
    signed = caller.twilio.signature(f"http://localhost{caller.path}", caller.form("sent"))
    assert caller.call(caller.form("delivered"), signature=signed) == 403
    assert caller.call(caller.form(), site="https://elsewhere.example") == 403
    reply = {"From": PHONE, "Body": "1"}
    assert caller.call(reply, path="/twilio/inbound", signature="x") == 403
    assert caller.state is MessageState.ACCEPTED
    assert caller.outbox.count(DeliveryEvent) == 0


def test_a_replay_changes_nothing_and_a_late_word_neither(caller: Caller) -> None:
    assert caller.call(caller.form("delivered")) == 204
    before = caller.outbox.row(caller.message)
    for status in ("delivered", "delivered", "sent", "queued", "undelivered"):
        assert caller.call(caller.form(status)) == 204
    after = caller.outbox.row(caller.message)
    assert (after.state, after.accepted_at, after.error_code) == (
        MessageState.DELIVERED,
        before.accepted_at,
        None,
    )
    assert caller.outbox.count(DeliveryEvent) == 4


def test_what_is_unknown_or_cannot_be_read_is_told_so(caller: Caller) -> None:
    form = caller.form()
    for nonce in ("nobody", "nobody.1", ".", "%00", "x" * 65, "あ"):
        assert caller.call(form, path=f"/twilio/status/{nonce}") in (403, 404)
    assert caller.call(form, path="/twilio/status/nobody.1") == 404
    assert caller.call(form | {"MessageSid": "x" * 65}) == 400
    assert caller.call({"MessageStatus": "sent"}) == 400
    assert caller.call(form | {"MessageStatus": "1; DROP"}) == 400
    assert caller.call(form | {"ErrorCode": "９"}) == 204
    assert caller.client.get(caller.path).status_code == 405


def test_too_much_is_refused_before_it_is_looked_at(caller: Caller) -> None:
    assert caller.call(caller.form() | {"Body": "x" * 65_536}) == 413
    assert caller.call(caller.form() | {"Body": "x" * 1_000_000}) == 413
    assert caller.state is MessageState.ACCEPTED


def test_a_host_that_is_no_address_is_refused(caller: Caller) -> None:
    answer = caller.client.post(
        caller.path, data=caller.form(), headers={"Host": "a:b", "X-Twilio-Signature": "x"}
    )
    assert answer.status_code in (400, 403)


def test_behind_a_proxy_the_public_address_is_what_was_signed(
    store: Store,
    clock: StandingClock,
    tmp_path: Path,
    outbox: Outbox,
    twilio: TwilioStandIn,
) -> None:
    settings = Settings(instance=str(tmp_path), public_url=f"{PUBLIC}/", **twilio.settings())
    caller = Caller(create_app(settings, clock, store), outbox, twilio, settings)
    assert caller.call(caller.form()) == 403
    assert caller.call(caller.form(), site=PUBLIC) == 204
    assert caller.state is MessageState.DELIVERED


def test_where_twilio_is_not_set_nobody_answers(
    store: Store, clock: StandingClock, tmp_path: Path, twilio: TwilioStandIn
) -> None:
    client = create_app(Settings(instance=str(tmp_path)), clock, store).test_client()
    form = twilio.status_form(Text("SM1", PHONE, "", "", None))
    for path in ("/twilio/status/n.1", "/twilio/inbound"):
        headers = {"X-Twilio-Signature": twilio.signature(f"http://localhost{path}", form)}
        assert client.post(path, data=form, headers=headers).status_code == 404


def test_an_answer_says_nothing_back(caller: Caller) -> None:
    form = {"From": PHONE, "Body": "1"}
    signature = caller.twilio.signature("http://localhost/twilio/inbound", form)
    answer = caller.client.post("/twilio/inbound", data=form, headers={"X-Twilio-Signature": signature})
    assert (answer.text, answer.mimetype) == ("<Response/>", "text/xml")
