"""What the program says to a person: sentences with values in them, and refusals that help.

A sentence is written once, in Japanese; doors translate its template and put the values in. Nouns and
actions therefore need to know neither the reader's language nor the web.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, init=False)
class Sentence:
    """A template and its values, e.g. ``Sentence("食数は{low}以上です", low=0)``.

    ``str()`` gives the Japanese; :meth:`told` gives it in another language through a translating function.
    A value may itself be a sentence.
    """

    template: str
    values: tuple[tuple[str, object], ...]

    def __init__(self, template: str, /, **values: object) -> None:
        object.__setattr__(self, "template", template)
        object.__setattr__(self, "values", tuple(sorted(values.items())))

    def told(self, translate: Callable[[str], str]) -> str:
        """The sentence in the language of ``translate`` (a gettext function)."""
        told_values = {
            name: value.told(translate) if isinstance(value, Sentence) else value
            for name, value in self.values
        }
        return translate(self.template).format(**told_values)

    def as_json(self) -> dict[str, Any]:
        """A plain form for storing; :meth:`from_json` reads it back."""
        return {
            "template": self.template,
            "values": {
                name: value.as_json() if isinstance(value, Sentence) else value for name, value in self.values
            },
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Self:
        """The sentence that :meth:`as_json` wrote."""
        values = {
            name: cls.from_json(value) if isinstance(value, dict) else value
            for name, value in stored["values"].items()
        }
        return cls(stored["template"], **values)

    def __str__(self) -> str:
        return self.told(lambda template: template)


def word(text: str) -> Sentence:
    """One of our own words (a state, an allergen, a texture) as a value that is told in the reader's language."""
    return Sentence(text.replace("{", "{{").replace("}", "}}"))


def listing(words: Iterable[str | Sentence]) -> Sentence:
    """Our own words in a row, as one value: 卵・小麦. Nothing at all is なし."""
    told: Sentence | None = None
    for each in words:
        more = word(each) if isinstance(each, str) else each
        told = more if told is None else Sentence("{first}・{more}", first=told, more=more)
    return told or Sentence("なし")


def chained(sentences: Iterable[Sentence]) -> Sentence:
    """Several sentences (at least one), one after the other, as one."""
    first, *others = sentences
    for other in others:
        first = Sentence("{first}。{other}", first=first, other=other)
    return first


class Refused(ValueError):
    """Something was not done. Says what (事象), why (原因) and what to do (対処), and where, if it was a field.

    Doors show it to the person; nothing has been written when it is raised.
    """

    def __init__(
        self,
        what: Sentence,
        *,
        why: Sentence | None = None,
        remedy: Sentence | None = None,
        field: str | None = None,
    ) -> None:
        super().__init__(str(what))
        self.what = what
        self.why = why
        self.remedy = remedy
        self.field = field

    def at(self, field: str) -> Refused:
        """The same refusal, told of this field."""
        return Refused(self.what, why=self.why, remedy=self.remedy, field=field)

    def sentences(self) -> tuple[Sentence, ...]:
        """What, why and remedy, as far as they are known, in the order of telling."""
        return tuple(part for part in (self.what, self.why, self.remedy) if part is not None)

    def told(self, translate: Callable[[str], str]) -> str:
        """All of it as one line in the language of ``translate``."""
        return " ".join(part.told(translate) for part in self.sentences())

    def __str__(self) -> str:
        return self.told(lambda template: template)


class SeveralRefused(Refused):
    """Several fields of one form are refused at once, so that a person mends them in one go."""

    def __init__(self, refusals: tuple[Refused, ...]) -> None:
        super().__init__(Sentence("{count}か所、直してください", count=len(refusals)))
        self.refusals = refusals
