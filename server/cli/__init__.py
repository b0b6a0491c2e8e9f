"""The command line: one file a verb. Results go to stdout, logs to stderr."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from contextlib import contextmanager

import click

# Verb → module of this package that holds a command of the same name; loaded when it is asked for.
VERBS: dict[str, str] = {
    "init": "init",
    "serve": "serve",
    "user": "user",
    "token": "token",
    "partner": "partner",
    "rules": "rules",
    "replay": "replay",
    "themes": "themes",
    "holds": "holds",
    "recall": "recall",
    "ledger": "ledger",
    "doctor": "doctor",
    "audit": "audit",
    "backup": "backup",
    "restore": "restore",
    "export": "export",
    "usage": "usage",
    "keys": "keys",
    "openapi": "openapi",
    "demo": "demo",
}


class Verbs(click.Group):
    """Loads a verb's file on demand, and says refusals as one sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"server.cli.{VERBS[cmd_name]}")
        command = getattr(module, cmd_name)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> object:
        with said_plainly():
            return super().invoke(ctx)


@contextmanager
def said_plainly() -> Iterator[None]:
    """Turn what a person can cause into a sentence on stderr and exit code 1; faults of ours keep their trace.

    What refuses is imported only when something was: verbs that need no database start without one.
    """
    try:
        yield
    except (click.ClickException, click.Abort, click.exceptions.Exit):
        raise
    except Exception as error:
        from server.boundary.rules import RuleErrors
        from server.database import DatabaseError
        from server.domain.errors import Refusal

        if isinstance(error, RuleErrors):
            raise click.ClickException("\nError: ".join(error.problems)) from error
        if isinstance(error, Refusal):
            raise click.ClickException(error.public) from error
        if isinstance(error, DatabaseError):
            raise click.ClickException(str(error)) from error
        raise


@click.group(cls=Verbs, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option("0.1.0", prog_name="marmalade")
def verbs() -> None:
    """Marmalade: hold jams with your own people, partners and customers."""


def main() -> None:
    """Run a verb; say in one sentence what went wrong, and exit with 1."""
    verbs(prog_name="python -m server")
