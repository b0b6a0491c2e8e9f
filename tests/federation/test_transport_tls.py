"""https with a certificate authority that we trust, and with one that we do not."""

import datetime
import ipaddress
import ssl

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from federation.transport import BadRedirect, Refused, Transport, Unreachable

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"),)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed certificate for 127.0.0.1, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "peer")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "peer.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + built.public_bytes(serialization.Encoding.PEM)
    )
    return path


@pytest.fixture
async def secure_base(certificate):
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/down":
            return web.Response(status=302, headers={"Location": "http://127.0.0.1:8080/"})
        return web.Response(text="private")

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    server = TestServer(app, scheme="https")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    await server.start_server(ssl=context)
    yield f"https://127.0.0.1:{server.port}"
    await server.close()


async def test_a_partner_with_a_private_authority_is_reached_when_we_are_told_of_it(secure_base, certificate):
    async with Transport(LOOPBACK, tls=ssl.create_default_context(cafile=certificate)) as transport:
        assert (await transport.get(f"{secure_base}/", {})).body == b"private"


async def test_an_unknown_authority_is_not_trusted_even_inside_the_peers_networks(secure_base):
    async with Transport(LOOPBACK) as transport:
        with pytest.raises(Unreachable):
            await transport.get(f"{secure_base}/", {})


async def test_a_good_certificate_does_not_open_an_inner_address(secure_base, certificate):
    async with Transport(tls=ssl.create_default_context(cafile=certificate)) as transport:
        with pytest.raises(Refused):
            await transport.get(f"{secure_base}/", {})


async def test_a_redirect_from_https_down_to_http_is_never_followed(secure_base, certificate):
    async with Transport(LOOPBACK, tls=ssl.create_default_context(cafile=certificate)) as transport:
        with pytest.raises(BadRedirect, match="down"):
            await transport.get(f"{secure_base}/down", {}, max_redirects=3)
