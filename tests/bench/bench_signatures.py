"""How fast we verify and sign, beside what bare cryptography does in the same run on the same machine.

Run ``python tests/bench/bench_signatures.py``; a few seconds. Rates are operations per second of CPU.
"""

import asyncio
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from multidict import CIMultiDict

from federation.signatures import FoundKey, SignedRequest, generate_rsa_pem, load_private_key, sign, verify

ACTOR = "https://globex.example/people/ann"
URL = "https://acme.example/inbox"
SECONDS = 1.0


def rate(once: Callable[[], object]) -> float:
    """Calls per second of this process's CPU, over about SECONDS."""
    calls, began = 0, time.process_time()
    while (spent := time.process_time() - began) < SECONDS:
        for _ in range(50):
            once()
        calls += 50
    return calls / spent


async def verify_rate(request: SignedRequest, key: FoundKey, now: datetime) -> float:
    async def find_key(key_id: str, fresh: bool) -> FoundKey:
        return key

    async def refuse_host(host: str) -> None:
        pass

    calls, began = 0, time.process_time()
    while (spent := time.process_time() - began) < SECONDS:
        for _ in range(50):
            await verify(request, hosts={"acme.example"}, find_key=find_key, refuse_host=refuse_host, now=now)
        calls += 50
    return calls / spent


def main() -> None:
    """Print four rates and two ratios."""
    private_pem, public_pem = generate_rsa_pem()
    ours = load_private_key(private_pem)
    bare = serialization.load_pem_private_key(private_pem.encode(), None)
    assert isinstance(bare, rsa.RSAPrivateKey)
    public, message, now = bare.public_key(), b"m" * 200, datetime.now(UTC)
    signature = bare.sign(message, padding.PKCS1v15(), hashes.SHA256())
    body = (
        b'{"id":"https://globex.example/a/1","type":"Create","actor":"' + ACTOR.encode() + b'","object":'
        b'{"id":"https://globex.example/o/1","type":"Note","content":"' + b"word " * 300 + b'"}}'
    )
    key = FoundKey(f"{ACTOR}#main-key", ACTOR, public_pem)
    headers = CIMultiDict(sign("POST", URL, body, key.key_id, ours, now))
    request = SignedRequest("POST", "/inbox", headers, body)

    bare_sign = rate(lambda: bare.sign(message, padding.PKCS1v15(), hashes.SHA256()))
    our_sign = rate(lambda: sign("POST", URL, body, key.key_id, ours, now))
    bare_verify = rate(lambda: public.verify(signature, message, padding.PKCS1v15(), hashes.SHA256()))
    our_verify = asyncio.run(verify_rate(request, key, now))
    for name, bare_rate, whole in (("sign", bare_sign, our_sign), ("verify", bare_verify, our_verify)):
        print(f"{name:8} bare {bare_rate:9,.0f}/s   whole {whole:9,.0f}/s   ratio {whole / bare_rate:.2f}")
    print(f"the eight checks beside the arithmetic: {1e6 / our_verify - 1e6 / bare_verify:.0f} µs a request")


if __name__ == "__main__":
    main()
