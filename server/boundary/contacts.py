"""What e-mail addresses and telephone numbers look like, and what only looks like one."""

from __future__ import annotations

import re

import phonenumbers

EMAIL = (
    r"(?:[\p{L}\p{N}_][\p{L}\p{N}._%+'-]{0,63}|\"[^\"\s]{1,64}\")"
    r"(?:@|\s?[\[({<]\s?(?i:at|@)\s?[\])}>]\s?|\s(?i:at)\s)"
    r"(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,62})(?:\.|\s?[\[({<]\s?(?i:dot|\.)\s?[\])}>]\s?|\s(?i:dot)\s))+"
    r"[\p{L}][\p{L}\p{N}-]{1,62}"
)
AT = r"@|(?i:[\[({<]\s?at\s?[\])}>])|(?i:\sat\s.*(?:\sdot\s|[\[({<]\s?dot))"
WORLD = r"(?:\+|\b00)\(?[1-9](?:[ ().\-/]{0,3}\d){6,14}"
AMERICA = r"(?:\b1[ .\-])?(?:\([2-9]\d{2}\)[ .\-]{0,2}|\b[2-9]\d{2}[ .\-])[2-9]\d{2}[ .\-]\d{4}\b"
TRUNK = r"\(?\b0\d{1,5}\)?(?:[ /.\-]{1,3}\d{2,8}){1,5}\b"
SAID = (
    r"(?i:\b(?:tel|telefon|telephone|phone|mobile|mob|cell|fax|call|ring|text|sms|whatsapp|dial|handy)\b"
    r"(?:[ .:#=/-]{0,3}\b(?:numbers?|no|nr|me|us|him|her|them|at|on|is)\b){0,3})"
    r"[ .:#=]{0,4}(\+?\(?\d(?:[ ().\-/]{0,3}\d){6,14})"
)
PHONES = (("world", WORLD), ("america", AMERICA), ("trunk", TRUNK), ("said", SAID))
TRIES = {"world": 3, "america": 1, "trunk": 2, "said": 1}
REGIONS = ("GB", "DE", "FR", "NL", "CH", "AT", "IT", "BE", "SE", "AU", "IN", "JP")
DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}[./ -]\d{1,2}[./ -](?:19|20)\d{2}|(?:19|20)\d{2}[./-]\d{1,2}[./-]\d{1,2})(?!\d)"
    r"|(?<!\d)(?:19|20)\d{2} ?[-/] ?(?:19|20)\d{2}(?!\d)"
)
ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}")
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

    Not a fediverse handle (``@name@host``, ``acct:name@host``), a file (``logo@2x.png``) or ``git@host``.
    An address written with ``at`` and ``dot`` needs both as words.
    """
    found = text[start:end]
    before = text[max(0, start - 5) : start]
    if before.endswith("@") or before.lower() == "acct:" or found.startswith("git@"):
        return False
    if "@" not in found and not re.search(r"(?i)[\[({<]\s?at\s?[\])}>]", found):
        return bool(re.search(r"(?i)\sat\s\S+.*(?:\sdot\s|[\[({<]\s?dot)", found))
    return found.rpartition(".")[2].lower() not in FILES


def is_phone(sort: str, text: str, start: int, end: int) -> bool:
    """Say whether what looks like a number of this sort (see PHONES) at ``text[start:end]`` is one.

    A number may have swallowed numbers that follow it: ask again without the last, up to TRIES times. Dates,
    prices, versions, network addresses and the middles of longer numbers are none.
    """
    found = text[start:end]
    if DATE.search(found) or not _stands_alone(text, start, end) or re.fullmatch(r"\d{1,3}(?:\.\d{1,3}){3}", found):
        return False
    digits = re.sub(r"\D", "", found)
    if sort == "said":
        return 7 <= len(digits) <= 15
    if sort == "world":
        number = "+" + digits.removeprefix("00")
        return _is_number(number.replace("(0)", ""), None, strict=not found.startswith("+"))
    if sort == "america":
        return " " not in found.strip() or "(" in found or "-" in found or _is_number(found, "US")
    return 9 <= len(digits) <= 12 and any(_is_number(found, region) for region in REGIONS)


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
