"""The command line: the same actions by hand. Each file adds its commands to ``main``."""

from __future__ import annotations

import importlib

import click

COMMANDS = {
    "import": ("sharemeal.cli.data", "import_group"),
    "export": ("sharemeal.cli.data", "export_group"),
    "lab": ("sharemeal.cli.data", "lab_group"),
    "person": ("sharemeal.cli.people", "person_group"),
    "link": ("sharemeal.cli.people", "link"),
    "demo": ("sharemeal.cli.demo", "demo_group"),
    "plan": ("sharemeal.cli.day", "plan"),
    "route": ("sharemeal.cli.route", "route"),
    "jobs": ("sharemeal.cli.jobs", "jobs_group"),
    "tick": ("sharemeal.cli.jobs", "tick"),
    "serve": ("sharemeal.cli.run", "serve"),
    "backup": ("sharemeal.cli.backups", "backup"),
    "restore": ("sharemeal.cli.backups", "restore"),
    "db": ("sharemeal.cli.upkeep", "db_group"),
    "keys": ("sharemeal.cli.upkeep", "keys_group"),
    "audit": ("sharemeal.cli.upkeep", "audit_group"),
    "doctor": ("sharemeal.cli.upkeep", "doctor"),
}
"""Command → where it lives. Loaded only when called: most commands need neither the web nor OR-Tools."""


class Commands(click.Group):
    """A group that loads a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.command(cls=Commands)
def main() -> None:
    """sharemeal: plan and carry shared meals, and keep a gentle eye on the neighbours."""


def _called_later(name: str) -> click.Command:
    @click.command(
        name,
        context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
    )
    @click.argument("words", nargs=-1, type=click.UNPROCESSED)
    def call(words: tuple[str, ...]) -> None:
        main([name, *words], prog_name="sharemeal")

    return call


def add_to(group: click.Group) -> None:
    """Make the same commands known to ``flask --app wsgi``, each still loaded only when called."""
    for name in COMMANDS:
        group.add_command(_called_later(name), name)
