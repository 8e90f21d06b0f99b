"""表を読み込む: look first, mend in place, take all or nothing; twice the same file changes nothing."""

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from sharemeal.people import Role
from sharemeal.store import households, kitchens
from sharemeal.store.audit import AuditEntry
from sharemeal.store.base import Store
from tests.actions.tables import HOME, KITCHEN, OTHER_HOME, VOLUNTEER
from tests.make.spreadsheets import WRITERS
from tests.web.conftest import Labs, StandingClock

ClientOf = Callable[[int], FlaskClient]
BROKEN = {**OTHER_HOME, "電話": "90-0000-0102", "時間帯開始": "19:00"}


@pytest.fixture
def desk(labs: Labs, person: Callable[..., int], client_of: ClientOf) -> FlaskClient:
    return client_of(person(labs.ours, Role.COORDINATOR))


def send(client: FlaskClient, kind: str, content: bytes, name: str = "表.csv") -> TestResponse:
    form = {"kind": kind, "file": (io.BytesIO(content), name)}
    return client.post("/import/preview", data=form, follow_redirects=True)


def draft_of(page: str) -> str:
    return page.partition('name="draft" value="')[2].partition('"')[0]


def numbers(store: Store, lab_id: int) -> list[int]:
    with store.session(lab_id) as session:
        return [home.number for home in households.all_households(session)]


@pytest.mark.parametrize("form", sorted(WRITERS))
def test_a_table_is_looked_through_and_then_taken(
    desk: FlaskClient, store: Store, labs: Labs, form: str
) -> None:
    page = send(desk, "households", WRITERS[form]("households", [HOME, OTHER_HOME])).text
    assert "このまま取り込めます" in page
    assert "髙柳さん" in page
    assert numbers(store, labs.ours) == []
    taken = desk.post("/import/confirm", data={"draft": draft_of(page)}, follow_redirects=True).text
    assert "新しい2件" in taken
    assert numbers(store, labs.ours) == [1, 2]
    again = send(desk, "households", WRITERS[form]("households", [HOME, OTHER_HOME])).text
    assert "変わったところはありません" in again
    assert "取り込む</button>" not in again


def test_faulty_cells_are_mended_in_place(desk: FlaskClient, store: Store, labs: Labs) -> None:
    page = send(desk, "households", WRITERS["cp932"]("households", [HOME, BROKEN])).text
    for told in (
        "2 か所、直してください",
        "3行目「電話」",
        "090-0000-0102 のことでしたら",
        'value="90-0000-0102"',
    ):
        assert told in page
    assert 'name="cell-3-window_opens"' in page, "the window's other half can be mended too"
    assert "取り込む</button>" not in page
    draft = draft_of(page)
    assert desk.post("/import/confirm", data={"draft": draft}).headers["Location"] == "/import/preview"
    assert numbers(store, labs.ours) == []
    half = {"draft": draft, "cell-3-phone": "０９０−００００−０１０２", "cell-3-window_opens": "19:00"}
    page = desk.post("/import/mend", data=half, follow_redirects=True).text
    assert "1 か所、直してください" in page
    whole = {"draft": draft, "cell-3-window_opens": "17時"}
    page = desk.post("/import/mend", data=whole, follow_redirects=True).text
    assert "このまま取り込めます" in page
    assert "このまま取り込めます" in desk.get("/import/preview").text, "it survives reloading"
    desk.post("/import/confirm", data={"draft": draft})
    with store.session(labs.ours) as session:
        mended = households.by_number(session, 2, with_names=True)
        assert mended is not None
        assert (mended.phone, mended.window.opens) == ("+819000000102", 17 * 3600)


def test_a_number_used_twice_is_told_and_its_row_can_be_left_out(
    desk: FlaskClient, store: Store, labs: Labs
) -> None:
    page = send(
        desk, "households", WRITERS["utf8"]("households", [HOME, {**OTHER_HOME, "お届け先番号": "1"}])
    ).text
    assert "2行目と3行目の2か所にあります" in page
    desk.post("/import/mend", data={"draft": draft_of(page), "drop": "3"})
    desk.post("/import/confirm", data={"draft": draft_of(page)})
    assert numbers(store, labs.ours) == [1]


def test_taken_twice_leads_to_the_same_place_and_writes_once(
    desk: FlaskClient, store: Store, labs: Labs
) -> None:
    page = send(desk, "kitchens", WRITERS["utf8"]("kitchens", [KITCHEN])).text
    form = {"draft": draft_of(page), "form_id": "once"}
    places = [desk.post("/import/confirm", data=form).headers["Location"] for _ in range(2)]
    assert places == ["/import?taken=kitchens"] * 2
    with store.session(labs.ours) as session:
        assert len(kitchens.all_kitchens(session)) == 1


def test_a_second_tab_cannot_take_the_first_ones_table(desk: FlaskClient, store: Store, labs: Labs) -> None:
    first = draft_of(send(desk, "kitchens", WRITERS["utf8"]("kitchens", [KITCHEN])).text)
    send(desk, "households", WRITERS["utf8"]("households", [HOME]))
    answer = desk.post("/import/confirm", data={"draft": first}, follow_redirects=True)
    assert "ほかの表を読み込みはじめています" in answer.text
    assert numbers(store, labs.ours) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "ファイルが空です"),
        (b"\x89PNG\r\n\x1a\n", "画像（PNG）のようです"),
        (b"a,b\r\n1,2\r\n", "知らない見出しがあります"),
    ],
)
def test_what_is_no_table_is_refused_at_the_field(desk: FlaskClient, content: bytes, told: str) -> None:
    answer = send(desk, "households", content)
    assert answer.status_code == 422
    assert told in answer.text
    assert 'href="#file"' in answer.text
    assert 'value="households" checked' in answer.text


def test_nothing_chosen_is_said(desk: FlaskClient) -> None:
    assert "どの表かが選ばれていません" in send(desk, "", b"x").text
    answer = desk.post("/import/preview", data={"kind": "households"})
    assert "ファイルが選ばれていません" in answer.text


def test_a_file_that_is_too_large_is_told_and_loses_nothing(desk: FlaskClient, app: Flask) -> None:
    draft = draft_of(send(desk, "kitchens", WRITERS["utf8"]("kitchens", [KITCHEN])).text)
    body = b"x" * (app.config["MAX_CONTENT_LENGTH"] + 1)
    answer = desk.post("/import/preview", data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert "ファイルが大きすぎます" in answer.text
    assert draft_of(desk.get("/import/preview").text) == draft


def test_a_table_can_be_put_away(desk: FlaskClient) -> None:
    send(desk, "kitchens", WRITERS["utf8"]("kitchens", [KITCHEN]))
    assert "読み込みかけの表があります" in desk.get("/import").text
    desk.post("/import/forget")
    assert desk.get("/import/preview").headers["Location"] == "/import"


def test_no_row_travels_in_the_address_or_the_cookie(desk: FlaskClient) -> None:
    content = WRITERS["utf8"]("households", [HOME])
    answer = desk.post("/import/preview", data={"kind": "households", "file": (io.BytesIO(content), "a.csv")})
    assert answer.headers["Location"] == "/import/preview"
    assert all(len(cookie) < 300 for cookie in answer.headers.getlist("Set-Cookie"))


def test_many_rows_are_carried(desk: FlaskClient, store: Store, labs: Labs) -> None:
    rows = [{**HOME, "お届け先番号": str(number), "電話": ""} for number in range(1, 301)]
    page = send(desk, "households", WRITERS["utf8"]("households", rows)).text
    assert "ほかに200行あります" in page
    desk.post("/import/confirm", data={"draft": draft_of(page)})
    assert len(numbers(store, labs.ours)) == 300


def test_tables_go_out_right_after_signing_in_only(
    desk: FlaskClient, store: Store, labs: Labs, clock: StandingClock
) -> None:
    page = send(desk, "households", WRITERS["utf8"]("households", [HOME])).text
    desk.post("/import/confirm", data={"draft": draft_of(page)})
    written = desk.get("/import/current/households.csv")
    assert written.mimetype == "text/csv"
    assert "髙柳さん" in written.data.decode("utf-8-sig")
    with store.session(labs.ours) as session:
        exported = select(AuditEntry.subject).where(AuditEntry.what == "exported")
        assert session.scalars(exported).all() == ["household"]
    assert "変わったところはありません" in send(desk, "households", written.data).text
    clock.moment += timedelta(minutes=16)
    late = desk.get("/import/current/households.csv")
    assert late.status_code == 422
    assert "もう一度入りなおしてください" in late.text
    assert desk.get("/import/empty/households.csv").data.decode("utf-8-sig").startswith("お届け先番号,呼び名")


def test_the_administrator_reads_in_no_homes_and_writes_out_nothing(
    labs: Labs, person: Callable[..., int], client_of: ClientOf
) -> None:
    admin = client_of(person(labs.ours, Role.LAB_ADMIN))
    assert 'value="households"' not in admin.get("/import").text
    assert (
        "どの表かが選ばれていません" in send(admin, "households", WRITERS["utf8"]("households", [HOME])).text
    )
    assert admin.get("/import/empty/households.csv").status_code == 404
    assert admin.get("/import/current/kitchens.csv").status_code == 403
    assert (
        "お届け先1は登録がないため"
        in send(
            admin, "volunteers", WRITERS["utf8"]("volunteers", [{**VOLUNTEER, "顔なじみのお届け先": "1"}])
        ).text
    )


@pytest.mark.parametrize("role", [Role.KITCHEN, Role.VOLUNTEER])
def test_the_wrong_role_is_refused(
    labs: Labs, person: Callable[..., int], client_of: ClientOf, role: Role
) -> None:
    client = client_of(person(labs.ours, role))
    assert client.get("/import").status_code == 403
    assert client.post("/import/confirm").status_code == 403


def test_a_stranger_writes_to_their_own_lab_and_sees_no_draft_of_ours(
    desk: FlaskClient, store: Store, labs: Labs, person: Callable[..., int], client_of: ClientOf
) -> None:
    ours = draft_of(send(desk, "households", WRITERS["utf8"]("households", [HOME])).text)
    stranger = client_of(person(labs.strangers, Role.COORDINATOR))
    assert stranger.get("/import/preview").headers["Location"] == "/import"
    stranger.post("/import/confirm", data={"draft": ours})
    theirs = draft_of(send(stranger, "households", WRITERS["utf8"]("households", [OTHER_HOME])).text)
    stranger.post("/import/confirm", data={"draft": theirs})
    assert numbers(store, labs.ours) == []
    assert numbers(store, labs.strangers) == [2]
    assert "髙柳" not in stranger.get("/import/current/households.csv").text
