"""What the clock does for every lab is done lab by lab."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sharemeal.store.base import Store
from sharemeal.store.labs import all_labs


class SomeFailed(RuntimeError):
    """A job has done what it could; what it could not is named by lab id, step and kind of error."""


def each_lab(store: Store, deed: Callable[[int, datetime], list[str]], *, now: datetime) -> None:
    """The deed for every lab at ``now``, which answers with what it could not do; raises SomeFailed at the end."""
    with store.session(all_labs=True, actor="clock") as session:
        lab_ids = [lab.id for lab in all_labs(session)]
    failed: list[str] = []
    for lab_id in lab_ids:
        try:
            failed += [f"lab {lab_id} {what}" for what in deed(lab_id, now)]
        except Exception as error:
            failed.append(f"lab {lab_id} {type(error).__name__}")
    if failed:
        raise SomeFailed(", ".join(failed))
