"""Reports from the door: one event, or many that waited on a telephone, for programs; and how the pages record one."""

from __future__ import annotations

import hmac
import json
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from sharemeal.actions.keep_report import uuid_of
from sharemeal.actions.record_visit import Outcome, check_in, count_pickup, undo
from sharemeal.people import Role
from sharemeal.sentences import Refused, Sentence
from sharemeal.store import visits
from sharemeal.store.columns import HIGHEST_ID
from sharemeal.visits import Means, Report
from sharemeal.web.access import allow, who
from sharemeal.web.doorway import db, doorway, now
from sharemeal.web.language import tell
from sharemeal.web.round_view import queue_word

pages = Blueprint("check_ins", __name__, url_prefix="/api/v1")

MOST_EVENTS = 200
MOST_BYTES = 256_000
MOST_PORTIONS = 500
QUEUE_HEADER = "X-Sharemeal-Queue"
_ONCE_MORE = Sentence("順路表を開きなおして、もう一度記録してください。")


@pages.post("/check-ins")
@allow(Role.VOLUNTEER)
def take() -> ResponseReturnValue:
    """Take one event or a list of events, each for itself: created, repeated or refused with a sentence.

    An event is ``{id, stop, contact, condition, observations, note, observed_at}``; a count at a kitchen
    ``{id, stop, counts: {offer: portions}, observed_at}``; taking back ``{id, undo: true}``. One event is answered
    by one object, a list by a list. Guarded by its origin instead of a form's secret, and safe to repeat.
    """
    if not _ours():
        return _answer(403, Sentence("ほかのサイトからの記録は受け取れません。"))
    if request.mimetype != "application/json":
        return _answer(415, Sentence("JSONで送ってください。"))
    word = request.headers.get(QUEUE_HEADER)
    if word is not None and not hmac.compare_digest(word.encode(), queue_word().encode()):
        return _answer(409, Sentence("この電話に残っている記録は、いま入っている人のものではありません。"))
    body = request.get_data(cache=False)
    if len(body) > MOST_BYTES:
        return _answer(413, Sentence("一度に送れる大きさ（256 kB）を超えています。"))
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return _answer(400, Sentence("JSONとして読み取れません。"))
    if not isinstance(sent, dict | list):
        return _answer(400, Sentence("記録をひとつ、または記録の並びを送ってください。"))
    events = sent if isinstance(sent, list) else [sent]
    if len(events) > MOST_EVENTS:
        return _answer(413, Sentence("一度に送れるのは{most}件までです。", most=MOST_EVENTS))
    answers = [_taken(event) for event in events]
    return jsonify(answers if isinstance(sent, list) else answers[0])


def record(stop_id: int, client_uuid: str, report: Report, observed_at: datetime) -> Outcome:
    """Record what who asks saw at a door. Raises LookupError for a stop that is not this lab's, Refused as the deed."""
    stop = visits.stop_of(db(), stop_id) if 0 < stop_id <= HIGHEST_ID else None
    if stop is None:
        raise LookupError(stop_id)
    return check_in(
        db(),
        stop_id,
        client_uuid=client_uuid,
        report=report,
        observed_at=observed_at,
        reporter_id=who().person_id,
        now=now(),
    )


def _ours() -> bool:
    """Whether a page of ours has sent this, or a program that names no origin."""
    origin = request.headers.get("Origin")
    if origin is None:
        return request.headers.get("Sec-Fetch-Site", "same-origin") in ("same-origin", "none")
    ours = {_site(request.host_url), _site(doorway().settings.public_url)} - {("", "")}
    try:
        return _site(origin) in ours
    except ValueError:
        return False


def _site(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.scheme, parts.netloc


def _answer(status: int, error: Sentence) -> ResponseReturnValue:
    return jsonify(error=tell(error)), status


def _taken(event: object) -> dict[str, Any]:
    given = event.get("id") if isinstance(event, dict) else None
    answer: dict[str, Any] = {"id": given if isinstance(given, str) and len(given) <= 64 else None}
    try:
        return answer | {"result": _done(event), "error": None}
    except Refused as refusal:
        return answer | {"result": "refused", "error": tell(refusal)}
    except LookupError as error:
        if type(error) is not LookupError:
            raise
        unknown = Refused(Sentence("この記録の立ち寄り先が見つかりません。"), remedy=_ONCE_MORE)
        return answer | {"result": "refused", "error": tell(unknown)}


def _done(event: object) -> str:
    """Do what one event says. Raises Refused or LookupError, and nothing has been written then."""
    if not isinstance(event, dict):
        raise _unreadable("event")
    client_uuid = uuid_of(_text(event.get("id"), "id") or "")
    if event.get("undo") is True:
        return _taken_back(client_uuid)
    if event.get("undo") not in (None, False):
        raise _unreadable("undo")
    stop_id = _whole(event.get("stop"), 1, HIGHEST_ID, "stop")
    observed_at = _moment(event.get("observed_at"))
    if "counts" in event:
        return _counted(stop_id, client_uuid, event["counts"], observed_at)
    codes = event.get("observations") or []
    if not isinstance(codes, list):
        raise _unreadable("observations")
    report = Report.read(
        _text(event.get("contact"), "contact"),
        _text(event.get("condition"), "condition"),
        [_text(code, "observations") or "" for code in codes],
        (_text(event.get("note"), "note") or "").replace("\r\n", "\n"),
        means=Means.DOOR,
    )
    return record(stop_id, client_uuid, report, observed_at).result.value


def _taken_back(client_uuid: str) -> str:
    known = visits.by_uuid(db(), client_uuid)
    before = known is not None and known.undone_at is not None
    undo(db(), client_uuid, reporter_id=who().person_id, now=now())
    return "repeated" if before else "created"


def _counted(stop_id: int, client_uuid: str, counts: object, observed_at: datetime) -> str:
    if not isinstance(counts, dict) or not counts:
        raise _unreadable("counts")
    portions = {
        _whole(
            int(offer) if offer.isdecimal() and len(offer) < 12 else None, 1, HIGHEST_ID, "counts"
        ): _whole(count, 0, MOST_PORTIONS, "counts")
        for offer, count in counts.items()
    }
    new = count_pickup(
        db(),
        stop_id,
        portions,
        client_uuid=client_uuid,
        reporter_id=who().person_id,
        observed_at=observed_at,
        now=now(),
    )
    return "created" if new else "repeated"


def _unreadable(field: str) -> Refused:
    return Refused(
        Sentence("記録の「{field}」を読み取れません。", field=field), remedy=_ONCE_MORE, field=field
    )


def _whole(value: object, low: int, high: int, field: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise _unreadable(field)
    return value


def _text(value: object, field: str) -> str | None:
    """A text as it was sent; half of a letter that needs two halves can be neither kept nor shown."""
    if value is None:
        return None
    if not isinstance(value, str) or any("\ud800" <= sign <= "\udfff" for sign in value):
        raise _unreadable(field)
    return value


def _moment(value: object) -> datetime:
    text = _text(value, "observed_at") or ""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise _unreadable("observed_at") from None
    if moment.tzinfo is None or not 2000 < moment.year < 9000:
        raise Refused(
            Sentence("記録の時刻に、時差がありません（入力: {value}）。", value=text[:40]),
            remedy=Sentence("2026-11-27T17:05:00+09:00 のように書いてください。"),
            field="observed_at",
        )
    return moment
