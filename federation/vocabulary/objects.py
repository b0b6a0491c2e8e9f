"""Ideas and replies as ActivityStreams objects: Article and Note (FEP-1b12 threads, FEP-7888 contexts). Pure."""

from __future__ import annotations

import html as markup
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from federation.vocabulary.attachments import attached_to
from federation.vocabulary.questions import listed, read_ballot
from server.domain.errors import Invalid
from server.domain.ideas import NOTHING_ATTACHED, Attached
from server.domain.languages import tag_of
from server.domain.uris import PUBLIC

AS_CONTEXT = "https://www.w3.org/ns/activitystreams"
CONTEXT: list[Any] = [
    AS_CONTEXT,
    {
        "marmalade": "urn:marmalade:ns:",
        "buildsOn": {"@id": "marmalade:buildsOn", "@type": "@id"},
        "intent": "marmalade:intent",
    },
]
EVERYONE_NAMES = {PUBLIC, "as:Public", "Public"}
TITLED = {"Article", "Page", "Event", "Video", "Image", "Audio", "Question", "Link"}
OBJECT_TYPES = TITLED | {"Note"}
MOST_URIS = 100
LONGEST_LABEL = 200
LONGEST_TITLED = 20_000
LONGEST_WARNING = 1_000
# Neither looks at a sign more often than a few times, whatever stands there.
_TAG = re.compile(r"<[^<>]{0,2000}>")
_LINE_END = re.compile(r"</p>|<br\s{0,10}/?>")
OUR_TERMS = "urn:marmalade:ns:"
_BLOCK_END = re.compile(r"</(?:p|li|h[1-6]|blockquote|pre|tr|td|th)>|<br\s{0,10}/?>|<hr\s{0,10}/?>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """What is rendered of an idea or a reply for one audience; all URIs are those of that audience."""

    uri: str
    is_idea: bool
    title: str
    html: str
    text: str
    author_uri: str
    forum_uri: str
    forum_handle: str
    is_public: bool
    context_uri: str
    parent_uri: str
    parent_author_uri: str
    parent_author_handle: str
    intent: str
    builds_on_uri: str
    created_at: datetime
    edited_at: datetime | None
    attachments: tuple[dict[str, Any], ...] = ()


# Under these stand words, of one language or by language.
READ = {"content", "contentMap", "name", "nameMap", "summary", "summaryMap", "source"}
# What is under these is for programs.
HANDLE = re.compile(r"@?[\w.-]{1,100}(?:@[\w.:-]{1,255})?")
UNREAD = {"@context", "mediaType", "proof", "signature", "type", "language"}


def moment(at: datetime) -> str:
    """Return a time as ActivityStreams writes it: UTC, whole seconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def addressing(forum_uri: str, *, is_public: bool) -> list[str]:
    """Return whom an object of a forum is addressed to; the public only where the forum is public."""
    return [forum_uri, PUBLIC] if is_public else [forum_uri, f"{forum_uri}/followers"]


def render_object(piece: Piece) -> dict[str, Any]:
    """Render an idea as Article, a reply as Note."""
    tags = [{"type": "Mention", "href": piece.forum_uri, "name": piece.forum_handle}]
    if piece.parent_author_uri:
        tags.append({"type": "Mention", "href": piece.parent_author_uri, "name": piece.parent_author_handle})
    made: dict[str, Any] = {
        "@context": CONTEXT,
        "type": "Article" if piece.is_idea else "Note",
        "id": piece.uri,
        "attributedTo": piece.author_uri,
        "to": addressing(piece.forum_uri, is_public=piece.is_public),
        "cc": [piece.parent_author_uri] if piece.parent_author_uri else [],
        "audience": piece.forum_uri,
        "content": piece.html,
        "mediaType": "text/html",
        "source": {"content": piece.text, "mediaType": "text/markdown"},
        "url": piece.uri,
        "replies": f"{piece.uri}/replies",
        "published": moment(piece.created_at),
        "tag": tags,
    }
    if piece.is_idea:
        made["name"] = piece.title
        made["summary"] = f"<p>{markup.escape(_excerpt(_words(piece.html)))}</p>"
    if piece.parent_uri:
        made["inReplyTo"] = piece.parent_uri
    if piece.context_uri:
        made["context"] = piece.context_uri
    if piece.edited_at:
        # To the microsecond: who reads several changes of one second later has to know which came last.
        made["updated"] = piece.edited_at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    if piece.attachments:
        made["attachment"] = list(piece.attachments)
    if piece.intent:
        made["intent"] = piece.intent
    if piece.builds_on_uri:
        made["buildsOn"] = piece.builds_on_uri
    return made


def render_file(uri: str, media_type: str, words: str, width: int, height: int) -> dict[str, Any]:
    """Render a file as what it is attached to tells of it: `name` is a picture's alternative text (AS2, 4.7)."""
    if not media_type.startswith("image/"):
        return {"type": "Document", "mediaType": media_type, "url": uri, "name": words}
    return {"type": "Image", "mediaType": media_type, "url": uri, "name": words, "width": width, "height": height}


def _words(html: str) -> str:
    """Return the words of our own markup, without any: an excerpt shows no signs of Markdown."""
    return markup.unescape(_TAG.sub("", _BLOCK_END.sub(" ", html)))


def _excerpt(text: str, limit: int = 280) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[:limit].rsplit(" ", 1)[0] + " …"


def tombstone(uri: str, at: datetime) -> dict[str, Any]:
    """Render what stands in the place of something removed."""
    return {"@context": AS_CONTEXT, "type": "Tombstone", "id": uri, "deleted": moment(at)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What we take from another server's object. `html` is its markup as sent, not yet sanitised.

    `label` is the label that a server which knows ours states, or ""; `attached` are its files, as it states them;
    `language` is the tag of the language that it says its words are in, or "".
    """

    uri: str
    type: str
    author_uri: str
    title: str
    html: str
    parent_uri: str
    builds_on_uri: str
    intent: str
    addressed: frozenset[str]
    is_public: bool
    label: str = ""
    attached: Attached = NOTHING_ATTACHED
    language: str = ""


def ids(value: Any) -> list[str]:
    """Return the URIs in a property that may be absent, one, many, or objects with an id; at most MOST_URIS."""
    values = value if isinstance(value, list) else [value]
    found = []
    for one in values[:MOST_URIS]:
        uri = one.get("id", one.get("href")) if isinstance(one, dict) else one
        if isinstance(uri, str) and uri and len(uri) <= 2000:
            found.append(uri)
    return found


def first_id(value: Any) -> str:
    """Return the first URI in a property, or ""."""
    return next(iter(ids(value)), "")


def parse_object(document: dict[str, Any]) -> Remark:
    """Read an idea or a reply. Raises Invalid with what is wrong with it."""
    kind = document.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if not isinstance(kind, str) or kind not in OBJECT_TYPES:
        raise Invalid("type", "Objects of type %(kind)s are not taken.", kind=repr(str(kind)[:40]))
    uri = document.get("id")
    if not isinstance(uri, str) or not uri.startswith(("https://", "http://")) or len(uri) > 2000:
        raise Invalid("id", "The object has no usable id.")
    author = _author(document.get("attributedTo"))
    if not author:
        raise Invalid("attributedTo", "The object names no author.")
    body = _warning(document, kind) + _body(document)
    if ballot := read_ballot(document):
        # What is judged, searched and compared of a poll is all of its words.
        body += listed(ballot.names)
    addressed = {uri for key in ("to", "cc", "audience") for uri in ids(document.get(key))}
    mentioned = {
        tag["href"]
        for tag in _dicts(document.get("tag"))
        if tag.get("type") == "Mention" and isinstance(tag.get("href"), str)
    }
    return Remark(
        uri=uri,
        type=kind,
        author_uri=author,
        title=_title(document, kind, body),
        html=body,
        parent_uri=first_id(document.get("inReplyTo")),
        builds_on_uri=first_id(document.get("buildsOn")),
        intent=document["intent"] if isinstance(document.get("intent"), str) else "",
        addressed=frozenset(addressed | mentioned),
        is_public=bool(addressed & EVERYONE_NAMES),
        label=_label(document),
        attached=attached_to(document, kind),
        language=language_of(document),
    )


def _label(document: dict[str, Any]) -> str:
    """Return the label that an object states in our terms, or ""; raise Invalid for one that is no short text."""
    stated = document.get("marmalade:label", document.get(f"{OUR_TERMS}label"))
    if stated is None and OUR_TERMS in str(document.get("@context"))[:10_000]:
        stated = document.get("label")
    if stated is None:
        return ""
    if not isinstance(stated, str) or not stated.strip() or len(stated) > LONGEST_LABEL:
        raise Invalid("label", "Its label is none that we know.")
    return stated


def _dicts(value: Any) -> list[dict[str, Any]]:
    values = value if isinstance(value, list) else [value]
    return [one for one in values[:MOST_URIS] if isinstance(one, dict)]


def _author(value: Any) -> str:
    # PeerTube names a Person and a Group; the Person is the author.
    people = [one["id"] for one in _dicts(value) if one.get("type") == "Person" and isinstance(one.get("id"), str)]
    return people[0] if people else first_id(value)


def _body(document: dict[str, Any]) -> str:
    text = _said_as(document, "content")[0]
    if document.get("mediaType", "text/html") not in ("text/html", None):
        text = "<p>" + markup.escape(text).replace("\n\n", "</p><p>").replace("\n", "<br>") + "</p>"
    if not text.strip() and (name := _said_as(document, "name")[0]):
        text = f"<p>{markup.escape(name)}</p>"
    return text


def _said_as(document: dict[str, Any], key: str) -> tuple[str, str]:
    """Return the words of `content` or `name` and their language, "" where it is not told.

    A map of languages (AS2, 4.7) tells it where the words stand in it; without any words beside it, its first are they.
    """
    plain, by_language = document.get(key), document.get(f"{key}Map")
    listed = islice(by_language.items(), MOST_URIS) if isinstance(by_language, dict) else ()
    told = [(words, tag_of(tag)) for tag, words in listed if isinstance(words, str)]
    if not isinstance(plain, str):
        return told[0] if told else ("", "")
    tags = {tag for words, tag in told if words == plain} or {tag for _, tag in told if len(told) == 1}
    return plain, tags.pop() if len(tags) == 1 else ""


def language_of(document: dict[str, Any]) -> str:
    """Return the language that an object states for its words, as a tag; "" where it states none, or several.

    Lemmy and PeerTube name it in `language`; JSON-LD's `@language` holds for all of a document.
    """
    for key in ("content", "name"):
        words, tag = _said_as(document, key)
        if tag or words:
            break
    stated = document.get("language")
    named = tag_of(stated.get("identifier")) if isinstance(stated, dict) else tag_of(stated)
    for_all = (tag_of(part.get("@language")) for part in _dicts(document.get("@context")))
    return tag or named or next(filter(None, for_all), "")


def in_language(document: dict[str, Any], tag: str) -> dict[str, Any]:
    """Return an object that states the language of its words, where that is known."""
    if not tag:
        return document
    return document | {f"{key}Map": {tag: document[key]} for key in ("content", "name") if document.get(key)}


def as_note(document: dict[str, Any]) -> dict[str, Any]:
    """Return an Article as a Note whose words begin with its title; of an activity about one, the same activity.

    Neither bears a proof any more, nor says in another form what its words are. Anything else is returned as it is.
    """
    inner = document.get("object")
    if isinstance(inner, dict):
        made = as_note(inner)
        return document if made is inner else _without(document, "proof") | {"object": made}
    if document.get("type") != "Article" or not isinstance(document.get("name"), str):
        return document
    note = _without(document, "proof", "name", "nameMap", "summary", "source") | {"type": "Note"}
    title = f"<p><strong>{markup.escape(document['name'])}</strong></p>\n"
    note["content"] = title + str(document.get("content", ""))
    said = document.get("contentMap")
    if isinstance(said, dict):
        note["contentMap"] = {tag: title + str(words) for tag, words in said.items()}
    return note


def _without(document: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key not in keys}


def _warning(document: dict[str, Any], kind: str) -> str:
    """Return the content warning of a microblog's words (`summary`), as a paragraph to stand before them.

    Of what bears a title, `summary` is an excerpt of its own words.
    """
    said = document.get("summary")
    if kind in TITLED or not isinstance(said, str) or document.get("name"):
        return ""
    words = " ".join(markup.unescape(_TAG.sub(" ", said[:LONGEST_WARNING])).split())
    return f"<p>⚠ {markup.escape(words)}</p>" if words else ""


def _title(document: dict[str, Any], kind: str, body: str) -> str:
    name = _said_as(document, "name")[0]
    if kind in TITLED and name.strip():
        return " ".join(name.split())[:200]
    words = markup.unescape(_TAG.sub("", _LINE_END.sub("\n", body[:LONGEST_TITLED])))
    for line in words.splitlines():
        bare = " ".join(re.sub(r"(?<!\w)[@!][\w.-]+(?:@[\w.:-]+)?", "", line).split())
        if bare:
            return bare if len(bare) <= 200 else bare[:199] + "…"
    return "Untitled"


def words_in(document: object, key: str = "") -> Iterator[str]:
    """Yield what somebody could read in a document: natural language, under whatever name it stands.

    That is what ActivityStreams keeps words under (`content`, `name`, `summary`, their maps, `source`), and any other
    text with blanks in it; the handle of whoever is mentioned is no word.
    """
    if isinstance(document, dict):
        mentions = document.get("type") == "Mention" and HANDLE.fullmatch(str(document.get("name")))
        for name, value in document.items():
            if name not in UNREAD and not (mentions and name == "name"):
                yield from words_in(value, key if key in READ else name)
    elif isinstance(document, list):
        for value in document:
            yield from words_in(value, key)
    elif isinstance(document, str) and (key in READ or any(map(str.isspace, document))):
        yield document
