"""Settings: the environment, and the file that `init` writes. Nobody else reads os.environ."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from server.database.modes import is_shared, make_folder
from server.domain.errors import Refusal
from server.domain.mails import domain_of
from server.domain.uris import Addresses
from server.oidc import OIDC, IdentityProvider, read_provider
from server.smtp import Mailing, Security

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Every setting, with what it does: docs/operators.md is checked against this table.
SETTINGS: dict[str, str] = {
    "MARMALADE_ADMIN_PASSWORD": "the first admin's password, read by init; without it init prints a one-time link",
    "MARMALADE_INSIDE_DATABASE_URL": "the inside store: sqlite:///PATH; default HOME/inside/store.sqlite",
    "MARMALADE_OUTSIDE_DATABASE_URL": "the outside store: sqlite:///PATH; default HOME/outside/store.sqlite",
    "MARMALADE_CHECKPOINTS": "the second place of the audit chain's checkpoints, a folder; default HOME/checkpoints",
    "MARMALADE_BROKER_URL": "a message broker; none so far: the roles wake each other through the stores",
    "MARMALADE_PEER_NETWORKS": "CIDRs that peers may live in besides the global Internet, separated by commas",
    "MARMALADE_UNDO_SECONDS": "how long what is written in the browser waits before it crosses; default 10",
    "MARMALADE_SMTP_HOST": "the mail server that takes our mails; without it no mail is sent",
    "MARMALADE_SMTP_PORT": "its port; default 465 for tls, 587 for starttls, 25 for none",
    "MARMALADE_SMTP_SECURITY": "how to speak to it: tls, starttls or none; default starttls",
    "MARMALADE_SMTP_USER": "the name to sign in with; without it we do not sign in",
    "MARMALADE_SMTP_PASSWORD": "the password that goes with it",
    "MARMALADE_SMTP_FROM": "the address that mails come from",
    "MARMALADE_SMTP_DOMAINS": "the domains whose addresses may be mailed, separated by commas; nobody else is",
    "MARMALADE_OIDC_ISSUER": "the identity provider that people sign in with (OpenID Connect); without it by password",
    "MARMALADE_OIDC_CLIENT_ID": "as whom we are registered there",
    "MARMALADE_OIDC_CLIENT_SECRET": "the secret that goes with it",
    "MARMALADE_OIDC_NAME": "what people call the provider, for the button; default single sign-on",
    "MARMALADE_OIDC_JOIN": "yes or no: whether whoever it vouches for becomes a member; default yes",
    "MARMALADE_OIDC_UNIT_CLAIM": "the claim that names a new member's unit; default department",
    "MARMALADE_LOG_LEVEL": "debug, info, warning or error; default info",
}
LONGEST_UNDO = 3600
SMTP = ("HOST", "PORT", "SECURITY", "USER", "PASSWORD", "FROM", "DOMAINS")
SMTP_PORTS: dict[Security, int] = {"tls": 465, "starttls": 587, "none": 25}
LEVELS = ("debug", "info", "warning", "error")


class SettingsError(Refusal):
    """A setting cannot be used; the sentence says which and how to mend it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where this organisation's server lives and how it runs."""

    home: Path
    inside_path: Path
    outside_path: Path
    checkpoints_path: Path
    peer_networks: tuple[Network, ...]
    admin_password: str
    log_level: str
    mailing: Mailing | None = None
    identity_provider: IdentityProvider | None = None
    undo_window: timedelta = timedelta(seconds=10)

    @classmethod
    def from_env(cls, home: Path, environ: Mapping[str, str] | None = None) -> Settings:
        """Read the environment; raise SettingsError for an unknown or unusable setting."""
        env = {key: value for key, value in (environ or os.environ).items() if key.startswith("MARMALADE_")}
        for name in env:
            if name not in SETTINGS and not name.startswith("MARMALADE_TEST_"):
                raise SettingsError(f"There is no setting called {name}. Known are: {', '.join(SETTINGS)}.")
        if env.get("MARMALADE_BROKER_URL"):
            raise SettingsError("MARMALADE_BROKER_URL is set, but this version speaks to no broker: unset it.")
        level = env.get("MARMALADE_LOG_LEVEL", "info").lower()
        if level not in LEVELS:
            raise SettingsError(f"MARMALADE_LOG_LEVEL is one of {', '.join(LEVELS)}, not {level!r}.")
        return cls(
            home=home,
            inside_path=_path(env, "MARMALADE_INSIDE_DATABASE_URL", home / "inside" / "store.sqlite"),
            outside_path=_path(env, "MARMALADE_OUTSIDE_DATABASE_URL", home / "outside" / "store.sqlite"),
            checkpoints_path=Path(env.get("MARMALADE_CHECKPOINTS") or home / "checkpoints"),
            peer_networks=_networks(env.get("MARMALADE_PEER_NETWORKS", "")),
            admin_password=env.get("MARMALADE_ADMIN_PASSWORD", ""),
            log_level=level,
            undo_window=_seconds(env, "MARMALADE_UNDO_SECONDS", 10),
            mailing=_mailing(env),
            identity_provider=_identity_provider(env),
        )

    @property
    def secrets_path(self) -> Path:
        """The folder of the outside's secrets: the release key and the seal of our actors' private keys."""
        return self.home / "outside" / "secrets"

    @property
    def inside_secrets_path(self) -> Path:
        """The folder of the inside's secrets: the audit key."""
        return self.home / "inside" / "secrets"

    @property
    def names_path(self) -> Path:
        """The folder of the key that seals names, which the gate reads as well."""
        return self.home / "inside" / "names"

    @property
    def makes_checkpoints_folder(self) -> bool:
        """Say whether the second place may be made where it is missing: one that the operator named may not."""
        return self.checkpoints_path == self.home / "checkpoints"


def _seconds(env: Mapping[str, str], name: str, default: int) -> timedelta:
    text = env.get(name, "") or str(default)
    if not (text.isascii() and text.isdigit() and int(text) <= LONGEST_UNDO):
        raise SettingsError(f"{name} is a number of seconds from 0 to {LONGEST_UNDO}, not {text!r}.")
    return timedelta(seconds=int(text))


def child_environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Return our environment for a process that we start, with these settings in place of all of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MARMALADE_")}
    return kept | dict(settings)


def _identity_provider(env: Mapping[str, str]) -> IdentityProvider | None:
    given = {name: env.get(f"MARMALADE_OIDC_{name}", "").strip() for name in OIDC}
    try:
        return read_provider(given)
    except ValueError as error:
        raise SettingsError(str(error)) from error


def _mailing(env: Mapping[str, str]) -> Mailing | None:
    """Return the mail server to use, or None; raise SettingsError for one that is half described."""
    given = {name: env.get(f"MARMALADE_SMTP_{name}", "").strip() for name in SMTP}
    if not given["HOST"]:
        if any(given.values()):
            raise SettingsError("MARMALADE_SMTP_HOST is missing: the other SMTP settings mean nothing without it.")
        return None
    security: Security | None = next((one for one in SMTP_PORTS if one == (given["SECURITY"] or "starttls")), None)
    if security is None:
        raise SettingsError(f"MARMALADE_SMTP_SECURITY is tls, starttls or none, not {given['SECURITY']!r}.")
    port = given["PORT"] or str(SMTP_PORTS[security])
    if not (port.isascii() and port.isdigit() and 0 < int(port) < 65536):
        raise SettingsError(f"MARMALADE_SMTP_PORT is a number from 1 to 65535, not {port!r}.")
    if not domain_of(given["FROM"]):
        raise SettingsError("MARMALADE_SMTP_FROM is the address that mails come from, like jam@acme.example.")
    if bool(given["USER"]) != bool(given["PASSWORD"]):
        raise SettingsError("MARMALADE_SMTP_USER and MARMALADE_SMTP_PASSWORD go together.")
    return Mailing(
        host=given["HOST"],
        port=int(port),
        security=security,
        user=given["USER"],
        password=given["PASSWORD"],
        sender=given["FROM"],
        domains=_mail_domains(given["DOMAINS"]),
    )


def _mail_domains(text: str) -> frozenset[str]:
    domains = frozenset(part.strip().lower() for part in text.split(",") if part.strip())
    if not domains or not all(domain_of(f"a@{domain}") == domain for domain in domains):
        raise SettingsError(
            "MARMALADE_SMTP_DOMAINS names the domains whose addresses may be mailed, like acme.example: mails leave"
            " the house, so nobody else is mailed."
        )
    return domains


def _path(env: Mapping[str, str], name: str, default: Path) -> Path:
    url = env.get(name, "")
    if not url:
        return default
    if not url.startswith("sqlite:///"):
        raise SettingsError(f"{name} names a store that this version cannot open; use sqlite:///PATH.")
    return Path(url.removeprefix("sqlite:///"))


def _networks(text: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())
    except ValueError as error:
        raise SettingsError(f"MARMALADE_PEER_NETWORKS holds CIDRs such as 127.0.0.0/8: {error}.") from error


@dataclass(frozen=True, slots=True)
class Organisation:
    """What `init` wrote down: the organisation's name and its two addresses."""

    name: str
    addresses: Addresses


def read_organisation(home: Path) -> Organisation:
    """Read HOME/marmalade.toml; raise SettingsError where it is missing or unusable."""
    path = home / "marmalade.toml"
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        return Organisation(table["name"], Addresses(check_url(table["edge_url"]), check_url(table["inside_url"])))
    except FileNotFoundError as error:
        raise SettingsError(f"There is no organisation in {home} yet: run `python -m server init` first.") from error
    except OSError as error:
        raise SettingsError(f"{path} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise SettingsError(f"{path} is damaged ({error}); restore it or run init in an empty folder.") from error


def write_organisation(home: Path, organisation: Organisation) -> None:
    """Write HOME/marmalade.toml."""
    lines = {
        "name": organisation.name,
        "inside_url": organisation.addresses.inside_url,
        "edge_url": organisation.addresses.edge_url,
    }
    text = "".join(f"{key} = {_quoted(value)}\n" for key, value in lines.items())
    write_private(home / "marmalade.toml", text.encode(), mode=0o644)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def check_url(url: str) -> str:
    """Return a server's base URL without its last slash; raise SettingsError when it is none."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and not parts.username
        usable = bool(usable) and parts.path in ("", "/") and not parts.query and (parts.port or 1) > 0
    except ValueError:
        usable = False
    if not usable:
        raise SettingsError(f"{url!r} is no address of a server; write it like https://jam.example.")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def secret(folder: Path, name: str, *, make: bool = False) -> bytes:
    """Return a secret of 32 bytes, made on request where it is missing."""
    path = folder / name
    if make and not path.exists():
        with contextlib.suppress(OSError):
            make_folder(folder.parent)
        write_private(path, secrets.token_bytes(32))
    try:
        value = path.read_bytes()
    except OSError as error:
        raise SettingsError(f"The secret {path} cannot be read: {error.strerror}. Restore it from a backup.") from error
    if len(value) != 32:
        raise SettingsError(f"The secret {path} is damaged. Restore it from a backup.")
    return value


def write_private(path: Path, body: bytes, mode: int = 0o600) -> None:
    """Write a file whole or not at all, readable by its owner alone (or as `mode` says).

    In a folder that is a group's, the group may read it.
    """
    try:
        make_folder(path.parent)
        part = path.with_suffix(path.suffix + ".part")
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        os.fchmod(handle, mode | 0o040 if is_shared(path.parent) else mode)
        with os.fdopen(handle, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise SettingsError(f"{path} cannot be written: {error.strerror}. Choose another --home.") from error
