"""One request as the API's functions see it, and the reading of what it carries."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar

import msgspec
from aiohttp import hdrs, web

from federation.outside.store import LEDGER, Ledger
from server.domain.actors import Member
from server.domain.errors import Invalid, Refusal, SignInNeeded, TooMuch
from server.keys import HOUSE
from server.services import people
from server.services.house import House
from web.gate import NoOutside
from web.language import later

S = TypeVar("S", bound=msgspec.Struct)
T = TypeVar("T")

MOST_BYTES = 4_000_000
JSON = "application/json"
TOML = frozenset({"application/toml", "text/toml", "text/x-toml"})
_BEARER = re.compile(r"[Bb][Ee][Aa][Rr][Ee][Rr] +([A-Za-z0-9._~+/-]+=*)")
_PATH = re.compile(r"^(?P<what>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.*)`", re.DOTALL)


class Unreadable(Refusal):
    """The body is no JSON at all (RFC 9110, 15.5.1)."""

    status = HTTPStatus.BAD_REQUEST


class WrongKind(Refusal):
    """The body says that it is something other than we take (RFC 9110, 15.5.16)."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE


@dataclass(frozen=True, slots=True)
class Call:
    """Who asks whom for what. `path` holds the parts of the address that stand in braces in the table."""

    request: web.Request
    house: House
    member: Member
    path: Mapping[str, str]

    @property
    def ledger(self) -> Ledger:
        """What other servers hold of ours; raises NoOutside where this process cannot know."""
        found = self.request.config_dict.get(LEDGER)
        if found is None:
            raise NoOutside("The ledger is not open in this process. Ask the one that serves the gate.")
        return found


async def caller_of(request: web.Request) -> Call:
    """Return the call of whoever the bearer token stands for (RFC 6750), or raise SignInNeeded."""
    house = request.config_dict[HOUSE]
    given = _BEARER.fullmatch(request.headers.get(hdrs.AUTHORIZATION, "").strip())
    if given is None:
        raise SignInNeeded("Send a token: `Authorization: Bearer TOKEN`.")
    member = await people.member_of_token(house, given[1])
    if member is None or not member.active:
        raise SignInNeeded("That token is not known here, or its owner is not active.")
    return Call(request, house, member, dict(request.match_info))


def read_query(request: web.Request, kind: type[S]) -> S:
    """Read the parameters that `kind` knows, others being left alone; raise Invalid."""
    names = {field.encode_name for field in msgspec.structs.fields(kind)}
    given = {name: value for name, value in request.query.items() if name in names}
    return _convert(lambda: msgspec.convert(given, kind, strict=False))


async def read_body(request: web.Request, kind: type[S], *, toml: bool = False) -> S:
    """Read a JSON body; an empty one stands for an object without members.

    With `toml`, a body of that type is taken as the member `text`. Raises Unreadable, WrongKind, TooMuch, Invalid.
    """
    length = request.content_length or 0
    raw = await request.read() if length <= MOST_BYTES else b""
    if max(length, len(raw)) > MOST_BYTES:
        raise TooMuch("A body has at most %(most)s bytes.", most=MOST_BYTES)
    media = request.content_type if hdrs.CONTENT_TYPE in request.headers else JSON
    if toml and media in TOML:
        return _convert(lambda: msgspec.convert({"text": _text(raw)}, kind))
    if raw and media != JSON and not media.endswith("+json"):
        raise WrongKind(
            "Send %(json)s%(what)s, not %(media)s.",
            json=JSON,
            what=" or application/toml" if toml else "",
            media=media,
        )
    try:
        return _convert(lambda: msgspec.json.decode(raw or b"{}", type=kind))
    except Invalid:
        # A reader that knows the shape stops at the first wrong member; the rest may not even be JSON.
        _convert(lambda: msgspec.json.decode(raw))
        raise


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError as error:
        raise Unreadable("The body is not UTF-8.", str(error)) from error


def _convert(read: Callable[[], T]) -> T:
    try:
        return read()
    except msgspec.ValidationError as error:
        raise _invalid(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable("The body is not JSON that can be read.", str(error)) from error


def _invalid(said: str) -> Invalid:
    """Turn msgspec's sentence into ours, with the name of the member at fault."""
    found = _PATH.match(said)
    what, path = (found["what"], found["path"] or "") if found else (said, "")
    place = path.removeprefix("$").lstrip(".")
    for pattern, words in (
        (_UNKNOWN, later("There is no such member here.")),
        (_MISSING, later("This is missing.")),
    ):
        if named := pattern.fullmatch(what):
            return Invalid(f"{place}.{named[1]}".lstrip("."), words)
    return Invalid(place or "body", "%(what)s.", what=what.rstrip("."))
