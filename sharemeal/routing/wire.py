"""What is said between the door and the process that solves."""

from __future__ import annotations

from dataclasses import dataclass

from sharemeal.routing.model import Model, Routes
from sharemeal.routing.stop import Stop


@dataclass(frozen=True)
class Question:
    """What the solving process is asked."""

    model: Model
    stop: Stop
    seed: int


@dataclass(frozen=True)
class Better:
    """A better answer, while the search goes on."""

    routes: Routes


@dataclass(frozen=True)
class Proof:
    """No answer that serves this much costs less than ``cost`` (in the model's units), and none serves more."""

    priority: int
    tasks: int
    cost: int


@dataclass(frozen=True)
class Finished:
    """The search is over; with a proof where there is one, and the name of what found the answer."""

    proof: Proof | None
    solver: str
