"""Ticks typed back from paper: the same records, once, and nothing that was typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from sharemeal.people import Role
from sharemeal.store.base import Store
from sharemeal.store.service_days import Stop
from sharemeal.store.visits import CheckIn
from sharemeal.visits import Condition, Contact, Means
from tests.make.round import FixedRound, later
from tests.make.small_lab import DAY, SmallLab
from tests.web.conftest import StandingClock

ClientOf = Callable[[int], FlaskClient]
Person = Callable[..., int]
PAGE = f"/today/{DAY}/paper"


@pytest.fixture
def friday(store: Store, now: datetime, clock: StandingClock) -> FixedRound:
    """One volunteer who goes to three homes."""
    lab = SmallLab(store, now)
    kitchen = lab.kitchen(1, 0)
    lab.offer(kitchen, "豆のごはん", 8)
    for number, lat in ((1, 5), (2, 10), (3, 15)):
        lab.home(number, lat)
    lab.volunteer(1, -5)
    clock.moment = later(120)
    return FixedRound(store, now, lab)


@pytest.fixture
def desk(friday: FixedRound, client_of: ClientOf) -> FlaskClient:
    return client_of(friday.boss)


def form_of(page: str) -> dict[str, str]:
    """The hidden fields of the page, as a browser would send them."""
    return dict(re.findall(r'name="((?:uuid-\d+|volunteer))" value="([^"]*)"', page))


def kept(friday: FixedRound) -> list[CheckIn]:
    with friday.lab.session() as session:
        return list(session.scalars(select(CheckIn).order_by(CheckIn.id)))


def stops(friday: FixedRound) -> list[Stop]:
    return sorted((friday.stop(home) for home in (1, 2, 3)), key=lambda stop: stop.position)


def test_ten_ticks_become_the_same_records_and_sending_twice_changes_nothing(
    friday: FixedRound, desk: FlaskClient
) -> None:
    first, second, third = stops(friday)
    form = form_of(desk.get(PAGE).text) | {
        f"contact-{first.id}": "seen",
        f"condition-{first.id}": "usual",
        f"time-{first.id}": "17時２分",
        f"codes-{first.id}": "smile",
        f"contact-{second.id}": "voice_only",
        f"condition-{second.id}": "different",
        f"note-{second.id}": "かぜぎみ",
    }
    for _ in range(2):
        assert desk.post(PAGE, data=form).status_code == 303
    one, two = kept(friday)
    assert (one.means, one.contact, one.condition) == (Means.PAPER, Contact.SEEN, Condition.USUAL)
    assert (one.reporter_id, one.entered_by_id) == (friday.carrier(1), friday.boss)
    assert one.observed_at == later(-8)
    assert one.stop_id == first.id
    assert two.contact is Contact.VOICE_ONLY
    assert two.observed_at < later(120), "where no time stands, the planned one counts"
    page = desk.get(PAGE).text
    assert page.count("書きなおす") == 2
    assert f'name="contact-{third.id}"' in page


def test_errors_stand_at_their_rows_good_rows_are_kept_and_nothing_is_lost(
    friday: FixedRound, desk: FlaskClient
) -> None:
    first, second, third = stops(friday)
    form = form_of(desk.get(PAGE).text) | {
        f"contact-{first.id}": "seen",
        f"condition-{second.id}": "usual",
        f"note-{second.id}": "門のところで",
        f"contact-{third.id}": "unseen_left",
        f"time-{third.id}": "25:00",
    }
    refused = desk.post(PAGE, data=form)
    assert refused.status_code == 422
    assert [row.stop_id for row in kept(friday)] == [first.id]
    assert "2 か所、直してください" in refused.text
    assert f'href="#row-{second.id}"' in refused.text
    assert "まだ答えがありません" in refused.text
    assert 'value="門のところで"' in refused.text
    assert 'value="25:00"' in refused.text
    assert f'name="contact-{third.id}" value="unseen_left" checked' in refused.text
    assert form_of(refused.text)[f"uuid-{third.id}"] == form[f"uuid-{third.id}"]
    again = form | {f"contact-{second.id}": "seen", f"time-{third.id}": "17:40"}
    assert desk.post(PAGE, data=again).status_code == 303
    assert len(kept(friday)) == 3, "the row that was kept already is not kept twice"


def test_a_row_typed_anew_is_the_correction(friday: FixedRound, desk: FlaskClient) -> None:
    first = stops(friday)[0]
    for contact in ("unseen_left", "seen"):
        form = form_of(desk.get(PAGE).text) | {f"contact-{first.id}": contact}
        assert desk.post(PAGE, data=form).status_code == 303
    assert len(kept(friday)) == 2
    assert "会えた" in desk.get(PAGE).text


@pytest.mark.parametrize(("contact", "condition", "icon", "colour"), [
    ("seen", "usual", "seen", "st-ok"),
    ("voice_only", "usual", "voice", "st-diff"),
    ("seen", "different", "seen", "st-diff"),
    ("seen", "worried", "worried", "st-now"),
    ("unseen_left", "", "unseen", "st-now"),
    ("unseen_returned", "worried", "worried", "st-now"),
])  # fmt: skip
def test_what_is_kept_shows_how_it_was(
    friday: FixedRound, desk: FlaskClient, contact: str, condition: str, icon: str, colour: str
) -> None:
    first = stops(friday)[0]
    form = form_of(desk.get(PAGE).text) | {f"contact-{first.id}": contact, f"condition-{first.id}": condition}
    assert desk.post(PAGE, data=form).status_code == 303
    heading = desk.get(PAGE).text.partition(f'id="row-{first.id}"')[2].partition("</h2>")[0]
    assert f'class="st {colour}"' in heading
    assert f"#i-{icon}" in heading
    assert "#i-check" not in heading


def test_an_empty_page_writes_nothing(friday: FixedRound, desk: FlaskClient) -> None:
    answer = desk.post(PAGE, data=form_of(desk.get(PAGE).text), follow_redirects=True)
    assert "書かれた行がありません" in answer.text
    assert kept(friday) == []


def test_a_stranger_types_nothing(
    store: Store, now: datetime, friday: FixedRound, desk: FlaskClient, person: Person, client_of: ClientOf
) -> None:
    first = stops(friday)[0]
    form = form_of(desk.get(PAGE).text) | {f"contact-{first.id}": "seen"}
    theirs = FixedRound(store, now, slug="far")
    answer = client_of(theirs.boss).post(PAGE, data=form)
    assert answer.status_code in (303, 404)
    nobody = client_of(person(SmallLab(store, now, slug="farther").lab_id, Role.COORDINATOR, "都筑"))
    assert nobody.post(PAGE, data=form).status_code == 303
    assert kept(friday) == []
