"""One week as its people live it, in a real browser: from four spreadsheets to the sheets on the volunteers' phones."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from sharemeal.actions.plan_day import plan_day_noted
from sharemeal.actions.solve_runs import begin_run
from sharemeal.people import Role
from sharemeal.store.base import Store
from tests.make.spreadsheets import cp932_csv
from tests.stories.small_week import AS_IT_WAS, FRIDAY, HOMES, LONELY, ZERO_LOST, small_week
from tests.stories.town import DESK, PHONE, Somebody, Town
from tests.web.conftest import StandingClock

pytestmark = pytest.mark.browser

WORDS = {
    "kitchens": "協力店",
    "households": "お届け先",
    "volunteers": "お届けボランティア",
    "offers": "提供予定",
}
AFTER_THE_CUTOFF = datetime(2026, 11, 26, 8, 0, tzinfo=UTC)
JUST_BEFORE_TWO = datetime(2026, 11, 27, 4, 59, tzinfo=UTC)
TWO_O_CLOCK = datetime(2026, 11, 27, 5, 0, tzinfo=UTC)
"""Two hours before the shift that begins at 16:00 in Yokohama."""
PHONE_LINK = re.compile(r"^tel:\+81\d+$")
MAP_LINK = re.compile(r"^https://\S*35\.\d+\S*139\.\d+")
NAMES = [text for home in HOMES.values() for text in home]


@pytest.fixture
def town(
    store: Store, tmp_path: Path, now: datetime, serve: Callable[[Flask], str], browser: Browser
) -> Iterator[Town]:
    """An app at Thursday noon, before anybody is in it."""
    made = Town(store, tmp_path, StandingClock(now), serve, browser)
    yield made
    made.close()


def chooses(desk: Somebody, kind: str) -> None:
    """Choose a table's file on the import page and go to its preview."""
    desk.opens("/import")
    desk.page.locator("label.choice", has=desk.page.locator(f"input[value={kind}]")).click()
    content = cp932_csv(kind, small_week()[kind])
    desk.page.set_input_files("#file", {"name": f"{kind}.csv", "mimeType": "text/csv", "buffer": content})
    desk.taps("中身を確かめる")


def takes_in(desk: Somebody, kind: str) -> None:
    """Read one table in, mending the lost zero on the way."""
    chooses(desk, kind)
    if kind == "households":
        desk.sees("3行目", f"電話番号のはじめの0がなくなっているようです（入力: {ZERO_LOST}）。", AS_IT_WAS)
        expect(desk.page.get_by_role("button", name="取り込む", exact=True)).to_have_count(0)
        desk.page.get_by_label("電話", exact=True).fill(AS_IT_WAS)
        desk.taps("直して確かめる")
    desk.taps("取り込む")
    desk.sees("表を読み込む")


def hands_link(desk: Somebody, kind: str, number: int) -> str:
    """A link that the coordinator makes on the page of a kitchen or a volunteer."""
    desk.opens(f"/{kind}/{number}")
    desk.taps("入るリンクを作る")
    return desk.page.get_by_label("リンク", exact=True).input_value()


def calculates(desk: Somebody, words: str) -> None:
    """Press the button and wait until the page shows the finished plan by itself."""
    desk.opens(f"/plan/{FRIDAY}")
    desk.taps(words)
    expect(desk.page.locator("#solve-status")).to_contain_text("秒で終わりました", timeout=30_000)


def courses(desk: Somebody) -> list[str]:
    """Whose courses the plan has."""
    return sorted(desk.page.locator(".vol h3").all_inner_texts())


def test_from_the_spreadsheets_to_the_doors(town: Town) -> None:
    """The whole week; each scene goes on where the one before ended."""
    lab_id = town.lab("aobadai", "青葉台・藤が丘リビングラボ")
    desk = town.somebody(DESK)
    desk.comes_in_by(town.link_of(lab_id, Role.COORDINATOR, "桜井"))
    desk.opens("/import")
    for kind in WORDS:
        takes_in(desk, kind)
    the_same_file_again(desk)

    links = {("kitchens", 1): "", ("volunteers", 1): "", ("volunteers", 2): "", ("volunteers", 3): ""}
    phones = {}
    for kind, number in links:
        phones[kind, number] = town.somebody(PHONE)
        phones[kind, number].comes_in_by(hands_link(desk, kind, number))

    calculates(desk, "計算する")
    assert "真壁さん" in courses(desk), "the car that knows every home goes, while it may"
    the_kitchen_corrects_its_count(phones["kitchens", 1])
    a_volunteer_says_no(phones["volunteers", 3])
    town.it_is(AFTER_THE_CUTOFF)
    the_day_is_planned_anew(desk)
    one_home_is_signed_off_and_the_day_fixed(desk)

    kitchen = phones["kitchens", 1]
    kitchen.opens("/kitchen")
    kitchen.sees("取りにうかがう人", "能登谷さん")
    kitchen.sees_nothing_of(*NAMES, "真壁")
    the_sheets_open_two_hours_before(town, [phones["volunteers", 1], phones["volunteers", 2]])
    phones["volunteers", 3].opens("/route")
    phones["volunteers", 3].sees("お願いするコースがありません")
    phones["volunteers", 3].sees_nothing_of(*NAMES)
    a_stranger_sees_nothing(town)


def the_same_file_again(desk: Somebody) -> None:
    """Nothing to take in, and it says so; what was mended in the preview stays mended."""
    chooses(desk, "kitchens")
    desk.sees("変わったところはありません", "2行すべてが前と同じです")
    expect(desk.page.get_by_role("button", name="取り込む", exact=True)).to_have_count(0)


def the_kitchen_corrects_its_count(kitchen: Somebody) -> None:
    """Twenty seconds at the pass: one more meal, two taps."""
    expect(kitchen.page.get_by_label("何食")).to_have_value("3")
    kitchen.page.get_by_label("1食ふやす").click()
    expect(kitchen.page.get_by_label("何食")).to_have_value("4")
    kitchen.taps("この数に直して知らせる")
    kitchen.sees("4食", "うかがいました", "根菜の煮もの弁当")


def a_volunteer_says_no(volunteer: Somebody) -> None:
    """From the standing yes to a no for this Friday."""
    volunteer.opens("/duty")
    friday = volunteer.page.locator("section", has_text="11月27日").first
    expect(friday).to_contain_text("いつも通り出られます")
    volunteer.taps("出られません", within=friday)
    expect(friday).to_contain_text("お返事をうかがいました")
    expect(friday.get_by_role("button", name="出られません")).to_have_attribute("aria-pressed", "true")


def the_day_is_planned_anew(desk: Somebody) -> None:
    """The draft is out of date and says so; the new one does without who said no, and names who gets nothing."""
    desk.opens(f"/plan/{FRIDAY}")
    desk.sees("食数や出欠などが変わりました")
    expect(desk.page.get_by_role("button", name="この案で確定する")).to_have_count(0)
    calculates(desk, "もう一度計算する")
    assert courses(desk) == ["五十嵐さん", "能登谷さん"]
    desk.sees_nothing_of("真壁")
    expect(desk.page.locator(".vol .stops .plate")).to_have_count(4)
    homeless = desk.page.locator(".homeless > li")
    expect(homeless).to_have_count(1)
    expect(homeless.locator(".plate")).to_have_text(str(LONELY))
    expect(homeless).to_contain_text("小麦")


def one_home_is_signed_off_and_the_day_fixed(desk: Somebody) -> None:
    """Nobody is forgotten: the day is fixed only when somebody answers for the home by name."""
    desk.taps("この案で確定する")
    desk.sees("お届け先⑤")
    desk.opens(f"/plan/{FRIDAY}")
    desk.sees("下書き")
    desk.page.get_by_label("このお宅にどうしますか").fill("電話をして、米のおかずを届けます")
    desk.taps("わたしが引き受けます")
    desk.sees("桜井さんが引き受け", "電話をして、米のおかずを届けます")
    desk.taps("この案で確定する")
    desk.sees("連絡先が2人そろっていません")
    desk.page.get_by_label("それでもこの日は、どう連絡を取りあいますか").fill("電話のそばで待ちます")
    desk.taps("この日は、わたしが引き受けます")
    desk.sees("電話のそばで待ちます", "この日かぎりの引き受けです")
    desk.taps("この案で確定する")
    desk.sees("計画を確定しました", "確定を取り消す")


def the_sheets_open_two_hours_before(town: Town, volunteers: list[Somebody]) -> None:
    """Not a name before; from then on each home on one sheet, in order, with furigana, call and map."""
    for moment in (AFTER_THE_CUTOFF, JUST_BEFORE_TWO):
        town.it_is(moment)
        for each in volunteers:
            each.opens("/route")
            each.sees("順路表はまだ見られません", "2軒")
            each.sees_nothing_of(*NAMES, "090-0000", "+8190")
    town.it_is(TWO_O_CLOCK)
    brought: list[tuple[str, ...]] = []
    for each in volunteers:
        each.opens("/route")
        expect(each.page.locator(".course .rows > li")).not_to_have_count(0)
        brought += reads_the_sheet(each)
    assert sorted(brought) == sorted(HOMES.values())


def reads_the_sheet(volunteer: Somebody) -> list[tuple[str, ...]]:
    """Go through all stops as on the way; returns name, furigana and address of the doors."""
    page = volunteer.page
    times = page.locator(".course .rows > li time").all_inner_texts()
    assert times == sorted(times)
    assert page.locator(".course .rows > li .disc-shop").count() >= 1
    expect(page.locator("main svg[role=img]")).to_be_visible()
    doors: list[tuple[str, ...]] = []
    for position in range(page.locator(".course a.go").count()):
        page.locator(".course a.go").nth(position).click()
        page.wait_for_load_state()
        expect(page.get_by_role("link", name="地図で開く")).to_have_attribute("href", MAP_LINK)
        expect(page.locator(".stop").get_by_role("link", name="電話する")).to_have_attribute(
            "href", PHONE_LINK
        )
        if page.locator(".stop h1 ruby").count():
            reading = page.locator(".stop h1 rt").inner_text()
            name = page.locator(".stop h1 ruby").inner_text().removesuffix(reading).strip()
            doors.append((name, reading, page.locator(".stop .addr").inner_text()))
    return doors


def a_stranger_sees_nothing(town: Town) -> None:
    """The coordinator of another lab finds empty lists, and no page of ours."""
    stranger = town.somebody(DESK)
    stranger.comes_in_by(town.link_of(town.lab("tsuzuki", "都筑リビングラボ"), Role.COORDINATOR, "都筑"))
    for path in ("/households", "/kitchens", "/volunteers", f"/plan/{FRIDAY}"):
        assert stranger.opens(path).status == 200
        stranger.sees_nothing_of(*NAMES, "なのはな食堂", "能登谷", "根菜の煮もの弁当")
    for path in ("/households/1", "/kitchens/1", "/volunteers/1"):
        assert stranger.opens(path).status == 404


def test_without_a_script(town: Town) -> None:
    """− and + ask the server; the page of a calculation looks again by itself until the plan is there."""
    lab_id = town.lab("aobadai", "青葉台・藤が丘リビングラボ")
    desk = town.somebody(DESK, script=False)
    desk.comes_in_by(town.link_of(lab_id, Role.COORDINATOR, "桜井"))
    for kind in WORDS:
        takes_in(desk, kind)

    kitchen = town.somebody(PHONE, script=False)
    kitchen.comes_in_by(hands_link(desk, "kitchens", 1))
    for button, count in (("1食ふやす", "4"), ("1食ふやす", "5"), ("1食へらす", "4")):
        kitchen.taps(button)
        expect(kitchen.page.get_by_label("何食")).to_have_value(count)
    kitchen.taps("この数に直して知らせる")
    kitchen.sees("4食", "うかがいました")

    run = begin_run(town.store, lab_id, date.fromisoformat(FRIDAY), now=town.clock.moment, actor="test")
    desk.opens(f"/plan/{FRIDAY}")
    desk.sees("計算しています")
    plan_day_noted(
        town.store, lab_id, date.fromisoformat(FRIDAY), run, now=town.clock.moment, actor="test", seconds=3
    )
    desk.sees("秒で終わりました", "真壁さん")
    calculates(desk, "もう一度計算する")
