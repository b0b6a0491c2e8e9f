"""A request as it came over the wire, with its headers read strictly."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from federation.signatures.errors import SignatureRefused


class Headers(Protocol):
    """Anything that lists its headers as pairs, repeated names repeated: CIMultiDict(Proxy), or a dict."""

    def items(self) -> Iterable[tuple[str, str]]: ...


@dataclass(frozen=True)
class SignedRequest:
    """What was asked of us. ``raw_path`` is path and query exactly as they stood on the request line."""

    method: str
    raw_path: str
    headers: Headers
    body: bytes


def header_lists(headers: Headers) -> dict[str, list[str]]:
    """Every header's values under its name in lower case."""
    lists: dict[str, list[str]] = {}
    for name, value in headers.items():
        known = lists.get(lower := name.lower())
        if known is None:
            lists[lower] = [value]
        else:
            known.append(value)
    return lists


def only(headers: Mapping[str, list[str]], name: str) -> str:
    """The one value of a header; SignatureRefused when it is absent or repeated."""
    values = headers.get(name, [])
    if len(values) != 1:
        raise SignatureRefused(f"the {name} header stands {len(values)} times in the request, not once")
    return values[0]
