"""From values to a PDF: one typst template, its data as JSON, our fonts and no others.

Data is never pasted into a template. Whatever people wrote stays text, be it typst's own markup.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import typst

from sharemeal.papers.letters import FONTS, printable

TEMPLATES = Path(__file__).parent / "templates"


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(FONTS)],
    )


def typeset(template: str, data: Mapping[str, Any]) -> bytes:
    """The PDF of ``templates/<template>.typ``; every text in ``data`` is made printable on the way.

    The same data gives the same bytes: neither the machine's fonts nor its clock have a part in it.
    """
    written = json.dumps(_printed(data), ensure_ascii=False)
    made = typst.compile(
        TEMPLATES / f"{template}.typ",
        root=TEMPLATES,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"data": written},
        format="pdf",
        timestamp=0,
    )
    assert isinstance(made, bytes)
    return made


def _printed(value: Any) -> Any:
    if isinstance(value, str):
        return printable(value)
    if isinstance(value, Mapping):
        return {name: each if name == "qr" else _printed(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_printed(each) for each in value]
    return value
