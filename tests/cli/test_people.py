"""People and links by hand."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result

pytestmark = pytest.mark.usefixtures("lab")
Typed = Callable[..., Result]


def test_a_link_is_printed_with_its_code_and_end(sharemeal: Typed) -> None:
    address, rest = sharemeal("link", "coordinator").stdout.splitlines()
    assert address.startswith("http://127.0.0.1:8000/s/")
    assert rest.endswith("2026-11-26 12:10 まで")


def test_a_link_carries_the_public_address(
    told: Callable[..., dict[str, Any]], settings: dict[str, str]
) -> None:
    settings["PUBLIC_URL"] = "https://meals.example.jp/"
    answer = told("link", "volunteer", "--name", "山")
    assert answer["url"].startswith("https://meals.example.jp/s/")
    assert len(answer["code"]) == 6
    assert answer["valid_until"] == "2026-11-28T00:00:00+09:00"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("link", "kitchen"), "その役割の人がまだいません"),
        (("link", "volunteer", "--name", "森"), "「森」という人はいません"),
        (("person", "add", "kitchen", "店"), "--kitchen"),
        (("person", "add", "kitchen", "店", "--kitchen", "9"), "協力店9はありません"),
        (("person", "add", "city", "市"), "まだ登録できません"),
        (("person", "add", "volunteer", " "), "空のままです"),
        (("person", "add", "volunteer", "森", "--phone", "90-0000-0001"), "090-0000-0001"),
        (("person", "add", "coordinator", "森", "--email", "SAKURAI@example.jp"), "もう使われています"),
        (("person", "password", "mori@example.jp"), "--email"),
        (("link", "volunteer", "--lab", "nowhere"), "nowhere"),
    ],
)
def test_what_cannot_be_done_is_said_with_exit_1(sharemeal: Typed, words: tuple[str, ...], said: str) -> None:
    result = sharemeal(*words)
    assert (result.exit_code, result.stdout) == (1, "")
    assert said in result.stderr


def test_a_name_that_fits_two_people_is_not_guessed(sharemeal: Typed) -> None:
    sharemeal("person", "add", "volunteer", "山本")
    assert "2人います" in sharemeal("link", "volunteer", "--name", "山").stderr
    assert sharemeal("link", "volunteer", "--name", "山本").exit_code == 0


def test_an_unknown_role_is_wrong_usage(sharemeal: Typed) -> None:
    assert sharemeal("link", "driver").exit_code == 2


def test_a_password_is_set_and_a_weak_one_refused(sharemeal: Typed) -> None:
    assert sharemeal("person", "password", "sakurai@example.jp", input="short\n").exit_code == 1
    assert (
        sharemeal("person", "password", "sakurai@example.jp", input="さくらのはながさくころに\n").exit_code
        == 0
    )
