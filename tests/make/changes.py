"""One change to a JSON object at a dotted path, to break one rule at a time."""

from __future__ import annotations

import copy
from typing import Any

Json = dict[str, Any]


def changed(body: Json, path: str, value: object) -> Json:
    """A copy with the value at a dotted path; ``value`` may be a function of the old value."""
    body = copy.deepcopy(body)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    here: Any = body
    for part in way:
        here = here[part]
    here[last] = value(here[last]) if callable(value) else value
    return body
