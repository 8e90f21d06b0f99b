"""What ``pybabel extract`` reads from our Python: marked texts, sentences, and the words of the nouns.

A dictionary or tuple at the top of a module whose name ends in ``_WORDS``, ``_MEANINGS``, ``_TAGS`` or is ``SIZES``
holds words that pages show; they are translated like marked texts.
"""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from typing import IO, Any

from babel.messages.extract import extract_python

_ENDINGS = ("_WORDS", "_MEANINGS", "_TAGS", "SIZES")

Message = tuple[Any, ...]


def extract(file: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Message]:
    """Babel's own Python messages, and the words of the dictionaries."""
    content = file.read()
    yield from extract_python(io.BytesIO(content), keywords, comment_tags, options)
    for node in ast.parse(content).body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and target.id.endswith(_ENDINGS) and isinstance(node, ast.Assign):
            for line, words in _words(node.value):
                yield line, None, words, []


def _words(value: ast.expr) -> Iterator[tuple[int, str]]:
    parts = value.values if isinstance(value, ast.Dict) else getattr(value, "elts", [])
    for part in parts:
        if isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.lineno, part.value
