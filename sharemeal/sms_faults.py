"""What the provider's numbers for a message that did not arrive mean, in words, and what to do about it."""

from __future__ import annotations

FAULT_WORDS = {
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
    20429: "混み合っているため、少し待ってから送りなおします。",
}
OTHER_WORDS = ("届かなかった理由はわかりません。",)


def told(error_code: int | None) -> str | None:
    """The words for a number; None where there is none."""
    return None if error_code is None else FAULT_WORDS.get(error_code, OTHER_WORDS[0])
