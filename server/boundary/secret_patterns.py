"""What secrets look like: the published formats of keys and tokens, and values named password and the like.

Each pattern is in RE2's syntax, so its time is linear in the text. The formats are those that their issuers
document.
"""

from __future__ import annotations

import re

TOKENS: tuple[tuple[str, str], ...] = (
    (
        "private key",
        r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----"
        r"(?:(?:[^-]|-[^-])*-----END [A-Z0-9 ]{0,40}-----|[A-Za-z0-9+/=\s]*)",
    ),
    ("age secret key", r"\bAGE-SECRET-KEY-1[A-Z0-9]{50,}"),
    ("AWS access key id", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"),
    ("GitHub token", r"\b(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{40,255})\b"),
    ("GitLab token", r"\bgl(?:pat|dt|rt|cbt|ptt|ft|soat|agent|oas)-[A-Za-z0-9_-]{20,}"),
    ("Slack token", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bxapp-\d-[A-Za-z0-9-]{10,}"),
    ("Slack web hook", r"\bhooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9/_-]{20,}"),
    ("Stripe key", r"\b(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,}|\bwhsec_[A-Za-z0-9]{24,}"),
    ("Google API key", r"\bAIza[0-9A-Za-z_-]{35}"),
    ("Google OAuth secret", r"\bGOCSPX-[A-Za-z0-9_-]{20,}|\bya29\.[A-Za-z0-9_-]{20,}"),
    ("model service key", r"\bsk-(?:proj-|svcacct-|admin-|ant-[a-z0-9]+-|or-v1-)?[A-Za-z0-9_-]{32,}"),
    ("npm token", r"\bnpm_[A-Za-z0-9]{36}\b"),
    ("PyPI token", r"\bpypi-[A-Za-z0-9_-]{50,}"),
    ("DigitalOcean token", r"\bdo[opr]_v1_[a-f0-9]{64}\b"),
    ("SendGrid key", r"\bSG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}"),
    ("Mailgun key", r"\bkey-[0-9a-f]{32}\b"),
    ("Mailchimp key", r"\b[0-9a-f]{32}-us\d{1,2}\b"),
    ("Twilio key", r"\b(?:SK|AC)[0-9a-f]{32}\b"),
    ("Hugging Face token", r"\bhf_[A-Za-z0-9]{30,}"),
    ("Shopify token", r"\bshp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}\b"),
    ("Databricks token", r"\bdapi[0-9a-f]{32}\b"),
    ("Vault token", r"\bhv[sbr]\.[A-Za-z0-9_-]{24,}"),
    ("Telegram bot token", r"\b\d{8,10}:AA[A-Za-z0-9_-]{32,36}\b"),
    ("Discord token", r"\b[MNO][A-Za-z0-9_-]{23,27}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40}\b"),
    ("Azure key", r"\b(?:AccountKey|SharedAccessKey|SharedAccessSignature)=[A-Za-z0-9+/%=]{30,}"),
    ("JSON web token", r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
    ("authorization header", r"(?i:\bauthorization:\s*(?:bearer|basic|token)\s+)[A-Za-z0-9._~+/=-]{8,}"),
    ("bearer token", r"(?i:\bbearer\s+)[A-Za-z0-9._~+/-]*\d[A-Za-z0-9._~+/-]{19,}"),
    (
        "address with a password",
        r"\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@<>\"]{1,100}:[^\s/@<>\"]{3,200}@[A-Za-z0-9\[]",
    ),
)
NAMED = (
    r"(?i)(?:\b|_)(?:password|passwd|passphrase|passcode|pwd|passwort|kennwort|contrasena|mot de passe|"
    r"secret(?:[ _-]?(?:key|token))?|api[ _-]?(?:key|token|secret)|apikey|access[ _-]?(?:key|token)|"
    r"auth[ _-]?token|client[ _-]?secret|private[ _-]?key|(?:aws[ _-])?secret[ _-]access[ _-]key|token)"
    r"[\"'`]?(\s{0,3}(?:=>|:=|=|:|\bis\b)\s{0,3})([\"'`]?)([^\s\"'`<>]{6,200})"
)
IBAN = r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b"
CARD = r"\b(?:4\d{3}|5[1-5]\d{2}|2[2-7]\d{2}|6011|65\d{2}|3[47]\d{2})(?:[ -]?\d{4}){2}[ -]?\d{3,4}\b"
PLACEHOLDERS = re.compile(
    r"(?i)(.)\1*$|[{\[(*…].*|\$(?:[A-Za-z_]\w*|[{(].*)$|%\w+%$|(?:your|my|the|some|example|insert|hidden)[-_].*"
)
MARKED = re.compile(r"\d|[!@#$%^&+=?]\S")


def is_named_secret(joiner: str, quote: str, value: str) -> bool:
    """Say whether a value after ``password =`` and the like is one, rather than the next word of a sentence.

    ``joiner`` is what stands between name and value; ``quote`` the quotation mark before the value, if any.
    """
    value = value.rstrip(".,;:!?)\"'")
    if len(value) < 6 or PLACEHOLDERS.match(value):
        return False
    if "=" in joiner and (quote or joiner.strip() == joiner):
        return True
    if joiner.strip().lower() == "is":
        return bool(re.search(r"\d", value)) and bool(re.search(r"[A-Za-z!@#$%^&+=?_]|\d{6}", value))
    return bool(MARKED.search(value) or re.search(r"[a-z][A-Z]", value))


def is_iban(text: str) -> bool:
    """Say whether the check digits of an international bank account number are right (ISO 13616)."""
    letters = text.replace(" ", "")
    if not 15 <= len(letters) <= 34:
        return False
    return int("".join(str(int(letter, 36)) for letter in letters[4:] + letters[:4])) % 97 == 1


def is_card(text: str) -> bool:
    """Say whether the check digit of a payment card number is right (ISO/IEC 7812-1, the Luhn formula)."""
    digits = [int(digit) for digit in text if digit.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[-2::-2]]
    return 15 <= len(digits) <= 16 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
