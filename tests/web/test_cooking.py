"""できました at the pass and the kitchen's evening; never a home's name, never another kitchen's dish."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from sharemeal.actions.close_day import close_day
from sharemeal.actions.record_visit import check_in, count_pickup
from sharemeal.store import kitchens
from sharemeal.store.base import Store
from sharemeal.store.batches import Batch, batches_of
from sharemeal.store.kitchens import Offer
from sharemeal.visits import Means, Report
from tests.make.evening import FRIDAY, HOMES, Evening, evening
from tests.web.conftest import Labs, StandingClock
from tests.web.round_phone import AT_THE_DOORS, prepare, stops

ClientOf = Callable[[int], FlaskClient]


@pytest.fixture
def friday(store: Store, labs: Labs, now: datetime) -> Evening:
    made = evening(store, labs.ours, now)
    prepare(store, made, now, agreed=(1, 2, 3, 4))
    return made


@pytest.fixture
def cook(friday: Evening, client_of: ClientOf, clock: StandingClock) -> FlaskClient:
    clock.moment = AT_THE_DOORS - timedelta(minutes=45)
    return client_of(friday.cook)


def offer_of(store: Store, friday: Evening, *, ours: bool = True) -> Offer:
    with store.session(friday.lab_id) as session:
        offers = kitchens.offers_on(session, FRIDAY)
    return next(each for each in offers if (each.kitchen_id == friday.kitchen_id) is ours)


def batch_of(store: Store, friday: Evening, offer: Offer) -> Batch | None:
    with store.session(friday.lab_id) as session:
        return batches_of(session, [offer.id]).get(offer.id)


def test_one_tap_when_it_is_ready(
    cook: FlaskClient, store: Store, friday: Evening, clock: StandingClock
) -> None:
    page = cook.get("/kitchen").text
    assert "できました" in page
    assert "さいごの玄関は17:30の予定です" in page
    assert "富永さん" in page
    assert not [home for home in HOMES if home[0] in page]
    offer = offer_of(store, friday)
    assert re.search(r'name="meal_count"[^>]*value="10"', page)
    answer = cook.post("/kitchen/cooked", data={"offer": offer.id, "meal_count": "10"})
    assert answer.location == f"/kitchen/saved?day={FRIDAY}#cooked"
    page = cook.get(answer.location).text
    assert "10食 できました" in page
    assert "お届け期限は17:45です" in page
    batch = batch_of(store, friday, offer)
    assert batch is not None
    assert batch.cooked_at == clock.moment
    clock.moment += timedelta(minutes=10)
    cook.post("/kitchen/cooked", data={"offer": offer.id, "meal_count": "９食"})
    batch = batch_of(store, friday, offer)
    assert batch is not None
    assert (batch.meal_count, batch.cooked_at) == (9, clock.moment - timedelta(minutes=10))
    cook.post("/kitchen/cooked", data={"offer": offer.id, "take_back": "1"})
    assert batch_of(store, friday, offer) is None


def test_a_count_that_cannot_be(cook: FlaskClient, store: Store, friday: Evening) -> None:
    offer = offer_of(store, friday)
    answer = cook.post("/kitchen/cooked", data={"offer": offer.id, "meal_count": "5000"})
    assert answer.status_code == 422
    assert "0から500の数字で入力してください（入力: 5000）" in answer.text
    assert 'value="5000"' in answer.text
    assert batch_of(store, friday, offer) is None


def test_only_ones_own_dish_and_only_on_the_day(
    cook: FlaskClient,
    store: Store,
    labs: Labs,
    friday: Evening,
    now: datetime,
    client_of: ClientOf,
    clock: StandingClock,
) -> None:
    others = offer_of(store, friday, ours=False)
    mine = offer_of(store, friday)
    for offer_id in (others.id, 0, 10**30, "x"):
        assert cook.post("/kitchen/cooked", data={"offer": offer_id, "meal_count": "3"}).status_code == 404
    stranger = client_of(evening(store, labs.strangers, now).cook)
    assert stranger.post("/kitchen/cooked", data={"offer": mine.id, "meal_count": "3"}).status_code == 404
    clock.moment = now
    assert "できあがったら" not in cook.get("/kitchen/saved").text
    answer = cook.post("/kitchen/cooked", data={"offer": mine.id, "meal_count": "3"})
    assert answer.status_code == 422
    assert "お届けの日に押せます" in answer.text
    assert batch_of(store, friday, mine) is None
    assert batch_of(store, friday, others) is None


def test_the_evening_is_thanked_for(
    cook: FlaskClient, store: Store, friday: Evening, clock: StandingClock
) -> None:
    offer = offer_of(store, friday)
    cook.post("/kitchen/cooked", data={"offer": offer.id, "meal_count": "10"})
    with store.session(friday.lab_id, actor="test") as session:
        for number, stop in enumerate(stops(store, friday.lab_id)):
            if number < 2:
                carried = offer.id if number == 0 else offer_of(store, friday, ours=False).id
                count_pickup(
                    session,
                    stop,
                    {carried: 8 if number == 0 else 1},
                    client_uuid=f"00000000-0000-4000-8000-00000000000{number}",
                    reporter_id=friday.volunteer,
                    observed_at=AT_THE_DOORS,
                    now=AT_THE_DOORS,
                )
                continue
            codes = ["tasty"] if number in (3, 4) else []
            check_in(
                session,
                stop,
                client_uuid=f"00000000-0000-4000-8000-00000000000{number}",
                report=Report.read("seen", "usual", codes, None, means=Means.DOOR),
                observed_at=AT_THE_DOORS,
                reporter_id=friday.volunteer,
                now=AT_THE_DOORS,
            )
        close_day(session, FRIDAY, lost={}, by="桜井", now=AT_THE_DOORS + timedelta(hours=3))
    clock.moment = AT_THE_DOORS + timedelta(hours=4)
    page = cook.get("/kitchen").text
    assert "届きました" in page
    assert "「おいしかった」を、2軒からうかがいました" in page
    assert "4.2<small> kg" in page
    assert "推定" in page
    assert "できあがったら" not in page
    assert not [home for home in HOMES if home[0] in page]
    answer = cook.post("/kitchen/cooked", data={"offer": offer.id, "meal_count": "9"})
    assert answer.status_code == 422
