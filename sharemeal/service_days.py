"""お届けの日: draft → fixed → under way → closed, and what each state lets people do."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sharemeal.sentences import Refused, Sentence, word


class DayState(StrEnum):
    """下書き → 確定 → 実施 → 締め."""

    DRAFT = "draft"
    FIXED = "fixed"
    UNDER_WAY = "under_way"
    CLOSED = "closed"


STATE_WORDS = {
    DayState.DRAFT: "下書き",
    DayState.FIXED: "確定",
    DayState.UNDER_WAY: "実施",
    DayState.CLOSED: "締め",
}

_NEXT = {
    DayState.DRAFT: (DayState.FIXED,),
    DayState.FIXED: (DayState.DRAFT, DayState.UNDER_WAY),
    DayState.UNDER_WAY: (DayState.CLOSED,),
    DayState.CLOSED: (),
}
"""A fixed day may be reopened until it is under way; after that nothing goes back."""


def may_become(state: DayState, wanted: DayState) -> None:
    """Raises Refused unless a day in ``state`` may go to ``wanted`` next."""
    if wanted not in _NEXT[state]:
        raise Refused(
            Sentence(
                "{state}の日は、{wanted}にできません。",
                state=word(STATE_WORDS[state]),
                wanted=word(STATE_WORDS[wanted]),
            ),
            remedy=Sentence("画面を開きなおして、いまの状態を確かめてください。"),
        )


def still_open(state: DayState) -> None:
    """Raises Refused when the plan of a day in ``state`` may no longer be calculated anew."""
    if state is not DayState.DRAFT:
        raise Refused(
            Sentence("この日の計画はもう決まっています（{state}）。", state=word(STATE_WORDS[state])),
            remedy=Sentence("変えるときは、確定を取り消してから計算しなおしてください。"),
        )


def before_cutoff(cutoff: datetime, now: datetime) -> None:
    """Raises Refused when ``now`` lies behind the kitchens' cut-off (both aware)."""
    if now > cutoff:
        raise Refused(
            Sentence("食数の締め切りを過ぎました。"),
            why=Sentence("計画が決まりはじめているため、ここからは変えられません。"),
            remedy=Sentence("世話人にお電話ください。"),
        )
