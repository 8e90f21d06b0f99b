"""受信テスト: the page behind the link of a monthly test. It asks for one press and shows nothing of anybody.

It shares its address with the links of alerts (take_up.py tells them apart). Looking at it uses nothing up.
"""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from sharemeal.actions.answer_receive_test import answer_receive_test
from sharemeal.messages import Channel, Purpose
from sharemeal.store import contacts
from sharemeal.store.messages import Message
from sharemeal.web import doorway
from sharemeal.web.access import allow_everybody
from sharemeal.web.letters import message_of

pages = Blueprint("receive_test", __name__, url_prefix="/a")


def page(message: Message) -> str:
    """The test of that message: one button, or thanks where it was pressed."""
    with doorway.doorway().store.session(message.lab_id, actor="a link") as session:
        answered = contacts.is_answered(session, message)
    by_mail = message.channel is Channel.EMAIL
    return render_template("receive_test.html", code=message.code, answered=answered, by_mail=by_mail)


@pages.post("/<code>/arrived")
@allow_everybody
def arrived(code: str) -> ResponseReturnValue:
    """届きました; a second press is as good as the first."""
    message = message_of(code)
    if message.purpose is not Purpose.RECEIVE_TEST:
        raise LookupError("code")
    doorway.let_go()
    with doorway.doorway().store.session(message.lab_id, actor="a link") as session:
        answer_receive_test(session, message.id, now=doorway.now())
    return redirect(url_for("take_up.show", code=message.code), 303)
