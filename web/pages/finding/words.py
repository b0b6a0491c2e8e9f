"""What facets and their values are called."""

from __future__ import annotations

from web.language import _


def facet_words(name: str) -> str:
    return {
        "kind": _("Kind"),
        "forum": _("Forum"),
        "jam": _("Jam"),
        "author": _("Written by"),
        "unit": _("Unit"),
        "server": _("Organisation"),
        "label": _("Label"),
        "intent": _("Says that it is"),
        "mark": _("Marked"),
        "date": _("Written within"),
    }[name]


def value_words(name: str, value: str, words: str) -> str:
    """What a value is called: by a word of ours where there is one, else as it is."""
    known = {
        ("kind", "idea"): _("Ideas"),
        ("kind", "reply"): _("Replies"),
        ("mark", "emerging"): _("Emerging"),
        ("mark", "best"): _("Best"),
        ("date", "day"): _("a day"),
        ("date", "week"): _("a week"),
        ("date", "month"): _("a month"),
        ("intent", "idea"): _("an idea"),
        ("intent", "evidence"): _("evidence"),
        ("intent", "experience"): _("an experience"),
        ("intent", "concern"): _("a concern"),
        ("intent", "question"): _("a question"),
        ("intent", "answer"): _("an answer"),
    }
    return known.get((name, value), words)
