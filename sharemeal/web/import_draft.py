"""A table that is being looked through, kept in the session on the server: never in an address or a cookie.

There it survives reloading, the back button and a mended cell, is encrypted with the session, and goes with it.
"""

from __future__ import annotations

import base64
import json
import secrets
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import session

from sharemeal.papers.spreadsheets import Row

_KEY = "import"
LONGEST_CELL = 2000


@dataclass(frozen=True)
class Draft:
    """The rows of one file, as read and mended so far. ``draft_id`` tells two tabs apart."""

    draft_id: str
    kind: str
    file_name: str
    rows: tuple[Row, ...]

    def mended(self, cells: Mapping[tuple[int, str], str], dropped: frozenset[int]) -> Draft:
        """The same table with these cells (row, field) written anew and these rows left out."""
        rows = []
        for row in self.rows:
            if row.number not in dropped:
                new = {field: cells.get((row.number, field), text) for field, text in row.texts.items()}
                rows.append(Row(row.number, new))
        return replace(self, rows=tuple(rows))


def begun(kind: str, file_name: str, rows: Sequence[Row]) -> Draft:
    """A fresh draft in place of any other of this session."""
    draft = Draft(secrets.token_urlsafe(8), kind, file_name[:80], tuple(rows))
    keep(draft)
    return draft


def keep(draft: Draft) -> None:
    """Put the draft into the session."""
    plain = json.dumps([[row.number, row.texts] for row in draft.rows], ensure_ascii=False)
    session[_KEY] = {
        "id": draft.draft_id,
        "kind": draft.kind,
        "name": draft.file_name,
        "rows": base64.b85encode(zlib.compress(plain.encode())).decode(),
    }


def kept() -> Draft | None:
    """The draft of this session."""
    stored = session.get(_KEY)
    if stored is None:
        return None
    plain = json.loads(zlib.decompress(base64.b85decode(stored["rows"])))
    rows = tuple(Row(number, texts) for number, texts in plain)
    return Draft(stored["id"], stored["kind"], stored["name"], rows)


def forget() -> None:
    """Nothing is being looked through any more."""
    session.pop(_KEY, None)
