"""Texts by Twilio over real HTTP: what is certain, what is in doubt, and that no log tells of it."""

import logging
import urllib.request
from datetime import UTC, datetime

import pytest

from sharemeal.config import Settings
from sharemeal.instance import sms_of
from sharemeal.outside.sms import ScreenSms, TwilioSms
from sharemeal.outside.ways import Certain, InDoubt, Outgoing
from sharemeal.sentences import Refused
from tests.twilio_standin import NUMBER, Fault, TwilioStandIn

TO = "+819000000001"
BODY = "【見守り】7KQ2M9XP"
SINCE = datetime(2026, 11, 27, tzinfo=UTC)


def outgoing(text: str, callback_url: str | None = None) -> Outgoing:
    return Outgoing(TO, "", text, "7KQ2M9XP", callback_url, at=SINCE)


def sms_to(twilio: TwilioStandIn, *, timeout_seconds: float = 8) -> TwilioSms:
    return TwilioSms(
        twilio.account_sid,
        twilio.auth_token,
        sender=NUMBER,
        api_url=twilio.address,
        timeout_seconds=timeout_seconds,
    )


def test_a_text_goes_out_is_listed_and_looked_up(twilio: TwilioStandIn) -> None:
    sms = sms_to(twilio)
    sid = sms.send(outgoing("【見守り】7KQ2M9XP", "http://127.0.0.1/twilio/status/n.1"))
    [text] = twilio.texts(TO)
    assert (text.sid, text.body, text.sender) == (sid, "【見守り】7KQ2M9XP", NUMBER)
    assert text.callback == "http://127.0.0.1/twilio/status/n.1"
    [listed] = sms.sent_to(TO, SINCE)
    assert (listed.sid, listed.text, listed.status, listed.error_code) == (sid, text.body, "queued", None)
    assert sms.sent_to("+819000000002", SINCE) == []
    assert sms.look(sid) == listed
    sms.answers()


def test_the_list_is_read_no_further_back_than_a_day_before(twilio: TwilioStandIn) -> None:
    sms = sms_to(twilio)
    sms.send(outgoing("7KQ2M9XP"))
    assert sms.sent_to(TO, datetime(2026, 11, 29, tzinfo=UTC)) == []


@pytest.mark.parametrize(
    ("fault", "code", "status"), [(Fault.BUSY, 20429, 429), (Fault.DEAD_NUMBER, 21211, 400)]
)
def test_what_was_refused_is_certain(twilio: TwilioStandIn, fault: Fault, code: int, status: int) -> None:
    twilio.plan(fault)
    with pytest.raises(Certain) as raised:
        sms_to(twilio).send(outgoing("text"))
    assert (raised.value.code, raised.value.status) == (code, status)
    assert twilio.texts() == []


@pytest.mark.parametrize("fault", [Fault.DOWN, Fault.TAKEN_THEN_500, Fault.SILENT, Fault.TAKEN_THEN_SILENT])
def test_what_has_no_clear_answer_is_in_doubt(twilio: TwilioStandIn, fault: Fault) -> None:
    twilio.plan(fault)
    with pytest.raises(InDoubt):
        sms_to(twilio, timeout_seconds=0.3).send(outgoing("text"))


def test_a_closed_door_and_an_answer_that_is_none_are_in_doubt(twilio: TwilioStandIn) -> None:
    twilio.close()
    sms = TwilioSms("AC", "token", sender=NUMBER, api_url="http://127.0.0.1:9", timeout_seconds=0.3)
    for call in (lambda: sms.send(outgoing("text")), lambda: sms.sent_to(TO, SINCE), lambda: sms.look("SM1")):
        with pytest.raises(InDoubt):
            call()


def test_a_wrong_token_is_certain_and_a_list_that_is_down_is_in_doubt(twilio: TwilioStandIn) -> None:
    wrong = TwilioSms(twilio.account_sid, "wrong", sender=NUMBER, api_url=twilio.address)
    for call in (wrong.answers, lambda: wrong.send(outgoing("text")), lambda: wrong.sent_to(TO, SINCE)):
        with pytest.raises(Certain) as raised:
            call()
        assert raised.value.status == 401
    twilio.list_is_down = True
    with pytest.raises(InDoubt):
        sms_to(twilio).sent_to(TO, SINCE)
    with pytest.raises(Certain):
        sms_to(twilio).look("SM-of-nobody")


def test_nothing_of_a_call_stands_in_a_log_or_an_error(
    twilio: TwilioStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("urllib3.connectionpool").setLevel(logging.NOTSET)
    sms = sms_to(twilio, timeout_seconds=0.3)
    sms.send(outgoing(BODY))
    sms.sent_to(TO, SINCE)
    twilio.plan(Fault.DEAD_NUMBER, Fault.TAKEN_THEN_SILENT)
    for _ in range(2):
        with pytest.raises((Certain, InDoubt)) as raised:
            sms.send(outgoing(BODY))
        assert raised.value.__context__ is None
        logging.getLogger("sharemeal").error("not sent", exc_info=raised.value)
    told = caplog.text
    assert "not sent" in told
    for personal in ("9000000001", BODY, twilio.auth_token):
        assert personal not in told


def test_no_proxy_region_or_account_of_the_environment_is_taken(
    twilio: TwilioStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("TWILIO_EDGE", "tokyo")
    monkeypatch.setenv("TWILIO_REGION", "jp1")
    assert urllib.request.getproxies()["http"] == "http://127.0.0.1:9"
    assert sms_to(twilio).send(outgoing("text")) == twilio.texts()[0].sid


def test_a_messaging_service_stands_instead_of_a_number(twilio: TwilioStandIn) -> None:
    settings = Settings(**(twilio.settings() | {"twilio_messaging_service_sid": "MG1"}))
    sms_of(settings).send(outgoing("text"))
    assert len(twilio.texts()) == 1


def test_only_what_the_world_reaches_is_given_to_twilio_as_an_address(twilio: TwilioStandIn) -> None:
    real = TwilioSms("AC", "token", sender=NUMBER)
    assert real.calls_back("https://meals.example.jp")
    assert not real.calls_back("http://127.0.0.1:8000")
    assert sms_to(twilio).calls_back("http://127.0.0.1:8000")
    assert not ScreenSms().calls_back("https://meals.example.jp")


def test_without_twilio_texts_stay_on_the_screen() -> None:
    sms = sms_of(Settings())
    assert isinstance(sms, ScreenSms)
    sid = sms.send(outgoing("text"))
    assert sid.startswith("screen-")
    assert sid != sms.send(outgoing("text"))
    assert sms.look(sid).status == "delivered"
    assert sms.sent_to(TO, SINCE) == []


@pytest.mark.parametrize("lacking", ["twilio_account_sid", "twilio_auth_token", "twilio_from"])
def test_twilio_set_by_halves_is_refused_by_name(lacking: str) -> None:
    whole = TwilioStandIn(address="http://127.0.0.1:9").settings()
    with pytest.raises(Refused, match=lacking.upper()):
        sms_of(Settings(**(whole | {lacking: ""})))
    with pytest.raises(Refused, match="TWILIO_API_URL"):
        sms_of(Settings(**(whole | {"twilio_api_url": "somewhere"})))
