"""心配 on the phone: what to do first, who knows of it by now, the second question, and taking it back."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from sharemeal.actions.take_up import end_concern, take_up
from sharemeal.store.alerts import Alert
from sharemeal.store.audit import AuditEntry
from sharemeal.store.base import Store
from sharemeal.watch import CHOSEN_BY_PEOPLE, ENDING_WORDS, Ending
from tests.make.evening import Evening
from tests.web.conftest import StandingClock
from tests.web.round_phone import AT_THE_DOORS, collect_all, form_of, reports, tap, told

ClientOf = Callable[[int], FlaskClient]


def test_a_worry_says_what_to_do_and_who_knows(
    phone: FlaskClient, store: Store, friday: Evening, clock: StandingClock
) -> None:
    address = tap(phone, "worried", path="/route?stop=5")
    page = phone.get(address).text
    assert page.index('href="tel:119"') < page.index("急いだほうが") < page.index("いま、こうなっています")
    assert 'href="tel:110"' in page
    assert "世話人に知らせています" in page
    with store.session(friday.lab_id) as session:
        alert = session.scalars(select(Alert)).one()
        take_up(session, alert.id, friday.coordinator, now=AT_THE_DOORS + timedelta(minutes=1))
    assert not told(phone.get("/route/worried/now?stop=5"))["over"]
    assert "桜井さんが引き受けました" in phone.get(address).text
    assert "桜井さんが引き受けました" in phone.get("/route").text
    clock.moment = AT_THE_DOORS + timedelta(minutes=2)
    assert phone.post("/route/undo", data=form_of(page, "undo")).location == "/route?stop=5"
    assert "無事の連絡が届きます" in phone.get("/route?stop=5").text
    assert phone.get(address).status_code == 303
    assert told(phone.get("/route/worried/now?stop=5")) == {"stand": "", "over": True}


def test_looking_again_and_again_reads_no_name(
    phone: FlaskClient, store: Store, friday: Evening, client_of: ClientOf
) -> None:
    page = phone.get(tap(phone, "worried", path="/route?stop=5")).text

    def audited() -> int:
        with store.session(all_labs=True) as session:
            return session.scalar(select(func.count()).select_from(AuditEntry)) or 0

    before = audited()
    stands = [told(phone.get("/route/worried/now?stop=5"))["stand"] for _ in range(10)]
    assert audited() == before
    assert stands == re.findall(r'data-stand="(\w+)"', page) * 10
    with store.session(friday.lab_id) as session:
        alert_id = session.scalars(select(Alert.id)).one()
        take_up(session, alert_id, friday.coordinator, now=AT_THE_DOORS + timedelta(minutes=1))
    assert told(phone.get("/route/worried/now?stop=5"))["stand"] not in stands
    for address in ("/route/worried/now?stop=3", "/route/worried/now?stop=99", "/route/worried/now"):
        assert told(phone.get(address)) == {"stand": "", "over": True}
    assert client_of(friday.coordinator).get("/route/worried/now?stop=5").status_code == 403


@pytest.mark.parametrize("ending", CHOSEN_BY_PEOPLE)
def test_who_told_learns_that_all_is_well_or_in_good_hands(
    phone: FlaskClient, store: Store, friday: Evening, ending: Ending
) -> None:
    """Whether a family, an office or 119 was called is for the desk alone."""
    address = tap(phone, "worried", path="/route?stop=5")
    with store.session(friday.lab_id) as session:
        alert = session.scalars(select(Alert)).one()
        at = AT_THE_DOORS + timedelta(minutes=1)
        end_concern(session, alert.concern_id, ended_as=ending, memo="", person_id=friday.coordinator, now=at)
    collect_all(phone)
    for position in (3, 4, 6):
        tap(phone, "usual", path=f"/route?stop={position}")
    answer = told(phone.get("/route/worried/now?stop=5"))
    assert answer["over"]
    for page in (phone.get(address).text, phone.get("/route").text):
        said = "結果：無事" if ending is Ending.SAFE else "結果：世話人が、つぎへつなぎました"
        assert page.count(said) == 1
        assert page.count("結果：") == 1
        assert ending is Ending.SAFE or ENDING_WORDS[ending] not in page


@pytest.mark.parametrize(("said", "condition", "leads"), [
    ("yes", "worried", "/route/worried?stop=5"),
    ("no", "different", "/route/different?stop=5"),
])  # fmt: skip
def test_the_second_question(
    phone: FlaskClient, store: Store, friday: Evening, said: str, condition: str, leads: str
) -> None:
    page = phone.get(tap(phone, "worried", "unseen_left", "/route?stop=5")).text
    form = page[page.index('action="/route/worried/urgent"') :]
    fields = form_of(f'data-event="urgent"{form}', "urgent", urgent=said)
    assert phone.post("/route/worried/urgent", data=fields).location == leads
    last = reports(store, friday.lab_id)[-1]
    assert (last.contact, last.condition) == ("unseen_left", condition)
    assert (last.note == "今日中に見てほしい") is (said == "yes")
    if said == "yes":
        assert "書きそえました" in phone.get(leads).text
