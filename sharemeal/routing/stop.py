"""When to stop looking for a better answer: after a time, after a number of answers, or both."""

from __future__ import annotations

import math
from dataclasses import dataclass

from sharemeal.sentences import Refused, Sentence

LONGEST_SECONDS = 24 * 3600.0


@dataclass(frozen=True)
class Stop:
    """``seconds`` bounds the whole solve; ``solutions`` counts the answers looked at, whatever the clock says.

    A search that is proven optimal ends at once in any case.
    """

    seconds: float = 3.0
    solutions: int | None = None

    def __post_init__(self) -> None:
        if not (math.isfinite(self.seconds) and 0 < self.seconds <= LONGEST_SECONDS):
            raise Refused(
                Sentence("計算時間は0秒より長く、24時間までです（いまは{seconds}秒）", seconds=self.seconds)
            )
        if self.solutions is not None and self.solutions < 1:
            raise Refused(Sentence("調べる答えの数は1以上です（いまは{count}）", count=self.solutions))
