"""What there is to see: each page as one person comes to it, moment by moment of the demo lab's week."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from playwright.sync_api import Page

from sharemeal.people import Role
from tests import gallery_round
from tests.make.spreadsheets import cp932_csv
from tests.stories.small_week import small_week

FRIDAY = date(2026, 11, 27)
NEXT_FRIDAY = date(2026, 12, 4)


@dataclass(frozen=True)
class Sight:
    """One page: its picture's name, its address, who looks, and what they do there before it is looked at."""

    name: str
    path: str
    who: str = ""
    reach: Callable[[Page], None] | None = None

    def opened(self, page: Page, address: str) -> None:
        """Come to it."""
        page.goto(address + self.path)
        if self.reach:
            self.reach(page)
            page.wait_for_load_state()


def press(words: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("button", name=words, exact=True).first.click()


def upload_(kind: str) -> Callable[[Page], None]:
    def upload(page: Page) -> None:
        page.locator("label.choice", has=page.locator(f"input[value={kind}]")).click()
        content = cp932_csv(kind, small_week()[kind])
        page.set_input_files("#file", {"name": f"{kind}.csv", "mimeType": "text/csv", "buffer": content})
        page.locator("form[enctype] button.btn-main").click()

    return upload


def mistype(page: Page) -> None:
    page.get_by_label("何食").fill("18-20")
    page.locator("button[name=save]").click()


ROLES = (Role.KITCHEN, Role.VOLUNTEER, Role.COORDINATOR, Role.LAB_ADMIN)
K, V, C, A, N = "kitchen", "volunteer", "coordinator", "lab-admin", "newcomer"
KITCHEN = [
    Sight("kitchen", "/kitchen", K),
    Sight("kitchen-refused", "/kitchen", K, mistype),
    Sight("kitchen-another-dish", "/kitchen?more=1", K),
    Sight("kitchen-saved", "/kitchen/saved", K),
    Sight("kitchen-next-week", "/kitchen?day=2026-12-04", K),
]
BEFORE_THE_PLAN = [
    Sight("duty", "/duty", V),
    Sight("duty-said-no", "/duty", V, press("出られません")),
    Sight("duty-said-yes", "/duty", V, press("出られます")),
    Sight("route-none", "/route", V),
    Sight("plan-before", f"/plan/{FRIDAY}", C),
    Sight("plan-without-meals", f"/plan/{NEXT_FRIDAY}", C),
    Sight("calendar", "/calendar/", C),
]
DESK = [
    Sight("households", "/households", C),
    Sight("households-admin", "/households", A),
    Sight("household", "/households/2", C),
    Sight("household-resting", "/households?state=resting", C),
    Sight("household-new", "/households/new", C),
    Sight("household-refused", "/households/new", C, press("確かめて登録する")),
    Sight("household-edit", "/households/2/edit", C),
    Sight("kitchens", "/kitchens", C),
    Sight("kitchen-desk", "/kitchens/1", C),
    Sight("kitchen-new", "/kitchens/new", C),
    Sight("kitchen-offer", f"/kitchens/1/offers/{FRIDAY}", C),
    Sight("kitchen-link", "/kitchens/1", C, press("入るリンクを作る")),
    Sight("volunteers", "/volunteers", C),
    Sight("volunteer", "/volunteers/1", C),
    Sight("volunteer-new", "/volunteers/new", C),
    Sight("import", "/import", C),
    Sight("import-faults", "/import", C, upload_("households")),
    Sight("import-sound", "/import", C, upload_("volunteers")),
    Sight("missing", "/households/999", C),
]
NEWCOMER = [
    Sight(f"empty-{name.strip('/')}", f"/{name}", N)
    for name in ("plan/", "households", "kitchens", "volunteers", "import")
]
PLANNED = [
    Sight("plan-draft", f"/plan/{FRIDAY}", C),
    Sight("plan-why", f"/plan/{FRIDAY}", C, lambda page: page.locator(".stops summary").first.click()),
    Sight("plan-not-yet-fixed", f"/plan/{FRIDAY}", C, press("この案で確定する")),
    Sight("plan-calculating", f"/plan/{NEXT_FRIDAY}", C),
]
SETTLED = [
    Sight("kitchen-closed", "/kitchen", K),
    Sight("duty-settled", "/duty", V),
    Sight("route-early", "/route", V),
]
UNDER_WAY = [
    Sight("plan-fixed", f"/plan/{FRIDAY}", C),
    Sight("route-shop", "/route", V),
    Sight("route-miscounted", "/route", V, gallery_round.miscounted),
    Sight("route", "/route", V, gallery_round.at_the_last_door),
    Sight("route-unanswered", "/route", V, gallery_round.unanswered),
    Sight("route-different", "/route", V, gallery_round.different),
    Sight("route-worried", "/route", V, gallery_round.worried),
    Sight("route-out-of-signal", "/route", V, gallery_round.out_of_signal),
    Sight("route-saved", "/route", V, gallery_round.saved),
    Sight("route-correcting", "/route", V, gallery_round.at_the_last_door),
    Sight("kitchen-cooking", "/kitchen", K),
]
ROUND_ENDED = [
    Sight("route-done", "/route", V),
    Sight(
        "route-done-correcting", "/route", V, lambda page: page.get_by_role("link", name="直す").first.click()
    ),
    Sight("kitchen-cooked", "/kitchen", K),
]
OVER = [
    Sight("route-over", "/route", V),
    Sight("duty-over", "/duty", V),
    Sight("kitchen-over", "/kitchen", K),
]
