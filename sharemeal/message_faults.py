"""What the numbers of a message that did not arrive mean, in words, and what to do about it: Twilio's, SMTP's, our own."""

from __future__ import annotations

NO_WAY = 0
"""No way of this kind is set: nothing can leave by it."""
NOT_REACHED = 1
"""The other side was not reached, or broke off before anything was handed over."""
NOT_SAFE = 2
"""The line cannot be made safe: no TLS, or a certificate that nobody vouches for."""
SENDER_REFUSED = 3
"""The mail server does not send for the address that messages come from."""
SLOW_DOWN = 20429

FAULT_WORDS = {
    NO_WAY: "メールの設定がありません。管理者に伝えてください。",
    NOT_REACHED: "メールのサーバーにつながりません。つながりしだい送ります。続くときは、管理者に伝えてください。",
    NOT_SAFE: "メールのサーバーと安全につながりません。管理者に伝えてください。",
    SENDER_REFUSED: "メールの送り主のアドレスが断られました。管理者に伝えてください。",
    21211: "番号の形が正しくありません。番号を確かめてください。",
    21214: "この番号へは送れません。番号を確かめてください。",
    21610: "相手の電話が、この連絡を断る設定です。",
    21614: "SMSを受け取れない番号です。携帯電話の番号に変えてください。",
    30003: "電源が切れているか、圏外のようです。",
    30004: "相手の電話が、SMSを受け取らない設定です。",
    30005: "いまは使われていない番号です。番号を確かめてください。",
    30006: "固定電話など、SMSを受け取れない番号です。",
    30007: "携帯電話会社が迷惑メールとして止めました。",
    30008: "電話会社の側で届きませんでした。",
    SLOW_DOWN: "混み合っているため、少し待ってから送りなおします。",
}
_MAILBOX_WORDS = (
    "このメールアドレスへは届きません。本人にアドレスを確かめてください。",
    "相手の受信箱がいっぱいです。本人に電話で伝えてください。",
)
_MAIL_WORDS = (
    "メールのサーバーが、しばらく待つように答えました。少し待ってから送りなおします。",
    "メールのサーバーが、送り主を確かめられませんでした。管理者に伝えてください。",
    "メールのサーバーが受けつけませんでした。管理者に伝えてください。",
)
_MAILBOX_UNKNOWN = frozenset({550, 551, 553})
_MAILBOX_FULL = 552
_WHO_ARE_YOU = frozenset({530, 534, 535, 538})
_SMTP_LATER = range(400, 500)
_SMTP_NO = range(500, 600)
OTHER_WORDS = ("届かなかった理由はわかりません。",)


def told(error_code: int | None, *, by_mail: bool = False) -> str | None:
    """The words for a number; None where there is none."""
    if error_code is None:
        return None
    if by_mail and error_code in _MAILBOX_UNKNOWN:
        return _MAILBOX_WORDS[0]
    if by_mail and error_code == _MAILBOX_FULL:
        return _MAILBOX_WORDS[1]
    if by_mail and error_code in _SMTP_LATER:
        return _MAIL_WORDS[0]
    if by_mail and error_code in _SMTP_NO:
        return _MAIL_WORDS[1 if error_code in _WHO_ARE_YOU else 2]
    return FAULT_WORDS.get(error_code, OTHER_WORDS[0])
