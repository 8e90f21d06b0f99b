"""Where the browser tests find their Chromium and a font with Japanese letters."""

import shutil
import subprocess
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
FONT_ROOTS = ("/usr/share/fonts", "/usr/local/share/fonts")


def find_chromium() -> str | None:
    """The path of a Chromium on this machine, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def has_japanese_font() -> bool:
    """Whether a page in Japanese would show letters and not boxes."""
    lister = shutil.which("fc-list")
    if lister:
        listing = subprocess.run([lister, ":lang=ja", "family"], capture_output=True, text=True, check=False)
        return bool(listing.stdout.strip())
    return any(next(Path(root).rglob("*CJK*"), None) is not None for root in FONT_ROOTS)


def missing() -> list[str]:
    """The Debian packages that the browser tests still need."""
    wanted = {"chromium": find_chromium() is not None, "fonts-noto-cjk": has_japanese_font()}
    return [package for package, present in wanted.items() if not present]
