"""What leaves the house: security headers, refusals and faults as pages, forms that are taken once."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, g, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException, InternalServerError
from werkzeug.wrappers import Response

from sharemeal.actions.take_form_once import form_location, note_form
from sharemeal.sentences import Refused, Sentence, SeveralRefused
from sharemeal.web import access, doorway, trouble
from sharemeal.web.language import tell

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
_FAULTS = {
    400: (Sentence("送られた内容を読み取れませんでした。"), Sentence("前の画面に戻って、もう一度送ってください。")),
    401: (Sentence("まだ入っていません。"), Sentence("届いたリンクをもう一度ひらいてください。")),
    403: (Sentence("この画面は、あなたの役割ではひらけません。"), Sentence("世話人にご相談ください。")),
    404: (Sentence("この画面は見つかりませんでした。"), Sentence("リンクの期限が過ぎたか、場所が変わったようです。")),
    405: (Sentence("この画面では、その操作はできません。"), Sentence("前の画面に戻って、やりなおしてください。")),
    413: (Sentence("ファイルが大きすぎます。"), Sentence("表だけのファイルにして、もう一度送ってください。")),
    429: (Sentence("試した回数が多すぎます。"), Sentence("しばらく待ってから、もう一度お試しください。")),
    500: (Sentence("こちらの不具合で、できませんでした。"), Sentence("書きかけのものは保存されていません。世話人にお知らせください。")),
}  # fmt: skip


def errors_of(refusal: Refused) -> dict[str, Refused]:
    """Field → refusal, for a form that is shown again; what belongs to no field stands under ''."""
    single = refusal.refusals if isinstance(refusal, SeveralRefused) else (refusal,)
    return {each.field or "": each for each in single}


def _fault_page(code: int) -> tuple[str | Response, int]:
    what, remedy = _FAULTS.get(code, _FAULTS[500 if code >= 500 else 400])
    if request.path.startswith("/api/"):
        return jsonify(error=tell(what)), code
    return render_template("fault.html", what=what, remedy=remedy, code=code), code


def _on_fault(error: HTTPException) -> ResponseReturnValue:
    if isinstance(error, InternalServerError) and (troubled := trouble.behind(error)) is not None:
        return troubled
    return _fault_page(error.code or 500)


def _on_csrf(_error: CSRFError) -> ResponseReturnValue:
    what = Sentence("画面を開いてから時間がたったため、送れませんでした。")
    remedy = Sentence("前の画面に戻って開きなおし、もう一度送ってください。")
    return render_template("fault.html", what=what, remedy=remedy, code=400), 400


def _on_refusal(refusal: Refused) -> ResponseReturnValue:
    return render_template(
        "fault.html", what=refusal.what, why=refusal.why, remedy=refusal.remedy, code=422
    ), 422


def _on_missing(error: LookupError) -> ResponseReturnValue:
    if type(error) is not LookupError:
        raise error
    return _fault_page(404)


def _repeated() -> Response | None:
    """A form that was taken already leads to where it led the first time."""
    form_id = request.form.get("form_id") if request.method == "POST" else None
    if not form_id:
        return None
    with doorway.doorway().store.session(all_labs=True) as session:
        location = form_location(session, _own(form_id))
    return None if location is None else redirect(location, 303)


def _own(form_id: str) -> str:
    """A form belongs to who sent it: nobody learns where another's form led."""
    person = access.somebody()
    word = "".join(sign for sign in form_id[:64] if sign.isprintable())
    return f"{person.person_id if person else 0}:{word}"


def taken(location: str) -> None:
    """Remember that the form of this request was taken: sent again, it leads to ``location``."""
    if form_id := request.form.get("form_id"):
        doorway.let_go()
        with doorway.doorway().store.session(all_labs=True) as session:
            note_form(session, _own(form_id), location, now=doorway.now())


def _finish(response: Response) -> Response:
    location = response.headers.get("Location", "")
    if request.method == "POST" and response.status_code == 303 and not urlsplit(location).netloc:
        taken(location)
    headers = response.headers
    headers.setdefault("Content-Security-Policy", _POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    if request.is_secure:
        headers["Strict-Transport-Security"] = "max-age=31536000"
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-store")
    return response


def without_form_token(app: Flask, pages: Blueprint) -> None:
    """Ask no form token of what posts to these pages: each of them must know in another way who posts."""
    app.extensions["csrf"].exempt(pages)


def prepare(app: Flask) -> None:
    """Headers on every response, a page for every fault, CSRF on every form, and each form taken once."""
    app.config.setdefault("WTF_CSRF_TIME_LIMIT", None)
    CSRFProtect(app)
    app.before_request(_repeated)
    app.after_request(_finish)
    trouble.prepare(app)
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(HTTPException, _on_fault)
    app.register_error_handler(Refused, _on_refusal)
    app.register_error_handler(LookupError, _on_missing)

    @app.context_processor
    def _for_pages() -> dict[str, Any]:
        return {"form_id": lambda: secrets.token_urlsafe(16), "somebody": access.somebody, "g": g}
