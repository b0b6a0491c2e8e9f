"""A network of our own: loopback and nothing else, with names, port 443 and a private certificate authority.

`enter()` starts this program anew in fresh namespaces (util-linux' `unshare`), as root or as anybody whom the kernel
lets. The machine outside sees nothing of it: no port, no line in /etc/hosts, no trusted authority; and when it ends,
every process in it ends. Inside, servers may have names without ports, which many of them insist on.
"""

from __future__ import annotations

import datetime
import fcntl
import os
import shutil
import socket
import ssl
import struct
import subprocess
import sys
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

MARK = "INTEROP_ROOM"
SYSTEM_BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
# Addresses that look like the Internet's: servers that dial no inside address, ours among them, need no exception.
NETWORK = "198.51.99"
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1
_SIOCSIFADDR, _SIOCSIFNETMASK = 0x8916, 0x891C


class NoRoom(Exception):
    """This machine lets us have no network of our own; `str()` says why."""


def missing() -> str:
    """Say why there can be no room on this machine, or ""."""
    if shutil.which("unshare") is None:
        return "the command `unshare` (util-linux) is missing"
    tried = subprocess.run([*_UNSHARE(), "true"], capture_output=True, text=True, timeout=20, check=False)
    return "" if tried.returncode == 0 else f"the kernel gives us no namespaces: {tried.stderr.strip()}"


def _UNSHARE() -> list[str]:
    rights = [] if os.geteuid() == 0 else ["--map-root-user"]
    return ["unshare", *rights, "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]


def enter(words: list[str], program: str = "tests.interop") -> int:
    """Run a program of ours with these words in a room of its own; return its exit code."""
    if reason := missing():
        raise NoRoom(reason)
    environment = {**os.environ, MARK: "1"}
    return subprocess.run([*_UNSHARE(), sys.executable, "-m", program, *words], env=environment).returncode


def is_inside() -> bool:
    return os.environ.get(MARK) == "1"


def furnish(folder: Path, hosts: list[str]) -> Path:
    """Bring loopback up, name the hosts, make the authority; return the folder with `ca.pem` and `server.pem`.

    Every host gets an address of its own: `address_of(hosts, host)`.
    """
    _loopback_up()
    lines = ["127.0.0.1 localhost", *(f"{address_of(hosts, host)} {host}" for host in hosts)]
    _mount(folder / "hosts", "\n".join(lines) + "\n", Path("/etc/hosts"))
    authority = _certify(folder, hosts)
    if SYSTEM_BUNDLE.exists():
        _mount(folder / "bundle.pem", authority, SYSTEM_BUNDLE)
    return folder


def address_of(hosts: list[str], host: str) -> str:
    return f"{NETWORK}.{hosts.index(host) + 1}"


def server_context(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    return context


def client_context(folder: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=folder / "ca.pem")


def trusting(folder: Path) -> dict[str, str]:
    """Return the variables by which OpenSSL, Go and Node take the authority for one they trust."""
    authority = str(folder / "ca.pem")
    return {"SSL_CERT_FILE": authority, "NODE_EXTRA_CA_CERTS": authority, "REQUESTS_CA_BUNDLE": authority}


def _loopback_up() -> None:
    """Bring loopback up, and give it the addresses of the room besides its own."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plug:
        name = b"lo".ljust(16, b"\0")
        flags = struct.unpack("16sh", fcntl.ioctl(plug, _SIOCGIFFLAGS, name + bytes(16))[:18])[1]
        fcntl.ioctl(plug, _SIOCSIFFLAGS, struct.pack("16sh", name, flags | _IFF_UP) + bytes(14))
        for request, number in ((_SIOCSIFADDR, f"{NETWORK}.1"), (_SIOCSIFNETMASK, "255.255.255.0")):
            address = struct.pack("HH4s8x", socket.AF_INET, 0, socket.inet_aton(number))
            fcntl.ioctl(plug, request, b"lo:1".ljust(16, b"\0") + address)


def _mount(path: Path, text: str, over: Path) -> None:
    path.write_text(text)
    path.chmod(0o644)
    subprocess.run(["mount", "--bind", str(path), str(over)], check=True)


def _certify(folder: Path, hosts: list[str]) -> str:
    key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Interop authority")])
    leaf = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, hosts[0])])
    now = datetime.datetime.now(datetime.UTC)
    span = (now - datetime.timedelta(days=1), now + datetime.timedelta(days=30))

    def build(subject: x509.Name, public: ec.EllipticCurvePublicKey, extension: x509.ExtensionType) -> x509.Certificate:
        builder = x509.CertificateBuilder(name, subject, public, x509.random_serial_number(), *span)
        builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        builder = builder.add_extension(_usage(signs=subject == name), critical=True)
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        own = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
        return builder.add_extension(own, critical=False).sign(key, hashes.SHA256())

    authority = build(name, key.public_key(), x509.BasicConstraints(ca=True, path_length=None))
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
    served = build(leaf, leaf_key.public_key(), names)
    private = leaf_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "server.pem").write_bytes(private + served.public_bytes(serialization.Encoding.PEM))
    text = authority.public_bytes(serialization.Encoding.PEM)
    (folder / "ca.pem").write_bytes(text)
    return text.decode()


def _usage(*, signs: bool) -> x509.KeyUsage:
    """Return what a key is for, which Python 3.13 wants stated: to sign certificates, or what a server says."""
    others = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign"), False
    )
    return x509.KeyUsage(
        digital_signature=not signs, key_cert_sign=signs, encipher_only=False, decipher_only=False, **others
    )
