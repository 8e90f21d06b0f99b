"""Doors open: pages named like nouns. They read through the store and write only through actions."""

from __future__ import annotations

from flask import Flask

from sharemeal.web import (
    access,
    api,
    calendar,
    check_ins,
    contacts,
    cooking,
    covers,
    day_close,
    day_paper,
    display,
    duty,
    faults,
    hand_links,
    hand_over,
    health,
    home,
    household_days,
    households,
    imports,
    kitchen_offers,
    kitchens,
    ladder,
    language,
    limits,
    links,
    log,
    offers,
    outbox,
    plan,
    prints,
    receive_test,
    responses,
    rests,
    rounds,
    sessions,
    sheets,
    signin,
    take_up,
    today,
    twilio,
    volunteers,
    worried,
)
from sharemeal.web.doorway import Doorway

__all__ = ["Doorway", "day_close", "day_paper", "household_days", "kitchen_offers", "open_doors"]


def open_doors(app: Flask) -> None:
    """Hang every page and every guard into the app."""
    faults.prepare(app)
    sessions.prepare(app)
    language.prepare(app)
    access.prepare(app)
    responses.prepare(app)
    for blueprint in (today.pages, log.pages):
        app.register_blueprint(blueprint)
    for blueprint in (display.pages, health.pages, home.pages, links.pages, signin.pages):
        app.register_blueprint(blueprint)
    for blueprint in (api.pages, duty.pages, offers.pages, sheets.pages):
        app.register_blueprint(blueprint)
    for blueprint in (plan.pages, calendar.pages, households.pages, kitchens.pages, volunteers.pages):
        app.register_blueprint(blueprint)
    for blueprint in (check_ins.pages, cooking.pages, covers.pages, rounds.pages, worried.pages):
        app.register_blueprint(blueprint)
    responses.without_form_token(app, check_ins.pages)
    for blueprint in (hand_links.pages, hand_over.pages, imports.pages, prints.pages, rests.pages):
        app.register_blueprint(blueprint)
    app.register_blueprint(twilio.pages)
    twilio.prepare(app)
    for blueprint in (contacts.pages, ladder.pages, outbox.pages, receive_test.pages, take_up.pages):
        app.register_blueprint(blueprint)
    limits.prepare(app)
