"""Rules of forums from before others had more to tell: shown, compared, widened by people, never by themselves."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from server.boundary.rules import parse_rules, write_rules
from server.domain.actors import Member
from server.services import forums, people, rules, widening
from server.services.house import House
from tests.web.pages.test_web_rules import second_admin, typed

HOST = "globex.example"


async def joined_before(house: House, admin: Member) -> str:
    """Join a forum, and have its accept be as it was before Add, Flag and Move; return the rule's id."""
    forum = await forums.mirror_forum(
        house, admin, uri=f"https://{HOST}/forums/{'a' * 32}", slug="ideas", title="Their ideas", question="",
        audience="partners", jam_slug="there", jam_title="There", closes_at=None,
    )  # fmt: skip
    _, table = await rules.rules_in_force(house)
    (accept,) = [one for one in table.rules if one.kind == "accept" and one.id.endswith(HOST)]
    assert forum.host == HOST
    acts = (accept.conditions.acts or frozenset()) - widening.LATER
    narrow = replace(accept, conditions=replace(accept.conditions, acts=acts))
    text = write_rules(table.with_rules(narrow))
    await rules.apply_rules(house, admin, text, "As before.", alone=True)
    return accept.id


async def test_what_a_rule_from_before_lacks_is_shown_compared_and_widened_by_two_people(site: Any) -> None:
    mara = await site.browser(site.mara)
    _, page = await mara.get("/boundary")
    assert "Refused by rules from before" not in page
    rule = await joined_before(site.house, site.mara)
    _, page = await mara.get("/boundary")
    assert "Refused by rules from before" in page
    for words in ("what its facilitators mark", "reports of words", "what its host moves, merges or splits off"):
        assert words in page
    link = re.search(r'href="(/boundary/rules/edit\?widen=[^"]+)"', page)
    assert link is not None
    before = (await rules.rules_in_force(site.house))[0]
    answer, page = await mara.get(link[1])
    assert answer.status == 200
    assert rule in page
    assert (await rules.rules_in_force(site.house))[0] == before, "nothing is widened by looking"
    sent = {"do": "apply", "base": str(before.version), "text": typed(page), "note": "Widened."}
    answer, _ = await mara.post("/boundary/rules/edit", **sent)
    assert answer.headers["Location"] == "/boundary?done=rules-wait"
    (waiting,) = await rules.versions_in(site.house, "waiting")
    eve = await site.browser(await second_admin(site))
    await eve.get("/boundary")
    answer, _ = await eve.post(f"/boundary/rules/{waiting.version}/approve", against=str(before.version))
    assert answer.status == 303
    assert await widening.lacking(site.house) == []
    old, new = parse_rules(before.text), (await rules.rules_in_force(site.house))[1]
    assert new.without(rule) == old.without(rule), "nothing else is changed"
    assert (new.by_id[rule].conditions.acts or set()) - (old.by_id[rule].conditions.acts or set()) == widening.LATER
    answer, _ = await mara.get(link[1])
    assert answer.status == 404


async def test_what_somebody_shut_out_on_purpose_is_not_called_a_lack(site: Any) -> None:
    rule = await joined_before(site.house, site.mara)
    _, table = await rules.rules_in_force(site.house)
    without = table.without(rule)
    await rules.apply_rules(site.house, site.mara, write_rules(without), "Nothing from there.", alone=True)
    assert await widening.lacking(site.house) == []


async def test_members_are_not_shown_what_rules_lack(site: Any) -> None:
    rule = await joined_before(site.house, site.mara)
    member = await people.add_member(site.house, "mo", "Mo", "Lab", "member")
    answer, page = await (await site.browser(member)).get(f"/boundary/rules/edit?widen={quote(rule, safe='')}")
    assert answer.status == 404
    assert "<textarea" not in page
