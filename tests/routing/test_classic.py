"""Files of the literature, in miniature."""

from __future__ import annotations

import math

import pytest

from sharemeal.routing.classic import read_lilim, read_solomon
from sharemeal.routing.problem import Objective, Problem
from sharemeal.routing.solve import Stop, solve
from sharemeal.routing.vroom_answer import answer_from
from sharemeal.sentences import Refused

LILIM = """2 10 1
0 0 0 0 0 1000 0 0 0
1 3 4 5 0 1000 10 0 2
2 6 8 -5 0 1000 10 1 0
3 -1 -1 5 0 1000 10 0 4
4 -2 -2 -5 0 1000 10 3 0
"""
SOLOMON = """TINY

VEHICLE
NUMBER     CAPACITY
  2          10

CUSTOMER
CUST NO.  XCOORD.   YCOORD.    DEMAND   READY TIME  DUE DATE   SERVICE TIME

    0      0         0          0          0       1000          0
    1      1         1          6          0       1000         10
    2      2         2          4          5       1000         10
"""


def answer(problem: Problem) -> dict[str, object]:
    """What the command would say under ``sharemeal``."""
    told: dict[str, object] = answer_from(solve(problem, Stop(20, solutions=100)))["sharemeal"]
    return told


def test_lilim_pairs_are_read_and_measured_in_doubles() -> None:
    told = answer(read_lilim(LILIM))
    assert told["status"] == "optimal"
    assert told["vehicles"] == 1
    assert told["distance"] == pytest.approx(15 + 2 * math.sqrt(2) + math.sqrt(61), abs=1e-9)


def test_solomon_in_doubles_and_truncated_to_tenths() -> None:
    exact = answer(read_solomon(SOLOMON))
    assert (exact["vehicles"], exact["distance"]) == (1, pytest.approx(4 * math.sqrt(2), abs=1e-9))
    tenths = answer(read_solomon(SOLOMON, Objective.DISTANCE))
    assert tenths["distance"] == pytest.approx(1.4 + 1.4 + 2.8)


def test_a_window_that_is_met_exactly_is_met() -> None:
    """3-4-5: five units of way, due at five."""
    told = answer(read_lilim("1 9 1\n0 0 0 0 0 99 0 0 0\n1 0 0 1 0 99 0 0 2\n2 3 4 -1 0 5 0 1 0\n"))
    assert told["distance"] == 10.0


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "1行目は3個の数"), ("1 2 3\n0 0 0", "2行目は9個の数"), ("1 2 3\n1 0 0 0 0 9 0 0 0", "出発地")],
)
def test_a_broken_file_is_refused_by_its_line(text: str, says: str) -> None:
    with pytest.raises(Refused, match=says):
        read_lilim(text)
    with pytest.raises(Refused):
        read_solomon(text)
