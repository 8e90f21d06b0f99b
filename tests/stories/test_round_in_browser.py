"""The whole week with all four roles, from the import to a closed concern, and the week after, which is called off.

The jobs run under the story's clock; text messages go by HTTP to the stand-in, and come back as links on telephones.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from sharemeal.store.base import Store
from tests.stories.round_people import (
    NEXT_FRIDAY,
    NOGUCHI,
    PINS,
    SAKURAI,
    at,
    collects,
    comes_in_by_sms,
    door,
    joins_the_chain,
    no_text_was_long_or_personal,
    reads_in_offers,
)
from tests.stories.round_town import RoundTown
from tests.stories.small_week import FRIDAY, HOMES, small_week
from tests.stories.test_week_in_browser import WORDS, hands_link, takes_in, the_kitchen_corrects_its_count
from tests.stories.town import DESK, PHONE, Somebody
from tests.twilio_standin import TwilioStandIn
from tests.web.conftest import StandingClock

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
def town(
    store: Store,
    tmp_path: Path,
    now: datetime,
    serve: Callable[[Flask], str],
    browser: Browser,
    twilio: TwilioStandIn,
) -> Iterator[RoundTown]:
    made = RoundTown(store, tmp_path, StandingClock(now), serve, browser, twilio)
    yield made
    made.close()


def test_a_week_from_the_import_to_a_closed_concern(town: RoundTown) -> None:
    """Each scene goes on where the one before ended."""
    lab_id = town.lab("aobadai", "青葉台・藤が丘リビングラボ")
    desk = town.staff(lab_id, "桜井 花", DESK)
    second = town.staff(lab_id, "野口 みどり", PHONE)
    for kind in WORDS:
        takes_in(desk, kind)
    for somebody, number in ((desk, SAKURAI), (second, NOGUCHI)):
        joins_the_chain(town, somebody, number)
    kitchen = town.somebody(PHONE)
    kitchen.comes_in_by(hands_link(desk, "kitchens", 1))
    the_kitchen_corrects_its_count(kitchen)
    the_volunteer_with_the_car_cannot_come(town, desk)

    town.it_is(at(26, 15, 6))
    the_clock_has_drafted_the_plan_and_it_is_fixed(desk)
    town.it_is(at(26, 17, 1))
    phones = [comes_in_by_sms(town, f"+81700000000{number}") for number in (1, 2)]
    town.it_is(at(27, 14))

    the_kitchen_has_cooked(town, kitchen)
    north, south = phones
    collects(town, north, at(27, 16, 31))
    collects(town, south, at(27, 16, 33))
    an_ordinary_door(town, north)
    an_unseen_home(town, south)
    a_worry_goes_down_the_chain(town, south, second)
    the_unseen_home_reaches_the_desk(town, desk)
    a_volunteer_is_silent_and_then_heard(town, desk, north)
    the_day_is_closed(town, desk, kitchen)
    the_log_holds_every_door(desk)

    a_called_off_day_becomes_calls(town, desk)
    no_text_was_long_or_personal(town)


def the_volunteer_with_the_car_cannot_come(town: RoundTown, desk: Somebody) -> None:
    car = town.somebody(PHONE)
    car.comes_in_by(hands_link(desk, "volunteers", 3))
    car.opens("/duty")
    friday = car.page.locator("section", has_text="11月27日").first
    car.taps("出られません", within=friday)
    expect(friday).to_contain_text("お返事をうかがいました")


def the_clock_has_drafted_the_plan_and_it_is_fixed(desk: Somebody) -> None:
    """Nobody pressed a button: the draft is there. A person answers for home 5 and fixes the day."""
    desk.opens(f"/plan/{FRIDAY}")
    desk.sees("下書き", "能登谷さん", "五十嵐さん")
    desk.page.get_by_label("このお宅にどうしますか").fill("電話をして、米のおかずを届けます")
    desk.taps("わたしが引き受けます")
    desk.taps("この案で確定する")
    desk.sees("計画を確定しました")


def the_kitchen_has_cooked(town: RoundTown, kitchen: Somebody) -> None:
    town.it_is(at(27, 16, 25))
    kitchen.opens("/kitchen")
    kitchen.sees("取りにうかがう人", "能登谷さん")
    kitchen.taps("できました")
    kitchen.sees("16:25", "17:55")
    kitchen.sees_nothing_of(*[text for home in HOMES.values() for text in home])


def an_ordinary_door(town: RoundTown, volunteer: Somebody) -> None:
    """A condition without a contact is asked again and keeps nothing; two taps record the door."""
    town.it_is(at(27, 17, 2))
    volunteer.opens("/route")
    volunteer.page.locator("button.cond.usual").click()
    volunteer.sees("「会えましたか」に、まだ答えがありません。")
    door(volunteer, "seen", "usual")
    volunteer.sees("会えた", "元に戻す", "いつも通り")


def an_unseen_home(town: RoundTown, volunteer: Somebody) -> None:
    town.it_is(at(27, 17, 4))
    door(volunteer, "unseen_left", "usual")
    volunteer.sees("会えず（置いた）")
    assert len(town.texts(SAKURAI)) == 1, "nobody is told for a quarter of an hour"


def a_worry_goes_down_the_chain(town: RoundTown, volunteer: Somebody, second: Somebody) -> None:
    """Told at once; the first does not answer; the second takes it up by code and PIN on a browser of their own."""
    town.it_is(at(27, 17, 12))
    name = door(volunteer, "seen", "worried")
    volunteer.sees("いま、命の危険を感じますか", "119", "110")
    expect(volunteer.page).to_have_url(re.compile("/route/worried"))
    town.ticks()
    alert = town.texts(SAKURAI)[-1]
    assert "確認依頼1件。5分以内" in alert
    town.it_is(at(27, 17, 17))
    link = town.link_in(town.texts(NOGUCHI)[-1])
    assert link != town.link_in(alert), "each text has a code of its own"

    strange = town.somebody(PHONE)
    strange.opens(link)
    strange.sees("確認のお願いが、1件あります。")
    strange.sees_nothing_of(name, "心配", *[text for home in HOMES.values() for text in home])
    strange.page.get_by_label("あなたの4けたのPIN").fill("0007")
    strange.taps("引き受けます")
    strange.sees_nothing_of(name)
    strange.page.get_by_label("あなたの4けたのPIN").fill(PINS[NOGUCHI])
    strange.taps("引き受けます")
    strange.sees("あなたが引き受け", "心配", name)
    volunteer.page.reload()
    volunteer.sees("野口さんが引き受けました")

    strange.page.get_by_label("わかったこと").fill("電話で話せた。朝を抜いたとのこと")
    strange.page.get_by_label("結果").select_option(label="無事")
    strange.taps("結果を知らせて終える")
    strange.sees("この確認は、終わりました。")
    town.ticks()
    for number in (SAKURAI, NOGUCHI):
        assert "お願いした確認は終わりました" in town.texts(number)[-1]
    before = len(town.twilio.texts())
    town.it_is(at(27, 17, 18))
    assert len(town.twilio.texts()) == before, "nobody hears of it again"


def the_unseen_home_reaches_the_desk(town: RoundTown, desk: Somebody) -> None:
    """A quarter of an hour after the knock: SMS, the card with its ladder, taken up at the desk, and ended."""
    town.it_is(at(27, 17, 19))
    town.comes_back(desk)
    assert "確認依頼1件。15分以内" in town.texts(SAKURAI)[-1]
    desk.opens("/today")
    card = desk.page.locator("article.alert", has_text="会えず")
    expect(card).to_contain_text("17:04")
    expect(card.locator(".ladder")).to_contain_text("ご家族へ")
    desk.taps("引き受けます", within=card)
    card = desk.page.locator("article.alert.mine")
    card.get_by_label("わかったこと").fill("お庭に出ておられた")
    card.get_by_label("結果").select_option(label="無事")
    desk.taps("結果を知らせて終える", within=card)
    expect(desk.page.locator("article.alert")).to_have_count(0)
    town.it_is(at(27, 17, 23))
    assert "お願いした確認は終わりました" in town.texts(SAKURAI)[-1], "five minutes after the one before"


def a_volunteer_is_silent_and_then_heard(town: RoundTown, desk: Somebody, volunteer: Somebody) -> None:
    """No tap at the second door until the margin has passed: told; a late tap (a voice alone) ends it by itself."""
    sent = len(town.texts(SAKURAI))
    town.it_is(at(27, 17, 45))
    told = town.texts(SAKURAI)[sent:]
    assert len(told) == 1
    desk.opens("/today")
    desk.sees("ボランティアから便りなし")
    door(volunteer, "voice_only", "usual")
    volunteer.sees("ありがとうございました")
    town.ticks()
    assert "お願いした確認は終わりました" in town.texts(SAKURAI)[-1]
    desk.opens("/today")
    expect(desk.page.locator("article.alert")).to_have_count(0)


def the_day_is_closed(town: RoundTown, desk: Somebody, kitchen: Somebody) -> None:
    """One number, then the sum of the meals; the kitchen is thanked."""
    town.it_is(at(27, 18))
    desk.opens("/today")
    expect(desk.page.locator(".num1")).to_contain_text("3")
    desk.sees("4軒すべてをたずね、3軒で会えました。")
    desk.taps("この日を締める")
    desk.sees("つくった数＝手渡し＋置いた＋もどった＋なくした", "開いているものはありません。")
    desk.taps("締める")
    desk.sees("締め")
    kitchen.opens("/kitchen")
    kitchen.sees("ありがとう")
    kitchen.sees_nothing_of(*[text for home in HOMES.values() for text in home])


def the_log_holds_every_door(desk: Somebody) -> None:
    desk.opens("/log")
    expect(desk.page.locator("main .plate")).to_have_count(4)
    desk.sees("声だけ", "会えず（置いた）", "心配")
    with desk.page.expect_download() as download:
        desk.page.get_by_role("button", name="この内容を書き出す（CSV）").click()
    rows = list(csv.reader(io.StringIO(Path(download.value.path()).read_text("utf-8-sig"))))
    assert len(rows) == 5


def a_called_off_day_becomes_calls(town: RoundTown, desk: Somebody) -> None:
    """The week after: planned, fixed, then snow. Each home is called; who does not answer is on the same ladder."""
    town.it_is(at(30, 10))
    town.comes_back(desk)
    offers = [{**row, "日付": NEXT_FRIDAY} for row in small_week()["offers"]]
    reads_in_offers(desk, offers)
    town.it_is(at(3, 15, 6, month=12))
    town.comes_back(desk)
    desk.opens(f"/plan/{NEXT_FRIDAY}")
    while (answer := desk.page.get_by_label("このお宅にどうしますか")).count():
        answer.first.fill("電話をします")
        desk.page.get_by_role("button", name="わたしが引き受けます").first.click()
        desk.page.wait_for_load_state()
    desk.taps("この案で確定する")
    desk.sees("計画を確定しました")
    town.it_is(at(4, 8, month=12))
    town.comes_back(desk)
    desk.opens(f"/today/{NEXT_FRIDAY}")
    desk.taps("この日を中止する")
    desk.page.get_by_label("理由").fill("大雪")
    desk.taps("中止して、電話でたずねる")
    town.ticks()
    assert any("中止" in text for text in town.texts("+817000000003") + town.texts("+817000000001"))

    calls = desk.page.locator("ol.calls > li:not(.asked) > form.callform")
    homes = calls.count()
    assert homes >= 4
    desk.taps("出ない", within=calls.first)
    for left in range(homes - 1, 0, -1):
        expect(calls).to_have_count(left)
        desk.taps("電話で話せた", within=calls.first)
    expect(calls).to_have_count(0)
    town.it_is(at(4, 8, 16, month=12))
    assert "確認依頼1件" in town.texts(SAKURAI)[-1]
    desk.opens("/today")
    card = desk.page.locator("article.alert", has_text="電話に出ない")
    desk.taps("引き受けます", within=card)
    card = desk.page.locator("article.alert.mine")
    card.get_by_label("結果").select_option(label="無事")
    desk.taps("結果を知らせて終える", within=card)
    town.ticks()
    assert "お願いした確認は終わりました" in town.texts(SAKURAI)[-1]
