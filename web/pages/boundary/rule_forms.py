"""A rule put together by a form: written as TOML below the table, where it is checked like any other."""

from __future__ import annotations

import json
from collections.abc import Mapping

from server.domain.errors import Invalid
from web.language import say
from web.views import Choice

KINDS = (
    Choice(value="guard", words=say("Guard: keeps something in or out")),
    Choice(value="share", words=say("Share: lets something out")),
    Choice(value="accept", words=say("Accept: lets something in")),
)
EFFECTS = (
    Choice(value="deny", words=say("refuses it")),
    Choice(value="hold", words=say("has a reviewer look first")),
    Choice(value="allow", words=say("lets it through")),
)
FINDINGS = (
    Choice(value="", words=say("whatever is found in it")),
    Choice(value="secret", words=say("a secret")),
    Choice(value="email", words=say("an e-mail address")),
    Choice(value="phone", words=say("a telephone number")),
    Choice(value="codename", words=say("a code name")),
    Choice(value="person", words=say("a person’s name")),
)


def rule_text(form: Mapping[str, str]) -> str:
    """Return the rule of a form as TOML. Raises Invalid where it has no id."""
    given = {key.removeprefix("rule_"): value.strip() for key, value in form.items() if key.startswith("rule_")}
    if not given.get("id"):
        raise Invalid("rule_id", "Give the rule a short name, such as G-drafts.")
    kind = given.get("kind", "guard")
    inward = kind == "accept" or (kind == "guard" and given.get("way") == "in")
    lines = ["[[rule]]", _pair("id", given["id"]), _pair("kind", kind)]
    if kind == "guard":
        lines.append(_pair("direction", "in" if inward else "out"))
    whom = [one.strip() for one in given.get("whom", "").split(",") if one.strip()]
    if whom or kind != "guard":
        lines.append(_pair("from" if inward else "to", whom or "everyone"))
    if given.get("forum"):
        lines.append(_pair("forum", [given["forum"]]))
    if given.get("label"):
        sign = "<=" if kind != "guard" else ">="
        lines.append(_pair("label", f"{sign}{given['label']}"))
    if given.get("findings"):
        lines.append(_pair("findings", [given["findings"]]))
    effect = given.get("effect", "")
    if kind == "guard" or effect == "hold":
        lines.append(_pair("effect", effect or "deny"))
    return "\n".join(lines) + "\n"


def _pair(key: str, value: str | list[str]) -> str:
    return f"{key} = {json.dumps(value, ensure_ascii=False)}"
