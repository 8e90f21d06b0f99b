"""What the clock finds due in several labs is done one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from sharemeal.store.base import Store, transaction


def one_by_one(
    store: Store,
    due: Iterable[tuple[int, int]],
    deed: Callable[[Session, int, datetime], bool],
    *,
    actor: str,
    now: datetime,
) -> int:
    """Do the deed for each (lab id, row id), in a unit of work of its own; returns for how many it did something.

    One that cannot be done does not keep the others back; the first fault is raised at the end.
    """
    done, fault = 0, None
    for lab_id, row_id in due:
        try:
            with store.session(lab_id, actor=actor) as session, transaction(session, now):
                done += deed(session, row_id, now)
        except Exception as error:
            fault = fault or error
    if fault is not None:
        raise fault
    return done
