"""What other servers attach: where it stands, what is said of it, and nothing that a browser is not to be led to."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.vocabulary.attachments import attached_to
from server.domain.errors import Invalid
from server.domain.ideas import Linked

URL = "https://files.example/cat.jpg"


def linked(*attachments: Any, **document: Any) -> tuple[Linked, ...]:
    return attached_to({"type": "Note", "attachment": list(attachments), **document}, "Note").linked


@pytest.mark.parametrize(
    ("attachment", "expected"),
    [
        # As Mastodon, Lemmy, Pleroma, PeerTube and Funkwhale have it.
        (
            {"type": "Document", "mediaType": "image/jpeg", "url": URL, "name": " A\ncat "},
            (URL, "picture", "A cat", "image/jpeg"),
        ),
        ({"type": "Image", "url": URL}, (URL, "picture", "")),
        ({"type": "Link", "href": URL, "mediaType": "image/png", "name": None}, (URL, "picture", "", "image/png")),
        (
            {"type": "Document", "url": [{"type": "Link", "href": URL, "mediaType": "image/webp"}], "name": "A cat"},
            (URL, "picture", "A cat", "image/webp"),
        ),
        ({"type": "Video", "url": "https://v.example/1"}, ("https://v.example/1", "video", "")),
        ({"type": "Document", "mediaType": "audio/ogg", "url": URL, "size": 7}, (URL, "sound", "", "audio/ogg", 7)),
        (
            {"type": "Document", "mediaType": "application/pdf", "url": URL, "name": "Plan"},
            (URL, "file", "Plan", "application/pdf"),
        ),
    ],
)
def test_a_file_is_known_by_its_address_its_kind_and_what_is_said_of_it(attachment: Any, expected: Any):
    assert linked(attachment) == (Linked(*expected),)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)", "data:image/png;base64,AAAA", "//files.example/x", "/x", "https://a:b@files.example/x",
        "https://files.example\\@evil.example/", "ftp://files.example/x", "https://", "", None, 7, ["x", {"href": 7}],
        "https://files.example/" + "x" * 3000,
    ],
)  # fmt: skip
def test_what_is_no_plain_address_is_counted_and_read_and_not_linked(url: Any):
    found = attached_to({"type": "Note", "attachment": {"type": "Image", "url": url, "name": "A cat"}}, "Note")
    assert (found.number, found.linked, found.words) == (1, (), "A cat")


def test_an_object_that_is_a_file_itself_is_linked_past_its_page():
    video = {
        "type": "Video",
        "name": "How boxes are made",
        "url": [
            {"type": "Link", "mediaType": "text/html", "href": "https://v.example/watch"},
            {"type": "Link", "mediaType": "video/mp4", "href": "https://v.example/1.mp4"},
        ],
    }
    assert attached_to(video, "Video").linked == (Linked("https://v.example/1.mp4", "video", "", "video/mp4"),)


def test_links_to_pages_are_no_files_and_what_browsers_run_is_not_taken():
    assert linked({"type": "Link", "href": "https://news.example/"}) == ()
    with pytest.raises(Invalid):
        linked({"type": "Image", "mediaType": "image/svg+xml", "url": URL})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just(URL),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["type", "url", "href", "name", "mediaType", "size"]), inner, max_size=5),
    max_leaves=15,
)


@settings(derandomize=True, max_examples=150)
@given(JSON)
def test_whatever_is_attached_leads_to_nothing_but_plain_addresses(attachment: Any):
    try:
        found = attached_to({"type": "Note", "attachment": attachment}, "Note")
    except Invalid:
        return
    assert len(found.linked) <= found.number == len(found.files)
    for one in found.linked:
        assert urlsplit(one.url).scheme in ("https", "http")
        assert len(one.words) <= 1500
