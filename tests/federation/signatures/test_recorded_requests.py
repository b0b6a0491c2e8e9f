"""Requests that real servers signed, when a collection of them is at hand.

``MARMALADE_TEST_PAYLOADS`` names a directory with one folder for each server: recorded requests as JSON
(``method``, ``path``, ``headers``, ``body_base64``) and in ``docs/`` the actors' documents as they were.
"""

import base64
import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from federation.signatures import FoundKey, KeyUnavailable, SignedRequest, verify
from federation.signatures.cavage import parse_date


def recordings() -> list[Path]:
    root = os.environ.get("MARMALADE_TEST_PAYLOADS")
    return sorted(Path(root).glob("*/*.json")) if root else []


def recorded_keys(folder: Path) -> dict[str, FoundKey]:
    keys = {}
    for path in folder.glob("docs/*.json"):
        document = json.loads(path.read_text())
        key = document.get("publicKey") if isinstance(document, dict) else None
        for one in key if isinstance(key, list) else [key]:
            if isinstance(one, dict):
                keys[one["id"]] = FoundKey(one["id"], one["owner"], one["publicKeyPem"])
    return keys


@pytest.mark.skipif(not recordings(), reason="MARMALADE_TEST_PAYLOADS names no directory of recorded requests")
@pytest.mark.parametrize("path", recordings(), ids=lambda path: f"{path.parent.name}-{path.stem}")
async def test_what_a_real_server_signed_is_verified(path):
    record = json.loads(path.read_text())
    keys = recorded_keys(path.parent)
    headers = record["headers"]

    async def find_key(key_id: str, fresh: bool) -> FoundKey:
        if key_id not in keys:
            raise KeyUnavailable(key_id)
        return keys[key_id]

    async def refuse_host(host: str) -> None:
        pass

    request = SignedRequest(record["method"], record["path"], headers, base64.b64decode(record["body_base64"]))
    now = parse_date(headers["Date"]) + timedelta(seconds=30)
    verified = await verify(request, hosts={record["host"]}, find_key=find_key, refuse_host=refuse_host, now=now)
    assert verified.activity == record["json"]
