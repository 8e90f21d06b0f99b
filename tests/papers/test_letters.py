"""Every character of a name has a glyph in our fonts, or is printed as 〓; nothing stops a paper."""

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sharemeal.demo.names import FAMILIES, HELPERS
from sharemeal.papers import letters
from sharemeal.papers.letters import FILES, FONTS, MISSING, drawable, printable

NAMES = "𠮷田 髙橋 山﨑 渡邉 渡邊 斎藤 齋藤 齊藤 澤 濵田 德永 草彅 葛󠄀城 辻󠄀 神 福 𡈽屋 𣘺本 Nguyễn Müller Søren Łukasz ✕ ☎ ⚠ → 🙂 🌸 ❤ ☐"


def test_each_character_of_a_name_has_a_glyph() -> None:
    assert MISSING not in printable(NAMES)
    assert {sign for sign in printable(NAMES) if ord(sign) not in drawable()} <= {" "}
    assert printable("𠮷田✕🙂") == "𠮷田✕🙂"


def test_what_the_demo_calls_people_is_drawn() -> None:
    assert MISSING not in printable("".join(str(name) for name in (*FAMILIES, *HELPERS)))


def test_both_weights_draw_the_same() -> None:
    regular, bold = ((FONTS / name).read_bytes() for name in FILES[:2])
    assert letters._mapped(regular) == letters._mapped(bold)


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("한", "〓"),
        ("\U000f1234", "〓"),
        ("\ud800", "〓"),
        ("か\u3099き", "がき"),
        ("葛\U000e0100城", "葛城"),
        ("👩🏽\u200d🦰", "👩🦰"),
        ("左\u202e右", "左右"),
        ("  一行\r\n二行\t\x00 ", "一行 二行"),
        ("神", "神"),
    ],
)
def test_what_cannot_be_drawn_is_told_and_what_has_no_shape_is_dropped(text: str, printed: str) -> None:
    assert printable(text) == printed


def test_very_long_words_may_be_broken() -> None:
    assert printable("W" * 20) == "WWWWWWWW\u200bWWWWWWWW\u200bWWWW"
    assert printable("Featherstone-Haugh さくら荘") == "Featherstone-Haugh さくら荘"


@given(st.text())
def test_whatever_is_written_only_drawable_signs_remain(text: str) -> None:
    assert {ord(sign) for sign in printable(text)} <= drawable() | {0x20, 0x200B}


def test_the_fonts_are_those_that_their_table_names() -> None:
    table = dict(
        re.findall(r"^\| `([^`]+)` \|.*`([0-9a-f]{64})` \|$", (FONTS / "README.md").read_text("utf-8"), re.M)
    )
    assert table == {name: hashlib.sha256((FONTS / name).read_bytes()).hexdigest() for name in FILES}
