"""Twilio calls: how a text fares, and what people answer. Only what Twilio has signed is taken in.

The signature covers the address as Twilio knows it: PUBLIC_URL and the path, or the address asked for where none is
set. It has no time in it, so that a recorded call may come again; taking in twice changes nothing.
"""

from __future__ import annotations

import re

from flask import Blueprint, Flask, request
from flask.typing import ResponseReturnValue
from twilio.request_validator import RequestValidator

from sharemeal.actions.receive import receive_reply, receive_status
from sharemeal.web.access import allow_everybody
from sharemeal.web.doorway import doorway, now
from sharemeal.web.responses import without_form_token

pages = Blueprint("twilio", __name__, url_prefix="/twilio")

MOST_BYTES = 64 * 1024
_SID = re.compile(r"[A-Za-z0-9-]{1,64}")
_NONCE = re.compile(r"[A-Za-z0-9_.-]{1,64}")


@pages.before_request
def check() -> ResponseReturnValue | None:
    """Nothing but Twilio's own calls comes further: 404 where Twilio is not set, 413 for too much, 403 for forgeries."""
    settings = doorway().settings
    if not settings.twilio_auth_token:
        return "", 404
    if request.content_length is None or request.content_length > MOST_BYTES:
        return "", 413
    if not _is_signed(settings.public_url, settings.twilio_auth_token):
        return "", 403
    return None


def _is_signed(public_url: str, auth_token: str) -> bool:
    site = (public_url or request.host_url).rstrip("/")
    query = f"?{request.query_string.decode('ascii', 'replace')}" if request.query_string else ""
    signature = request.headers.get("X-Twilio-Signature", "")
    try:
        return bool(
            RequestValidator(auth_token).validate(f"{site}{request.path}{query}", request.form, signature)
        )
    except ValueError:  # a Host that is no address
        return False


@pages.post("/status/<nonce>")
@allow_everybody
def status(nonce: str) -> ResponseReturnValue:
    """How a text fares."""
    sid, word = request.form.get("MessageSid", ""), request.form.get("MessageStatus", "")
    if not _NONCE.fullmatch(nonce):
        return "", 404
    if not _SID.fullmatch(sid) or not word.isalpha():
        return "", 400
    code = request.form.get("ErrorCode", "")
    error_code = int(code) if code.isascii() and code.isdigit() and len(code) <= 6 else None
    try:
        receive_status(doorway().store, nonce, sid=sid, status=word.lower(), error_code=error_code, now=now())
    except LookupError:
        return "", 404
    return "", 204


@pages.post("/inbound")
@allow_everybody
def inbound() -> ResponseReturnValue:
    """What somebody answers; nothing is answered back."""
    sender, text = request.form.get("From", ""), request.form.get("Body", "")
    receive_reply(doorway().store, sender[:20], text[:1600], now=now())
    return "<Response/>", 200, {"Content-Type": "text/xml; charset=utf-8"}


def prepare(app: Flask) -> None:
    """These calls carry a signature instead of a form's token."""
    without_form_token(app, pages)
