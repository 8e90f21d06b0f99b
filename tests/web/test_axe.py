"""Every page of the gallery as people with other eyes, fingers and windows meet it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserType, Page, ViewportSize

from tests.gallery import Gallery
from tests.serving import serving
from tests.sights import Sight

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=900)
NARROW = ViewportSize(width=320, height=640)
BRIEFLY = {"resultTypes": ["violations"]}
ALL_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], **BRIEFLY}
COLOURS = {"runOnly": ["color-contrast"], **BRIEFLY}
"""All that a scheme can change: the other rules have looked at the light page."""
LOOKS: list[tuple[ViewportSize, list[tuple[Literal["light", "dark"], dict[str, list[str]]]]]] = [
    (PHONE, [("light", ALL_RULES), ("dark", COLOURS)]),
    (DESK, [("dark", ALL_RULES)]),
]

SMALL_TARGETS = """() => [...document.querySelectorAll("button, summary, a.btn, a.go, nav a, select, input.inp, label.chip, label.choice")]
  .filter((each) => each.getClientRects().length && !each.matches(".sr, .skip, .sr *"))
  .map((each) => [each, each.getBoundingClientRect()])
  .filter(([each, box]) => box.height < 47.5 || box.width < 44)
  .map(([each, box]) => `${Math.round(box.width)}×${Math.round(box.height)} ${each.outerHTML.slice(0, 90)}`)"""
TOO_WIDE = """() => {
  const room = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= room) return null;
  const out = [...document.querySelectorAll("main *, header *")].filter((each) => each.getBoundingClientRect().right > room + 1);
  return `${document.documentElement.scrollWidth} in ${room}: ` + out.slice(0, 3).map((each) => each.outerHTML.slice(0, 70)).join(" | ");
}"""
TWICE_AS_LARGE = "--blink-settings=defaultFontSize=32"


@pytest.fixture
def gallery(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gallery]:
    """One demo lab for all pages."""
    made = Gallery(tmp_path_factory.mktemp("gallery"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def large(browser_type: BrowserType, browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    """A browser whose reader has set letters to 200 %."""
    arguments = [*browser_type_launch_args["args"], TWICE_AS_LARGE]
    opened = browser_type.launch(**{**browser_type_launch_args, "args": arguments})
    yield opened
    opened.close()


def test_nothing_stands_in_anybodys_way(gallery: Gallery, browser: Browser) -> None:
    """WCAG 2.2 A and AA, light and dark; no sideways scroll when narrow; room for a finger."""
    assert found(gallery, lambda address, sight: faults_of(gallery, browser, address, sight)) == {}


def test_letters_twice_as_large_make_no_page_scroll_sideways(gallery: Gallery, large: Browser) -> None:
    """On a phone and on a desk."""
    assert found(gallery, lambda address, sight: too_wide(gallery, large, address, sight)) == {}


def found(gallery: Gallery, look: Callable[[str, Sight], list[str]]) -> dict[str, list[str]]:
    """What a look at every sight finds, by its name."""
    faults: dict[str, list[str]] = {}
    seen = 0
    with serving(gallery.app) as address:
        for scene in gallery.scenes():
            for sight in scene:
                seen += 1
                if wrong := look(address, sight):
                    faults[sight.name] = wrong
    assert seen > 80
    return faults


def faults_of(gallery: Gallery, browser: Browser, address: str, sight: Sight) -> list[str]:
    """What is wrong with one page, each with the place where it is."""
    context = browser.new_context(
        viewport=PHONE, color_scheme="light", reduced_motion="reduce", locale="ja-JP"
    )
    context.add_cookies(gallery.cookies(sight.who, address))  # type: ignore[arg-type]
    page = context.new_page()
    sight.opened(page, address)
    found = []
    for size, schemes in LOOKS:
        page.set_viewport_size(size)
        for scheme, rules in schemes:
            page.emulate_media(color_scheme=scheme)
            found += [f"{size['width']} {scheme}: {fault}" for fault in _violations(page, rules)]
        found += [f"{size['width']}: small {target}" for target in page.evaluate(SMALL_TARGETS)]
    page.set_viewport_size(NARROW)
    if wide := page.evaluate(TOO_WIDE):
        found.append(f"320: {wide}")
    context.close()
    return found


def _violations(page: Page, rules: dict[str, list[str]]) -> list[str]:
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(Axe().axe_script)
    answer = page.evaluate("(rules) => axe.run(document, rules)", rules)
    assert answer["passes"], "axe has looked"
    return [
        f"{fault['id']} {fault['nodes'][0]['html'][:120]} ({len(fault['nodes'])}×)"
        for fault in answer["violations"]
    ]


def too_wide(gallery: Gallery, large: Browser, address: str, sight: Sight) -> list[str]:
    """What makes a page scroll sideways where the reader has set letters twice as large, phone or desk."""
    context = large.new_context(viewport=PHONE, locale="ja-JP")
    context.add_cookies(gallery.cookies(sight.who, address))  # type: ignore[arg-type]
    page = context.new_page()
    sight.opened(page, address)
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    found = []
    for size in (PHONE, DESK):
        page.set_viewport_size(size)
        if wide := page.evaluate(TOO_WIDE):
            found.append(f"{size['width']}, letters doubled: {wide}")
    context.close()
    return found
