"""One reader for addresses, so that no two comparisons can differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from federation.urls import BadUrl, parse_url, same_origin


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("https://a.example/x", "https://a.example/y#z", True),
        ("https://a.example", "https://A.example:443/", True),
        ("https://a.example", "http://a.example", False),
        ("https://a.example", "https://a.example:8443", False),
        ("https://a.example", "https://a.example.evil.example", False),
        ("https://a.example", "https://a.example@evil.example", False),
        ("https://[::1]/", "https://[0:0::1]/", True),
        ("nonsense", "nonsense", False),
    ],
)
def test_an_origin_is_scheme_host_and_port(first, second, same):
    assert same_origin(first, second) is same


@given(st.text(max_size=60) | st.from_regex(r"https?://[^ ]{0,40}", fullmatch=True) | st.integers())
def test_any_value_is_an_address_or_refused(value):
    try:
        where = parse_url(value)
    except BadUrl:
        return
    assert parse_url(where.request_url).origin == where.origin
    assert parse_url(where.request_url).target == where.target
    assert where.target.startswith("/")
    assert where.host in where.authority
