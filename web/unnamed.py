"""What people are told in a forum that does not show names."""

from __future__ import annotations

from server.domain.voices import Names
from web.language import _, later

#: What an organiser chooses from.
NAME_CHOICES: dict[Names, str] = {
    "named": later("Named: everybody sees who says what"),
    "role": later("Role only: a voice for each thread, with the unit where five or more share it"),
    "sealed": later("Sealed: a voice for each thread; two people together can open a name"),
}
_TOLD: dict[Names, str] = {
    "named": "",
    "role": later(
        "Names are not shown here: you speak in each thread with a voice of its own, beside your unit or role where"
        " five or more people share it."
    ),
    "sealed": later("Names are sealed here: you speak in each thread with a voice of its own."),
}
_OPENING = later(
    "A name can be opened by two people together, who have to say why; you are told of it. People from other servers"
    " appear as their servers name them."
)


def names_words(names: Names) -> str:
    """Return how people appear in a forum, "" where they are named."""
    return f"{_(_TOLD[names])} {_(_OPENING)}" if _TOLD[names] else ""
