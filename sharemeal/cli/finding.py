"""One thing that the doctor has looked at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """Whether it is good, and a sentence about it; ``heed`` where it is no fault, but somebody should know."""

    about: str
    good: bool
    said: str
    heed: bool = False

    @property
    def mark(self) -> str:
        """The word before the sentence."""
        return "要対応" if not self.good else "注意" if self.heed else "よし"
