"""Who signs in: roles, and telephone numbers as people write them."""

from __future__ import annotations

from enum import StrEnum

import phonenumbers

from sharemeal.sentences import Refused, Sentence


class Role(StrEnum):
    """What somebody is here for; what each may do is one table in web/access.py."""

    KITCHEN = "kitchen"
    VOLUNTEER = "volunteer"
    COORDINATOR = "coordinator"
    LAB_ADMIN = "lab-admin"
    HOUSEHOLD = "household"
    CITY = "city"
    SYSTEM = "system"

    @property
    def staff(self) -> bool:
        """Whether this role signs in with a password or a short staff link."""
        return self not in (Role.KITCHEN, Role.VOLUNTEER, Role.HOUSEHOLD)


ROLE_WORDS = {
    Role.KITCHEN: "協力店",
    Role.VOLUNTEER: "お届けボランティア",
    Role.COORDINATOR: "世話人",
    Role.LAB_ADMIN: "ラボ管理者",
    Role.HOUSEHOLD: "お届け先",
    Role.CITY: "市の担当",
    Role.SYSTEM: "システム管理者",
}


def called(name: str) -> str:
    """What somebody is called: the first word of their name, enough to greet them or to say who has it."""
    return name.replace("　", " ").split(" ")[0]


def phone_number(digits: str) -> str:
    """A Japanese telephone number in E.164 (+81…), from text already folded to half width.

    Numbers of the reserved-looking form 0N0-0000-nnnn are accepted: invented people have them.
    Raises Refused for two numbers in one field, for a lost leading zero (offering the probable number) and for
    anything that cannot be dialled.
    """
    text = digits.strip()
    plain = "".join(sign for sign in text if sign.isdigit())
    if len(plain) > 13 or any(sign in text for sign in "/／、,"):
        raise Refused(
            Sentence("電話番号は1つずつ入力してください（入力: {value}）。", value=text),
            why=Sentence("番号が2つ入っているようです。"),
            remedy=Sentence("2つ目の番号は玄関メモなどに書いてください。"),
        )
    if plain[:1] in set("123456789") and len(plain) in (9, 10) and not text.startswith("+"):
        raise Refused(
            Sentence("電話番号のはじめの0がなくなっているようです（入力: {value}）。", value=text),
            why=Sentence("表計算ソフトは、はじめの0を消すことがあります。"),
            remedy=Sentence(
                "{probable} のことでしたら、そのように入力してください。", probable=national("0" + plain)
            ),
        )
    try:
        parsed = phonenumbers.parse(text, "JP")
    except phonenumbers.NumberParseException:
        parsed = None
    if parsed is None or not phonenumbers.is_possible_number(parsed):
        raise Refused(
            Sentence("電話番号を読み取れません（入力: {value}）。", value=text),
            remedy=Sentence("0から始まる10けたか11けたの番号を入力してください。例: 090-0000-0001"),
        )
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def national(number: str) -> str:
    """The number as people in Japan write it, e.g. ``090-0000-0001``."""
    if number.startswith("+81"):
        number = "0" + number[3:]
    if len(number) == 11:
        return f"{number[:3]}-{number[3:7]}-{number[7:]}"
    if len(number) == 10:
        split = 2 if number[:2] in ("03", "06") else 3
        return f"{number[:split]}-{number[split:6]}-{number[6:]}"
    return number
