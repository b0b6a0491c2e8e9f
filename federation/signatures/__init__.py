"""HTTP signatures: who says this, and how do we say it so that others believe us.

``verify`` is the one way in: it runs every check and makes the VerifiedActivity that the rest demands.
"""

from federation.signatures.cavage import sign
from federation.signatures.errors import (
    KeyGone,
    KeyUnavailable,
    MalformedActivity,
    ProofRefused,
    Refusal,
    RefusedHost,
    SignatureRefused,
    TooLarge,
    TooSlow,
    UnusableKey,
)
from federation.signatures.keys import (
    PrivateKey,
    PublicKey,
    generate_ed25519_pem,
    generate_rsa_pem,
    load_private_key,
    load_public_key,
)
from federation.signatures.requests import SignedRequest
from federation.signatures.verify import FoundKey, VerifiedActivity, verify, verify_get

__all__ = [
    "FoundKey",
    "KeyGone",
    "KeyUnavailable",
    "MalformedActivity",
    "PrivateKey",
    "ProofRefused",
    "PublicKey",
    "Refusal",
    "RefusedHost",
    "SignatureRefused",
    "SignedRequest",
    "TooLarge",
    "TooSlow",
    "UnusableKey",
    "VerifiedActivity",
    "generate_ed25519_pem",
    "generate_rsa_pem",
    "load_private_key",
    "load_public_key",
    "sign",
    "verify",
    "verify_get",
]
