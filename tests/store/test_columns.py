"""Column types: personal values are unreadable in the raw database, found by a keyed index, moments keep their zone."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from sharemeal.labs import LabRules
from sharemeal.people import Role
from sharemeal.places import Point
from sharemeal.sentences import Refused, Sentence
from sharemeal.store.base import Store, transaction
from sharemeal.store.columns import Encrypted, Keyring, UtcDateTime
from sharemeal.store.labs import Lab
from sharemeal.store.people import CodeAttempt, Person
from sharemeal.store.rotation import encrypted_columns, tables
from sharemeal.store.tables import Base
from sharemeal.store.volunteers import Volunteer
from sharemeal.volunteers import Mode, Shift
from tests.databases import SqliteMaker

SECRETS = ("山田かなり珍しい名", "090-0000-0001", "yamada@example.jp", "35.545494")


@pytest.fixture
def person_id(store: Store, now: datetime) -> int:
    """A volunteer whose every personal value is one of SECRETS."""
    with store.session(all_labs=True) as session, transaction(session, now):
        lab = Lab(slug="aobadai", name="青葉台", rules=LabRules())
        session.add(lab)
        session.flush()
        person = Person(
            lab_id=lab.id, role=Role.VOLUNTEER, name=SECRETS[0], reading=SECRETS[0], uniquifier="u"
        )
        person.phone = person.phone_index = SECRETS[1]
        person.email = person.email_index = SECRETS[2]
        session.add(person)
        session.flush()
        place = Point(35.545494, 139.518221)
        session.add(
            Volunteer(
                lab_id=lab.id,
                number=1,
                person_id=person.id,
                mode=Mode.WALK,
                meals_carried=8,
                place=place,
                shift=Shift(0, 1),
            )
        )
    return person.id


def everything(store: Store) -> bytes:
    """All values of all tables, as a thief of the database would read them."""
    dump = b""
    with store.engine.connect() as connection:
        for table in Base.metadata.tables:
            for row in connection.execute(text(f'SELECT * FROM "{table}"')):
                dump += b" ".join(
                    bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                    for value in row
                )
    return dump


def test_personal_values_are_unreadable_in_the_raw_database(store: Store, person_id: int) -> None:
    dump = everything(store)
    assert b"aobadai" in dump
    assert [secret for secret in SECRETS if secret.encode() in dump] == []


def test_the_raw_sqlite_file_holds_no_personal_value(
    sqlite_maker: SqliteMaker, keyring: Keyring, now: datetime
) -> None:
    url = sqlite_maker.migrated()
    store = Store(url, keyring)
    with store.session(all_labs=True) as session, transaction(session, now):
        lab = Lab(slug="a", name="青葉台", rules=LabRules())
        session.add(lab)
        session.flush()
        session.add(Person(lab_id=lab.id, role=Role.COORDINATOR, name=SECRETS[0], uniquifier="u"))
    store.close()
    raw = Path(url.removeprefix("sqlite:///")).read_bytes()
    assert "青葉台".encode() in raw
    assert SECRETS[0].encode() not in raw


def test_with_the_keys_they_read_as_they_were_written(store: Store, person_id: int) -> None:
    with store.session(all_labs=True) as session:
        person = session.get(Person, person_id)
        assert person is not None
        assert (person.name, person.phone, person.email) == SECRETS[:3]
        volunteer = session.scalars(select(Volunteer)).one()
        assert volunteer.place == Point(35.545494, 139.518221)
        assert volunteer.ends_at is None


def test_the_keyed_index_finds_a_phone_and_tells_nothing(store: Store, person_id: int) -> None:
    with store.session(all_labs=True) as session:
        found = session.scalars(select(Person).where(Person.phone_index == SECRETS[1])).one()
        assert found.id == person_id
        assert session.scalars(select(Person).where(Person.phone_index == "090-0000-0002")).first() is None
    other = Keyring(store.keyring.field_keys, "another key")
    assert other.index(SECRETS[1]) != store.keyring.index(SECRETS[1])


def test_a_fault_of_the_database_names_no_personal_value(store: Store, person_id: int, now: datetime) -> None:
    def add_again() -> None:
        with store.session(all_labs=True) as session, transaction(session, now):
            twin = Person(role=Role.VOLUNTEER, name=SECRETS[0], email_index=SECRETS[2], uniquifier="twin")
            session.add(twin)

    with pytest.raises(IntegrityError) as fault:
        add_again()
    assert "email_index" in str(fault.value)
    assert [secret for secret in SECRETS if secret in str(fault.value)] == []
    assert "parameters hidden" in str(fault.value)


def test_another_key_opens_nothing_and_says_what_to_do(store: Store, person_id: int) -> None:
    store.use_keys(Keyring((Fernet.generate_key().decode(),), store.keyring.index_key))
    with store.session(all_labs=True) as session:
        person = session.get(Person, person_id)
        assert person is not None
        with pytest.raises(Refused, match="SHAREMEAL_FIELD_KEYS"):
            assert person.name


def test_two_values_that_are_equal_are_sealed_differently(keyring: Keyring) -> None:
    assert keyring.seal("山田") != keyring.seal("山田")


@pytest.mark.parametrize("keys", [(), ("not a key",), ("",)])
def test_malformed_keys_are_refused(keys: tuple[str, ...]) -> None:
    with pytest.raises(Refused):
        Keyring(keys, "index")


def test_every_kind_of_encrypted_column_is_known_to_rotation() -> None:
    found = {f"{table.name}.{column.name}" for table in tables() for column in encrypted_columns(table)}
    assert {"person.name", "household.need", "household.place", "serving.why", "web_session.values"} <= found
    kinds = {
        type(column.type) for table in Base.metadata.sorted_tables for column in encrypted_columns(table)
    }
    assert kinds == set(Encrypted.__subclasses__())


def test_a_moment_keeps_its_instant_and_comes_back_in_utc(store: Store) -> None:
    tokyo = timezone(timedelta(hours=9))
    moment = datetime(2026, 11, 27, 18, 30, 5, 123456, tzinfo=tokyo)
    with store.session(all_labs=True) as session, transaction(session, moment):
        session.add(CodeAttempt(subject="x", at=moment, succeeded=False))
    with store.session(all_labs=True) as session:
        kept = session.scalars(select(CodeAttempt.at)).one()
    assert kept == moment
    assert kept.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(store: Store) -> None:
    with store.session(all_labs=True) as session, pytest.raises(StatementError, match="needs its zone"):
        session.scalars(select(CodeAttempt).where(CodeAttempt.at == datetime(2026, 11, 27))).all()
    assert UtcDateTime().process_bind_param(None, store.engine.dialect) is None


def test_a_sentence_survives_with_the_sentences_inside_it(keyring: Keyring) -> None:
    sentence = Sentence("{a}と{b}", a=Sentence("卵"), b=2)
    assert Sentence.from_json(sentence.as_json()) == sentence
