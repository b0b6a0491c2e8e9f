"""Why a request was turned away.

    Refusal
    ├── SignatureRefused   401   the signature does not prove who speaks
    │   ├── UnusableKey    401   the signer's key is weak, broken or of a kind we do not verify
    │   └── ProofRefused   401   a document's own proof does not show whose it is
    ├── KeyUnavailable     503   the signer's key could not be fetched now: try again later
    │   └── KeyGone        503   the signer's server says that the key or its owner is gone (404, 410)
    ├── MalformedActivity  400   the body is no activity
    ├── TooSlow            408   the body did not come in time
    ├── TooLarge           413   the body is larger than we read
    └── RefusedHost        403   the signer's server may not talk to us

``public`` is a sentence for strangers and reveals nothing; ``str()`` is the whole truth, for the log.
"""

from typing import ClassVar


class Refusal(Exception):
    """A request that is not admitted; never raised itself."""

    status: ClassVar[int] = 400
    public: ClassVar[str] = "This request was refused."


class SignatureRefused(Refusal):
    """401. Senders that knocked with another kind of signature come back with this one."""

    status = 401
    public = "The HTTP signature is missing or not valid."


class UnusableKey(SignatureRefused):
    """401. The key is no RSA key of 2048 to 8192 bits and no Ed25519 key, or not readable."""


class ProofRefused(SignatureRefused):
    """401. The proof inside a document (FEP-8b32) is missing, of another kind, by another, or does not fit."""

    public = "The proof in the document is missing or not valid."


class KeyUnavailable(Refusal):
    """503, so that senders try again: most drop an activity for ever on any 4xx."""

    status = 503
    public = "The signing key could not be fetched now; please try again later."


class KeyGone(KeyUnavailable):
    """The key's server answered 404 or 410. A Delete of oneself may still be believed then."""


class MalformedActivity(Refusal):
    """400. The body is not one JSON object with one id, type and actor."""

    status = 400
    public = "The body is not an activity that this server can read."


class TooSlow(Refusal):
    """408, which senders try again."""

    status = 408
    public = "The body did not come in time."


class TooLarge(Refusal):
    """413."""

    status = 413
    public = "The body is larger than this server reads."


class RefusedHost(Refusal):
    """403. A rule of ours refuses this server."""

    status = 403
    public = "This server does not take messages from yours."
