"""How far a withdrawal has come at one server that held something: a table of states, and nothing else."""

from __future__ import annotations

from typing import Literal, get_args

from server.domain.sentences import counted, say, together

RecallState = Literal["queued", "accepted", "acknowledged", "purged", "unreachable", "refused", "silent"]
Happening = Literal["accepted", "refused", "unreachable", "acknowledged", "purged", "fell silent"]
Cause = Literal["rule", "label", "consent", "hand", "deletion", "agreement", "edit", "moderation", "move"]
Statement = Literal["acknowledged", "purged"]
RECALL_STATES: tuple[RecallState, ...] = get_args(RecallState)
CAUSES: tuple[Cause, ...] = get_args(Cause)
STATEMENTS: tuple[Statement, ...] = get_args(Statement)

# state → what happens → next state. What is absent changes nothing: no state is ever taken back.
TRANSITIONS: dict[RecallState, dict[Happening, RecallState]] = {
    "queued": {
        "accepted": "accepted",
        "refused": "refused",
        "unreachable": "unreachable",
        "acknowledged": "acknowledged",
        "purged": "purged",
    },
    "accepted": {"acknowledged": "acknowledged", "purged": "purged", "fell silent": "silent"},
    "silent": {"acknowledged": "acknowledged", "purged": "purged"},
    "acknowledged": {"purged": "purged"},
    "purged": {},
    "unreachable": {"accepted": "accepted", "acknowledged": "acknowledged", "purged": "purged"},
    "refused": {"accepted": "accepted", "acknowledged": "acknowledged", "purged": "purged"},
}

# A server that runs Marmalade and took the Delete answers within seconds; after this it counts as silent.
SILENCE_SECONDS = 900.0
# States in which a server was asked and has said nothing of its own about it.
UNANSWERED: frozenset[RecallState] = frozenset({"queued", "unreachable", "refused", "silent"})
# States in which asking once more would tell the holder nothing new.
UNDER_WAY: frozenset[RecallState] = frozenset({"queued", "accepted", "acknowledged", "purged"})


def next_state(state: RecallState, happening: Happening) -> RecallState:
    """Return the state after something happened; the same where it changes nothing."""
    return TRANSITIONS[state].get(happening, state)


CAUSE_WORDS: dict[Cause, str] = {
    "rule": say("the rules changed"),
    "label": say("its label was raised"),
    "consent": say("a person's consent ended"),
    "hand": say("taken back by hand"),
    "deletion": say("it was deleted"),
    "agreement": say("the partnership changed"),
    "edit": say("an edit may not cross"),
    "moderation": say("a facilitator hid it"),
    "move": say("it was moved"),
}


def state_sentence(state: RecallState, kind: str, answer: str = "") -> str:
    """Say in one sentence how far a recall has come at a server that runs `kind` of software."""
    if state == "queued":
        if answer:
            return say("Asked; not reached yet (%(answer)s).", answer=answer)
        return say("Asked; the request is on its way.")
    if state == "accepted" and kind == "marmalade":
        return say("Its server took the request; the signed answer is awaited.")
    if state == "accepted":
        return say("Its server took the request. Its software signs no statement: no more can be known.")
    return {
        "acknowledged": say("It signed that it received the request; the purge is awaited."),
        "purged": say("It signed that it holds nothing of it any more."),
        "unreachable": say("It was never reached (%(answer)s).", answer=answer or say("no answer")),
        "refused": say("It refused the request (%(answer)s).", answer=answer or say("no reason given")),
        "silent": say("Its server took the request, but never sent the signed answer that its software gives."),
    }[state]


def recall_sentence(asks: int) -> str:
    """Say what a recall will do, before it is done."""
    if asks == 0:
        return say("Nobody is served it any more, at once. No server holds a copy that we know of, so none is asked.")
    return together(
        counted(
            "Nobody is served it any more, at once. Then %(n)s server that holds a copy will be asked to delete it.",
            "Nobody is served it any more, at once. Then %(n)s servers that hold a copy will be asked to delete it.",
            asks,
        ),
        say("That is a request: what its people copied is theirs to delete."),
    )
