"""What the people of the story do again and again: into the chain, in by a text, at the shop, at a door."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from playwright.sync_api import expect

from tests.make.spreadsheets import cp932_csv
from tests.stories.round_town import RoundTown
from tests.stories.small_week import HOMES
from tests.stories.town import PHONE, Somebody

SAKURAI, NOGUCHI = "+818000000901", "+818000000902"
PINS = {SAKURAI: "2846", NOGUCHI: "7391"}
NEXT_FRIDAY = "2026-12-04"
YOKOHAMA = ZoneInfo("Asia/Tokyo")
PERSONAL = [text for home in HOMES.values() for text in home] + ["心配", "会えず", "不在"]


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> datetime:
    """That moment in Yokohama."""
    return datetime(2026, month, day, hour, minute, tzinfo=YOKOHAMA).astimezone(UTC)


def joins_the_chain(town: RoundTown, somebody: Somebody, number: str) -> None:
    """Into the chain, digits by SMS, a PIN: confirmed."""
    somebody.opens("/contacts")
    somebody.taps("連絡先に加える")
    somebody.page.get_by_label("SMSを受け取る番号").fill(number.replace("+81", "0"))
    somebody.taps("確認のSMSを送る")
    town.ticks()
    digits = re.findall(r"確認番号(\d{6})", town.texts(number)[-1])[0]
    somebody.page.get_by_label("届いた6けたの番号").fill(digits)
    somebody.page.get_by_label("4けたのPIN").fill(PINS[number])
    somebody.page.get_by_label("もう一度").fill(PINS[number])
    somebody.taps("番号を確認する")
    somebody.sees("確認済み")


def comes_in_by_sms(town: RoundTown, number: str) -> Somebody:
    """The evening before, the link comes by text; on another phone it is opened."""
    (text,) = town.texts(number)
    phone = town.somebody(PHONE)
    phone.comes_in_by(town.link_in(text))
    return phone


def collects(town: RoundTown, volunteer: Somebody, moment: datetime) -> None:
    """Count what is collected, at every kitchen of the course."""
    town.it_is(moment)
    volunteer.opens("/")
    shop = volunteer.page.locator("#stop:has(form.pick) #here")
    while shop.count():
        name = shop.inner_text()
        volunteer.page.locator("form.pick .btn-main").click()
        expect(volunteer.page.locator("#stop #here")).not_to_have_text(name)


def door(volunteer: Somebody, contact: str, condition: str) -> str:
    """Answer the door that fills the screen; returns whose it was."""
    volunteer.opens("/route")
    name = volunteer.page.locator("#here ruby").inner_text().split("\n")[0]
    volunteer.page.locator(f".choice:has(input[value={contact}])").click()
    volunteer.page.locator(f"button.cond.{condition}").click()
    volunteer.page.wait_for_load_state()
    return name


def reads_in_offers(desk: Somebody, offers: list[dict[str, str]]) -> None:
    desk.opens("/import")
    desk.page.locator("label.choice", has=desk.page.locator("input[value=offers]")).click()
    content = cp932_csv("offers", offers)
    desk.page.set_input_files("#file", {"name": "offers.csv", "mimeType": "text/csv", "buffer": content})
    desk.taps("中身を確かめる")
    desk.taps("取り込む")


def no_text_was_long_or_personal(town: RoundTown) -> None:
    """Not one text of the two weeks is longer than one part or holds a personal word."""
    for text in town.twilio.texts():
        assert len(text.body) <= 70, text.body
        assert [word for word in PERSONAL if word in text.body] == []
