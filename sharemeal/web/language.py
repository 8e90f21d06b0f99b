"""The reader's language, letter size and the way dates, times and counts are written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from flask import Flask, request
from flask_babel import Babel, get_translations, gettext, ngettext
from markupsafe import Markup, escape

from sharemeal.labs import WEEKDAYS
from sharemeal.sentences import Refused, Sentence
from sharemeal.written import clock_told

LANGUAGES = {"ja": "日本語", "en": "English"}
_LOCALES = {"ja": "ja", "en": "en_GB"}
SIZES = {"m": "標準", "l": "大", "xl": "特大"}
_ENGLISH_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def language() -> str:
    """``ja`` unless the reader chose another language (cookie ``lang``)."""
    chosen = request.cookies.get("lang", "ja")
    return chosen if chosen in LANGUAGES else "ja"


def letter_size() -> str:
    """``m`` unless the reader chose larger letters (cookie ``size``)."""
    chosen = request.cookies.get("size", "m")
    return chosen if chosen in SIZES else "m"


def furigana() -> bool:
    """Whether readings are shown over names (cookie ``furigana``)."""
    return request.cookies.get("furigana", "on") != "off"


def tell(said: Sentence | Refused | str) -> str:
    """A sentence, a refusal or a fixed word in the reader's language."""
    return _translated(said) if isinstance(said, str) else said.told(_translated)


def _translated(template: str) -> str:
    return str(gettext(template))


def in_page(template: str, /, **values: Any) -> str | Markup:
    """What ``_()`` says in a template.

    A text with ``%(count)s`` has a singular of its own in languages that know one, so it is chosen by ``count``.
    Only a text with values is a format: words that people wrote may hold a percent sign.
    """
    count = values.get("count")
    if count is None:
        told = _translated(template)
    else:
        few = int(count) if str(count).isdecimal() else 2
        told = str(get_translations().ngettext(template, template, few))
    return escape(told) % values if values else told


def listed(words: Iterable[object]) -> Markup:
    """Words or pieces of a line in a row: 卵・小麦, or egg, wheat. Empty pieces fall away."""
    pieces = [escape(word) for word in words if word]
    dot = escape("・" if language() == "ja" else ", ")
    return dot.join(pieces)


def phrased(text: str) -> Markup:
    """A heading that in Japanese breaks after 、 and nowhere else."""
    phrases = escape(text).replace("、", "、\n").split("\n")
    if len(phrases) == 1:
        return phrases[0]
    return Markup("").join(Markup('<span class="nw">%s</span>') % each for each in phrases)


def honorific(name: str) -> str:
    """さん for a name that lacks it; other languages do without."""
    return "" if language() != "ja" or name.endswith("さん") else "さん"


def day(value: date) -> str:
    """11月27日（金）, or Fri 27 Nov."""
    if language() == "ja":
        return f"{value.month}月{value.day}日（{WEEKDAYS[value.weekday()]}）"
    return f"{_ENGLISH_WEEKDAYS[value.weekday()]} {value.day} {value:%b}"


def moment(value: datetime) -> str:
    """11月27日（金）17:30 where the lab is."""
    from sharemeal.web.doorway import lab

    local = value.astimezone(lab().rules.zone)
    return f"{day(local.date())} {local.hour}:{local.minute:02d}"


def hour(value: datetime) -> str:
    """17:30 where the lab is, of a moment whose day is known."""
    from sharemeal.web.doorway import lab

    local = value.astimezone(lab().rules.zone)
    return f"{local.hour}:{local.minute:02d}"


def wall_clock(value: time) -> str:
    """9:05 of a time of the day that is the lab's already."""
    return f"{value.hour}:{value.minute:02d}"


def month_name(value: date) -> str:
    """12月, or Dec."""
    return f"{value.month}月" if language() == "ja" else f"{value:%b}"


def weekday(value: date) -> str:
    """金, or Fri."""
    return (WEEKDAYS if language() == "ja" else _ENGLISH_WEEKDAYS)[value.weekday()]


def minutes(seconds: int) -> int:
    """Whole minutes, rounded up as people plan."""
    return -(-seconds // 60)


def kilometres(metres: int) -> str:
    """2.3 km."""
    return f"{metres / 1000:.1f} km"


def ruby(name: str, reading: str | None) -> Markup:
    """A name with its furigana, where the reader wants it."""
    if not reading or not furigana():
        return escape(name)
    bare, honorific = (name[:-2], name[-2:]) if name.endswith("さん") else (name, "")
    return Markup("<ruby>{}<rt>{}</rt></ruby>{}").format(bare, reading, honorific)


def prepare(app: Flask) -> None:
    """Teach the app languages and its templates these words."""
    app.config["BABEL_DEFAULT_LOCALE"] = "ja"
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    Babel(app, locale_selector=lambda: _LOCALES[language()])
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.filters.update(
        tell=tell,
        day=day,
        clock=clock_told,
        moment=moment,
        hour=hour,
        wall_clock=wall_clock,
        month_name=month_name,
        weekday_name=weekday,
        minutes=minutes,
        kilometres=kilometres,
        listed=listed,
        phrased=phrased,
    )
    app.jinja_env.globals.update(
        ruby=ruby, honorific=honorific, gettext=in_page, _=in_page, ngettext=ngettext
    )

    @app.context_processor
    def _display() -> dict[str, Any]:
        return {
            "lang": language(),
            "size": letter_size(),
            "furigana": furigana(),
            "languages": LANGUAGES,
            "sizes": SIZES,
        }
