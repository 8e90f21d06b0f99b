"""One way to choose, whether dice or hypothesis decide."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Protocol, TypeVar

from hypothesis import strategies as st

T = TypeVar("T")


class Pick(Protocol):
    """What a maker of rows may ask; the first choice is the simplest."""

    def whole(self, least: int, most: int) -> int:
        """A whole number, both ends included."""
        ...

    def near(self, most: int) -> int:
        """A whole number from -most to most, simplest at 0."""
        ...

    def one_of(self, choices: Sequence[T]) -> T:
        """One of these."""
        ...

    def some(self, choices: Sequence[T], count: int) -> list[T]:
        """Different ones, at most ``count``."""
        ...


class FromSeed:
    """Dice thrown by a seeded generator."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice

    def whole(self, least: int, most: int) -> int:
        return self._dice.randint(least, most)

    def near(self, most: int) -> int:
        return self._dice.randint(-most, most)

    def one_of(self, choices: Sequence[T]) -> T:
        return self._dice.choice(choices)

    def some(self, choices: Sequence[T], count: int) -> list[T]:
        return self._dice.sample(choices, min(count, len(choices)))


class FromHypothesis:
    """Draws that hypothesis can shrink."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def whole(self, least: int, most: int) -> int:
        return self._draw(st.integers(least, most))

    def near(self, most: int) -> int:
        return self._draw(st.integers(-most, most))

    def one_of(self, choices: Sequence[T]) -> T:
        return self._draw(st.sampled_from(choices))

    def some(self, choices: Sequence[T], count: int) -> list[T]:
        if not choices or not count:
            return []
        return self._draw(st.lists(st.sampled_from(choices), unique=True, max_size=count))
