"""Reading back what a PDF says: its text without blanks, page by page, and the fonts in it."""

import io
from typing import Any, cast

from pypdf import PdfReader


def pages(content: bytes) -> list[str]:
    """The text of each page without blanks and break marks."""
    texts = (page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return ["".join(text.replace("\u200b", "").split()) for text in texts]


def fonts(content: bytes) -> set[str]:
    """The names of the fonts that are embedded, without the mark of their cut."""
    found: set[str] = set()
    for page in PdfReader(io.BytesIO(content)).pages:
        embedded = cast("dict[str, Any]", page["/Resources"]).get("/Font", {})
        names = (str(font.get_object()["/BaseFont"]) for font in embedded.values())
        found |= {name.partition("+")[2].removesuffix("-Identity-H") for name in names}
    return found
