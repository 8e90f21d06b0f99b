"""The round in a real browser: with a script and without, narrow, and where there is no signal."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from sharemeal.people import Role
from sharemeal.store.base import Store
from sharemeal.visits import Contact
from tests.make.evening import Evening, evening
from tests.web.conftest import Labs, StandingClock
from tests.web.round_phone import AT_THE_DOORS, prepare, reports, stops

pytestmark = pytest.mark.browser

TOO_SMALL = """() => [...document.querySelectorAll("main a.btn, main button, main summary, main label, main input:not([type=hidden])")]
  .filter((each) => each.getClientRects().length && !/checkbox|radio/.test(each.type) && !each.matches(".field label, .count label"))
  .filter((each) => each.getBoundingClientRect().height < 47.5).map((each) => each.outerHTML.slice(0, 80))"""
Opened = Callable[..., Page]


@pytest.fixture
def friday(store: Store, labs: Labs, now: datetime, clock: StandingClock) -> Evening:
    made = evening(store, labs.ours, now)
    prepare(store, made, now)
    clock.moment = AT_THE_DOORS
    return made


def collect(page: Page) -> None:
    """Both kitchens."""
    for shop in ("ひだまり食堂", "つむぎ惣菜店"):
        expect(page.locator("#here")).to_contain_text(shop)
        page.get_by_role("button", name="うけとりました").first.click()
    expect(page.locator("#here")).to_contain_text("花村")


def tap(page: Page, contact: str, condition: str) -> None:
    """Two taps."""
    page.locator(f"label.choice:has(input[value={contact}])").click()
    page.locator(f"button.cond[value={condition}]").click()


@pytest.mark.parametrize("script", [True, False])
def test_a_round_with_and_without_a_script(
    opened: Opened, store: Store, friday: Evening, script: bool
) -> None:
    page = opened("/route", friday.volunteer, script=script)
    collect(page)
    tap(page, "seen", "usual")
    expect(page.locator("#here")).to_contain_text("梅原")
    expect(page.locator(".saved")).to_contain_text("花村")
    page.get_by_role("button", name="元に戻す").click()
    expect(page.locator("#here")).to_contain_text("花村")
    page.locator("button.cond[value=usual]").click()
    expect(page.locator("#contact-e")).to_contain_text("まだ答えがありません")
    tap(page, "seen", "usual")
    expect(page.locator("#here")).to_contain_text("梅原")
    tap(page, "voice_only", "different")
    expect(page.locator("#here")).to_contain_text("見たことを")
    page.locator("label.chip", has_text="ふらつき").click()
    page.get_by_role("button", name="記録して、つぎへ").click()
    expect(page.locator("#here")).to_contain_text("久保田")
    tap(page, "unseen_left", "worried")
    expect(page.get_by_role("link", name="119")).to_be_visible()
    page.get_by_role("link", name="つぎの4軒目へ").click()
    expect(page.locator("#here")).to_contain_text("野沢")
    expect(page.locator("button.cond[value=different]")).to_be_hidden()
    tap(page, "seen", "usual")
    expect(page.locator("#here")).to_contain_text("四軒のお届けが")
    kept = reports(store, friday.lab_id)
    assert [(each.contact, each.undone_at is None) for each in kept] == [
        ("seen", False), ("seen", True), ("voice_only", True), ("voice_only", True), ("unseen_left", True), ("seen", True),
    ]  # fmt: skip
    assert kept[3].codes == {"unsteady_or_hurt"}


def test_every_page_of_the_round_is_sound(opened: Opened, store: Store, friday: Evening) -> None:
    for width in (390, 320):
        page = opened("/route", friday.volunteer, width=width)
        if width == 390:
            assert faults(page) == []
            collect(page)
        for path in ("/route", "/route?stop=6", "/route?stop=1"):
            page.goto(re.sub(r"/route.*", path, page.url))
            assert faults(page) == [], path
        page.goto(re.sub(r"/route.*", "/route?stop=3", page.url))
        tap(page, "seen", "different")
        expect(page.locator("#here")).to_contain_text("見たことを")
        page.locator(".more summary").click()
        assert faults(page) == []
        page.get_by_role("button", name="やっぱり心配").click()
        expect(page.get_by_role("link", name="119")).to_be_visible()
        assert faults(page) == []


def faults(page: Page) -> list[str]:
    """What axe, a finger and a narrow window find."""
    found: list[str] = [each["id"] for each in Axe().run(page).response["violations"]]
    found += page.evaluate(TOO_SMALL)
    width = page.evaluate("document.documentElement.scrollWidth")
    return found + ([f"{width} wide"] if width > page.viewport_size["width"] else [])  # type: ignore[index]


def test_out_of_signal_nothing_is_lost(opened: Opened, store: Store, friday: Evening) -> None:
    """Doors go on one after the other, a worry says whom to call, all of it goes out once there is a signal."""
    page = opened("/route", friday.volunteer)
    collect(page)
    page.context.set_offline(True)
    page.clock.set_fixed_time(datetime.fromisoformat("2026-11-27T17:03:00+09:00"))
    tap(page, "seen", "usual")
    expect(page.locator("#here")).to_contain_text("梅原")
    tap(page, "voice_only", "worried")
    expect(page.locator(".offline")).to_contain_text("圏外です。")
    expect(page.locator(".offline")).to_contain_text("2件この電話に保存しました。")
    expect(page.locator("#q0")).to_be_focused()
    assert page.get_by_role("link", name="119").is_visible()
    expect(page.locator("#here")).to_contain_text("久保田")
    expect(page.locator("[data-row]").nth(3)).to_contain_text("未送信")
    assert faults_offline(page) == []
    assert reports(store, friday.lab_id) == []
    tap(page, "unseen_returned", "usual")
    page.get_by_role("button", name="元に戻す").click()
    expect(page.locator("#here")).to_contain_text("久保田")
    expect(page.locator(".offline")).to_contain_text("2件")
    page.locator("[data-row] a.go", has_text="野沢").click()
    expect(page.locator("#here")).to_contain_text("野沢")
    expect(page.locator("button.cond[value=different]")).to_be_hidden()
    page.context.set_offline(False)
    page.get_by_role("button", name="今すぐ送る").click() if page.locator(".offline").is_visible() else None
    expect(page.locator(".offline")).to_be_hidden()
    kept = reports(store, friday.lab_id)
    assert [(each.contact, each.condition) for each in kept] == [("seen", "usual"), ("voice_only", "worried")]
    assert {each.observed_at.minute for each in kept} == {3}, "the tap's own time"
    page.reload()
    expect(page.locator("#here")).to_contain_text("久保田")
    assert page.evaluate("localStorage.length") == 0


def test_the_form_of_a_home_that_is_only_handed_a_meal_serves_the_others_too(
    opened: Opened, friday: Evening
) -> None:
    """Out of signal one form goes from door to door: a word can be written where that was agreed, and only there."""
    page = opened("/route?stop=6", friday.volunteer)
    expect(page.locator("#stop textarea")).to_be_hidden()
    expect(page.locator("#stop .more summary")).to_be_hidden()
    page.context.set_offline(True)
    page.locator("[data-row] a.go", has_text="花村").click()
    expect(page.locator("#here")).to_contain_text("花村")
    page.locator("#stop .more summary").click()
    page.locator("#stop textarea").fill("庭の柿が色づいた")
    tap(page, "seen", "usual")
    expect(page.locator(".offline")).to_contain_text("1件")
    page.locator("[data-row] a.go", has_text="野沢").click()
    expect(page.locator("#stop textarea")).to_be_hidden()
    expect(page.locator("#stop textarea")).to_have_value("")


def test_a_page_that_comes_late_takes_nobody_back(opened: Opened, friday: Evening) -> None:
    """It was asked for before the next door was told without a signal, and shows that door as not told."""
    page = opened("/route", friday.volunteer)
    collect(page)
    page.wait_for_load_state("networkidle")
    held: list[Route] = []
    page.route("**/route?saved=3", lambda route: held.append(route))
    with page.expect_request("**/route?saved=3"):
        tap(page, "seen", "usual")
    expect(page.locator("#here")).to_contain_text("梅原")
    page.route("**/api/v1/check-ins", lambda route: route.abort())
    tap(page, "voice_only", "usual")
    expect(page.locator("#here")).to_contain_text("久保田")
    with page.expect_response("**/route?saved=3") as late:
        held[0].continue_()
    late.value.finished()
    expect(page.locator("#here")).to_contain_text("久保田")
    expect(page.locator(".offline")).to_contain_text("1件")


def faults_offline(page: Page) -> list[str]:
    """Sizes alone: axe needs no network, but a page without one changes under it."""
    found: list[str] = page.evaluate(TOO_SMALL)
    return found


def test_what_waits_outlives_the_page_and_is_never_sent_for_another(
    opened: Opened, store: Store, labs: Labs, friday: Evening, person: Callable[..., int]
) -> None:
    page = opened("/route?stop=4", friday.volunteer)
    page.route("**/api/v1/check-ins", lambda route: route.abort())
    tap(page, "seen", "usual")
    expect(page.locator(".offline")).to_contain_text("1件")
    context = page.context
    page.close()
    other = opened("/route", person(labs.ours, Role.VOLUNTEER, "浜野"), context=context)
    other.wait_for_load_state("networkidle")
    assert not other.locator(".offline").is_visible()
    assert reports(store, friday.lab_id) == []
    back = opened("/route", friday.volunteer, context=context)
    expect(back.locator(".offline")).to_be_hidden()
    back.wait_for_load_state("networkidle")
    assert back.evaluate("localStorage.length") == 0
    (kept,) = reports(store, friday.lab_id)
    assert kept.reporter_id == friday.volunteer


def test_another_signed_in_meanwhile(
    opened: Opened, store: Store, labs: Labs, friday: Evening, person: Callable[..., int]
) -> None:
    """A page of one person, the session of another: nothing is sent, and the page says why."""
    page = opened("/route?stop=4", friday.volunteer)
    opened("/route", person(labs.ours, Role.VOLUNTEER, "浜野"), context=page.context)
    tap(page, "seen", "usual")
    expect(page.locator(".offline")).to_contain_text("もう一度、リンクから入ってください。")
    assert reports(store, friday.lab_id) == []


def test_what_is_refused_stays_with_its_sentence(
    opened: Opened, store: Store, friday: Evening, clock: StandingClock
) -> None:
    page = opened("/route?stop=4", friday.volunteer)
    page.context.set_offline(True)
    page.clock.set_fixed_time(datetime.fromisoformat("2026-11-25T17:03:00+09:00"))
    tap(page, "seen", "usual")
    expect(page.locator(".offline")).to_contain_text("1件")
    page.context.set_offline(False)
    expect(page.locator(".refusals")).to_contain_text("このお届けより前です")
    expect(page.locator(".refusals")).to_contain_text("2軒目の記録")
    assert reports(store, friday.lab_id) == []
    page.reload()
    expect(page.locator(".refusals")).to_contain_text("このお届けより前です")
    page.get_by_role("button", name="わかりました").click()
    expect(page.locator(".refusals li")).to_have_count(0)


def test_an_answer_that_is_lost_is_no_second_report(opened: Opened, store: Store, friday: Evening) -> None:
    page = opened("/route?stop=4", friday.volunteer)
    lost: list[object] = []

    def lose(route: Route) -> None:
        if not lost:
            lost.append(route.fetch())
            route.abort()
        else:
            route.continue_()

    page.route("**/api/v1/check-ins", lose)
    tap(page, "voice_only", "usual")
    expect(page.locator(".offline")).to_contain_text("1件")
    page.get_by_role("button", name="今すぐ送る").click()
    expect(page.locator(".offline")).to_be_hidden()
    (kept,) = reports(store, friday.lab_id)
    assert kept.contact is Contact.VOICE_ONLY
    assert kept.stop_id == stops(store, friday.lab_id)[3]
