"""Every refusal the house can give, drawn as one tree.

    Refusal
    ├── Missing            hidden equals missing: the same sentence for both
    ├── NotAllowed         known person, but not theirs to do
    │   └── StaleForm      theirs, but the form is from another session
    ├── SignInNeeded       nobody is signed in
    ├── Invalid            a field cannot be taken as it is
    ├── Conflict           the state of things forbids it
    │   ├── JamNotOpen
    │   ├── ForumClosed
    │   ├── ThreadLocked
    │   ├── CharterIncomplete
    │   ├── Moved          other words stand than those that were changed
    │   └── RulesMoved
    └── TooMuch            a limit of size or rate

`public` is a safe sentence that a person may read, made of an id and named values, so that it can be said in their
language: `Conflict("There is a jam called %(slug)s already.", slug=slug)`. `str(refusal)` is the whole truth for logs,
in English.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from server.domain.absent import ABSENT
from server.domain.sentences import say, sentence_of


class Refusal(Exception):
    """Something was asked that is not done. `status` is the HTTP status that says so (RFC 9110)."""

    status = 400

    def __init__(self, public: str, truth: str | None = None, /, **values: object) -> None:
        self.public: str = sentence_of(public, values)
        super().__init__(truth or str(self.public))


class Missing(Refusal):
    """Not there, or not for this person: both read the same. `what` is one of `ABSENT`."""

    status = 404

    def __init__(self, what: str = "page", truth: str | None = None) -> None:
        super().__init__(ABSENT.get(what) or say("There is no such %(what)s here.", what=what), truth)


@contextmanager
def missing_as(what: str) -> Iterator[None]:
    """Say of something that what it belongs to is missing as one says that it is missing itself."""
    try:
        yield
    except Missing as missing:
        raise Missing(what, str(missing)) from None


class NotAllowed(Refusal):
    status = 403


class StaleForm(NotAllowed):
    """A form that does not belong to the session that sends it: it may be looked at and sent once more."""


class SignInNeeded(Refusal):
    status = 401

    def __init__(self, public: str = "Sign in first.") -> None:
        super().__init__(public)


class Invalid(Refusal):
    """A value cannot be taken. `field` names the input it came from."""

    status = 422

    def __init__(self, field: str, public: str, /, **values: object) -> None:
        sentence = sentence_of(public, values)
        super().__init__(sentence, f"{field}: {sentence}")
        self.field = field


class Conflict(Refusal):
    status = 409


class JamNotOpen(Conflict):
    """Writing is refused because of the jam's state, for local and remote people alike."""


class ForumClosed(Conflict):
    """A forum takes no new ideas any more; those in it can still be answered."""


class ThreadLocked(Conflict):
    """A thread can be read and no longer answered, for local and remote people alike."""


class CharterIncomplete(Conflict):
    """A jam cannot open before its charter is whole."""


class Moved(Conflict):
    """Somebody, perhaps the same person elsewhere, changed it meanwhile. `version` stands now."""

    def __init__(self, version: int, since: int) -> None:
        public = "This was changed meanwhile. Your words are still here: look at what stands now, then save again."
        super().__init__(public, f"version {version} stands, {since} was changed")
        self.version = version


class RulesMoved(Conflict):
    """Another table came into force since this one was compared with the rules. `version` is in force now."""

    def __init__(self, version: int, since: int) -> None:
        super().__init__(
            say(
                "Version %(version)s came into force after version %(since)s: compare with it first.",
                version=version,
                since=since,
            )
        )
        self.version = version


class TooMuch(Refusal):
    status = 413
