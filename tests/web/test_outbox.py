"""送った連絡: plain states; texts only where nothing leaves the house, and never for the lab's administrator."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient

from sharemeal.messages import Channel, MessageState, Purpose
from sharemeal.people import Role
from sharemeal.store.base import Store, transaction
from sharemeal.store.messages import Message
from sharemeal.web import outbox
from tests.web.conftest import Labs

ClientOf = Callable[[int], FlaskClient]
TEXT = "確認依頼1件"


@pytest.fixture
def write(store: Store, labs: Labs, now: datetime, person: Callable[..., int]) -> Callable[..., None]:
    """Put messages to 野口 of our lab into the outbox."""
    to = person(labs.ours, Role.COORDINATOR, "野口")

    def add(count: int = 1, **values: object) -> None:
        plain = {"purpose": Purpose.ALERT, "detail": "5", "state": MessageState.DELIVERED, "person_id": to}
        with store.session(labs.ours) as session, transaction(session, now):
            for number in range(count):
                at = now + timedelta(seconds=number)
                row = Message(
                    **{
                        **plain,
                        "once": f"{values}{number}",
                        "code": f"{abs(hash(str(values))) % 10000:04}{number:04}",
                        "made_at": at,
                        "due_at": at,
                        **values,
                    }
                )
                session.add(row)

    return add


@pytest.fixture
def desk(client_of: ClientOf, labs: Labs, person: Callable[..., int]) -> FlaskClient:
    return client_of(person(labs.ours, Role.COORDINATOR, "桜井"))


def test_without_a_provider_the_page_shows_what_would_have_gone_out(
    desk: FlaskClient, write: Callable[..., None]
) -> None:
    assert "まだ何も送っていません" in desk.get("/outbox").text
    write(code="7KQ2M9XP")
    write(code="8KQ2M9XP", purpose=Purpose.REMIND_VOLUNTEER, detail="ABCDEFGHJKMN")
    page = desk.get("/outbox").text
    assert "野口" in page
    assert f"{TEXT}。5分以内に開いてください http://localhost/a/7KQ2M9XP" in page
    assert 'href="/a/7KQ2M9XP"' in page
    assert 'href="/s/8KQ2M9XPABCDEFGHJKMN"' in page
    assert page.index("8KQ2M9XP") < page.index("7KQ2M9XP")


def test_with_a_provider_no_text_stands_on_the_page(
    desk: FlaskClient, write: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(code="7KQ2M9XP", state=MessageState.UNDELIVERED, error_code=30003)
    monkeypatch.setattr(outbox, "on_screen", lambda: False)
    page = desk.get("/outbox").text
    assert TEXT not in page
    assert "7KQ2M9XP" not in page
    for words in (
        "野口",
        "確認のお願い",
        "届きませんでした",
        "電源が切れているか、圏外のようです",
        "SMS 1通ぶん",
    ):
        assert words in page


def test_an_e_mail_is_called_one_and_its_fault_told_in_words(
    desk: FlaskClient, write: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(code="7KQ2M9XP", channel=Channel.EMAIL, state=MessageState.REFUSED, error_code=550)
    monkeypatch.setattr(outbox, "on_screen", lambda: False)
    page = desk.get("/outbox").text
    for words in ("メール", "送れませんでした", "このメールアドレスへは届きません"):
        assert words in page
    assert "通ぶん" not in page


def test_an_administrator_sees_numbers_alone(
    client_of: ClientOf, labs: Labs, person: Callable[..., int], write: Callable[..., None]
) -> None:
    write(3)
    page = client_of(person(labs.ours, Role.LAB_ADMIN, "林")).get("/outbox").text
    assert "3通" in page
    assert "届きました" in page
    assert "野口" not in page
    assert TEXT not in page


def test_two_hundred_are_shown_on_four_pages(desk: FlaskClient, write: Callable[..., None]) -> None:
    write(205)
    first, last = desk.get("/outbox").text, desk.get("/outbox?page=4").text
    assert first.count("<time datetime") == last.count("<time datetime") == 50
    assert "1 / 4 ページ（全200件）" in first


def test_a_strangers_outbox_is_empty(
    client_of: ClientOf, labs: Labs, person: Callable[..., int], write: Callable[..., None]
) -> None:
    write()
    page = client_of(person(labs.strangers, Role.COORDINATOR, "よそ")).get("/outbox").text
    assert "まだ何も送っていません" in page
    assert "野口" not in page
