"""What e-mail addresses and telephone numbers look like, and what only looks like one."""

from __future__ import annotations

import re

import phonenumbers

_LOCAL = r"(?:[\p{L}\p{N}_][\p{L}\p{N}._%+'-]{0,63}|\"[^\"\s]{1,64}\")"
_LABEL = r"[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})"
_DOT_SAID = r"\s?[\[({<]\s?(?i:dot|\.)\s?[\])}>]\s?|\s(?i:dot)\s"
_TOP = r"(?:\p{L}{2,62}|(?i:xn--)[a-z0-9-]{2,59})"
_PARTS = rf"(?:{_LABEL}(?:\.|{_DOT_SAID}))"
EMAIL = rf"{_LOCAL}(?:@|\s?[\[({{<]\s?(?i:at|@)\s?[\])}}>]\s?){_PARTS}+{_TOP}"
# With the word "at", one dot at least is said as well.
EMAIL_SAID = rf"{_LOCAL}\s(?i:at)\s{_PARTS}*{_LABEL}(?:{_DOT_SAID}){_PARTS}*{_TOP}"
AT = r"@|(?i:[\[({<]\s?at\s?[\])}>])"
WORLD = r"(?:\+|\b00)\(?[1-9](?:[ ().\-/]{0,3}\d){6,14}"
AMERICA = r"(?:\b1[ .\-])?(?:\([2-9]\d{2}\)[ .\-]{0,2}|\b[2-9]\d{2}[ .\-])[2-9]\d{2}[ .\-]\d{4}\b"
TRUNK = r"\(?\b0\d{1,5}\)?(?:[ /.\-]{1,3}\d{2,9}){1,5}\b"
AREA = r"\(\d{1,3}\)[ .\-]?\d{3,5}[ .\-]\d{3,4}\b"
BARE = r"\b0\d{8,10}\b"
SAID = (
    r"(?i:(?:\b(?:(?:hand|mobil)?(?:tele?(?:f|ph)one?|tel)(?:n?o|nummer|nr)?|tlf|tfno|phone|mob(?:i[el]?(?:le)?)?|movil|"
    r"cell?(?:ular[e]?|phone)?|fax|call|ring|text|sms|whatsapp|signal|dial|handy|ruf(?:nummer|en)?|llam(?:a[dr]?|e[n]?)|"
    r"appele[rz]|portable|(?:my|our|his|her|their)\snumber|(?:reach|contact)\s(?:me|us|him|her|them))\b|"
    r"\x{7535}\x{8bdd}|\x{96fb}\x{8a71}|\x{624b}\x{673a}|\x{624b}\x{6a5f})"
    r"(?:[ .:#=/-]{0,3}\b(?:numbers?|numero|nummer|no|nr|me|us|him|her|them|mich|uns|at|on|is|ist|es|est|al|au|el|le|"
    r"to|under|unter)\b){0,3})"
    r"[ .:#=\x{ff1a}]{0,4}(\+?\(?\d(?:[ ().\-/]{0,3}\d){6,14})"
)
PHONES = (("world", WORLD), ("america", AMERICA), ("trunk", TRUNK), ("area", AREA), ("bare", BARE), ("said", SAID))
TRIES = {"world": 3, "america": 1, "trunk": 2, "area": 1, "bare": 1, "said": 1}
REGIONS = (
    *("GB", "DE", "FR", "NL", "CH", "AT", "IT", "BE", "SE", "FI", "IE", "HU", "RO", "HR", "SI", "SK", "TR", "UA"),
    *("AU", "NZ", "IN", "JP", "KR", "CN", "TW", "TH", "MY", "ID", "VN", "PH", "IL", "ZA", "EG", "NG", "KE", "AR"),
)
AREAS = ("BR", "AR", "CL", "MX", "CO", "PE")
DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}[./ -]\d{1,2}[./ -](?:19|20)\d{2}|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2})(?!\d)"
    r"|(?<!\d)(?:19|20)\d{2} ?[-/] ?(?:19|20)\d{2}(?!\d)"
)
ADDRESS = re.compile(r"(?:0|[1-9]\d{0,2})(?:\.(?:0|[1-9]\d{0,2})){3}")
ZIP = re.compile(r"\d{5}-\d{4}")
BOOK = re.compile(r"(?i)isbn[ :#-]{0,4}(?:1[03][ :-]{0,2})?$")
# What news servers call a message, which is no address: <1993Apr15.012345.6789@host>.
MESSAGE = re.compile(r"(?:19|20)\d\d(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\d")
FILES = frozenset(
    {
        "png",
        "jpg",
        "jpeg",
        "gif",
        "webp",
        "svg",
        "pdf",
        "zip",
        "gz",
        "html",
        "css",
        "js",
        "ts",
        "py",
        "md",
        "txt",
    }
    | {"json", "xml", "yml", "yaml", "toml"}
)


def is_email(text: str, start: int, end: int) -> bool:
    """Say whether what looks like an e-mail address at ``text[start:end]`` is one.

    Not a fediverse handle (``@name@host``, ``acct:name@host``), a file (``logo@2x.png``), ``git@host`` or the id of
    a message.
    """
    found = text[start:end]
    before = text[max(0, start - 5) : start]
    if before.endswith("@") or before.lower() == "acct:" or found.startswith("git@"):
        return False
    if MESSAGE.match(found) or before.lower().endswith("cle <") or text[end : end + 1].isdigit():
        return False
    return found.rpartition(".")[2].lower() not in FILES


def is_phone(sort: str, text: str, start: int, end: int) -> bool:
    """Say whether what looks like a number of this sort (see PHONES) at ``text[start:end]`` is one.

    A number may have swallowed numbers that follow it: ask again without the last, up to TRIES times. Dates,
    prices, versions, network addresses and the middles of longer numbers are none.
    """
    found = text[start:end]
    if not _stands_alone(text, start, end) or ADDRESS.fullmatch(found) or ZIP.fullmatch(found):
        return False
    if (DATE.search(found) and not found.startswith("+")) or BOOK.search(text, max(0, start - 14), start):
        return False
    digits = re.sub(r"\D", "", found)
    if sort == "said":
        return 7 <= len(digits) <= 15
    if sort == "world":
        number = "+" + digits.removeprefix("00")
        return _is_number(number.replace("(0)", ""), None, strict=not found.startswith("+"))
    if sort == "america":
        return " " not in found.strip() or "(" in found or "-" in found or _is_number(found, "US")
    regions = AREAS if sort == "area" else REGIONS
    if digits in "0123456789" or not 9 <= len(digits) <= 12:
        return False
    return any(_is_number(found, region) for region in regions)


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if before and (before[-1].isalnum() or before[-1] in "+$€£¥#_=" or re.fullmatch(r"\d[.,:/-]", before)):
        return False
    return not (after and (after[0].isalnum() or after[0] in "_%" or re.fullmatch(r"[.,:/-]\d", after)))


def _is_number(text: str, region: str | None, strict: bool = True) -> bool:
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number) if strict else phonenumbers.is_possible_number(number)
