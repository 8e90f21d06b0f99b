"""Documents and code agree: every command, option, setting and make target has its line, and no line is stale."""

import re
from collections.abc import Iterator
from dataclasses import fields

import click
import pytest

from sharemeal.cli import main
from sharemeal.config import Settings
from tests.house import ROOT

ROW = re.compile(r"^\| `([^`]+)` \| (.*) \|$", re.MULTILINE)
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")
EXPLAINED_ABOVE_THE_TABLE = {"--lab", "--json", "--help"}


def rows(document: str) -> dict[str, str]:
    """The tables' first cells with the rest of their rows."""
    return dict(ROW.findall((ROOT / "docs" / document).read_text("utf-8")))


def commands(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Every command that can be typed, with its words."""
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, (*path, name))
    elif not command.hidden:
        yield " ".join(path), command


def undocumented_options(command: click.Command, line: str) -> list[str]:
    """The options that a command takes and its line does not mention, each by its last spelling."""
    options = [option for option in command.params if isinstance(option, click.Option) and not option.hidden]
    known = EXPLAINED_ABOVE_THE_TABLE | set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", line))
    return [option.opts[-1] for option in options if not known & set(option.opts)]


def documented_commands() -> dict[str, str]:
    return {name: line for name, line in rows("commands.md").items() if not name.startswith("make ")}


def test_every_command_has_its_line_and_every_line_its_command() -> None:
    assert {name for name, _ in commands(main)} == set(documented_commands())


def test_every_option_is_mentioned_with_its_command() -> None:
    lines = documented_commands()
    missing = {name: undocumented_options(command, lines.get(name, "")) for name, command in commands(main)}
    assert {name: options for name, options in missing.items() if options} == {}


def test_every_command_says_what_it_does() -> None:
    assert [name for name, command in commands(main) if not command.help] == []


def test_every_setting_has_its_line_with_its_default() -> None:
    expected = {
        each.metadata["env"]: (f"`{each.default}`" if each.default else "empty")
        + f" | {each.metadata['meaning']}"
        for each in fields(Settings)
    }
    assert rows("settings.md") == expected


def test_every_make_target_has_its_line_and_every_line_its_target() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))
    phony = set(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split())
    documented = {name.removeprefix("make ") for name in rows("commands.md") if name.startswith("make ")}
    assert targets == phony == documented


@pytest.mark.parametrize("page", sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("*.md")))
def test_links_between_pages_lead_somewhere(page: str) -> None:
    links = LINK.findall((ROOT / page).read_text("utf-8"))
    assert [link for link in links if not (ROOT / page).parent.joinpath(link).exists()] == []


def test_setting_up_takes_exactly_two_commands() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    first_block = re.findall(r"^```\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)[0]
    assert first_block.splitlines() == ["git clone <repository> sharemeal && cd sharemeal", "make run"]


def test_an_option_that_nobody_explains_is_seen() -> None:
    command = click.Command("plan", params=[click.Option(["--problem"]), click.Option(["-o", "--output"])])
    assert undocumented_options(command, "writes; `--problem` too") == ["--output"]
    assert undocumented_options(command, "`--problem`, `-o`") == []


def test_every_fault_names_a_test_that_is_there() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs" / "faults.md").read_text("utf-8"))
    assert len(named) > 30
    assert [
        f"{path}::{name}" for path, name in named if f"def {name}(" not in (ROOT / path).read_text("utf-8")
    ] == []
