"""The English catalogue: whole, true to its placeholders, and gathered anew from what pages say today."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from sharemeal.sentences import Sentence, listing, word

ROOT = Path(__file__).parent.parent
PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|\{\{|\}\}|(?<!\{)\{\w+\}")
JAPANESE = re.compile("[\u3000-\u30ff\u4e00-\u9fff\uff01-\uff60]")
SHOWS_JAPANESE_WORDS = {
    "「はい」か「いいえ」で入力してください（入力: {value}）。",
    "できる人だけが伺います。例: 手話・車いす",
    "・で区切ります。例: 大豆・鶏肉",
    "・で区切ります。例: 手話・車いす",
    "実測か推定のどちらかを入力してください。",
    "徒歩、自転車、車 のどれかを入力してください。",
    "普通、UDF1、UDF2、UDF3、UDF4 のどれかを入力してください。",
    "番号を・で区切ります。例: 1・3・9",
    "空なら今日から。例: 2026-12-04、令和8年12月4日",
    "高齢者、子育て、障がい のどれかを入力してください。",
}
"""Texts that tell which Japanese words a field or a table takes: the English quotes them."""


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="en")


def messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def texts(part: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [part] if isinstance(part, str) else list(part or ())


@pytest.fixture(scope="module")
def english() -> Catalog:
    """The committed catalogue."""
    return read(ROOT / "sharemeal/web/translations/en/LC_MESSAGES/messages.po")


@pytest.fixture(scope="module")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What ``make catalogue`` finds in the sources now."""
    found = tmp_path_factory.mktemp("catalogue") / "messages.pot"
    command = [sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract"]
    command += ["--mapping-file", "babel.cfg", "--keywords", "Sentence", "--no-location"]
    command += ["--output-file", str(found), "."]
    subprocess.run(command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=True)
    return read(found)


def test_the_catalogue_holds_what_pages_say_and_nothing_else(english: Catalog, gathered: Catalog) -> None:
    said = {tuple(texts(message.id)) for message in messages(gathered)}
    known = {tuple(texts(message.id)) for message in messages(english)}
    assert said - known == set(), "run make catalogue and translate these"
    assert known - said == set(), "run make catalogue: nobody says these any more"
    assert not english.obsolete
    assert [message.id for message in messages(english) if message.fuzzy] == []


def test_every_text_has_its_english(english: Catalog) -> None:
    bare = [message.id for message in messages(english) if not all(texts(message.string or ""))]
    assert bare == []
    assert len(messages(english)) > 900


def test_placeholders_are_kept(english: Catalog) -> None:
    wrong = [
        (message.id, told)
        for message in messages(english)
        for told in texts(message.string)
        if set(PLACEHOLDER.findall(texts(message.id)[0])) != set(PLACEHOLDER.findall(told))
    ]
    assert wrong == []


def test_the_english_is_english(english: Catalog) -> None:
    japanese = {
        texts(message.id)[0]
        for message in messages(english)
        if any(JAPANESE.search(told) for told in texts(message.string))
    }
    assert japanese == SHOWS_JAPANESE_WORDS


def test_values_that_are_our_own_words_are_told_in_the_readers_language(english: Catalog) -> None:
    def translate(template: str) -> str:
        found = english.get(template)
        return str(found.string) if found and isinstance(found.string, str) else template

    said = Sentence("{dish}に{allergens}が入っています", dish="親子丼", allergens=listing(["卵", "小麦"]))
    assert str(said) == "親子丼に卵・小麦が入っています"
    assert said.told(translate) == "親子丼 contains Egg, Wheat"
    assert Sentence.from_json(said.as_json()).told(translate) == "親子丼 contains Egg, Wheat"
    assert str(listing([])) == "なし"
    assert str(word("{辛口}")) == "{辛口}"
