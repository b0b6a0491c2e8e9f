"""Another server's words are passed on unaltered, and so only where all that they say was judged."""

from __future__ import annotations

from typing import Any

import pytest

from tests.federation.test_relayed_files import Between, between

__all__ = ["between"]
SAID = '<p>We <strong>could</strong> share the boxes &amp; save &lt;10 %&gt; on <a href="https://x.example/a-b">paper</a>.</p>'


async def say(between: Between, **more: Any) -> dict[str, Any]:
    """Have Ann say it, with what her server adds to it."""
    note = between.peer.note(between.ann, "", between.idea.uri, between.forum.uri, content=SAID, **more)
    assert (await between.peer.post(between.acme.inbox, between.peer.create(note))).status == 202
    await between.acme.idle()
    made = await between.acme.know(note["id"])
    assert made is not None
    assert made.text.startswith("We could share the boxes")
    return note


@pytest.mark.parametrize(
    "more",
    [
        {"contentMap": {"en": SAID}},
        {"source": {"content": "We **could** share the boxes & save <10 %> on [paper](https://x.example/a-b).",
                    "mediaType": "text/markdown"}},
        {"preview": {"type": "Note", "content": "<p>We could share the bo…</p>"}},
        {"tag": [{"type": "Mention", "href": "https://acme.example/forums/1", "name": "@boxes@acme.example"}]},
        {"language": {"identifier": "en", "name": "English, as it is spoken"}, "published": "2026-11-20T10:00:00Z"},
    ],
    ids=["content in its language", "source", "excerpt", "mention", "for programs"],
)  # fmt: skip
async def test_words_in_another_form_are_passed_on_with_them(between: Between, more: dict[str, Any]):
    await say(between, **more)
    assert between.heard() == [("Create", SAID, 0)]


@pytest.mark.parametrize(
    "more",
    [
        {"contentMap": {"en": SAID, "de": "<p>Ruft 030 1234567 an.</p>"}},
        {"source": {"content": "We could share the boxes, and call 030 1234567.", "mediaType": "text/markdown"}},
        {"name": "Sonderangebot"},
        {"preview": {"type": "Note", "content": "Sonderangebot"}},
        {"tag": [{"type": "Hashtag", "href": "https://x.example/t", "name": "#Sonderangebot"}]},
        {"tag": [{"type": "Mention", "href": "https://x.example/t", "name": "Call 030 1234567"}]},
        {"https://x.example/ns#note": ["call them on 030"]},
    ],
    ids=["other language", "source", "name", "preview", "hashtag", "mention", "unknown"],
)
async def test_words_that_were_not_judged_keep_all_of_it_inside(between: Between, more: dict[str, Any]):
    note = await say(between, **more)
    assert between.heard() == []
    assert not await between.listed(note)
