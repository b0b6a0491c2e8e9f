"""`user`: our own people."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import cast

import click

from server.cli.home import as_json, at_home, everybody, open_house, operator, run, sign_in_link
from server.cli.show import print_json, print_table
from server.domain.actors import ROLES, Member, Role
from server.services import people


@click.group()
def user() -> None:
    """Add and list our own people."""


@user.command()
@click.argument("username")
@click.option("--name", default="", help="As people read it; the username where it is left out.")
@click.option("--unit", default="", help="The department or site.")
@click.option("--role", type=click.Choice(ROLES[1:]), default="member", show_default=True)
@click.option("--password-stdin", is_flag=True, help="Read a password from the first line of stdin.")
@at_home
@as_json
def add(username: str, name: str, unit: str, role: str, password_stdin: bool, home: Path, as_json: bool) -> None:
    """Add a person. Prints the username, and a one-time sign-in link where no password is given."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    made, link = run(_add(home, username, name, unit, cast(Role, role), password))
    if as_json:
        print_json(_described(made) | {"link": link or None})
        return
    click.echo(made.username)
    if link:
        click.echo(f"Sign in once within the hour: {link}")


async def _add(home: Path, username: str, name: str, unit: str, role: Role, password: str | None) -> tuple[Member, str]:
    async with open_house(home) as house:
        if password is not None:
            people.check_password(house, username, password)
        member = await people.add_member(house, username, name, unit, role, by=await operator(house))
        if password is None:
            return member, await sign_in_link(house, member)
        await people.set_password(house, member, password)
        return member, ""


@user.command("list")
@at_home
@as_json
def list_(home: Path, as_json: bool) -> None:
    """List our people."""
    members = run(_list(home))
    if as_json:
        print_json([_described(member) for member in members])
        return
    print_table(
        ("username", "name", "unit", "role", "active"),
        [(one.username, one.name, one.unit, one.role, "yes" if one.active else "no") for one in members],
    )


async def _list(home: Path) -> list[Member]:
    async with open_house(home) as house:
        return [member async for member in everybody(house)]


def _described(member: Member) -> dict[str, object]:
    return {
        "username": member.username,
        "name": member.name,
        "unit": member.unit,
        "role": member.role,
        "active": member.active,
        "consent": member.consent,
        "created_at": member.created_at.isoformat(),
    }
