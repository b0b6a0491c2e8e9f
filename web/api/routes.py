"""Every address of the API, in one table. A function's annotations say what it reads and answers."""

from __future__ import annotations

import typing
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from aiohttp import hdrs, web

from web.api import (
    agreements,
    audit,
    boundary,
    control,
    decisions,
    directory,
    elsewhere,
    figures,
    files,
    finding,
    following,
    held,
    holds,
    hosting,
    ideas,
    jams,
    ledger,
    meetings,
    memberships,
    names,
    notices,
    people,
    polls,
    reports,
    rules,
    self_test,
    servers,
    shifts,
    statements,
    stream,
    templates,
    themes,
    writing,
)

GET, POST, PUT, PATCH, DELETE = hdrs.METH_GET, hdrs.METH_POST, hdrs.METH_PUT, hdrs.METH_PATCH, hdrs.METH_DELETE


@dataclass(frozen=True)
class Route:
    """One method of one address below /api/v1.

    `act` takes a Call, and by keyword a `body` and a `query` where its annotations have them; they and its
    return annotation are what is read, checked, answered and documented. `toml`: the body may be TOML as well.
    """

    method: str
    path: str
    act: Callable[..., Awaitable[Any]]
    summary: str
    status: int = 200
    toml: bool = False

    @cached_property
    def _hints(self) -> dict[str, Any]:
        return typing.get_type_hints(self.act)

    @property
    def body(self) -> type | None:
        return self._hints.get("body")

    @property
    def query(self) -> type | None:
        return self._hints.get("query")

    @property
    def answer(self) -> Any:
        """The struct answered with; NoneType for none; a StreamResponse for a stream."""
        return self._hints["return"]

    @property
    def is_stream(self) -> bool:
        return self.answer is web.StreamResponse

    @property
    def family(self) -> str:
        """The heading under which the documentation has it: the first part of its path that is a word of ours."""
        first = self.path.split("/")[1]
        return {"similar": "search", "answered": "search", "experts": "search", "me": "people"}.get(first, first)


ROUTES: tuple[Route, ...] = (
    Route(GET, "/me", people.read_me, "Whose token this is"),
    Route(GET, "/inbox", notices.list_inbox, "What the caller is told, newest first"),
    Route(POST, "/inbox/read", notices.mark_read, "Mark notices as read or unread", 204),
    Route(GET, "/people", directory.list_people, "Find our own people"),
    Route(POST, "/people", directory.add_person, "Add somebody; answers a one-time link", 201),
    Route(POST, "/people/import", directory.import_people, "Add everybody in a table, or nobody", 201),
    Route(PATCH, "/people/{username}", directory.change_person, "Change unit, role or standing"),
    Route(GET, "/invitations", directory.list_invitations, "List the newest invitations by link"),
    Route(POST, "/invitations", directory.make_invitation, "Make a link by which people join", 201),
    Route(DELETE, "/invitations/{invitation}", directory.end_invitation, "End an invitation", 204),
    Route(GET, "/setup", directory.read_steps, "The first steps of an organisation, as they stand"),
    Route(GET, "/moderation", directory.list_own_log, "What others did to one's words and rights"),
    Route(GET, "/me/notices", notices.read_choices, "When the caller is mailed"),
    Route(PUT, "/me/notices", notices.change_choices, "Change when the caller is mailed"),
    Route(GET, "/ideas/{id}/rest", elsewhere.read_thread_share, "How much of a thread held elsewhere is here"),
    Route(POST, "/ideas/{id}/rest", elsewhere.fetch_thread, "Fetch what is missing of a thread held elsewhere", 202),
    Route(GET, "/forums/{forum}/rest", elsewhere.read_forum_share, "How much of a forum held elsewhere is here"),
    Route(POST, "/forums/{forum}/rest", elsewhere.fetch_forum, "Fetch what is missing of a forum held elsewhere", 202),
    Route(GET, "/catch-up", following.read_catch_up, "What came since the last visit, in five minutes"),
    Route(GET, "/me/follows", following.list_follows, "What the caller follows"),
    Route(PUT, "/me/follows", following.follow, "Follow a forum, an idea, a person or a theme"),
    Route(POST, "/me/follows/end", following.unfollow, "Let go of something followed", 204),
    Route(GET, "/me/searches", following.list_searches, "The caller's saved searches"),
    Route(POST, "/me/searches", following.save_search, "Keep a search", 201),
    Route(DELETE, "/me/searches/{search}", following.drop_search, "Let go of a saved search", 204),
    Route(GET, "/me/feeds", following.list_feeds, "The caller's feeds"),
    Route(POST, "/me/feeds", following.make_feed, "Make a feed; its address is told this once", 201),
    Route(DELETE, "/me/feeds/{feed}", following.revoke_feed, "Revoke a feed", 204),
    Route(GET, "/people/{handle}", following.read_person, "A person by what they answered"),
    Route(GET, "/introductions", following.list_introductions, "Whom to meet across units and servers"),
    Route(PUT, "/boundary/mail", notices.choose_policy, "Choose how much mails may say"),
    Route(POST, "/jams", jams.create_jam, "Draft a jam", 201),
    Route(GET, "/jams", jams.list_jams, "List jams, oldest first"),
    Route(GET, "/jams/{jam}", jams.read_jam, "Read a jam"),
    Route(PATCH, "/jams/{jam}", jams.change_jam, "Change charter, name or times of a jam that has not opened"),
    Route(POST, "/jams/{jam}/open", jams.open_jam, "Open a jam whose charter is complete"),
    Route(POST, "/jams/{jam}/extend", jams.extend_jam, "Give a jam a later end"),
    Route(POST, "/jams/{jam}/freeze", jams.freeze_jam, "Close a jam: it is read, not written"),
    Route(POST, "/jams/{jam}/archive", jams.archive_jam, "Put a frozen jam away for good"),
    Route(POST, "/jams/{jam}/forums", jams.create_forum, "Add a forum, with the rules of its audience", 201),
    Route(GET, "/jams/{jam}/forums", jams.list_forums, "List the forums of a jam"),
    Route(GET, "/jams/{jam}/rota", hosting.read_rota, "Who hosts which forum, and when"),
    Route(PUT, "/forums/{forum}/hosts/{username}", hosting.put_host, "Make somebody a host, or change their words"),
    Route(DELETE, "/forums/{forum}/hosts/{username}", hosting.drop_host, "End a host and their hours", 204),
    Route(PUT, "/forums/{forum}/hosts/{username}/picture", hosting.put_picture, "Show a picture: the body"),
    Route(DELETE, "/forums/{forum}/hosts/{username}/picture", hosting.drop_picture, "Take a host's picture away", 204),
    Route(POST, "/forums/{forum}/slots", hosting.add_slot, "Plan a host's hours", 201),
    Route(DELETE, "/forums/{forum}/slots/{slot}", hosting.drop_slot, "Take hours off the rota", 204),
    Route(GET, "/templates", templates.list_templates, "The templates of jams that come with the server"),
    Route(POST, "/templates/jams", templates.create_from_template, "Draft a jam from a template", 201),
    Route(GET, "/jams/{jam}/template", templates.read_jam_template, "A jam as a template to share"),
    Route(POST, "/jams/{jam}/clone", templates.clone_jam, "Draft a jam like this one", 201),
    Route(POST, "/jams/{jam}/second", templates.follow_jam, "Draft the converging jam that follows", 201),
    Route(POST, "/jams/{jam}/rehearsal", templates.rehearse_jam, "Rehearse a jam with a simulated crowd, inside", 201),
    Route(DELETE, "/jams/{jam}/rehearsal", templates.remove_rehearsal, "Remove a rehearsal without trace", 204),
    Route(GET, "/jams/{jam}/lineage", templates.read_lineage, "What a jam grew from, and what grew from it"),
    Route(POST, "/forums/{forum}/carry", templates.carry_ideas, "Carry ideas of another jam into a forum", 201),
    Route(GET, "/jams/{jam}/board", figures.read_board, "Live figures, each with its denominator"),
    Route(GET, "/jams/{jam}/presence", figures.read_presence, "Who is invited, came and is here now"),
    Route(GET, "/jams/{jam}/exchange", figures.read_exchange, "Who answers whom, how evenly, and how much to read"),
    Route(GET, "/jams/{jam}/themes", figures.read_themes, "Themes and their trend"),
    Route(GET, "/jams/{jam}/themes/edits", themes.list_edits, "What people changed about themes, newest first"),
    Route(POST, "/jams/{jam}/themes/edits", themes.edit, "Rename, merge, split or pin a theme, or move an idea", 201),
    Route(DELETE, "/jams/{jam}/themes/edits/{edit}", themes.undo, "Undo a change to themes", 204),
    Route(GET, "/jams/{jam}/events", stream.stream_jam, "What happens in a jam, as Server-Sent Events"),
    Route(GET, "/jams/{jam}/report", reports.read_report, "The published answers to a jam's themes"),
    Route(GET, "/jams/{jam}/report/draft", reports.read_draft, "The report as it is being written"),
    Route(PUT, "/jams/{jam}/report/foreword", reports.put_foreword, "Write what stands before the answers"),
    Route(POST, "/jams/{jam}/report/answers", reports.add_answer, "Answer a question that no theme stands for", 201),
    Route(PUT, "/jams/{jam}/report/answers/{theme}", reports.put_answer, "Answer a theme"),
    Route(DELETE, "/jams/{jam}/report/answers/{theme}", reports.drop_answer, "Take an unpublished answer away", 204),
    Route(POST, "/jams/{jam}/report/answers/{theme}/ask", reports.ask_for, "Ask somebody for an answer"),
    Route(POST, "/jams/{jam}/report/publish", reports.publish, "Publish the report of a closed jam"),
    Route(GET, "/forums", jams.list_all_forums, "List the forums of all jams"),
    Route(POST, "/forums", jams.join_forum, "Ask to join a forum of another server", 202),
    Route(GET, "/forums/{forum}", jams.read_forum, "Read a forum"),
    Route(PATCH, "/forums/{forum}", jams.change_forum, "Change name, question or place, or close it to new ideas"),
    Route(GET, "/forums/{forum}/members", memberships.list_members, "Who is on the list of a forum"),
    Route(PUT, "/forums/{forum}/members/{handle}", memberships.put_member, "Put somebody on the list"),
    Route(DELETE, "/forums/{forum}/members/{handle}", memberships.drop_member, "Take somebody off, or leave", 204),
    Route(POST, "/forums/{forum}/ideas", ideas.post_idea, "Post an idea; says what crosses to whom", 201),
    Route(GET, "/forums/{forum}/ideas", ideas.list_ideas, "List ideas, newest first"),
    Route(POST, "/ideas/{id}/replies", ideas.post_reply, "Answer an idea or a reply", 201),
    Route(GET, "/drafts", writing.list_drafts, "One's own drafts, newest first"),
    Route(GET, "/drafts/{place}", writing.read_draft, "What is kept at a place"),
    Route(PUT, "/drafts/{place}", writing.put_draft, "Keep what is typed at a place"),
    Route(DELETE, "/drafts/{place}", writing.drop_draft, "Drop a draft", 204),
    Route(GET, "/ideas/{id}/lineage", writing.read_family, "What an idea builds on, and what builds on it"),
    Route(GET, "/ideas/{id}/versions", writing.list_versions, "Every version of one's words, oldest first"),
    Route(GET, "/suggestions/people", writing.suggest_people, "People whose name or handle begins so"),
    Route(GET, "/ideas/{id}/replies", ideas.list_replies, "List the replies of a thread, oldest first"),
    Route(GET, "/ideas/{id}", ideas.read_idea, "Read an idea or a reply with all that hangs on it"),
    Route(PATCH, "/ideas/{id}", ideas.edit_idea, "Change one's own words"),
    Route(DELETE, "/ideas/{id}", ideas.delete_idea, "Delete an idea or a reply", 204),
    Route(POST, "/ideas/{id}/name", names.ask, "Ask for the name behind a voice: a second person has to agree", 201),
    Route(GET, "/names", names.list_openings, "Names that were asked for, those that wait first"),
    Route(POST, "/names/{id}/agree", names.agree, "Open a name, as the second person"),
    Route(POST, "/names/{id}/refuse", names.refuse, "Leave a name sealed"),
    Route(POST, "/names/{id}/look", names.look, "Read a name, as one of the two who opened it"),
    Route(POST, "/ideas/{id}/undo", ideas.undo_idea, "Take something back before any of it crossed", 204),
    Route(PUT, "/ideas/{id}/marks/{mark}", ideas.set_mark, "Mark with support, emerging or best"),
    Route(DELETE, "/ideas/{id}/marks/{mark}", ideas.take_mark, "Take a mark back"),
    Route(GET, "/ideas/{id}/marks", control.list_reasons, "Why Emerging and Best were set, oldest first"),
    Route(GET, "/jams/{jam}/radar", control.list_neglected, "Ideas without a reply for two hours, oldest first"),
    Route(GET, "/ideas/{id}/polls", polls.list_polls, "The polls in a thread, with one's own answers"),
    Route(POST, "/ideas/{id}/polls", polls.ask_poll, "Put a poll to an idea", 201),
    Route(GET, "/polls/{poll}", polls.read_poll, "One poll"),
    Route(PUT, "/polls/{poll}/vote", polls.vote, "Vote, or change one's vote"),
    Route(POST, "/polls/{poll}/end", polls.end_poll, "End a poll before its time"),
    Route(POST, "/ideas/{id}/flags", control.flag, "Ask the facilitators to look at it", 201),
    Route(POST, "/ideas/{id}/hide", control.hide, "Keep it from others; its copies outside are taken back"),
    Route(GET, "/jams/{jam}/cases", control.list_cases, "What was flagged or is hidden, oldest first"),
    Route(POST, "/cases/{case}/decide", control.decide_case, "Dismiss, ask the author to edit, hide or restore"),
    Route(GET, "/jams/{jam}/moderation", control.list_log, "The moderation log, as far as it concerns the caller"),
    Route(GET, "/ideas/{id}/ratings", statements.read_ratings, "How an idea is rated on each axis"),
    Route(PUT, "/ideas/{id}/ratings", statements.rate_idea, "Rate an idea"),
    Route(GET, "/jams/{jam}/axes", statements.read_axes, "The axes on which a jam's ideas are rated"),
    Route(PUT, "/jams/{jam}/axes", statements.set_axes, "Set the axes"),
    Route(GET, "/jams/{jam}/hours", meetings.list_hours, "Host hours, in time order"),
    Route(POST, "/jams/{jam}/hours", meetings.plan_hour, "Plan a host hour", 201),
    Route(GET, "/hours/{hour}", meetings.read_hour, "A host hour with its queue"),
    Route(POST, "/hours/{hour}/questions", meetings.ask_question, "Put a question into the queue", 201),
    Route(PUT, "/hours/{hour}/questions/{question}/support", meetings.support_question, "Support a question"),
    Route(DELETE, "/hours/{hour}/questions/{question}", meetings.take_question_back, "Take it back", 204),
    Route(POST, "/hours/{hour}/questions/{question}/answer", meetings.answer_question, "Answer, as the host", 201),
    Route(POST, "/hours/{hour}/end", meetings.end_hour, "End an hour, or call it off", 204),
    Route(POST, "/ideas/{id}/rooms", meetings.open_room, "Open a breakout room of a thread", 201),
    Route(GET, "/jams/{jam}/rooms", meetings.list_rooms, "Rooms that the caller may enter"),
    Route(GET, "/rooms/{room}", meetings.read_room, "A room with what was said last"),
    Route(POST, "/rooms/{room}/messages", meetings.say_in_room, "Say something in a room", 201),
    Route(POST, "/rooms/{room}/people", meetings.let_into_room, "Let people in"),
    Route(PUT, "/rooms/{room}/owed", meetings.hand_room_on, "Have somebody else owe the summary"),
    Route(POST, "/rooms/{room}/summary", meetings.return_summary, "Return the summary, which closes the room", 201),
    Route(POST, "/forums/{forum}/entered", meetings.enter_idea, "Enter an idea in somebody's words", 201),
    Route(POST, "/ideas/{id}/entered", meetings.enter_reply, "Enter a reply in somebody's words", 201),
    Route(GET, "/ideas/{id}/entered", meetings.list_absent, "Whose words were entered in a thread"),
    Route(GET, "/jams/{jam}/statements", statements.next_statement, "The next statement to answer"),
    Route(POST, "/jams/{jam}/statements", statements.draft_statement, "Draft a statement", 201),
    Route(GET, "/jams/{jam}/statements/waiting", statements.list_waiting, "Statements that wait for a facilitator"),
    Route(GET, "/jams/{jam}/statements/results", statements.list_results, "What was answered"),
    Route(PUT, "/jams/{jam}/statements/{statement}/vote", statements.answer_statement, "Agree, pass or disagree"),
    Route(POST, "/jams/{jam}/statements/{statement}/decide", statements.decide_statement, "Approve, or decline"),
    Route(POST, "/ideas/{id}/move", control.move, "Move an idea with its replies to another forum of the jam"),
    Route(POST, "/ideas/{id}/merge", control.merge, "Merge an idea into another; its author keeps credit"),
    Route(POST, "/ideas/{id}/split", control.split, "Make an idea of a reply, with what hangs on it"),
    Route(GET, "/jams/{jam}/moves", control.list_moves, "What was moved, merged and split, newest first"),
    Route(GET, "/jams/{jam}/shifts", shifts.list_shifts, "The rota of facilitators, in order"),
    Route(POST, "/jams/{jam}/shifts", shifts.plan_shift, "Put somebody on the rota", 201),
    Route(POST, "/jams/{jam}/shifts/begin", shifts.begin_shift, "Begin one's shift"),
    Route(GET, "/jams/{jam}/shifts/note", shifts.draft_note, "The hand-over note, drafted from the log"),
    Route(POST, "/jams/{jam}/shifts/end", shifts.end_shift, "End one's shift and hand the note on"),
    Route(GET, "/jams/{jam}/shifts/handed", shifts.list_handed, "Notes that the caller is to read first"),
    Route(DELETE, "/shifts/{shift}", shifts.drop_shift, "Take a shift off the rota that has not begun", 204),
    Route(POST, "/shifts/{shift}/read", shifts.read_note, "Say that one has read its note", 204),
    Route(GET, "/jams/{jam}/heat", shifts.list_heat, "Threads that may be growing heated, with the counts"),
    Route(GET, "/ideas/{id}/asides", shifts.list_asides, "The facilitators' back-channel of a thread"),
    Route(POST, "/ideas/{id}/asides", shifts.write_aside, "Say something to the other facilitators", 201),
    Route(GET, "/ideas/{id}/summaries", shifts.list_summaries, "The summary so far, all versions, newest first"),
    Route(POST, "/ideas/{id}/summaries", shifts.write_summary, "Write another version, with what it cites", 201),
    Route(POST, "/moves/{move}/undo", control.undo_move, "Undo the last thing done to something"),
    Route(GET, "/ideas/{id}/files", files.list_files, "The files of an idea or a reply"),
    Route(POST, "/files", files.upload, "Upload a file, the body being its bytes", 201),
    Route(GET, "/files/{file}", files.read_file, "What is known of a file"),
    Route(GET, "/files/{file}/bytes", files.read_bytes, "A file's bytes"),
    Route(GET, "/search", finding.search, "Find ideas and replies by their words and what they are"),
    Route(GET, "/similar", finding.find_similar, "Find ideas that say what somebody is writing"),
    Route(GET, "/answered", finding.find_answered, "Find questions like this one that have an answer"),
    Route(GET, "/experts", finding.find_experts, "Find who knows, by answers given and the support they got"),
    Route(GET, "/boundary/rules", rules.read_rules, "The rules in force"),
    Route(PUT, "/boundary/rules", rules.put_rules, "Propose a table; one that opens something waits", toml=True),
    Route(POST, "/boundary/rules/check", rules.check_rules, "What a table would change and open", toml=True),
    Route(GET, "/boundary/rules/versions", rules.list_versions, "The versions of the table, newest first"),
    Route(GET, "/boundary/rules/versions/{version}", rules.read_version, "One version, and what it changed"),
    Route(GET, "/boundary/rules/shadow", rules.read_shadow, "What the table in the shadow would do"),
    Route(PUT, "/boundary/rules/shadow", rules.put_shadow, "Try a table beside the one in force", toml=True),
    Route(DELETE, "/boundary/rules/shadow", rules.end_shadow, "Take the table out of the shadow", 204),
    Route(POST, "/boundary/rules/{version}/approve", rules.approve_rules, "Let another's waiting table take effect"),
    Route(POST, "/boundary/rules/{version}/refuse", rules.refuse_rules, "Drop a waiting or scheduled table"),
    Route(POST, "/boundary/rules/{version}/rollback", rules.roll_back, "Bring an old table back as a new version"),
    Route(POST, "/boundary/preview", ideas.preview, "What would cross to whom, without writing"),
    Route(POST, "/boundary/dry-run", rules.dry_run, "What another table would decide otherwise", toml=True),
    Route(GET, "/boundary/decisions", decisions.list_decisions, "Crossings and refusals, newest first"),
    Route(GET, "/boundary/decisions/{decision}", decisions.read_decision, "One of them, with its facts and reasons"),
    Route(GET, "/boundary/crossings", ledger.list_crossings, "What other servers hold of ours, newest first"),
    Route(POST, "/boundary/crossings/{crossing}/recall", ledger.recall_crossing, "Take one object back", 202),
    Route(GET, "/boundary/crossings/{crossing}/recall", ledger.plan_recall, "What taking it back would do"),
    Route(GET, "/boundary/recalls", ledger.list_recalls, "What became of recalls, the newest first"),
    Route(GET, "/boundary/recalls/{recall}", ledger.read_recall, "One recall with the holder's signed statements"),
    Route(GET, "/boundary/held", held.list_held, "What we hold of another server's, newest first"),
    Route(GET, "/boundary/held/{host}", held.read_held, "How much we hold of a server's, under which agreement"),
    Route(POST, "/boundary/held/{host}/purge", held.purge_held, "Let go of it: tombstones stay, nobody is told"),
    Route(GET, "/boundary/holds", holds.list_holds, "What waits for reviewers, oldest first"),
    Route(GET, "/boundary/holds/{hold}", holds.read_hold, "Read one hold"),
    Route(POST, "/boundary/holds/decide", holds.decide_holds, "Release or refuse several holds alike"),
    Route(POST, "/boundary/holds/undo", holds.undo_batch, "Take back what was decided together"),
    Route(POST, "/boundary/holds/{hold}/release", holds.release_hold, "Let exactly what was reviewed cross"),
    Route(POST, "/boundary/holds/{hold}/refuse", holds.refuse_hold, "Keep it back, with a reason"),
    Route(POST, "/boundary/holds/{hold}/undo", holds.undo_hold, "Take one's own answer back while it has no effect"),
    Route(GET, "/boundary/audit", audit.list_rows, "Who did what, newest first: the audit chain"),
    Route(GET, "/boundary/audit/state", audit.read_state, "Whether the chain holds, with what its checkpoints know"),
    Route(GET, "/boundary/audit/checkpoints", audit.list_checkpoints, "The signed checkpoints, oldest first"),
    Route(GET, "/boundary/self-test", self_test.list_tests, "What the last leak self-tests found, newest first"),
    Route(POST, "/boundary/self-test", self_test.ask, "Have one run now", 202),
    Route(GET, "/partners", boundary.list_partners, "List partners"),
    Route(POST, "/partners", boundary.add_partner, "Write down an agreement with another server", 201),
    Route(GET, "/partners/{host}", agreements.read_partner, "One partner, how its server does, what each holds"),
    Route(GET, "/partners/{host}/agreements", agreements.list_agreements, "Agreements with a server, newest first"),
    Route(POST, "/partners/{host}/agreements", agreements.offer, "Offer an agreement to a server", 201),
    Route(GET, "/partners/{host}/agreements/{agreement}", agreements.read, "One agreement, with what was signed"),
    Route(POST, "/partners/{host}/agreements/{agreement}/accept", agreements.accept, "Accept an offer"),
    Route(POST, "/partners/{host}/agreements/{agreement}/decline", agreements.decline, "Decline an offer"),
    Route(POST, "/partners/{host}/agreements/{agreement}/end", agreements.end, "End an agreement or withdraw an offer"),
    Route(GET, "/servers", servers.list_servers, "Every server that is known, how it does, and how we stand to it"),
    Route(PATCH, "/servers/{host}", servers.put_server, "Limit or shut out a server, or say what it runs"),
    Route(POST, "/servers/{host}/resend", servers.send_again, "Send again what was given up for a server", 204),
    Route(POST, "/servers/list", servers.take_list, "Take over a list of servers (CSV)"),
    Route(GET, "/outsiders", servers.list_people, "People elsewhere who are limited or shut out"),
    Route(PUT, "/outsiders", servers.put_person, "Limit or shut out one person elsewhere, or neither any more"),
    Route(PATCH, "/partners/{host}", boundary.change_partner, "Change, pause, resume or remove a partner"),
)  # fmt: skip
