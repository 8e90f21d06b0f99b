"""What ``pybabel extract`` reads: marked texts, sentences, and the words of the nouns.

A dictionary or tuple at the top of a module whose name ends in ``_WORDS``, ``_MEANINGS``, ``_TAGS`` or is ``SIZES``
holds words that pages show, and so does the name of a ``Table``; they are translated like marked texts. A text with
``%(count)s`` has a singular of its own in the catalogue (see ``language.in_page``).
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from typing import IO, Any, BinaryIO

from babel.messages.extract import extract_python
from jinja2.ext import babel_extract

_ENDINGS = ("_WORDS", "_MEANINGS", "_TAGS", "SIZES")

Message = tuple[Any, ...]


def extract(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Message]:
    """Babel's own Python messages, and the words of the dictionaries."""
    content = file.read()
    for message in extract_python(io.BytesIO(content), keywords, comment_tags, options):
        yield _counted(message)
    for node in ast.parse(content).body:
        if not isinstance(node, ast.Assign):
            continue
        target, value = node.targets[0], node.value
        if isinstance(target, ast.Name) and target.id.endswith(_ENDINGS):
            parts = value.values if isinstance(value, ast.Dict) else getattr(value, "elts", [])
        elif isinstance(value, ast.Call) and getattr(value.func, "id", "") == "Table":
            parts = value.args[1:2]
        else:
            continue
        for part in parts:
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                yield part.lineno, None, part.value, []


def extract_page(file: BinaryIO, keywords: Any, comment_tags: Any, options: Any) -> Iterator[Message]:
    """Jinja's own messages of a template."""
    for message in babel_extract(file, keywords, comment_tags, options):
        yield _counted(message)


def _counted(message: Message) -> Message:
    line, function, text, comments = message
    if function in ("_", "gettext") and isinstance(text, tuple | list) and text:
        text = text[0]
    if function in ("_", "gettext") and isinstance(text, str) and "%(count)s" in text:
        return line, "ngettext", (text, text), comments
    return line, function, text, comments
