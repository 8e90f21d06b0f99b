"""What the doctor says of text messages."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.twilio_standin import TwilioStandIn

Told = Callable[..., dict[str, Any]]


def said(told: Told) -> tuple[bool, list[str]]:
    """Whether all is well, and what is said of text messages."""
    answer = told("doctor")
    return answer["ok"], [each["said"] for each in answer["findings"] if each["about"] == "sms"]


@pytest.mark.usefixtures("lab")
def test_without_twilio_texts_stay_on_the_screen(told: Told) -> None:
    ok, [sentence] = said(told)
    assert ok
    assert "どこへも送られません" in sentence


@pytest.mark.usefixtures("lab")
def test_twilio_is_asked_whether_it_knows_us(
    told: Told, settings: dict[str, str], twilio: TwilioStandIn
) -> None:
    settings |= twilio.environment()
    ok, [sentence] = said(told)
    assert ok
    assert "合っています" in sentence
    settings["TWILIO_AUTH_TOKEN"] = "wrong"
    ok, [sentence] = said(told)
    assert not ok
    assert "401" in sentence
    assert "wrong" not in sentence
    twilio.list_is_down = True
    settings |= twilio.environment()
    ok, [sentence] = said(told)
    assert not ok
    assert "答えません" in sentence


@pytest.mark.usefixtures("lab")
def test_twilio_set_by_halves_is_named(told: Told, settings: dict[str, str]) -> None:
    settings["TWILIO_ACCOUNT_SID"] = "AC1"
    ok, [sentence] = said(told)
    assert not ok
    assert "TWILIO_AUTH_TOKEN・TWILIO_FROM" in sentence


@pytest.mark.usefixtures("lab")
def test_an_address_that_makes_texts_too_long_is_refused(told: Told, settings: dict[str, str]) -> None:
    settings["PUBLIC_URL"] = f"https://{'a' * 22}"
    assert said(told)[0]
    settings["PUBLIC_URL"] = f"https://{'a' * 25}/"
    ok, sentences = said(told)
    assert not ok
    assert "3字" in sentences[0]
