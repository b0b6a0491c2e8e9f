"""Which keys we sign with and which we take from strangers."""

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from federation.signatures import UnusableKey, generate_rsa_pem, load_private_key, load_public_key


def spki(key) -> str:
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def test_a_generated_pair_signs_and_verifies():
    private_pem, public_pem = generate_rsa_pem()
    private, public = load_private_key(private_pem), load_public_key(public_pem)

    signature = private.sign(b"message")

    assert public.verifies(signature, b"message")
    assert not public.verifies(signature, b"another message")
    assert not public.verifies(b"", b"message")
    assert private.public_pem() == public_pem


def test_an_ed25519_pair_signs_and_verifies():
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    public = load_public_key(spki(key.public_key()))

    assert public.kind == "ed25519"
    assert public.verifies(load_private_key(pem.decode()).sign(b"message"), b"message")


def test_a_key_is_read_once_and_remembered(pem_pairs):
    assert load_public_key(pem_pairs[0][1]) is load_public_key(pem_pairs[0][1])


def test_a_pkcs1_public_pem_is_read(pem_pairs):
    key = serialization.load_pem_public_key(pem_pairs[0][1].encode())
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.PKCS1).decode()

    assert load_public_key(pem).kind == "rsa"


@pytest.mark.parametrize(
    ("modulus_bits", "exponent"),
    [(1024, 65537), (2047, 65537), (8200, 65537), (16384, 3), (2048, 1), (2048, 2**40 + 1)],
)
def test_a_weak_or_costly_rsa_key_is_refused(modulus_bits, exponent):
    try:
        key = rsa.RSAPublicNumbers(exponent, (1 << (modulus_bits - 1)) + 1).public_key()
    except ValueError:
        return  # OpenSSL will not even hold such numbers
    with pytest.raises(UnusableKey):
        load_public_key(spki(key))


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "-----BEGIN PUBLIC KEY-----",
        "-----BEGIN PUBLIC KEY-----\n\n-----END PUBLIC KEY-----",
        "\x00",
        "ü",
        "\ud800",
        "x" * 20_000,
    ],
)
def test_a_pem_that_is_none_is_refused(pem):
    with pytest.raises(UnusableKey):
        load_public_key(pem)


def test_a_key_of_another_kind_is_refused():
    with pytest.raises(UnusableKey):
        load_public_key(spki(ec.generate_private_key(ec.SECP256R1()).public_key()))
