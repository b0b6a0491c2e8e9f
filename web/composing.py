"""Filling the composer: what was typed, who would see it, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from markupsafe import Markup

from server.boundary.labels import ONWARD, WISHES, Label, LabelError, Level
from server.domain.actors import Member
from server.domain.drafts import KeptDraft, Place
from server.domain.errors import Missing
from server.domain.files import File
from server.domain.ideas import INTENTS, TEXT_LIMIT, Contribution, Intent
from server.domain.jams import Forum
from server.domain.languages import WRITTEN
from server.services import drafts, forums, ideas_read, judging, resembling
from server.services.house import House
from server.services.judging import Draft
from server.services.labels import put_together
from server.services.text import render, too_long
from web.enclosing import carried, views_of
from web.language import counted, say, together
from web.outbound import count_heads, draw_copies
from web.people import Names, author_of, names_of_hosts
from web.reach import draw_reach
from web.unnamed import names_words
from web.views import Choice, Composer, Link, Reach, Similar

ComposerKind = Literal["idea", "reply", "edit"]
INTENT_WORDS: dict[str, str] = {
    "": say("a thought"),
    "evidence": say("evidence"),
    "experience": say("an experience"),
    "concern": say("a concern"),
    "question": say("a question"),
    "answer": say("an answer"),
}
LABEL_WORDS = {
    "CLEAR": say("CLEAR: harmless"),
    "GREEN": say("GREEN: shareable"),
    "AMBER": say("AMBER: confidential"),
    "RED": say("RED: secret"),
}
WISH_WORDS = {
    "anyone": say("to anyone"),
    "community": say("in their community"),
    "clients": say("to their organisation and clients"),
    "organisation": say("in their organisation"),
    "recipients": say("to nobody"),
}
_LEAST_FOR_SIMILAR = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """What somebody is writing, and where. `root` and `parent` for a reply, `edited` for an edit."""

    kind: ComposerKind
    forum: Forum
    typed: Mapping[str, str] = field(default_factory=dict)
    root: Contribution | None = None
    parent: Contribution | None = None
    edited: Contribution | None = None
    base: Contribution | None = None
    wrong: Mapping[str, str] = field(default_factory=dict)
    previewed: bool = False
    cancel_url: str = ""
    confirm: str = ""

    @property
    def place(self) -> Place:
        """Where it is written: what a draft of it is kept under."""
        if self.edited:
            return Place("edit", self.edited.id)
        if self.root:
            to = self.parent.id if self.parent and self.parent.kind == "reply" else ""
            return Place("reply", self.root.id, to)
        return Place("idea", self.forum.id, self.base.id if self.base else "")

    @property
    def label(self) -> str:
        """The label it would bear: what was chosen, never below that of the idea it answers."""
        default = self.edited.label if self.edited else self.forum.label
        try:
            chosen = Label.parse(label_in(self.typed) or default)
        except LabelError:
            chosen = Label.parse(default)
        root = self.root if self.kind == "reply" else None
        return str(chosen.join(Label.parse(root.label)) if root else chosen)

    @property
    def is_behind(self) -> bool:
        """Whether other words stand by now than those that are being changed."""
        began = version_in(self.typed)
        return self.edited is not None and began not in (0, self.edited.version)

    def draft(self, author: Member, files: tuple[File, ...] = ()) -> Draft:
        thread = self.edited.thread_id if self.edited else self.root.id if self.root else ""
        return Draft(
            forum=self.forum,
            author=author,
            title=self.typed.get("title", ""),
            text=self.typed.get("text", ""),
            label=self.label,
            thread_id=thread,
            contribution_id=self.edited.id if self.edited else "",
            made_at=self.edited.created_at if self.edited else None,
            version=self.edited.version + 1 if self.edited else 1,
            files=files,
        )


async def draw_composer(house: House, author: Member, writing: Writing) -> Composer:
    """Judge what is being written and fill the composer; where nothing was typed, with what was kept."""
    names = await names_of_hosts(house)
    kept = await _kept(house, author, writing)
    if kept is not None:
        writing = replace(writing, typed={**kept.typed, "builds_on": writing.typed.get("builds_on", "")})
    files = await carried(house, author, writing.typed)
    writing, whole = _cut(writing), writing.typed.get("text", "")
    draft = await judging.draft_by(house, author, writing.draft(author, files))
    verdicts = await judging.judge(house, draft)
    reach = draw_reach(house, writing.forum, verdicts, names, await house.rulebook(), verb_of(writing))
    heads = await count_heads(house, verdicts, names)
    reach = replace(reach, heads=heads, effect=_with_undo(house, writing, reach))
    titled = writing.kind == "idea" or bool(writing.edited and writing.edited.kind == "idea")
    action, preview = _addresses(writing)
    answered = writing.parent if writing.parent and writing.parent.kind == "reply" else None
    return Composer(
        kind=writing.kind,
        action=action,
        preview_url=preview,
        reach=reach,
        key=writing.kind,
        title=writing.typed.get("title", ""),
        text=whole,
        titled=titled,
        labels=_labels(writing),
        languages=_languages(writing),
        categories=" ".join(sorted(Label.parse(writing.label).categories)),
        wishes=draw_wishes(writing.label),
        intents=_intents(writing) if writing.kind == "reply" else (),
        builds_on=Link(text=writing.base.title, url=f"/ideas/{writing.base.id}") if writing.base else None,
        builds_on_id=writing.base.id if writing.base else "",
        answers=author_of(answered, names) if answered else None,
        in_reply_to=answered.id if answered else "",
        wrong=writing.wrong,
        similar=await _similar(house, author, writing, names),
        cancel_url=writing.cancel_url,
        previewed=writing.previewed,
        place=str(writing.place),
        kept_at=kept.kept_at if kept else None,
        # Rendered and sanitised just now: server.services.text.
        rendered=Markup(render(draft.text)) if draft.text.strip() else None,  # noqa: S704
        copies=await draw_copies(house, draft, verdicts, names),
        confirm=writing.confirm,
        reason=writing.typed.get("reason", "") if writing.edited else None,
        files=views_of(files, writing.typed),
        speaks_as=draft.author.name if draft.author.is_voice else "",
        names_words=names_words(writing.forum.names),
        version=writing.edited.version if writing.edited else 0,
        # Sanitised when it was written.
        meanwhile=Markup(writing.edited.html) if writing.edited and writing.is_behind else None,  # noqa: S704
    )


def verb_of(writing: Writing) -> str:
    return {"idea": say("Post"), "reply": say("Reply"), "edit": say("Save")}[writing.kind]


def _with_undo(house: House, writing: Writing, reach: Reach) -> str:
    """What is sent, and for how long it can be undone before it is."""
    seconds = int(house.undo_window.total_seconds())
    if not seconds or writing.edited or reach.tone == "inside":
        return reach.effect
    undo = counted("You can undo it for %(n)s second.", "You can undo it for %(n)s seconds.", seconds)
    return together(reach.effect, undo)


def _cut(writing: Writing) -> Writing:
    """What can be judged and shown of words that are too long to be sent: their beginning, and a sentence."""
    text = writing.typed.get("text", "")
    if len(text) <= TEXT_LIMIT:
        return writing
    wrong = {"text": too_long(text), **writing.wrong}
    return replace(writing, typed={**writing.typed, "text": text[:TEXT_LIMIT]}, wrong=wrong)


async def _kept(house: House, author: Member, writing: Writing) -> KeptDraft | None:
    """The draft to go on with: where nothing was typed, or, of a change, where it is newer than what stands."""
    if writing.previewed or writing.wrong or writing.confirm:
        return None
    edited = writing.edited
    if edited is None and (writing.typed.get("text") or writing.typed.get("title")):
        return None
    found = await drafts.draft_at(house, author, writing.place)
    if found is None or (edited is not None and found.kept_at < (edited.edited_at or edited.created_at)):
        return None
    return found


def _addresses(writing: Writing) -> tuple[str, str]:
    """Where the composer sends its words, and where it asks who would see them."""
    if writing.edited:
        return f"/ideas/{writing.edited.id}/edit", f"/ideas/{writing.edited.id}/preview?of=edit"
    if writing.root:
        return f"/ideas/{writing.root.id}/replies", f"/ideas/{writing.root.id}/preview?of=reply"
    return f"/forums/{writing.forum.id}/ideas", f"/forums/{writing.forum.id}/preview"


def _labels(writing: Writing) -> tuple[Choice, ...]:
    least = Label.parse(writing.root.label).level if writing.root and writing.kind == "reply" else Level.CLEAR
    chosen = Label.parse(writing.label).level
    return tuple(
        Choice(value=str(level), words=LABEL_WORDS[str(level)], chosen=level == chosen)
        for level in Level
        if level >= least
    )


def _languages(writing: Writing) -> tuple[Choice, ...]:
    """The languages to choose from, each by its own name; also one that was told over the API."""
    chosen = writing.typed.get("language", writing.edited.language if writing.edited else "")
    known = WRITTEN if not chosen or chosen in WRITTEN else {**WRITTEN, chosen: chosen}
    named = (Choice(value=tag, words=words, chosen=tag == chosen) for tag, words in known.items())
    return (Choice(value="", words=say("not said"), chosen=not chosen), *named)


def draw_levels(chosen: str) -> tuple[Choice, ...]:
    """The levels to choose from."""
    return tuple(Choice(value=str(one), words=LABEL_WORDS[str(one)], chosen=str(one) == chosen) for one in Level)


def draw_wishes(label: str, chosen: str = "") -> tuple[Choice, ...]:
    """How far readers may pass it on: what its level says, or one of the wishes of the Traffic Light Protocol."""
    read = Label.parse(label)
    own = WISHES[read.level]
    wish = chosen or ("" if read.onward == own else read.onward)
    others = (Choice(value=one, words=WISH_WORDS[one], chosen=one == wish) for one in ONWARD)
    return (Choice(value="", words=say("as its label says"), chosen=wish not in ONWARD), *others)


def _intents(writing: Writing) -> tuple[Choice, ...]:
    chosen = writing.typed.get("intent", "")
    return tuple(Choice(value=value, words=words, chosen=value == chosen) for value, words in INTENT_WORDS.items())


async def _similar(house: House, author: Member, writing: Writing, names: Names) -> tuple[Similar, ...]:
    words = f"{writing.typed.get('title', '')} {writing.typed.get('text', '')}".strip()
    if writing.kind != "idea" or len(words) < _LEAST_FOR_SIMILAR:
        return ()
    subject = writing.forum.id
    # What stands in this very forum first, then what stands elsewhere, with partners too.
    here = await resembling.similar(house, author, words, writing.forum, 3, subject)
    anywhere = await resembling.similar(house, author, words, None, 6, subject)
    known = {made.id for made in here} | ({writing.base.id} if writing.base else set())
    fresh = [made for made in anywhere if made.id not in known]
    found = [*(made for made in here if not writing.base or made.id != writing.base.id), *fresh][:4]
    return await draw_similar(house, author, found, writing.forum, names)


async def draw_similar(
    house: House, reader: Member, found: Sequence[Contribution], forum: Forum | None, names: Names
) -> tuple[Similar, ...]:
    """Ideas that resemble what is written in a forum; each is built on there, or in its own."""
    places = {one.id: one for one in await forums.list_forums(house, reader)}
    return tuple(
        Similar(
            id=made.id,
            title=made.title,
            url=f"/ideas/{made.id}",
            build_url=f"/forums/{forum.id if forum else made.forum_id}/build?on={made.id}",
            author=author_of(made, names),
            forum="" if forum and forum.id == made.forum_id else places[made.forum_id].title,
            host=names.get(places[made.forum_id].host, places[made.forum_id].host),
        )
        for made in found
        if made.forum_id in places
    )


def version_in(form: Mapping[str, str]) -> int:
    """The version that a form changes; 0 where it names none."""
    text = form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def label_in(form: Mapping[str, str]) -> str:
    """The label that a form's fields put together; "" where it has none, so that the default holds."""
    level = form.get("label", "")
    return put_together(level, form.get("categories", ""), form.get("onward", "")) if level else ""


def intent_of(form: Mapping[str, str]) -> Intent:
    """The intent that was chosen; anything unknown counts as none."""
    asked = form.get("intent", "")
    return next((intent for intent in INTENTS if intent == asked), "")


async def base_of(house: House, reader: Member, idea_id: str) -> Contribution | None:
    """The idea to build on, or None when none is named. Raises Missing when it is not for the reader."""
    if not idea_id:
        return None
    found = await ideas_read.obtain(house, reader, idea_id)
    if found.kind != "idea":
        raise Missing("idea", f"build on reply {idea_id}")
    return found
