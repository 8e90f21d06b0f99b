"""The house stands as it was drawn: floors, libraries, sizes, names; and each rule is able to fail."""

import configparser
from collections.abc import Callable, Iterator

import pytest

from tests import house
from tests.house import Source

Rule = Callable[[Source], Iterator[str]]

PRODUCT_RULES: tuple[Rule, ...] = (
    house.misplaced_libraries,
    house.clock_readings,
    house.undeclared_routes,
    house.commits,
    house.prints,
    house.missing_docstring,
    house.timeless_actions,
)
RULES_FOR_ALL: tuple[Rule, ...] = (house.vague_names, house.too_long, house.unfinished)

BROKEN_SAMPLES: list[tuple[Rule, str, str]] = [
    (house.misplaced_libraries, "sharemeal.households", "from sqlalchemy.orm import Session"),
    (house.misplaced_libraries, "sharemeal.actions.plan_day", "import flask"),
    (house.misplaced_libraries, "sharemeal.routing.solve", "from ortools.sat.python import cp_model"),
    (
        house.misplaced_libraries,
        "sharemeal.store.people",
        "from urllib import request\nimport urllib.request",
    ),
    (house.clock_readings, "sharemeal.visits", "import datetime\nx = datetime.datetime.now(datetime.UTC)"),
    (house.clock_readings, "sharemeal.web.sheets", "from datetime import date\nx = date.today()"),
    (house.clock_readings, "sharemeal.actions.register", "import time\nx = time.time()"),
    (house.undeclared_routes, "sharemeal.web.homes", '@pages.get("/homes")\ndef homes(): ...'),
    (
        house.undeclared_routes,
        "sharemeal.web.homes",
        '@pages.route("/homes")\n@login_required\ndef homes(): ...',
    ),
    (house.commits, "sharemeal.web.households", "def save(session):\n    session.commit()"),
    (house.commits, "sharemeal.store.households", "def save(session):\n    session.commit()"),
    (house.prints, "sharemeal.matching", "print('hello')"),
    (house.missing_docstring, "sharemeal.kitchens", "x = 1"),
    (house.timeless_actions, "sharemeal.actions.forget", "def forget(session, person_id): ..."),
    (house.vague_names, "sharemeal.web.form_helpers", ""),
    (house.too_long, "sharemeal.watch", "x = 1\n" * 301),
    (house.unfinished, "sharemeal.watch", "x = 1  # " + "TO" + "DO weigh it"),
    (house.machine_paths, "sharemeal.config", "x = '/" + "tmp/keys'"),
    (house.machine_paths, "tests.test_week", "x = '../" + "shared/data'"),
]

SOUND_SAMPLES: list[tuple[Rule, str, str]] = [
    (house.misplaced_libraries, "sharemeal.routing.solvers.exact", "from ortools.sat.python import cp_model"),
    (
        house.misplaced_libraries,
        "sharemeal.web.pages",
        "if TYPE_CHECKING:\n    from sqlalchemy.orm import Session",
    ),
    (house.clock_readings, "sharemeal.clock", "import datetime\nx = datetime.datetime.now(datetime.UTC)"),
    (house.clock_readings, "sharemeal.routing.solve", "import time\nx = time.monotonic()"),
    (
        house.undeclared_routes,
        "sharemeal.web.homes",
        '@pages.get("/")\n@access.allow(Role.KITCHEN)\ndef homes(): ...',
    ),
    (house.undeclared_routes, "sharemeal.web.health", '@pages.get("/")\n@allow_everybody\ndef up(): ...'),
    (house.commits, "sharemeal.actions.register", "def save(session):\n    session.commit()"),
    (house.prints, "sharemeal.cli.day", "print('hello')"),
    (house.timeless_actions, "sharemeal.actions.forget", "def forget(session, *, now): ..."),
    (house.too_long, "sharemeal.watch", "x = 1\n" * 300),
    (house.machine_paths, "sharemeal.web.pages", "x = 'https://example.org/home/'"),
]


@pytest.fixture(scope="module")
def product() -> list[Source]:
    return house.package_sources()


@pytest.mark.parametrize("rule", PRODUCT_RULES, ids=lambda rule: rule.__name__)
def test_the_product_keeps_the_rule(rule: Rule, product: list[Source]) -> None:
    assert [wrong for source in product for wrong in rule(source)] == []


@pytest.mark.parametrize("rule", RULES_FOR_ALL, ids=lambda rule: rule.__name__)
def test_product_and_tests_keep_the_rule(rule: Rule, product: list[Source]) -> None:
    assert [wrong for source in (*product, *house.test_sources()) for wrong in rule(source)] == []


def test_pages_and_scripts_are_short() -> None:
    web = house.ROOT / house.PACKAGE / "web"
    pages = [
        page for suffix in ("html", "js") for page in web.rglob(f"*.{suffix}") if "vendor" not in page.parts
    ]
    texts = [Source(page.name, page.read_text("utf-8")) for page in pages]
    assert [wrong for text in texts for wrong in house.too_long(text)] == []


def test_nothing_names_a_path_of_one_machine(product: list[Source]) -> None:
    tests = [source for source in house.test_sources() if not source.module.startswith("tests.benchmarks")]
    pages = [house.ROOT / "Makefile", *house.ROOT.glob("*.md"), *(house.ROOT / "docs").rglob("*.md")]
    texts = [Source(page.name, page.read_text("utf-8")) for page in pages]
    assert [wrong for source in (*product, *tests, *texts) for wrong in house.machine_paths(source)] == []


def test_imports_only_go_downwards(product: list[Source]) -> None:
    rooms = {source.room for source in product}
    assert [wrong for source in product for wrong in house.upward_imports(source, rooms)] == []


def test_nothing_imports_in_a_circle(product: list[Source]) -> None:
    assert list(house.circles(product)) == []


@pytest.mark.parametrize(("rule", "module", "text"), BROKEN_SAMPLES)
def test_each_rule_sees_what_breaks_it(rule: Rule, module: str, text: str) -> None:
    assert list(rule(Source(module, text)))


@pytest.mark.parametrize(("rule", "module", "text"), SOUND_SAMPLES)
def test_each_rule_lets_sound_code_be(rule: Rule, module: str, text: str) -> None:
    assert list(rule(Source(module, text))) == []


@pytest.mark.parametrize(
    ("module", "text", "upward"),
    [
        ("sharemeal.households", "from sharemeal.store import base", True),
        ("sharemeal.store.households", "from sharemeal import actions", True),
        ("sharemeal.actions.register", "from sharemeal.clock import Clock", True),
        ("sharemeal.store.base", "from ..web import access", True),
        ("sharemeal.matching", "def later():\n    import sharemeal.store.base", True),
        ("sharemeal.web.pages", "from sharemeal import create_app", True),
        ("sharemeal.cli.run", "from sharemeal import create_app", False),
        ("sharemeal.web.pages", "from sharemeal.actions import register\nfrom sharemeal import clock", False),
        ("sharemeal.routing.day", "from sharemeal import households", False),
    ],
)
def test_the_floor_rule_knows_up_from_down(module: str, text: str, upward: bool) -> None:
    rooms = {"households", "store", "actions", "clock", "web", "matching", "routing", "cli"}
    assert bool(list(house.upward_imports(Source(module, text), rooms))) is upward


def test_the_circle_rule_sees_a_circle() -> None:
    circle = [
        Source("sharemeal.kitchens", "from sharemeal import meals"),
        Source("sharemeal.meals", "from sharemeal import places"),
        Source("sharemeal.places", "from sharemeal.kitchens import Kitchen"),
        Source("sharemeal.labs", "from sharemeal import places"),
    ]
    assert list(house.circles(circle))
    assert list(house.circles(circle[:2])) == []


def test_setup_cfg_reads_the_same_to_every_parser() -> None:
    text = (house.ROOT / "setup.cfg").read_text("utf-8")
    interpolated, raw = configparser.ConfigParser(), configparser.RawConfigParser()
    interpolated.read_string(text)
    raw.read_string(text)
    assert "%" not in text
    for section in raw.sections():
        assert dict(interpolated[section]) == dict(raw[section])


def test_every_package_that_is_pinned_is_pinned_once_and_exactly() -> None:
    lines = (house.ROOT / "constraints.txt").read_text("utf-8").splitlines()
    names = [line.partition("==")[0].lower() for line in lines]
    assert all("==" in line and "/" not in line for line in lines)
    assert len(names) == len(set(names))
