"""Static files under names that carry their hash, so that browsers may keep them for ever."""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import hdrs, web

STATIC = Path(__file__).resolve().parent / "static"
PREFIX = "/static/"

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
}
_COMPRESSED = {".css", ".js", ".svg", ".json", ".txt"}
_CSS_URL = re.compile(r'url\("([^":]+)"\)')


@dataclass(frozen=True, slots=True)
class Asset:
    """One static file: its bytes, plain and gzipped (None where gzip gains nothing), and its hashed URL."""

    body: bytes
    zipped: bytes | None
    content_type: str
    url: str


class Assets:
    """Every static file, read once when the application is built.

    Under a megabyte in all, so memory is the simplest cache; a name that is not here is a mistake in a
    template and raises KeyError at render time rather than giving a dead link.
    """

    def __init__(self, assets: Mapping[str, Asset]) -> None:
        self._by_name = dict(assets)
        self._by_url = {asset.url: asset for asset in assets.values()}

    @classmethod
    def load(cls, folder: Path = STATIC) -> "Assets":
        """Read `folder` recursively; style sheets last, because their url("…") point at hashed names."""
        names = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
        assets: dict[str, Asset] = {}
        for name in sorted(names, key=lambda name: (name.endswith(".css"), name)):
            body = (folder / name).read_bytes()
            if name.endswith(".css"):
                body = _with_hashed_urls(body, name, assets)
            assets[name] = _make_asset(name, body)
        return cls(assets)

    def url(self, name: str) -> str:
        """The hashed URL of `name`, a path below the static folder. Raises KeyError if there is none."""
        return self._by_name[name].url

    def body(self, name: str) -> bytes:
        """The bytes of `name` as they are served. Raises KeyError if there is none."""
        return self._by_name[name].body

    async def icon(self, request: web.Request) -> web.Response:
        """Lead to the mark from the address that browsers ask where a page names none."""
        raise web.HTTPFound(self.url("marmalade.svg"))

    async def serve(self, request: web.Request) -> web.Response:
        """Answer one static file; anything but a current hashed name is missing."""
        asset = self._by_url.get(request.path)
        if asset is None:
            raise web.HTTPNotFound
        headers = {
            hdrs.CACHE_CONTROL: "public, max-age=31536000, immutable",
            hdrs.CONTENT_TYPE: asset.content_type,
            hdrs.VARY: "Accept-Encoding",
            "Cross-Origin-Resource-Policy": "same-origin",
        }
        if asset.zipped is not None and "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
            headers[hdrs.CONTENT_ENCODING] = "gzip"
            return web.Response(body=asset.zipped, headers=headers)
        return web.Response(body=asset.body, headers=headers)


def _make_asset(name: str, body: bytes) -> Asset:
    path = Path(name)
    mark = hashlib.sha256(body).hexdigest()[:12]
    zipped = gzip.compress(body, 9, mtime=0) if path.suffix in _COMPRESSED else None
    return Asset(
        body=body,
        zipped=zipped,
        content_type=_TYPES.get(path.suffix, "application/octet-stream"),
        url=f"{PREFIX}{path.with_suffix('').as_posix()}.{mark}{path.suffix}",
    )


def _with_hashed_urls(css: bytes, name: str, assets: Mapping[str, Asset]) -> bytes:
    """Replace each relative url("…") of the style sheet `name` by the hashed URL of that file."""
    folder = Path(name).parent

    def hashed(match: re.Match[str]) -> str:
        return f'url("{assets[(folder / match[1]).as_posix()].url}")'

    return _CSS_URL.sub(hashed, css.decode("utf-8")).encode("utf-8")
