"""One Friday evening with invented people at real chō: two kitchens, four homes, one walker's settled course."""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from sharemeal.households import ConsentItem, DeliveryWindow, Need
from sharemeal.kitchens import HandoverHours, Texture
from sharemeal.meals import Counts
from sharemeal.people import Role
from sharemeal.places import Point
from sharemeal.sentences import Sentence
from sharemeal.service_days import DayState
from sharemeal.store.base import Store, transaction
from sharemeal.store.households import Consent, Household
from sharemeal.store.kitchens import Kitchen, Offer
from sharemeal.store.people import Person
from sharemeal.store.service_days import Route, ServiceDay, ServingRow, Stop, StopItem
from sharemeal.store.volunteers import Volunteer
from sharemeal.volunteers import Mode, Shift

FRIDAY = date(2026, 11, 27)
HOUR = 3600
WHY = Sentence("いつもの店です")

HOMES = (
    ("花村", "はなむら", "柿の木台", "1-2 青い屋根", (35.551118, 139.528571), Need(1), "", "+819000000001"),
    ("梅原", "うめはら", "藤が丘一丁目", "さくら荘 203", (35.546458, 139.530478),
     Need(2, frozenset({"えび", "かに"}), diet=("減塩",)), "ベルのあと、1分ほどお待ちください", "+819000000002"),
    ("久保田", "くぼた", "藤が丘二丁目", "コーポ藤 101", (35.541460, 139.526663),
     Need(2, texture=Texture.UDF1), "犬がいます", None),
    ("野沢", "のざわ", "梅が丘", "青い門の一戸建て", (35.535355, 139.526308),
     Need(4, frozenset({"卵"}), diet=("子ども用",)), "", "+819000000004"),
)  # fmt: skip


@dataclass(frozen=True)
class Evening:
    """The ids that a test asks for. ``volunteer`` and ``coordinator`` are people, ``cook`` is of ``kitchen_id``."""

    lab_id: int
    kitchen_id: int
    volunteer_id: int
    volunteer: int
    coordinator: int
    cook: int


def evening(
    store: Store,
    lab_id: int,
    now: datetime,
    *,
    state: DayState | None = DayState.FIXED,
    day: date = FRIDAY,
) -> Evening:
    """Fill a lab; without a ``state`` nobody has planned the day. A week before is closed, with the same course."""
    with store.session(lab_id) as session, transaction(session, now):
        shops = [
            _kitchen(1, "ひだまり食堂", "もえぎ野", (35.547510, 139.523110)),
            _kitchen(2, "つむぎ惣菜店", "藤が丘二丁目", (35.543400, 139.527580)),
        ]
        homes = [_home(number, now.date()) for number in range(1, len(HOMES) + 1)]
        walker = Person(role=Role.VOLUNTEER, name="富永", phone="+819000000011", uniquifier=f"w{lab_id}")
        boss = Person(role=Role.COORDINATOR, name="桜井", phone="+81450000000", uniquifier=f"c{lab_id}")
        volunteer = Volunteer(
            number=1,
            person=walker,
            mode=Mode.WALK,
            meals_carried=12,
            place=Point(35.549000, 139.519500),
            shift=Shift(16 * HOUR, 19 * HOUR),
        )
        session.add_all([*shops, *homes, volunteer, boss])
        session.flush()
        cook = Person(role=Role.KITCHEN, name="ひだまり", kitchen_id=shops[0].id, uniquifier=f"k{lab_id}")
        session.add(cook)
        _course(session, day - timedelta(days=7), DayState.CLOSED, shops, homes[1:], volunteer, now)
        if state is not None:
            _course(session, day, state, shops, homes, volunteer, now)
    return Evening(lab_id, shops[0].id, volunteer.id, walker.id, boss.id, cook.id)


def _kitchen(number: int, name: str, town: str, place: tuple[float, float]) -> Kitchen:
    return Kitchen(
        number=number,
        name=name,
        town=town,
        place=Point(*place),
        phone=f"+81450000{number:03d}",
        textures=frozenset({"普通", "UDF1"}),
        handover=HandoverHours(16 * HOUR, 18 * HOUR),
        freshness_seconds=5400,
    )


def _home(number: int, today: date) -> Household:
    name, reading, town, address, place, need, note, phone = HOMES[number - 1]
    return Household(
        number=number,
        name=name,
        reading=reading,
        town=town,
        address=f"{town} {address}",
        phone=phone,
        door_note=note or None,
        emergency_contact="長女 090-0000-0099",
        place=Point(*place),
        need=need,
        window=DeliveryWindow(16 * HOUR, 19 * HOUR),
        consents=[Consent(item=ConsentItem.MEALS, given_on=today, given_by="本人")],
    )


def _course(
    session: Session,
    day: date,
    state: DayState,
    shops: list[Kitchen],
    homes: list[Household],
    volunteer: Volunteer,
    now: datetime,
) -> None:
    """A course over both kitchens: the first home eats from the second kitchen, all others from the first."""
    offers = [
        Offer(
            service_date=day,
            kitchen_id=shop.id,
            dish=dish,
            meal_count=count,
            allergens=allergens,
            ready_seconds=int(16.5 * HOUR),
            uses_surplus=True,
            entered_at=now,
            entered_by="kitchen",
        )
        for shop, dish, count, allergens in (
            (shops[0], "豚の生姜焼き弁当", 10, frozenset({"小麦", "豚肉"})),
            (shops[1], "白身魚の煮つけ", 3, None),
        )
    ]
    service_day = ServiceDay(service_date=day, state=state, planned_at=now, fixed_at=now, fixed_by="桜井")
    portions = sum(home.need.portions for home in homes)
    counts = Counts(len(homes), 0, 0, len(homes), 0, portions_wanted=portions, portions_planned=portions)
    service_day.summary = {"counts": asdict(counts), "notes": [], "routes": {"summary": {}}}
    session.add_all([*offers, service_day])
    session.flush()
    servings = [
        ServingRow(
            day_id=service_day.id,
            household_id=home.id,
            offer=offers[index == 0],
            portions=home.need.portions,
            why=WHY,
        )
        for index, home in enumerate(homes)
    ]
    session.add_all(servings)
    session.flush()
    route = Route(
        day_id=service_day.id,
        volunteer_id=volunteer.id,
        starts_seconds=int(16.5 * HOUR),
        ends_seconds=18 * HOUR,
        travel_seconds=35 * 60,
        distance_metres=2300,
    )
    clock = int(16.5 * HOUR)
    halts: list[tuple[int | None, int | None, list[ServingRow]]] = [
        (shop.id, None, [s for s in servings if s.offer.kitchen_id == shop.id]) for shop in shops
    ]
    halts += [(None, home.id, [serving]) for home, serving in zip(homes, servings, strict=True)]
    for position, (kitchen, home, carried) in enumerate(halts, start=1):
        clock += 600
        route.stops.append(
            Stop(
                position=position,
                kitchen_id=kitchen,
                household_id=home,
                arrives_seconds=clock,
                begins_seconds=clock,
                leaves_seconds=clock + 240,
                travel_seconds=360,
                distance_metres=400,
                items=[StopItem(serving_id=serving.id) for serving in carried],
            )
        )
    session.add(route)
