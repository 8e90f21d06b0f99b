"""Which characters can be printed: what the vendored fonts have a glyph for, and what is done about the others.

People write 𠮷, ✕ and emoji into names. Nothing of that may stop a paper from being printed, and nothing may vanish
without a trace: what no font can draw becomes 〓, the printers' old sign for a missing type.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from functools import cache
from pathlib import Path

FONTS = Path(__file__).parent / "fonts"
FILES = (
    "BIZUDPGothic-Regular.ttf",
    "BIZUDPGothic-Bold.ttf",
    "SharemealKanji.otf",
    "SharemealSigns.ttf",
    "SharemealEmoji.ttf",
)
MISSING = "〓"

_BREAK = "\u200b"
_LONGEST_WORD = 18
_WITH_MARKS = re.compile("[^\u0300-\u036f\u3099\u309a][\u0300-\u036f\u3099\u309a]+")
_LONG_WORD = re.compile(rf"[^\s/\-\u1100-\U0010ffff]{{{_LONGEST_WORD},}}")
_BLANKS = re.compile(r"[ \t\r\n\v\f]+")
_PIECE = 8


@cache
def drawable() -> frozenset[int]:
    """Every code point that can be printed: regular and bold have the same, the other fonts add to them."""
    return frozenset().union(*(_mapped((FONTS / name).read_bytes()) for name in FILES))


def _mapped(font: bytes) -> set[int]:
    """The code points in the font's character map of format 12 (OpenType, table cmap)."""
    tables = struct.unpack_from(">H", font, 4)[0]
    records = (struct.unpack_from(">4s4xI", font, 12 + 16 * index) for index in range(tables))
    cmap = next(offset for tag, offset in records if tag == b"cmap")
    for index in range(struct.unpack_from(">H", font, cmap + 2)[0]):
        start = cmap + struct.unpack_from(">I", font, cmap + 8 + 8 * index)[0]
        if struct.unpack_from(">H", font, start)[0] == 12:
            groups = struct.unpack_from(">I", font, start + 12)[0]
            found: set[int] = set()
            for group in range(groups):
                first, last = struct.unpack_from(">II", font, start + 16 + 12 * group)
                found.update(range(first, last + 1))
            return found
    raise ValueError("a font without a character map of format 12")


def printable(text: str) -> str:
    """``text`` in one line as it can be printed: loose accents joined, marks without a shape dropped, 〓 for the rest.

    Very long words get places at which they may be broken, so that they stay on the paper.
    """
    joined = _WITH_MARKS.sub(lambda marked: unicodedata.normalize("NFC", marked[0]), text)
    drawn = "".join(_drawn(sign) for sign in _BLANKS.sub(" ", joined))
    return _LONG_WORD.sub(_breakable, drawn.strip())


def _drawn(sign: str) -> str:
    if ord(sign) in drawable():
        return sign
    return "" if _without_shape(sign) else MISSING


def _without_shape(sign: str) -> bool:
    """Controls, joiners and selectors of variants or skin: they only steer how their neighbours look."""
    code = ord(sign)
    selector = 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF or 0x1F3FB <= code <= 0x1F3FF
    return selector or unicodedata.category(sign) in ("Cc", "Cf")


def _breakable(word: re.Match[str]) -> str:
    return _BREAK.join(word[0][start : start + _PIECE] for start in range(0, len(word[0]), _PIECE))
