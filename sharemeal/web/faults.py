"""What a fault leaves in the log: which page, never its address, which may hold a link's secret."""

from __future__ import annotations

from types import TracebackType
from typing import TypeAlias

from flask import Flask, request

from sharemeal.store.trouble import trouble_of

Raised: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None] | BaseException
)


def prepare(app: Flask) -> None:
    """Log faults by the page's pattern, e.g. ``/s/<token>``; the database's trouble is told by trouble.py."""

    def log(exc_info: Raised) -> None:
        if isinstance(exc_info, tuple) and trouble_of(exc_info[1]) is not None:
            return
        page = request.url_rule.rule if request.url_rule else "no page"
        app.logger.error("Fault at %s [%s]", page, request.method, exc_info=exc_info)

    app.log_exception = log  # type: ignore[method-assign]
