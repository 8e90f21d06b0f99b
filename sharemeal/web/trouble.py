"""When the database is locked, gone or full: a plain page that asks for patience, drawn without the database.

A telephone keeps its queue on any of these answers and sends it again later.
"""

from __future__ import annotations

from flask import Flask, current_app, g, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import InternalServerError
from werkzeug.wrappers import Response

from sharemeal.sentences import Sentence
from sharemeal.store.trouble import DatabaseFault, Trouble, trouble_of
from sharemeal.web.language import tell

_WAITING = Sentence("いま、こみあっています。")
_LOST = Sentence("いま、記録の置き場につながりません。")
_FULL = Sentence("記録の置き場がいっぱいで、保存できません。")
_SAID = {
    Trouble.BUSY: (503, 5, _WAITING, Sentence("少し待ってから、もう一度お試しください。")),
    Trouble.LOST: (503, 30, _LOST, Sentence("1分ほど待ってから、もう一度お試しください。")),
    Trouble.FULL: (
        507,
        60,
        _FULL,
        Sentence("すぐに管理者へ知らせてください。見るだけのことは続けられます。"),
    ),
}
"""HTTP status, seconds after which to come again, what is said, and what helps."""


def answer(error: BaseException | None) -> Response | None:
    """The page for an error that is the database's trouble, and a line in the log; None for any other error."""
    trouble = trouble_of(error)
    if trouble is None:
        return None
    g.trouble = trouble
    status, seconds, what, remedy = _SAID[trouble]
    page = request.url_rule.rule if request.url_rule else "no page"
    loud = current_app.logger.critical if trouble is Trouble.FULL else current_app.logger.error
    loud("%s at %s [%s]", trouble.value, page, request.method)
    if request.path.startswith("/api/"):
        made = jsonify(error=tell(what))
    else:
        made = make_response(render_template("trouble.html", what=what, remedy=remedy, sent=_was_sent()))
    made.status_code = status
    made.headers["Retry-After"] = str(seconds)
    return made


def _was_sent() -> bool:
    """Whether somebody sent something that is not kept now."""
    return request.method not in ("GET", "HEAD", "OPTIONS")


def _on_fault(error: DatabaseFault) -> ResponseReturnValue:
    made = answer(error)
    if made is None:
        raise error
    return made


def behind(error: InternalServerError) -> Response | None:
    """The same for an error that came up before or after the view: in the session or in the audit."""
    return answer(error.original_exception)


def prepare(app: Flask) -> None:
    """Answer the database's trouble wherever a page meets it."""
    app.register_error_handler(DatabaseFault, _on_fault)
