"""What detectors find of what was planted in real text, what they hold for nothing, and how fast they are.

Run: ``python -m tests.bench.bench_detectors [--show] [FILE.jsonl[.gz] ...]``. The demo's statements are always read;
files (or those that the environment variable ``TEXTS`` names, separated by colons) are read beside them, lines of
JSON with ``text``. ``--show`` prints every finding in the untouched posts, to be looked at one by one.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import string
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import phonenumbers

from server.boundary.detectors import Detectors
from server.boundary.quotes import RUN, Winnower, common_runs, weight

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "server/demo/data/bowling-green.jsonl"
PLANTS = 2_000
MOST_TEXTS = 20_000
WORD, HEX, UPPER = string.ascii_letters + string.digits, "0123456789abcdef", string.ascii_uppercase
BASE32, SIGNS = UPPER + "234567", "!#%&+-_=?"
SETS = {"w": WORD, "h": HEX, "U": UPPER, "b": BASE32, "d": string.digits, "s": WORD + SIGNS}
# {w36} is 36 letters and digits; see SETS.
SECRETS = (
    *("AKIA{b16}", "ASIA{b16}", "ghp_{w36}", "gho_{w36}", "github_pat_{w22}_{w59}", "glpat-{w20}", "glrt-{w20}"),
    *("xoxb-{d12}-{d12}-{w24}", "xoxp-{d12}-{d12}-{w32}", "https://hooks.slack.com/services/T{U8}/B{U8}/{w24}"),
    *("sk_live_{w24}", "rk_live_{w24}", "whsec_{w32}", "AIza{w35}", "GOCSPX-{w28}", "ya29.{w60}", "sk-proj-{w48}"),
    *("sk-ant-api03-{w40}", "npm_{w36}", "pypi-AgEIcHlwaS5vcmc{w60}", "dop_v1_{h64}", "SG.{w22}.{w43}", "key-{h32}"),
    *("{h32}-us{d2}", "SK{h32}", "hf_{w34}", "shpat_{h32}", "dapi{h32}", "hvs.{w90}", "{d9}:AA{w33}"),
    *("AccountKey={w86}==", "eyJ{w20}.eyJ{w40}.{w43}", "Authorization: Bearer {w40}", "postgres://app:{w14}@db.int/x"),
    *("password: {s12}", "Password={s10}", "pwd = '{s14}'", "api_key: {w32}", 'secret_key = "{w40}"', "token={w32}"),
    *("client_secret: {w30}", "the password is {w5}{d3}", "passphrase: {w8}-{w8}"),
    "-----BEGIN RSA PRIVATE KEY-----\n{w64}\n{w64}\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN OPENSSH PRIVATE KEY-----\n{w70}\n{w70}\n-----END OPENSSH PRIVATE KEY-----",
)
EMAILS = (
    *("{f}.{l}@{c}.com", "{f}@{c}.co.uk", "{f}_{l}{d2}@mail.{c}.org", "{f}+jam@{c}.de", "{l}.{f}@{c}-labs.io"),
    *("{f}.{l} [at] {c}.com", "{f} at {c} dot com", "{f}(at){c}(dot)net", "<{f}@{c}.eu>", "mailto:{f}@{c}.fr"),
    *("{f}&#64;{c}.com", "{f}%40{c}.com", "**{f}**@{c}.com", "{f}\u200b.{l}@{c}.com", "{f}\uff20{c}.com"),
)
FIRST = ("Ingrid", "Tobias", "Marisol", "Kwame", "Yuki", "Siobhan", "Rafael", "Anouk", "Dmitri", "Leila", "Omar")
LAST = ("Lindqvist", "Okonkwo", "Tanaka", "Ferreira", "Achterberg", "Novak", "Dubois", "Haddad", "Kowalski", "Brennan")
CODE = ("Project Bluebird", "Operation Saltmarsh", "Quartz-9", "Nightjar", "Project Lynx", "Opal Ridge")
CONTEXTS = ("{}", "It is {}", "({})", "See: {}.", "`{}`", "> {}", "\n{}\n", "ask {}, please")
PHONE_CONTEXTS = ("Call {}", "my number is {}", "Tel.: {}", "phone {} after six", "Mobile: {}")
REGIONS = (
    *("US", "CA", "GB", "DE", "FR", "NL", "BE", "CH", "AT", "IT", "ES", "PT", "SE", "NO", "DK", "FI", "PL", "CZ", "IE"),
    *("AU", "NZ", "JP", "IN", "CN", "KR", "BR", "MX", "ZA", "SG", "HK", "TR", "GR", "HU", "RO", "UA", "IL", "AR", "CL"),
)

Make = Callable[[random.Random], str]


def drawn(template: str, chance: random.Random) -> str:
    """Return a template with each {w36} and the like drawn at random."""
    return re.sub(r"\{([whUbds])(\d+)\}", lambda m: "".join(chance.choices(SETS[m[1]], k=int(m[2]))), template)


def a_secret(chance: random.Random) -> str:
    return chance.choice(CONTEXTS).format(drawn(chance.choice(SECRETS), chance))


def an_email(chance: random.Random) -> str:
    first, last = chance.choice(FIRST).lower(), chance.choice(LAST).lower()
    company = chance.choice(("acme", "globex", "initech", "umbrella", "hooli"))
    made = drawn(chance.choice(EMAILS).replace("{f}", first).replace("{l}", last).replace("{c}", company), chance)
    return chance.choice(CONTEXTS[:4]).format(made)


def a_phone(chance: random.Random) -> str:
    """Return a number as its country writes it, abroad or at home; at home among words that say what it is."""
    kinds = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
    number = phonenumbers.example_number_for_type(chance.choice(REGIONS), chance.choice(kinds))
    form = chance.choice(
        (
            phonenumbers.PhoneNumberFormat.INTERNATIONAL,
            phonenumbers.PhoneNumberFormat.E164,
            phonenumbers.PhoneNumberFormat.NATIONAL,
        )
    )
    text = phonenumbers.format_number(number, form)
    text = text.replace(" ", chance.choice((" ", " ", "-")))
    at_home = form == phonenumbers.PhoneNumberFormat.NATIONAL
    return chance.choice(PHONE_CONTEXTS if at_home else CONTEXTS[:4]).format(text)


def a_code_name(chance: random.Random) -> str:
    return _dressed(chance.choice(CODE), chance)


def a_person(chance: random.Random) -> str:
    return _dressed(f"{chance.choice(FIRST)} {chance.choice(LAST)}", chance)


def _dressed(term: str, chance: random.Random) -> str:
    """Return a term in one of the spellings that people, or somebody who hides, give it."""
    ways: tuple[Callable[[str], str], ...] = (
        str,
        str.upper,
        str.lower,
        lambda text: text.replace(" ", "-"),
        lambda text: text.replace(" ", "_"),
        lambda text: text.replace("a", "\u0430").replace("o", "\u043e"),
        lambda text: text[:3] + "\u200b" + text[3:],
        lambda text: f"**{text}**",
        lambda text: text.replace("i", "\u00ed"),
        lambda text: f"{text}'s",
    )
    return chance.choice(ways)(term)


KINDS: dict[str, Make] = {
    "secret": a_secret,
    "email": an_email,
    "phone": a_phone,
    "codename": a_code_name,
    "person": a_person,
}


def read(path: Path) -> list[str]:
    """Return the texts of a file of JSON lines."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
        return [str(json.loads(line)["text"]) for line in lines][:MOST_TEXTS]


def sources() -> Iterator[tuple[str, list[str]]]:
    yield "the demo", read(DEMO)
    named = [one for one in sys.argv[1:] if not one.startswith("-")] or os.environ.get("TEXTS", "").split(":")
    for name in filter(None, named):
        yield "/".join(Path(name).parts[-2:]), read(Path(name))


def planted(text: str, plant: str, chance: random.Random) -> str:
    """Return a text with something put between two of its words."""
    places = [match.start() for match in re.finditer(r"\s", text)] or [len(text)]
    at = chance.choice(places)
    return f"{text[:at]} {plant} {text[at:]}"


def bench_recall(name: str, texts: list[str], detectors: Detectors) -> None:
    chance = random.Random(7)
    said = []
    for kind, make in KINDS.items():
        missed: Counter[str] = Counter()
        for _ in range(PLANTS):
            plant = make(chance)
            if kind not in detectors.kinds(planted(chance.choice(texts), plant, chance)):
                missed[plant[:70]] += 1
        found = 1 - sum(missed.values()) / PLANTS
        said.append(f"{kind} {found:.2%}")
        if missed and "--show" in sys.argv:
            for plant, times in missed.most_common(10):
                print(f"    missed {times} x {kind}: {plant!r}")
    print(f"{name}: found of {PLANTS:,} planted each: {', '.join(said)}")


def bench_false_holds(name: str, texts: list[str], detectors: Detectors) -> None:
    held: Counter[str] = Counter()
    posts = 0
    for text in texts:
        found = detectors.scan(text)
        posts += bool(found)
        held.update({each.kind for each in found})
        for each in found if "--show" in sys.argv else ():
            print(f"    {each.kind}: …{text[max(0, each.start - 30) : each.start]}»{text[each.start : each.end]}«")
    print(f"{name}: {posts} of {len(texts):,} untouched posts held ({posts / len(texts):.2%}): {dict(held)}")


def bench_quotes(name: str, texts: list[str], winnower: Winnower) -> None:
    """Plant runs of eight to thirty words of one half of the posts in posts of the other half.

    In scripts without blanks a letter weighs less than a word, so a run has more of them.
    """
    chance = random.Random(11)
    words = [winnower.words(text) for text in texts]
    inside, outside = words[::2], words[1::2]
    long = [one for one in inside if weight(one) >= RUN]
    found = 0
    for _ in range(PLANTS):
        source, host = chance.choice(long), chance.choice(outside)
        start = chance.randrange(len(source) - RUN + 1)
        while weight(source[start:]) < RUN:
            start -= 1
        end = min(start + chance.randint(RUN, 30), len(source))
        while weight(source[start:end]) < RUN:
            end += 1
        copied = source[start:end]
        at = chance.randrange(len(host) + 1)
        post = (*host[:at], *copied, *host[at:])
        found += bool(winnower.prints(post) & winnower.prints(source) and common_runs(post, source))
    index: dict[int, list[int]] = {}
    for number, one in enumerate(inside):
        for mark in winnower.prints(one):
            index.setdefault(mark, []).append(number)
    alike = 0
    for one in outside:
        shared = {number for mark in winnower.prints(one) for number in index.get(mark, ())[-100:]}
        alike += any(common_runs(one, inside[number]) for number in shared)
    print(
        f"{name}: quotes of {RUN} to 30 words found {found / PLANTS:.2%}; of {len(outside):,} untouched posts"
        f" {alike} ({alike / len(outside):.2%}) share {RUN} words in a row with one of {len(inside):,} others"
    )


def rate(work: Callable[[str], object], texts: list[str]) -> float:
    """Return how many texts are done in a second of CPU, in the best of three rounds."""
    best = float("inf")
    for _ in range(3):
        start = time.process_time()
        for text in texts:
            work(text)
        best = min(best, time.process_time() - start)
    return len(texts) / best


def bench_speed(name: str, texts: list[str], winnower: Winnower) -> None:
    some = texts[:3_000]
    terms = [f"{FIRST[n % len(FIRST)]} {LAST[n % len(LAST)]}{n}" for n in range(100_000)]
    large = Detectors(terms[::2], terms[1::2])
    size = sum(map(len, some)) / len(some)
    scanned = rate(large.scan, some)
    winnowed = rate(lambda text: winnower.prints(winnower.words(text)), some)
    print(
        f"{name}: {scanned:,.0f} posts/s scanned with 100,000 terms, {winnowed:,.0f}/s winnowed, of {size:.0f} letters"
    )


def main() -> None:
    people = [f"{first} {last}" for first in FIRST for last in LAST]
    detectors = Detectors(CODE, people)
    winnower = Winnower(b"k" * 32)
    for name, texts in sources():
        bench_false_holds(name, texts, detectors)
        bench_recall(name, texts, detectors)
        bench_quotes(name, texts, winnower)
        bench_speed(name, texts, winnower)


if __name__ == "__main__":
    main()
