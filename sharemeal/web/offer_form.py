"""A kitchen's form: what is filled in beforehand, what was typed, and the texts that an offer is read from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from werkzeug.datastructures import MultiDict

from sharemeal.actions.offer import offer_entry
from sharemeal.kitchens import MOST_MEALS
from sharemeal.papers.exports import offer_texts
from sharemeal.sentences import Refused, Sentence, listing
from sharemeal.store.kitchens import Kitchen, Offer
from sharemeal.written import clock_text, count, folded

REMEMBERED = timedelta(days=84)
"""Older days than this say nothing about the coming one."""

TYPED = ("dish", "meal_count", "texture", "ready", "surplus_kg", "local_percent", "employment_hours")
CHIPS = ("surplus", "measured", "local", "work")


@dataclass(frozen=True)
class OfferForm:
    """One dish of one day. ``declares`` is "", "none" or "unknown"; ``known`` are the offers the page had seen.

    ``checked_dish`` is the dish whose allergens somebody has looked at, ``carried`` those taken over from last time.
    """

    service_date: date
    offer_id: int | None = None
    known: str = ""
    typed: dict[str, str] = field(default_factory=dict)
    chips: frozenset[str] = frozenset()
    allergens: frozenset[str] = frozenset()
    declares: str = ""
    checked_dish: str = ""
    carried: str = ""
    like: date | None = None

    def texts(self) -> dict[str, str]:
        """The fields as papers/offers.py reads them. What is not ticked is not said."""
        texts = {name: self.typed.get(name, "") for name in TYPED}
        for chip, name in (
            ("surplus", "surplus_kg"),
            ("local", "local_percent"),
            ("work", "employment_hours"),
        ):
            if chip not in self.chips:
                texts[name] = ""
        texts["uses_surplus"] = "はい" if "surplus" in self.chips else "いいえ"
        texts["measured"] = "実測" if "measured" in self.chips and texts["surplus_kg"].strip() else "推定"
        if self.declares == "unknown":
            texts["allergens"] = ""
        else:
            texts["allergens"] = "・".join(sorted(self.allergens)) or "なし"
        return texts

    def refusals(self) -> list[Refused]:
        """What the page asks beyond the table: a word on allergens, and a number to each ticked chip."""
        found = []
        if not self.allergens and not self.declares:
            found.append(
                Refused(
                    Sentence("入っているものを選んでください。"),
                    why=Sentence(
                        "何も選ばれていないと、入っていないのか、まだわからないのかを見分けられません。"
                    ),
                    remedy=Sentence(
                        "ないときは「どれも入っていません」、まだのときは「わからない」を押してください。"
                    ),
                    field="allergens",
                )
            )
        elif self.allergens and self.declares == "none":
            found.append(
                Refused(
                    Sentence(
                        "「どれも入っていません」と、{names}が両方選ばれています。",
                        names=listing(sorted(self.allergens)),
                    ),
                    remedy=Sentence("どちらかを外してください。"),
                    field="allergens",
                )
            )
        elif self._unlooked():
            found.append(
                Refused(
                    Sentence("献立が変わりました。入っているものも確かめてください。"),
                    why=Sentence("前回の「{dish}」の表示が、そのまま残っています。", dish=self.checked_dish),
                    remedy=Sentence("これでよければ、もう一度「知らせる」を押してください。"),
                    field="allergens",
                )
            )
        found += self._numberless()
        return found

    def _unlooked(self) -> bool:
        dish = folded(self.typed.get("dish", ""))
        return bool(
            self.checked_dish and dish and dish != folded(self.checked_dish) and self.carried == self.said
        )

    @property
    def said(self) -> str:
        """What is declared, as one word to compare with what was carried over."""
        return self.declares or "・".join(sorted(self.allergens))

    def _numberless(self) -> list[Refused]:
        asked = (
            ("local", "local_percent", Sentence("およその割合を、1から100の数字で入力してください。例: 30")),
            ("work", "employment_hours", Sentence("およその時間を、数字で入力してください。例: 1.5")),
        )
        return [
            Refused(Sentence("数字がまだありません。"), remedy=remedy, field=name)
            for chip, name, remedy in asked
            if chip in self.chips and not self.typed.get(name, "").strip()
        ]

    def stepped(self, step: int) -> OfferForm:
        """The form with so many meals more. Raises Refused when the number cannot be read."""
        now = count(self.typed.get("meal_count", "") or "0", low=0, high=MOST_MEALS, unit="食")
        return replace(self, typed={**self.typed, "meal_count": str(min(max(now + step, 0), MOST_MEALS))})

    def looked(self) -> OfferForm:
        """The form as it is shown again: whoever sees it has the allergens of this dish before their eyes."""
        return replace(self, checked_dish=self.typed.get("dish", "").strip())


def sent(values: MultiDict[str, str], service_date: date) -> OfferForm:
    """The form as it was sent, nothing lost, nothing believed."""
    offer_id = values.get("offer_id", "")
    return OfferForm(
        service_date=service_date,
        offer_id=int(offer_id) if offer_id.isascii() and offer_id.isdigit() and len(offer_id) < 10 else None,
        known=values.get("known", ""),
        typed={name: values.get(name, "") for name in TYPED},
        chips=frozenset(chip for chip in CHIPS if chip in values),
        allergens=frozenset(values.getlist("a")),
        declares=_declared(values.getlist("declares")),
        checked_dish=values.get("checked_dish", ""),
        carried=values.get("carried", ""),
    )


def _declared(said: Sequence[str]) -> str:
    """わからない weighs more than どれも入っていません: it counts as containing everything."""
    return "unknown" if "unknown" in said else "none" if "none" in said else ""


def known_of(offers: Iterable[Offer]) -> str:
    """What a page has seen of a day: changes when any offer of it does."""
    return " ".join(f"{offer.id}@{offer.entered_at.timestamp():.6f}" for offer in offers)


def correcting(offer: Offer, entered: Sequence[Offer]) -> OfferForm:
    """The form of an offer that was entered already."""
    return replace(_like(offer, offer.service_date), offer_id=offer.id, known=known_of(entered))


def beginning(kitchen: Kitchen, day: date, past: Sequence[Offer], entered: Sequence[Offer]) -> OfferForm:
    """The form of a dish not entered yet: dish and allergens from last time, the number from the same weekday."""
    cooked = [offer for offer in past if offer.meal_count > 0]
    dishes = {offer.dish for offer in entered}
    last = max((offer.service_date for offer in cooked), default=None)
    choices = [offer for offer in cooked if offer.service_date == last and offer.dish not in dishes]
    if not choices:
        texture = min(kitchen.textures, key=("普通", *sorted(kitchen.textures)).index, default="普通")
        typed = {"texture": texture, "ready": clock_text(kitchen.handover.opens)}
        return OfferForm(day, known=known_of(entered), typed=typed)
    form = _like(choices[0], day)
    like, meals = last, choices[0].meal_count
    same = [offer for offer in cooked if offer.service_date.weekday() == day.weekday()]
    if same and same[-1].service_date != last and not entered:
        like = same[-1].service_date
        meals = sum(offer.meal_count for offer in same if offer.service_date == like)
    typed = {**form.typed, "meal_count": str(meals), "surplus_kg": ""}
    return replace(form, known=known_of(entered), typed=typed, like=like, chips=form.chips - {"measured"})


def _like(offer: Offer, day: date) -> OfferForm:
    texts = offer_texts(offer_entry(offer))
    ticked = {
        "surplus": offer.uses_surplus,
        "measured": offer.surplus_measured,
        "local": bool(offer.local_percent),
        "work": bool(offer.employment_hours),
    }
    form = OfferForm(
        service_date=day,
        typed={name: texts[name].removesuffix("%") for name in TYPED},
        chips=frozenset(chip for chip, on in ticked.items() if on),
        allergens=offer.allergens or frozenset(),
        declares="unknown" if offer.allergens is None else "" if offer.allergens else "none",
        checked_dish=offer.dish,
    )
    return replace(form, carried=form.said)
