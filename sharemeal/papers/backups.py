"""The file of a backup: gzip over lines of JSON, a header, each table with its rows, and a checksum at the end.

It is written and read line by line, whatever its size. The checksum in the last line is over all lines before it, so a
file that was cut off, or changed, is known before any of it is used.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sharemeal.backups import Header, Kind, Table, read, written
from sharemeal.sentences import Refused, Sentence

COMPRESSION = 3
"""Most of it is encrypted and hardly shrinks: more effort buys time, not space."""
_UNREADABLE = (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError)
Row = list[Any]


class Writer:
    """Writes the lines of one backup."""

    def __init__(self, file: gzip.GzipFile, header: Header) -> None:
        self._file = file
        self._digest = hashlib.sha256()
        self._kinds: list[Kind] = []
        self.rows = 0
        self._line(header.as_json())

    def table(self, table: Table) -> None:
        """From here on come rows of this table."""
        self._kinds = [kind for _, kind in table.columns]
        self._line({"table": table.name, "columns": dict(table.columns)})

    def row(self, values: tuple[Any, ...]) -> None:
        """One row, in the order of the table's columns."""
        self._line([written(kind, value) for kind, value in zip(self._kinds, values, strict=True)])
        self.rows += 1

    def end(self) -> None:
        """Nothing follows."""
        self._line({"end": {"rows": self.rows, "sha256": self._digest.hexdigest()}})

    def _line(self, value: Any) -> None:
        line = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        self._digest.update(line)
        self._file.write(line)


class Backup:
    """A backup that can be read. ``header`` is known at once, the rest is read anew by each going through."""

    def __init__(self, path: Path) -> None:
        """Raises Refused for a file that is no backup."""
        self._path = path
        with _unreadable_refused(), gzip.open(path) as file:
            self.header = Header.from_json(json.loads(file.readline()))

    def through(self) -> Iterator[tuple[Table, Row]]:
        """Every row with its table, in the order of writing. Raises Refused where the file is broken, at the latest
        at the end: what came before counts only if the end is reached."""
        with _unreadable_refused(), gzip.open(self._path) as file:
            digest, rows, table = hashlib.sha256(), 0, None
            for number, line in enumerate(file):
                value = json.loads(line)
                if isinstance(value, dict) and "end" in value:
                    if value["end"] != {"rows": rows, "sha256": digest.hexdigest()} or file.read(1):
                        raise ValueError("the checksum differs")
                    return
                digest.update(line)
                if isinstance(value, dict) and number:
                    columns = tuple((name, Kind(kind)) for name, kind in value["columns"].items())
                    table = Table(value["table"], columns)
                elif number:
                    if table is None:
                        raise ValueError("a row without a table")
                    pairs = zip(table.columns, value, strict=True)
                    row = [read(kind, plain) for (_, kind), plain in pairs]
                    rows += 1
                    yield table, row
            raise ValueError("the end is missing")


@contextmanager
def whole_file(path: Path, header: Header) -> Iterator[tuple[Writer, Path]]:
    """A writer, and a folder for what is needed meanwhile; the file stands at ``path``, for the owner alone, only
    after the block has ended well and all of it is on the disk and was read again.

    Raises Refused where something else than a backup stands there, or nothing can be written.
    """
    _refuse_foreign(path)
    try:
        with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as folder:
            part = Path(folder) / "part"
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
                with gzip.GzipFile("", "wb", COMPRESSION, raw, mtime=0) as file:
                    writer = Writer(file, header)
                    yield writer, Path(folder)
                    writer.end()
                raw.flush()
                os.fsync(raw.fileno())
            for _ in Backup(part).through():
                pass
            part.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise Refused(
            Sentence("バックアップを書けません（{file}、{error}）。", file=path, error=error.strerror or ""),
            remedy=Sentence("フォルダーがあるか、書き込みの許可と空きがあるかを確かめてください。"),
        ) from error


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _refuse_foreign(path: Path) -> None:
    if not path.exists():
        return
    try:
        Backup(path)
    except Refused as refusal:
        raise Refused(
            Sentence("{file} には、バックアップではないファイルがあります。", file=path),
            why=Sentence("上書きすると、そのファイルがなくなります。"),
            remedy=Sentence("ほかの名前を選んでください。"),
        ) from refusal


@contextmanager
def _unreadable_refused() -> Iterator[None]:
    """A file that cannot be read, in one sentence. What it holds is not told."""
    try:
        yield
    except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
        raise Refused(
            Sentence("バックアップのファイルを開けません（{error}）。", error=error.strerror or ""),
            remedy=Sentence("ファイルの場所と読み取りの許可を確かめてください。"),
        ) from error
    except Refused:
        raise
    except _UNREADABLE as error:
        raise Refused(
            Sentence("バックアップのファイルがこわれているか、バックアップではありません。"),
            why=Sentence("途中で切れたか、書きかえられたか、別の形のファイルです。"),
            remedy=Sentence("ひとつ前のバックアップを使ってください。"),
        ) from error
