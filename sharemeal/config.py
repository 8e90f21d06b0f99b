"""Each setting with its default and its meaning. Read once, at the door; everything below receives values."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from pathlib import Path

from sharemeal.sentences import Refused, Sentence


def _setting(default: str, meaning: str, env: str) -> str:
    return field(default=default, metadata={"meaning": meaning, "env": env})


HIGHEST_PORT = 65_535
_NUMBERS = (
    "port",
    "solve_seconds",
    "upload_megabytes",
    "lease_seconds",
    "settle_seconds",
    "tick_seconds",
)


@dataclass(frozen=True)
class Settings:
    """What the operator may set. Each field names its environment variable; ``NAME_FILE`` reads it from a file."""

    database_url: str = _setting(
        "", "SQLAlchemy address; empty: SQLite in the instance folder", "DATABASE_URL"
    )
    secret_key: str = _setting(
        "", "signs cookies and forms; empty: made in the instance folder", "SECRET_KEY"
    )
    field_keys: str = _setting(
        "",
        "keys of personal columns, newest first, comma-separated; empty: made in the instance folder",
        "SHAREMEAL_FIELD_KEYS",
    )
    index_key: str = _setting(
        "", "key of the phone and e-mail index; empty: made in the instance folder", "SHAREMEAL_INDEX_KEY"
    )
    public_url: str = _setting("", "address that links carry; empty: the one served", "PUBLIC_URL")
    host: str = _setting("127.0.0.1", "address that serve listens on", "HOST")
    port: str = _setting("8000", "port that serve listens on", "PORT")
    instance: str = _setting("instance", "folder of secrets and of the local database", "SHAREMEAL_INSTANCE")
    solve_seconds: str = _setting(
        "8", "longest time for calculating a day's routes", "SHAREMEAL_SOLVE_SECONDS"
    )
    upload_megabytes: str = _setting("4", "largest file that may be imported", "SHAREMEAL_UPLOAD_MEGABYTES")
    twilio_account_sid: str = _setting(
        "", "account at Twilio; empty: texts stay on the outbox page", "TWILIO_ACCOUNT_SID"
    )
    twilio_auth_token: str = _setting("", "that account's secret; checks Twilio's calls", "TWILIO_AUTH_TOKEN")
    twilio_from: str = _setting("", "number that texts come from (+81…)", "TWILIO_FROM")
    twilio_messaging_service_sid: str = _setting(
        "", "messaging service that picks the number, instead of TWILIO_FROM", "TWILIO_MESSAGING_SERVICE_SID"
    )
    twilio_api_url: str = _setting("", "another address that speaks Twilio's API", "TWILIO_API_URL")
    heartbeat_url: str = _setting(
        "", "address that is told every minute that all is well (POST); empty: none", "HEARTBEAT_URL"
    )
    operator_email: str = _setting(
        "", "who is written to when the watching itself is late", "SHAREMEAL_OPERATOR_EMAIL"
    )
    metrics_token: str = _setting(
        "",
        "opens /metrics from elsewhere (Authorization: Bearer …); empty: this machine alone may ask",
        "SHAREMEAL_METRICS_TOKEN",
    )
    smtp_url: str = _setting(
        "",
        "mail server, smtp(s)://user:password@host:port/?from=address; "
        "empty: an SMS that cannot come is followed by no e-mail",
        "SMTP_URL",
    )
    lease_seconds: str = _setting(
        "20", "a sender that has told nothing for so long has gone", "SHAREMEAL_LEASE_SECONDS"
    )
    settle_seconds: str = _setting(
        "20",
        "so long after a call without an answer Twilio's list is asked whether it went out",
        "SHAREMEAL_SETTLE_SECONDS",
    )
    tick_seconds: str = _setting("5", "how often what is due is looked for", "SHAREMEAL_TICK_SECONDS")
    clock_start: str = _setting(
        "", "for rehearsals: the clock starts at this ISO 8601 moment", "SHAREMEAL_CLOCK_START"
    )

    @property
    def instance_folder(self) -> Path:
        """The instance folder as an absolute path."""
        return Path(self.instance).resolve()

    @property
    def upload_bytes(self) -> int:
        """Largest upload in bytes."""
        return int(float(self.upload_megabytes) * 1024 * 1024)

    @property
    def lease(self) -> timedelta:
        """How long a claim of a message lasts."""
        return timedelta(seconds=float(self.lease_seconds))

    @property
    def settle(self) -> timedelta:
        """How long a call without an answer is left alone before the provider is asked."""
        return timedelta(seconds=float(self.settle_seconds))

    @property
    def clock_start_at(self) -> datetime | None:
        """The rehearsal's first moment, aware, or None when the real time is meant.

        Raises Refused for a moment without a zone.
        """
        if not self.clock_start:
            return None
        try:
            moment = datetime.fromisoformat(self.clock_start)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            raise Refused(
                Sentence("SHAREMEAL_CLOCK_START を読めません（{value}）。", value=self.clock_start),
                remedy=Sentence("2026-11-27T16:00+09:00 のように、時差もつけて書いてください。"),
            )
        return moment


def read_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings from ``environment``; ``NAME_FILE`` is the path of a file that holds the value.

    Raises Refused when such a file cannot be read or a number is not one.
    """
    found: dict[str, str] = {}
    for each in fields(Settings):
        name = each.metadata["env"]
        if name in environment:
            found[each.name] = environment[name]
        elif f"{name}_FILE" in environment:
            path = Path(environment[f"{name}_FILE"])
            try:
                found[each.name] = path.read_text(encoding="utf-8").strip()
            except OSError as error:
                raise Refused(
                    Sentence("{name}_FILE のファイルを読めません（{path}）。", name=name, path=path),
                    remedy=Sentence("ファイルの場所と読み取りの許可を確かめてください。"),
                ) from error
    settings = Settings(**found)
    for each in fields(Settings):
        if each.name not in _NUMBERS:
            continue
        value = getattr(settings, each.name)
        try:
            good = 0 < float(value) < float("inf") and (each.name != "port" or float(value) <= HIGHEST_PORT)
        except ValueError:
            good = False
        if not good:
            raise Refused(
                Sentence(
                    "設定 {name} は0より大きい数字です（入力: {value}、PORT は65535まで）。",
                    name=each.metadata["env"],
                    value=value,
                )
            )
    return settings
