"""The command line: one file a verb. Results go to stdout, logs to stderr."""

from __future__ import annotations

import sys

import click

from server.boundary.rules import RuleErrors
from server.cli.init import init
from server.cli.serve import serve
from server.database import DatabaseError
from server.domain.errors import Refusal


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option("0.1.0", prog_name="marmalade")
def verbs() -> None:
    """Marmalade: hold jams with your own people, partners and customers."""


for verb in (init, serve):
    verbs.add_command(verb)


def main() -> None:
    """Run a verb; say in one sentence what went wrong, and exit with 1."""
    try:
        verbs(prog_name="python -m server")
    except (Refusal, DatabaseError) as refusal:
        click.echo(f"Error: {getattr(refusal, 'public', refusal)}", err=True)
        sys.exit(1)
    except RuleErrors as errors:
        for problem in errors.problems:
            click.echo(f"Error: {problem}", err=True)
        sys.exit(1)
