"""Web addresses as federation reads them: strict, ASCII, and the same on every side of a comparison.

Much of what goes wrong between servers begins with two programs reading one address differently (a
backslash, a user name before ``@``, ``0x7f.1`` for an address). So there is one reader, and it refuses what
is not plain.
"""

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache

LONGEST_URL = 2048
_SHAPE = re.compile(r"(https?)://([^/?#@]+)(/[^?#]*)?(\?[^#]*)?(#.*)?")
_FORBIDDEN = re.compile(r'[^\x21-\x7e]|["<>\\^`{|}]')
_AUTHORITY = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(?::([1-9][0-9]{0,4}))?")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_LAST_IS_NUMBER = re.compile(r"(?:.*\.)?(?:0x[0-9a-f]*|[0-9]+)")
_DEFAULT_PORTS = {"http": 80, "https": 443}


class BadUrl(ValueError):
    """The text is no address we would follow or compare; ``str()`` says why."""


@dataclass(frozen=True, slots=True)
class WebUrl:
    """One http or https address, taken apart.

    ``host`` is in lower case and without brackets; ``target`` is what goes on the request line (path and
    query, at least ``/``); ``text`` is the whole as it was given, fragment included.
    """

    text: str
    scheme: str
    host: str
    port: int
    target: str
    fragment: str

    @property
    def authority(self) -> str:
        """``host`` or ``host:port``: the port only when it is not the scheme's own (as in a Host header)."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _DEFAULT_PORTS[self.scheme] else f"{name}:{self.port}"

    @property
    def origin(self) -> str:
        """Scheme, host and port, as FEP-fe34 compares them: ``https://a.example``."""
        return f"{self.scheme}://{self.authority}"

    @property
    def request_url(self) -> str:
        """The address without its fragment, which never goes on the wire."""
        return self.origin + self.target


def parse_url(text: object) -> WebUrl:
    """Read one address strictly; raise BadUrl with the reason for anything that is not plain http(s).

    Inboxes, keys and actors come again and again: the last few thousand are remembered.
    """
    if not isinstance(text, str):
        raise BadUrl(f"an address must be a string, not {type(text).__name__}")
    if len(text) > LONGEST_URL:
        raise BadUrl(f"an address of {len(text)} characters is longer than {LONGEST_URL}")
    return _parse_text(text)


@lru_cache(maxsize=4096)
def _parse_text(text: str) -> WebUrl:
    if found := _FORBIDDEN.search(text):
        raise BadUrl(f"{found.group()!r} may not stand in an address; names are ASCII, the rest is escaped")
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise BadUrl(f"{text[:200]!r} is not http(s)://host/path without a user name")
    scheme, authority, path, query, fragment = match.groups()
    host, port = _parse_authority(authority, _DEFAULT_PORTS[scheme])
    return WebUrl(text, scheme, host, port, (path or "/") + (query or ""), (fragment or "")[1:])


def same_origin(first: str, second: str) -> bool:
    """Do both addresses share scheme, host and port? Unreadable addresses share nothing."""
    try:
        return parse_url(first).origin == parse_url(second).origin
    except BadUrl:
        return False


@lru_cache(maxsize=1024)
def _parse_authority(authority: str, default_port: int) -> tuple[str, int]:
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        raise BadUrl(f"{authority[:200]!r} is no host, or its port is not a plain number")
    port = int(match.group(2) or default_port)
    if port > 65535:
        raise BadUrl(f"there is no port {port}")
    name = match.group(1).lower()
    return (_parse_ipv6(name[1:-1]) if name.startswith("[") else _check_host(name)), port


def _parse_ipv6(text: str) -> str:
    try:
        return str(ipaddress.IPv6Address(text))
    except ValueError as error:
        raise BadUrl(f"[{text}] is no IPv6 address") from error


def _check_host(name: str) -> str:
    if len(name) > 253 or not _HOST.fullmatch(name):
        raise BadUrl(f"{name[:200]!r} is no host name in ASCII letters, digits and hyphens")
    if _LAST_IS_NUMBER.fullmatch(name):  # the C library reads 0x7f.1, 017700000001 and 2130706433 as addresses
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError as error:
            raise BadUrl(f"{name!r} looks like an address but is not written a.b.c.d") from error
    return name
