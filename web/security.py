"""Headers that every answer of the inside address carries (ASVS 5.0.0, 3.4.1 to 3.4.8)."""

from aiohttp import hdrs, web

from server.keys import HOUSE

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
_STRICT_TRANSPORT = "max-age=63072000; includeSubDomains"


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """An aiohttp on_response_prepare signal receiver: runs for pages, errors, files and streams alike."""
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault(hdrs.CACHE_CONTROL, "private, no-store")
    if request.config_dict[HOUSE].addresses.inside_url.startswith("https:"):
        response.headers.setdefault(hdrs.STRICT_TRANSPORT_SECURITY, _STRICT_TRANSPORT)
