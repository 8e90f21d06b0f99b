"""The map: true to scale, north up, each number readable, and nothing on it that was not given."""

import math

import pytest

from sharemeal.places import Point
from sharemeal.web.maps import SHAPES, RouteOnMap, RouteStop, Sign, drawn, outline

SHOP = Point(35.545494, 139.518221)
FUJIGAOKA = Point(35.541460, 139.526663)
MOEGINO = Point(35.547510, 139.523110)
SAKURADAI = Point(35.551274, 139.515620)


def route(*places: Point, words: str = "富永さん") -> RouteOnMap:
    stops = tuple(RouteStop(place, order) for order, place in enumerate(places, 1))
    return RouteOnMap(words, (SHOP, *places), stops)


def test_nothing_to_draw_is_no_drawing() -> None:
    assert drawn([], []) is None


def test_north_is_up_and_the_scale_is_true() -> None:
    drawing = drawn([route(FUJIGAOKA, MOEGINO, SAKURADAI)], [Sign(SHOP, "ひだまり食堂")])
    assert drawing is not None
    first, second, third = drawing.legs[0].marks
    assert third.y < second.y < first.y, "further north stands further up"
    assert third.x < second.x < first.x, "further east stands further right"
    on_paper = math.hypot(first.x - third.x, first.y - third.y)
    metres = on_paper / drawing.scale_length * drawing.scale_metres
    assert metres == pytest.approx(FUJIGAOKA.metres_to(SAKURADAI), rel=0.01)


def test_everything_lies_on_the_paper() -> None:
    drawing = drawn([route(FUJIGAOKA, MOEGINO)], [Sign(SHOP, "まちの台所みどりのとても長い名前")], width=400)
    assert drawing is not None
    for mark in drawing.legs[0].marks:
        assert 0 < mark.x < drawing.width
        assert 0 < mark.y < drawing.height
    assert 0 < drawing.scale_length <= drawing.width / 3


def test_homes_in_one_house_stand_apart_and_the_line_meets_each() -> None:
    drawing = drawn([route(MOEGINO, MOEGINO, MOEGINO)], [Sign(SHOP, "店")])
    assert drawing is not None
    marks = drawing.legs[0].marks
    gaps = [math.hypot(a.x - b.x, a.y - b.y) for a in marks for b in marks if a.order < b.order]
    assert min(gaps) >= 30
    assert [mark.order for mark in marks] == [1, 2, 3]
    for mark in marks:
        assert f"{mark.x:.0f} {mark.y:.0f}" in drawing.legs[0].path


def test_a_door_on_top_of_a_kitchen_moves_aside() -> None:
    drawing = drawn([route(SHOP)], [Sign(SHOP, "店")])
    assert drawing is not None
    mark, shop = drawing.legs[0].marks[0], drawing.kitchens[0]
    assert math.hypot(mark.x - shop.x, mark.y - shop.y) >= 30


def test_one_place_alone_is_still_a_map() -> None:
    drawing = drawn([], [Sign(SHOP, "店")])
    assert drawing is not None
    assert drawing.scale_metres >= 50


def test_routes_differ_in_look_and_shape() -> None:
    drawing = drawn([route(MOEGINO, words=str(number)) for number in range(len(SHAPES))])
    assert drawing is not None
    assert len({leg.look for leg in drawing.legs}) == len(SHAPES)
    assert len({leg.key for leg in drawing.legs}) == len(SHAPES)


@pytest.mark.parametrize("shape", SHAPES)
def test_each_shape_is_a_closed_path_around_its_point(shape: str) -> None:
    path = outline(shape, 100, 100)
    assert path.startswith("M")
    assert path.endswith("Z")


def test_words_stand_beside_each_other() -> None:
    near = Point(SHOP.lat + 0.00002, SHOP.lng + 0.00002)
    drawing = drawn([route(SAKURADAI, FUJIGAOKA)], [Sign(SHOP, "ひだまり食堂"), Sign(near, "つむぎ惣菜店")])
    assert drawing is not None
    first, second = drawing.kitchens
    assert (first.anchor, first.text_y > first.y) != (second.anchor, second.text_y > second.y)


def test_the_same_places_make_the_same_drawing() -> None:
    given = [route(MOEGINO, MOEGINO, FUJIGAOKA)], [Sign(SHOP, "店")]
    assert drawn(*given) == drawn(*given)


def test_words_keep_off_the_way() -> None:
    east = Point(SHOP.lat, SHOP.lng + 0.02)
    drawing = drawn([route(east)], [Sign(SHOP, "店")])
    assert drawing is not None
    assert drawing.kitchens[0].anchor != "start", "the way leads east, so the name does not stand there"
