"""Tiny days that hypothesis makes, close and contradictory on purpose."""

from hypothesis import strategies as st

from sharemeal.meals import Demand, Supply
from tests.matching.tables import FIVE, home, offer

DISHES = ("カレー", "煮魚", "豆ごはん")


@st.composite
def tiny_days(draw: st.DrawFn) -> tuple[list[Demand], list[Supply]]:
    """Up to three homes and three offers of up to three portions each."""
    allergens = st.sampled_from(["", "", "卵", "乳", "卵 乳"])
    textures = st.sampled_from([0, 0, 1, 2])
    demands = [
        home(
            number,
            draw(st.integers(1, 3)),
            draw(allergens),
            draw(textures),
            tuple(draw(st.lists(st.sampled_from(DISHES), max_size=3))),
            tuple(draw(st.lists(st.integers(1, 2), max_size=3))),
            draw(st.integers(0, 2)),
            draw(st.sampled_from([FIVE, FIVE, FIVE + 5400])),
        )
        for number in draw(st.lists(st.integers(1, 9), max_size=3, unique=True))
    ]
    names = st.tuples(st.integers(1, 2), st.sampled_from(DISHES))
    supplies = [
        offer(
            kitchen,
            dish,
            draw(st.integers(0, 3)),
            draw(st.one_of(st.none(), allergens)),
            draw(textures),
            draw(st.booleans()),
            FIVE + draw(st.sampled_from([-1800, -1800, 0, 3601])),
        )
        for kitchen, dish in draw(st.lists(names, max_size=3, unique=True))
    ]
    return demands, supplies
