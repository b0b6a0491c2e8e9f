"""What software is known to do otherwise with what it is sent: by what it says of itself (NodeInfo)."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from federation.outside.peers import Peer
from federation.vocabulary.objects import as_note


@dataclass(frozen=True, slots=True)
class Habits:
    """How a server wants to be sent things.

    `one_knock`: what it turned away is not sent at once in the other form of signature; `key_unknown`: what it answers
    besides 401 where it knows another key of ours; `refused_wait` and `settle` are how many seconds what it refused
    waits at least, and what comes after the news of a new key; `notes_only`: it fails at an Article;
    `same_votes`: all Likes of one person for one thing bear one id, and so may their Undos.
    """

    one_knock: bool = False
    key_unknown: tuple[int, ...] = ()
    refused_wait: float = 0.0
    settle: float = 5.0
    notes_only: bool = False
    same_votes: bool = False

    def fit(self, body: bytes) -> bytes:
        """Return a document that was released to a server as that server can read it."""
        if not self.notes_only:
            return body
        document = orjson.loads(body)
        made = as_note(document)
        return body if made is document else orjson.dumps(made)


USUAL = Habits()
KNOWN = {
    # It keeps the id of whatever comes for 90 seconds, before it looks who signed it, and answers 200 to that id again
    # without looking at it. It takes in a forum's new key 1 to 10 seconds after it took the news of it, by chance; that
    # of a person within a day, when it looks them up again. Until then it answers 400.
    "piefed": Habits(one_knock=True, key_unknown=(400,), refused_wait=100.0, settle=15.0),
    "nodebb": Habits(same_votes=True),
    "snac": Habits(same_votes=True),
    # It looks in every Article for a member that none has, and drops it.
    "takahe": Habits(notes_only=True, same_votes=True),
}


def habits_of(peer: Peer | None) -> Habits:
    """Return the habits of a server by what it says it runs; the usual ones where it said nothing."""
    return KNOWN.get(peer.product, USUAL) if peer else USUAL
