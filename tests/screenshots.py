"""Every page on a picture: ``make screenshots`` writes them to instance/screenshots.

Each sight on a phone and on a desk, light and dark; some in English; kitchen's and volunteer's on a narrow phone too.
"""

from __future__ import annotations

import logging
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import browser
from tests.gallery import Gallery
from tests.serving import serving
from tests.sights import K, Sight, V

PHONE, DESK, NARROW = 390, 1280, 320
HEIGHTS = {PHONE: 844, DESK: 900, NARROW: 640}
IN_ENGLISH = {
    "signin", "kitchen", "kitchen-saved", "kitchen-cooked", "duty", "route", "route-early", "route-different",
    "route-worried", "route-out-of-signal", "route-done", "plan-draft", "plan-before", "household", "household-watch",
    "households", "import-faults", "today", "today-called-off", "log", "contacts", "outbox", "calendar", "day-paper",
    "day-close", "alert-link", "case", "receive-test", "ladder",
}  # fmt: skip


class Camera:
    """Takes the pictures of one gallery into one folder."""

    def __init__(self, chromium: Browser, gallery: Gallery, address: str, folder: Path) -> None:
        self._chromium, self._gallery, self._address, self._folder = chromium, gallery, address, folder
        self.taken = 0

    def shoot(self, sight: Sight) -> None:
        """All pictures of a sight."""
        looks: list[tuple[int, str, tuple[str, ...]]] = [
            (PHONE, "ja", ("light", "dark")),
            (DESK, "ja", ("light", "dark")),
        ]
        if sight.who in (K, V):
            looks.append((NARROW, "ja", ("light",)))
        if sight.name in IN_ENGLISH:
            looks.append((PHONE if sight.who in (K, V, "") else DESK, "en", ("light",)))
        for width, language, schemes in looks:
            context = self._context(sight, width, language)
            page = context.new_page()
            sight.opened(page, self._address)
            for scheme in schemes:
                page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
                self._save(page, f"{sight.name}-{width}-{scheme}{'-en' if language == 'en' else ''}", width)
            context.close()

    def _context(self, sight: Sight, width: int, language: str) -> BrowserContext:
        context = self._chromium.new_context(
            viewport={"width": width, "height": HEIGHTS[width]},
            device_scale_factor=1 if width == DESK else 2,
            reduced_motion="reduce",
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
        )
        context.add_cookies(self._gallery.cookies(sight.who, self._address))  # type: ignore[arg-type]
        if language == "en":
            context.add_cookies([{"name": "lang", "value": "en", "url": self._address}])
        return context

    def _save(self, page: Page, name: str, width: int) -> None:
        """The whole page; a bar that sticks to the window's foot stands at the page's foot."""
        page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
        whole = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(HEIGHTS[width], whole)})
        page.screenshot(path=self._folder / f"{name}.png")
        self.taken += 1


def main(folder: Path, *only: str) -> None:
    """Take all pictures, or those of the sights whose names begin so."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    folder.mkdir(parents=True, exist_ok=True)
    chromium_path = browser.find_chromium()
    if chromium_path is None:
        sys.exit(f"Install {' and '.join(browser.missing())} first (on Debian: apt-get install).")
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        gallery = Gallery(Path(scratch))
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=list(browser.FLAGS))
        with serving(gallery.app) as address:
            camera = Camera(chromium, gallery, address, folder)
            for scene in gallery.scenes():
                for sight in scene:
                    if not only or sight.name.startswith(only):
                        camera.shoot(sight)
                        print(sight.name, flush=True)
        chromium.close()
        gallery.close()
    print(f"{camera.taken} pictures in {folder}")


if __name__ == "__main__":
    main(Path("instance/screenshots"), *sys.argv[1:])
