"""引き受けます: the page behind an alert's link. Looking at it uses nothing up and tells nothing of a home.

Who gives the PIN of the person it was sent to, or is signed in as a coordinator of the lab, takes the alert up and
sees that one case at the same address, until it ends or falls back.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from sharemeal.actions import take_up as deeds
from sharemeal.actions.check_pin import check_pin
from sharemeal.alerts import ACK_LIVES
from sharemeal.messages import Purpose
from sharemeal.sentences import Refused, Sentence
from sharemeal.store.base import let_go
from sharemeal.watch import CHOSEN_BY_PEOPLE, ENDING_WORDS, KIND_WORDS, NEXT_STEPS, Ending
from sharemeal.web import case as cases
from sharemeal.web import doorway, language, receive_test, sessions
from sharemeal.web.access import allow_everybody, somebody
from sharemeal.web.asked import asked
from sharemeal.web.case import Letter, Stand
from sharemeal.web.letters import message_of
from sharemeal.web.responses import errors_of

pages = Blueprint("take_up", __name__, url_prefix="/a")


@pages.get("/<code>")
@allow_everybody
def show(code: str) -> ResponseReturnValue:
    """The request, or the case for who has it; a receive test's link has a page of its own."""
    message = message_of(code)
    if message.purpose is Purpose.RECEIVE_TEST:
        return receive_test.page(message)
    letter = Letter.of(message)
    stand = cases.stand(letter)
    if stand.viewer is not None and not stand.ended:
        return _case(letter, stand.viewer)
    return _door(letter, stand)


@pages.post("/<code>")
@allow_everybody
def enter(code: str) -> ResponseReturnValue:
    """Take it up, by PIN or signed in."""
    letter = Letter.of_code(code)
    stand = cases.stand(letter)
    doorway.let_go()
    here = url_for(".show", code=letter.code)
    if stand.ended or stand.viewer is not None:
        return redirect(here, 303)
    person_id = stand.visitor or letter.person_id
    actor = cases.actor(letter, person_id)
    with doorway.doorway().store.session(letter.lab_id, actor=actor) as session:
        try:
            if stand.visitor is None:
                pin = request.form.get("pin", "")
                check_pin(session, letter.alert_id, person_id, pin, now=doorway.now())
            deeds.take_up(session, letter.alert_id, person_id, now=doorway.now())
        except Refused as refusal:
            let_go(session)
            return _refused(letter, refusal, actor)
    who = somebody()
    if who is None or who.person_id != stand.visitor:
        known = None if stand.visitor is not None else doorway.now() + ACK_LIVES
        sessions.open_case(letter.alert_id, person_id, letter.code, known_until=known)
    return redirect(here, 303)


def _refused(letter: Letter, refusal: Refused, actor: str) -> ResponseReturnValue:
    """A wrong PIN is told at its field; who was too late learns who was quicker."""
    stand = cases.stand(letter)
    if refusal.field or (stand.holder is None and not stand.ended):
        return _door(letter, stand, errors_of(refusal))
    name = cases.name_of(letter, stand.holder, actor) if stand.holder is not None else ""
    return _door(letter, stand, name=name, late=True)


@pages.post("/<code>/outcome")
@allow_everybody
def tell(code: str) -> ResponseReturnValue:
    """Keep the memo, or with a 結果 end the case."""
    letter = Letter.of_code(code)
    stand = cases.stand(letter)
    doorway.let_go()
    typed = request.form.get("memo", "")
    person_id = stand.viewer or stand.author
    if person_id is None and not stand.ended:
        return _door(letter, stand, {"": _TOO_LATE}, typed=typed)
    if person_id is not None:
        try:
            _report(letter, person_id, typed)
        except Refused as refusal:
            if stand.viewer is not None and (refusal.field or cases.stand(letter).viewer is not None):
                return _case(letter, person_id, errors_of(refusal), typed)
    return redirect(url_for(".show", code=letter.code), 303)


def _report(letter: Letter, person_id: int, memo: str) -> None:
    """Write down what came of it. Raises Refused; without a field where another has ended it meanwhile."""
    keeps_on = request.form.get("do") == "memo"
    ending = None if keeps_on else _ending(request.form.get("outcome", ""))
    concern_id = cases.concern_of(letter)
    actor = cases.actor(letter, person_id)
    with doorway.doorway().store.session(letter.lab_id, actor=actor) as session:
        if ending is None:
            deeds.keep_memo(session, concern_id, memo, now=doorway.now())
        else:
            deeds.end_concern(
                session,
                concern_id,
                ended_as=ending,
                memo=memo,
                person_id=person_id,
                now=doorway.now(),
                seen_level=request.form.get("level", type=int),
            )
            sessions.close_case(letter.code)


_TOO_LATE = Refused(
    Sentence("まだ引き受けていないか、引き受けてから時間がたちました。"),
    why=Sentence("結果がないまま時間が過ぎると、確認はほかの世話人に戻ります。"),
    remedy=Sentence("もう一度引き受けてから、結果を知らせてください。"),
)


def _ending(text: str) -> Ending:
    if text not in CHOSEN_BY_PEOPLE:
        raise Refused(
            Sentence("結果がまだ選ばれていません。"),
            why=Sentence("どう終わったかを、知らせを受けた人みんなに伝えるためです。"),
            remedy=Sentence("いちばん近いものを、ひとつ選んでください。"),
            field="outcome",
        )
    return Ending(text)


def _door(
    letter: Letter,
    stand: Stand,
    errors: dict[str, Refused] | None = None,
    *,
    name: str = "",
    typed: str = "",
    late: bool = False,
) -> ResponseReturnValue:
    """What anybody may see who holds the link. The name of who has it is for those who have shown who they are."""
    if stand.holder is not None and stand.visitor is not None:
        name = cases.name_of(letter, stand.holder, cases.actor(letter, stand.visitor))
    page = render_template(
        "take_up.html",
        code=letter.code,
        stand=stand,
        name=name,
        errors=errors or {},
        typed=typed,
        others=asked(letter),
    )
    return page, 422 if errors else 409 if late else 200


def _case(
    letter: Letter, person_id: int, errors: dict[str, Refused] | None = None, typed: str | None = None
) -> ResponseReturnValue:
    found = cases.case(letter, person_id)
    return render_template(
        "case.html",
        code=letter.code,
        case=found,
        icon_of=cases.KIND_ICONS[found.kind],
        kind_word=KIND_WORDS[found.kind],
        next_step=NEXT_STEPS.get(found.kind),
        memo=found.memo if typed is None else typed,
        outcome=request.form.get("outcome", ""),
        endings=[(each.value, language.tell(ENDING_WORDS[each])) for each in CHOSEN_BY_PEOPLE],
        errors=errors or {},
        others=asked(letter),
    ), (422 if errors else 200)
