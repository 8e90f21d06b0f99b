"""What the doctor says of e-mail."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.smtp_standin import PASSWORD, SmtpStandIn, mail_server
from tests.twilio_standin import TwilioStandIn

Told = Callable[..., dict[str, Any]]


def said(told: Told) -> tuple[bool, list[str]]:
    """Whether all is well, and what is said of e-mail."""
    answer = told("doctor")
    return answer["ok"], [each["said"] for each in answer["findings"] if each["about"] == "mail"]


@pytest.mark.usefixtures("lab")
def test_without_any_way_mail_stays_on_the_screen(told: Told) -> None:
    ok, [sentence] = said(told)
    assert ok
    assert "どこへも送られません" in sentence


@pytest.mark.usefixtures("lab")
def test_where_only_twilio_is_set_it_says_that_nothing_follows_a_text(
    told: Told, settings: dict[str, str], twilio: TwilioStandIn
) -> None:
    settings |= twilio.environment()
    ok, [sentence] = said(told)
    assert ok
    assert "メールの設定がなく、SMSが届かないときの代わりがありません" in sentence


@pytest.mark.usefixtures("lab")
def test_the_server_is_asked_whether_it_knows_us(
    told: Told, settings: dict[str, str], twilio: TwilioStandIn
) -> None:
    with mail_server(wants_sign_in=True) as server:
        settings |= {**twilio.environment(), "SMTP_URL": server.url}
        ok, [sentence] = said(told)
        assert ok
        assert "合っています" in sentence
        settings["SMTP_URL"] = server.url.replace("lab:", "lab:wrong")
        ok, [sentence] = said(told)
        assert not ok
        assert "535" in sentence
        settings["SMTP_URL"] = f"smtp://127.0.0.1:{server.port}/?from=m@example.jp&key={PASSWORD}"
        ok, [sentence] = said(told)
        assert not ok
        assert "SMTP_URL を読めません" in sentence
        assert PASSWORD not in sentence
        settings["SMTP_URL"] = server.url
    ok, [sentence] = said(told)
    assert not ok
    assert "つながりません" in sentence


@pytest.mark.usefixtures("lab")
def test_a_server_without_twilio_is_asked_too_and_nothing_is_promised(
    told: Told, settings: dict[str, str], smtp_server: SmtpStandIn
) -> None:
    settings["SMTP_URL"] = smtp_server.url
    ok, sentences = said(told)
    assert ok
    assert "合っています" in sentences[0]
    assert "メールも送られません" in sentences[1]
    assert smtp_server.attempts == 0
