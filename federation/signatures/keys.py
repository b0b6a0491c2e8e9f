"""Keys: ours to sign with, strangers' to verify with. The arithmetic is cryptography's (OpenSSL).

The key alone decides the algorithm. What a sender writes into ``algorithm`` never does: with a public PEM as
an HMAC secret anybody could sign as anybody.
"""

from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from federation.signatures.errors import UnusableKey

LONGEST_PEM = 16_384
SMALLEST_RSA, LARGEST_RSA = 2048, 8192
KEYS_KEPT = 4096


class PrivateKey:
    """One of our own keys. ``sign`` takes about 0.3 ms for RSA-2048 and releases the GIL."""

    __slots__ = ("_key",)

    def __init__(self, key: rsa.RSAPrivateKey | Ed25519PrivateKey) -> None:
        self._key = key

    def sign(self, message: bytes) -> bytes:
        """RSA: PKCS#1 v1.5 over SHA-256. Ed25519: as RFC 8032."""
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(message, padding.PKCS1v15(), hashes.SHA256())
        return self._key.sign(message)

    @property
    def algorithm(self) -> str:
        """What a draft-cavage header says about this key: ``rsa-sha256``, or ``hs2019`` for Ed25519."""
        return "rsa-sha256" if isinstance(self._key, rsa.RSAPrivateKey) else "hs2019"

    @property
    def kind(self) -> str:
        """``rsa`` or ``ed25519``."""
        return "rsa" if isinstance(self._key, rsa.RSAPrivateKey) else "ed25519"

    def public_pem(self) -> str:
        """The public half as SPKI PEM."""
        return _spki(self._key.public_key())


class PublicKey:
    """A stranger's key that passed our checks."""

    __slots__ = ("_key",)

    def __init__(self, key: rsa.RSAPublicKey | Ed25519PublicKey) -> None:
        self._key = key

    def pem(self) -> str:
        """The key as SPKI PEM."""
        return _spki(self._key)

    def raw_ed25519(self) -> bytes:
        """The 32 bytes of an Ed25519 key; raise ValueError for a key of another kind."""
        if not isinstance(self._key, Ed25519PublicKey):
            raise ValueError("it is no Ed25519 key")
        return self._key.public_bytes_raw()

    @property
    def kind(self) -> str:
        """``rsa`` or ``ed25519``."""
        return "rsa" if isinstance(self._key, rsa.RSAPublicKey) else "ed25519"

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Is this the key's signature of these bytes? About 20 µs: call it inline, a thread costs more."""
        try:
            if isinstance(self._key, rsa.RSAPublicKey):
                self._key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
            else:
                self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


def generate_rsa_pem() -> tuple[str, str]:
    """A new RSA-2048 pair: (private PKCS#8 PEM, public SPKI PEM). Takes 30 to 100 ms: call it in a thread."""
    return _pems(rsa.generate_private_key(public_exponent=65537, key_size=2048))


def generate_ed25519_pem() -> tuple[str, str]:
    """A new Ed25519 pair: (private PKCS#8 PEM, public SPKI PEM). Takes a tenth of a millisecond."""
    return _pems(Ed25519PrivateKey.generate())


def _pems(key: rsa.RSAPrivateKey | Ed25519PrivateKey) -> tuple[str, str]:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private.decode("ascii"), _spki(key.public_key())


def load_private_key(pem: str) -> PrivateKey:
    """Read a key that WE wrote. Its numbers are not validated again (10 µs, not 31 ms).

    Raises ValueError when the PEM is not readable or of another kind.
    """
    key = serialization.load_pem_private_key(pem.encode(), password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey | Ed25519PrivateKey):
        raise ValueError(f"our keys are RSA or Ed25519, not {type(key).__name__}")
    return PrivateKey(key)


@lru_cache(maxsize=KEYS_KEPT)
def load_public_key(pem: str) -> PublicKey:
    """Read a stranger's key, remembering the last few thousand; raise UnusableKey with the reason."""
    if len(pem) > LONGEST_PEM:
        raise UnusableKey(f"a PEM of {len(pem)} characters is no key")
    try:
        key = serialization.load_pem_public_key(pem.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UnusableKey(f"the key's PEM is not readable: {error}") from error
    if isinstance(key, Ed25519PublicKey):
        return PublicKey(key)
    if not isinstance(key, rsa.RSAPublicKey):
        raise UnusableKey(f"a key of kind {type(key).__name__} is not accepted")
    _check_rsa(key)
    return PublicKey(key)


def _check_rsa(key: rsa.RSAPublicKey) -> None:
    exponent = key.public_numbers().e
    if not SMALLEST_RSA <= key.key_size <= LARGEST_RSA:
        raise UnusableKey(f"an RSA key of {key.key_size} bits: we take {SMALLEST_RSA} to {LARGEST_RSA}")
    if exponent < 3 or exponent % 2 == 0 or exponent.bit_length() > 32:
        raise UnusableKey(f"the RSA exponent {exponent} is not sane")


def _spki(key: rsa.RSAPublicKey | Ed25519PublicKey) -> str:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode("ascii")
