"""Pages in English: dates and counts, no Japanese but what people wrote, and no fall where the catalogue is missing."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import format_date

from sharemeal.people import Role
from sharemeal.store.base import Store
from sharemeal.web import language
from sharemeal.written import clock_told
from tests.make.evening import Evening, evening
from tests.make.small_lab import DAY, SmallLab, two_homes
from tests.test_languages import JAPANESE, ROOT
from tests.web.conftest import Labs, StandingClock
from tests.web.test_plan import wait_for_calculations

CATALOGUE = ROOT / "sharemeal/web/translations/en/LC_MESSAGES/messages.po"
PEOPLE_WROTE = ("日本語", "豆のごはん", "番さん", "号食堂", "号さん", "桜井", "ご本人")
"""The switch to Japanese, and the names and dishes of the small lab."""

QUOTED = ("大豆・鶏肉", "手話・車いす", "with ・,", "1・3・9", "令和8年12月4日")
"""Examples of what a field takes, as the catalogue quotes them."""

ClientOf = Callable[[int], FlaskClient]
Person = Callable[..., int]


@pytest.fixture
def english(app: Flask, tmp_path: Path) -> Flask:
    """The app with the catalogue as it is committed, compiled for this test."""
    compiled = tmp_path / "translations" / "en" / "LC_MESSAGES" / "messages.mo"
    compiled.parent.mkdir(parents=True)
    with CATALOGUE.open("rb") as source, compiled.open("wb") as target:
        write_mo(target, read_po(source, locale="en"))
    app.extensions["babel"].translation_directories[:] = [str(tmp_path / "translations")]
    return app


def in_english(client: FlaskClient) -> FlaskClient:
    client.set_cookie("lang", "en")
    return client


def seen(page: str) -> str:
    """What a reader meets: text, labels and hints, without values that a form sends."""
    assert '<html lang="en"' in page
    for tag in ("script", "style"):
        page = re.sub(rf"<{tag}\b.*?</{tag}>", "", page, flags=re.DOTALL)
    page = re.sub(r' value="[^"]*"', "", page)
    for word in (*PEOPLE_WROTE, *QUOTED):
        page = page.replace(word, "")
    return page


def japanese_in(page: str) -> list[str]:
    """The lines that still hold Japanese."""
    return [line.strip()[:200] for line in seen(page).splitlines() if JAPANESE.search(line)]


@pytest.fixture
def lab(store: Store, now: datetime) -> SmallLab:
    return two_homes(store, now)


@pytest.fixture
def desk(english: Flask, lab: SmallLab, person: Person, client_of: ClientOf) -> FlaskClient:
    """The coordinator's browser."""
    return in_english(client_of(person(lab.lab_id, Role.COORDINATOR)))


LISTS = (
    "/households", "/households/1", "/kitchens", "/kitchens/1", "/kitchens/new", "/volunteers", "/volunteers/1",
    "/volunteers/new", "/import", "/today", "/log", "/contacts", "/outbox", "/calendar/",
)  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_the_desk_reads_english(desk: FlaskClient, path: str) -> None:
    answer = desk.get(path, follow_redirects=True)
    assert answer.status_code == 200
    assert japanese_in(answer.text) == []


def test_a_plan_is_told_in_english(desk: FlaskClient, lab: SmallLab) -> None:
    lab.home(3, 15, allergens=["卵", "小麦"], portions=9)
    page = f"/plan/{DAY.isoformat()}"
    assert japanese_in(desk.get(page).text) == []
    desk.post(f"{page}/calculate")
    wait_for_calculations()
    planned = desk.get(page).text
    assert japanese_in(planned) == []
    assert "Plan for Fri 27 Nov" in planned
    assert "Draft" in planned
    assert "homes not reached" in planned or "home not reached" in planned
    refused = desk.post(f"{page}/fix", follow_redirects=True).text
    assert "Still without a meal or somebody to go: Home ③." in refused
    assert japanese_in(refused) == []


@pytest.mark.parametrize("path", ["/signin", "/nowhere"])
def test_a_stranger_reads_english(english: Flask, path: str) -> None:
    assert japanese_in(in_english(english.test_client()).get(path).text) == []


@pytest.fixture
def friday(store: Store, labs: Labs, now: datetime) -> Evening:
    return evening(store, labs.ours, now)


def test_the_sheet_and_the_days_speak_english(
    english: Flask, friday: Evening, client_of: ClientOf, clock: StandingClock
) -> None:
    clock.moment = datetime(2026, 11, 27, 3, 0, tzinfo=UTC)
    phone = in_english(client_of(friday.volunteer))
    assert "Can you deliver?" in phone.get("/duty").text
    assert "The route sheet opens later." in phone.get("/route").text
    clock.moment = datetime(2026, 11, 27, 8, 0, tzinfo=UTC)
    sheet = phone.get("/route?stop=4").text
    assert "without Shrimp, Crab" in sheet or "without Crab, Shrimp" in sheet
    assert "Low salt" in sheet
    assert "You delivered here last time, on Fri 20 Nov" in sheet
    assert "Deliver by 18:00." in sheet
    assert "さん</small>" not in sheet
    assert "<b>1</b>meal</p>" in sheet or re.search(r"<b>[2-9]\d*</b>meals</p>", sheet)


def test_the_kitchen_is_asked_in_english(english: Flask, friday: Evening, client_of: ClientOf) -> None:
    page = in_english(client_of(friday.cook)).get("/kitchen?day=2026-12-04").text
    assert '<html lang="en"' in page
    for words in ("Fri 4 Dec", "Wheat", "None of these", "Buckwheat"):
        assert words in page


def test_dates_times_and_counts_have_their_english_form(english: Flask, lab: SmallLab) -> None:
    with english.test_request_context(headers={"Cookie": "lang=en"}):
        assert language.day(date(2026, 11, 27)) == "Fri 27 Nov"
        assert clock_told(17 * 3600 + 1800) == "17:30"
        assert language.kilometres(2345) == "2.3 km"
        assert format_date(date(2026, 11, 27), "long") == "27 November 2026"
        assert language.in_page("%(minutes)s分", minutes=language.minutes(2041)) == "35 min"
        assert language.in_page("%(count)s食", count=1) == "1 meal"
        assert language.in_page("%(count)s食", count=3) == "3 meals"
        assert language.in_page("%(name)sさん", name="<b>") == "&lt;b&gt;"
        assert language.listed(["a", "", "b"]) == "a, b"
        assert language.honorific("桜井") == ""
    with english.test_request_context():
        assert language.day(date(2026, 11, 27)) == "11月27日（金）"
        assert language.in_page("%(count)s食", count=1) == "1食"
        assert language.listed(["a", "b"]) == "a・b"
        assert language.honorific("桜井") == "さん"
        assert language.in_page("塩分50%まで") == "塩分50%まで", "words that people wrote are no format"
        assert language.phrased("この日は、お休みです。").count("<span") == 2


def test_without_a_compiled_catalogue_pages_stay_japanese(app: Flask, tmp_path: Path) -> None:
    app.extensions["babel"].translation_directories[:] = [str(tmp_path)]
    answer = in_english(app.test_client()).get("/signin")
    assert answer.status_code == 200
    assert "ようこそ" in answer.text
