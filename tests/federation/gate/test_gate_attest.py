"""What one server says with a proof, another believes: over the wire, after a change of keys, and nobody else's."""

from __future__ import annotations

import pytest

from federation.gate.attest import said_by, sign_as_server
from federation.gate.key_change import rotate_keys
from federation.signatures import ProofRefused
from server.services import forums
from tests.federation.conftest import MakeOrganisation
from tests.federation.organisation import Organisation


@pytest.fixture
async def globex(organise: MakeOrganisation) -> Organisation:
    return await organise("Globex")


async def meet(acme: Organisation, globex: Organisation) -> None:
    """Have Acme's server speak to Globex's, which fetches its actor to check the signature."""
    forum = await globex.forum("open")
    await globex.idle()
    await forums.ask_to_join(acme.house, acme.admin, f"@{forum.slug}@{globex.host}")
    await acme.idle()
    await globex.idle()
    await acme.idle()


def statement(acme: Organisation) -> dict[str, str]:
    return {"type": "Statement", "attributedTo": acme.house.addresses.server_uri, "content": "We agree."}


async def test_a_server_believes_what_another_signed_and_nobody_elses_word(
    acme: Organisation, globex: Organisation
) -> None:
    await meet(acme, globex)
    ours, theirs = acme.house.addresses.server_uri, globex.house.addresses.server_uri
    said = await sign_as_server(acme.gate, statement(acme))
    assert said["proof"]["verificationMethod"] == f"{ours}#ed25519-key"
    assert await said_by(globex.gate, said, ours) == statement(acme)
    with pytest.raises(ProofRefused, match="not known"):
        await said_by(globex.gate, said, f"{acme.url}/people/nobody")
    forged = await sign_as_server(globex.gate, statement(acme))
    with pytest.raises(ProofRefused, match="no such key"):
        await said_by(globex.gate, forged, ours)
    with pytest.raises(ProofRefused):
        await said_by(acme.gate, forged, theirs)


async def test_after_a_change_of_keys_only_the_new_one_counts(
    acme: Organisation, globex: Organisation, organise: MakeOrganisation
) -> None:
    await meet(acme, globex)
    ours = acme.house.addresses.server_uri
    before = await sign_as_server(acme.gate, statement(acme))
    await rotate_keys(acme.gate)
    after = await sign_as_server(acme.gate, statement(acme))
    assert after["proof"]["verificationMethod"] == f"{ours}#ed25519-key-2"
    with pytest.raises(ProofRefused, match="no such key"):
        await said_by(globex.gate, after, ours)
    initech = await organise("Initech")
    await meet(acme, initech)
    assert await said_by(initech.gate, after, ours) == statement(acme)
    with pytest.raises(ProofRefused, match="no such key"):
        await said_by(initech.gate, before, ours)
