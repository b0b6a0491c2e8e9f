"""`openapi`: the JSON API's own description."""

from __future__ import annotations

from pathlib import Path

import click

from server.cli.home import at_home
from server.cli.show import print_json
from server.settings import read_organisation


@click.command()
@at_home
def openapi(home: Path) -> None:
    """Print the OpenAPI document of the JSON API, as /api/openapi.json serves it."""
    from web.api.openapi import openapi_document

    print_json(openapi_document(read_organisation(home).addresses.inside_url))
