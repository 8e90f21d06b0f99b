"""sharemeal: shared meals for neighbours, and a gentle eye on how they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from sharemeal.clock import Clock
    from sharemeal.config import Settings
    from sharemeal.store.base import Store


def create_app(
    settings: Settings | None = None, clock: Clock | None = None, store: Store | None = None
) -> Flask:
    """The one place where all meet: settings, clock, store and pages. Raises Refused for a setting that cannot be.

    Whatever is not given comes from the environment. Commands that need no pages never load Flask.
    """
    from flask import Flask

    from sharemeal import web
    from sharemeal.cli import add_to
    from sharemeal.clock import Clock
    from sharemeal.config import read_settings
    from sharemeal.instance import open_store, secret_key

    settings = settings or read_settings()
    if clock is None:
        start = settings.clock_start_at
        clock = Clock() if start is None else Clock.starting_at(start)
    app = Flask("sharemeal.web", instance_path=str(settings.instance_folder))
    app.config["SECRET_KEY"] = secret_key(settings)
    app.config["MAX_CONTENT_LENGTH"] = settings.upload_bytes
    app.extensions["sharemeal"] = web.Doorway(settings, clock, store or open_store(settings))
    web.open_doors(app)
    add_to(app.cli)
    return app
