"""A served app answers while the test runs, and its port is closed afterwards."""

import urllib.error
import urllib.request

import pytest
from flask import Flask

from tests.serving import serving


def test_an_app_answers_until_the_block_ends() -> None:
    app = Flask(__name__)
    app.add_url_rule("/hello", view_func=lambda: "こんにちは")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with serving(app) as address, opener.open(f"{address}/hello") as answer:
        assert answer.read().decode() == "こんにちは"
    with pytest.raises(urllib.error.URLError):
        opener.open(f"{address}/hello")
