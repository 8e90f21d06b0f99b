"""A previewed table as the page shows it: what each row would do, and the cells that have to be mended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sharemeal.actions.import_files import Preview, RowFault, SeenRow
from sharemeal.papers.tables import TABLES, Change
from sharemeal.sentences import Refused

MOST_MENDED_AT_ONCE = 50
MOST_LINES = 100
_TOGETHER = (
    ("lat", "lng"),
    ("window_opens", "window_closes"),
    ("handover_opens", "handover_closes"),
    ("shift_starts", "shift_ends"),
)
"""Fields that are understood together: a fault of one is often mended in the other."""


@dataclass(frozen=True)
class Cell:
    """One cell that can be written anew; without refusals it is shown because its neighbour has some."""

    row: int
    field: str
    header: str
    text: str
    refusals: tuple[Refused, ...]

    @property
    def name(self) -> str:
        """Its name in the form, and its anchor."""
        return f"cell-{self.row}-{self.field}"


@dataclass(frozen=True)
class Line:
    """One row: where it stands in the file, by what people know it, what it would do."""

    row: int
    known_by: tuple[str, ...]
    change: Change | None
    cells: tuple[Cell, ...] = ()


def cell_of(name: str) -> tuple[int, str] | None:
    """Row and field of a form's field, or None for any other field."""
    prefix, _, rest = name.partition("-")
    row, _, field = rest.partition("-")
    return (
        (int(row), field) if prefix == "cell" and row.isascii() and row.isdigit() and len(row) < 7 else None
    )


def lines_with_faults(preview: Preview) -> list[Line]:
    """The rows that cannot be taken, in the order of the file."""
    faults: dict[int, list[RowFault]] = {}
    for fault in preview.faults:
        faults.setdefault(fault.row, []).append(fault)
    return [
        _line(preview.kind, seen, faults[seen.row.number]) for seen in preview.rows if seen.change is None
    ]


def sound_lines(preview: Preview) -> list[Line]:
    """All other rows: those that change something first."""
    order = (Change.CREATED, Change.UPDATED, Change.UNCHANGED)
    sound = [_line(preview.kind, seen, ()) for seen in preview.rows if seen.change is not None]
    return sorted(sound, key=lambda line: order.index(line.change) if line.change else 0)


def _line(kind: str, seen: SeenRow, faults: Iterable[RowFault]) -> Line:
    texts = seen.row.texts
    names = ("service_date", "kitchen", "dish") if kind == "offers" else ("number", "name")
    return Line(
        seen.row.number,
        tuple(texts[name] for name in names),
        seen.change,
        tuple(_cells(kind, seen, list(faults))),
    )


def _cells(kind: str, seen: SeenRow, faults: list[RowFault]) -> Iterable[Cell]:
    told: dict[str, list[Refused]] = {}
    for fault in faults:
        told.setdefault(fault.field, []).append(fault.refusal)
        for together in _TOGETHER:
            if fault.field in together:
                for field in together:
                    told.setdefault(field, [])
    for field, header in TABLES[kind].headers.items():
        if field in told:
            yield Cell(seen.row.number, field, header, seen.row.texts[field], tuple(told[field]))
