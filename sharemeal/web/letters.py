"""The code at the end of a message's link, and the message it belongs to. The code alone proves nothing."""

from __future__ import annotations

from sharemeal.messages import CODE_LENGTH, CODE_LETTERS
from sharemeal.store import messages
from sharemeal.store.messages import Message
from sharemeal.web import doorway
from sharemeal.written import folded


def message_of(written: str) -> Message:
    """The message with that code, however it was written. Raises LookupError where there is none."""
    code = "".join(sign for sign in folded(written).upper() if sign not in "-‐‑‒–—―−－ー ")
    if len(code) != CODE_LENGTH or any(sign not in CODE_LETTERS for sign in code):
        raise LookupError("code")
    with doorway.doorway().store.session(all_labs=True) as everyone:
        message = messages.by_code(everyone, code)
    if message is None:
        raise LookupError("code")
    return message
