"""Detectors: what they find under disguises, what they leave alone, and how they mask it."""

import html
import random
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.boundary.detectors import Detectors, Finding, PatternError, mask
from server.boundary.plain import Alphabet, bare, fold, folded, plainly

DETECTORS = Detectors(
    code_names=["Project Lynx", "X-15", "Opal", "Élan Vital"],
    people=["Jané Doe", "Wei Zhang"],
    patterns={"ticket": r"\bACME-\d+\b"},
)
ALL = {"secret", "email", "phone", "codename", "person", "pattern:ticket"}


def found(text, kind):
    return [text[each.start : each.end] for each in DETECTORS.scan(text) if each.kind == kind]


def drawn(letters, length, seed=7):
    chance = random.Random(f"{letters}{length}{seed}")
    return "".join(chance.choice(letters) for _ in range(length))


WORD = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
SECRETS = {
    "AWS access key id": "AKIA" + drawn("ABCDEFGHIJKLMNOP234567", 16),
    "GitHub token": "ghp_" + drawn(WORD, 36),
    "fine-grained GitHub token": "github_pat_" + drawn(WORD, 22) + "_" + drawn(WORD, 59),
    "GitLab token": "glpat-" + drawn(WORD, 20),
    "Slack token": "xoxb-" + drawn("0123456789", 12) + "-" + drawn(WORD, 24),
    "Slack web hook": "https://hooks.slack.com/services/T"
    + drawn("AB12", 8)
    + "/B"
    + drawn("AB12", 8)
    + "/"
    + "x" * 24,
    "Stripe key": "sk_live_" + drawn(WORD, 24),
    "Google API key": "AIza" + drawn(WORD, 35),
    "Google OAuth secret": "GOCSPX-" + drawn(WORD, 28),
    "model service key": "sk-proj-" + drawn(WORD, 48),
    "npm token": "npm_" + drawn(WORD, 36),
    "PyPI token": "pypi-AgEIcHlwaS5vcmc" + drawn(WORD, 60),
    "DigitalOcean token": "dop_v1_" + drawn(HEX, 64),
    "SendGrid key": "SG." + drawn(WORD, 22) + "." + drawn(WORD, 43),
    "Mailgun key": "key-" + drawn(HEX, 32),
    "Mailchimp key": drawn(HEX, 32) + "-us12",
    "Twilio key": "SK" + drawn(HEX, 32),
    "Hugging Face token": "hf_" + drawn(string.ascii_letters, 34),
    "Shopify token": "shpat_" + drawn(HEX, 32),
    "Databricks token": "dapi" + drawn(HEX, 32),
    "Vault token": "hvs." + drawn(WORD, 90),
    "Telegram bot token": "123456789:AA" + drawn(WORD, 33),
    "Azure key": "AccountKey=" + drawn(WORD, 86) + "==",
    "JSON web token": "eyJ" + drawn(WORD, 20) + ".eyJ" + drawn(WORD, 40) + "." + drawn(WORD, 43),
    "private key": "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn\n-----END OPENSSH PRIVATE KEY-----",
    "header": "Authorization: Basic " + drawn(WORD, 24) + "==",
    "bearer": "Bearer " + drawn(WORD, 40),
    "address": "postgres://app:hunter2@db.internal:5432/app",
    "password=": "password=hunter2!",
    "password:": "Password: Tr0ub4dor&3",
    "quoted": "api_key = 'abcdefgh'",
    "environment": "AWS_SECRET_ACCESS_KEY=" + drawn(WORD + "/+", 40),
    "json": '{"client_secret": "' + drawn(WORD, 20) + '"}',
    "prose": "the password is hunter22, do not share it",
    "mixed case": "password: hPgPDZQPHUTs",
    "Kennwort": "Kennwort: geheim!23",
    "bank account": "GB82 WEST 1234 5698 7654 32",
    "payment card": "4111 1111 1111 1111",
}


@pytest.mark.parametrize("text", SECRETS.values(), ids=SECRETS)
def test_a_secret_is_found(text):
    assert found(f"Look: {text} for the pilot.", "secret")


@pytest.mark.parametrize(
    "text",
    [
        "jane.doe@acme.example",
        "jane&#64;acme.example",
        "jane&#x40;acme&period;example",
        "jane&amp;#64;acme.example",
        "jane%40acme.example",
        "ｊａｎｅ＠ａｃｍｅ．ｅｘａｍｐｌｅ",
        "jane\u200b@acme.ex\u200dam\u00adple",
        "jаnе@аcmе.ехаmplе",
        "𝐣𝐚𝐧𝐞@𝐚𝐜𝐦𝐞.𝐞𝐱𝐚𝐦𝐩𝐥𝐞",
        "jané@acmé.example",
        "j<b>a</b>ne@acme.example",
        "**jane**@acme.example",
        "jane (at) acme (dot) example",
        "jane[at]acme[dot]example",
        "jane at acme dot com",
        "jürgen@bücher.example",
        "o'brien+lifts@mail.acme.example",
    ],
)
def test_an_address_is_found_under_its_disguise_and_wholly_masked(text):
    whole = f"Write to {text} today."
    findings = DETECTORS.scan(whole)
    assert {each.kind for each in findings} >= {"email"}
    assert mask(whole, findings, {"email"}) in (
        "Write to [e-mail removed] today.",
        "Write to **[e-mail removed] today.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "+1 (202) 555-0143",
        "+44 20 7946 0958",
        "+49 (0)30 901820",
        "+4930901820",
        "0044 20 7946 0958",
        "(202) 555-0143",
        "202-555-0143",
        "202.555.0143",
        "1-202-555-0143",
        "020 7946 0958",
        "030/901820",
        "06 12 34 56 78",
        "＋４４ ２０ ７９４６ ０９５８",
        "+44\u200b20\u200b7946\u200b0958",
        "+44–20–7946–0958",
        "٠٢٠ ٧٩٤٦ ٠٩٥٨",
    ],
)
def test_a_phone_number_is_found(text):
    assert found(f"Ask at {text}, thanks", "phone") == [text]


def test_a_phone_number_is_told_from_the_numbers_after_it():
    assert found("paying +1-415-515-3084 100 times", "phone") == ["+1-415-515-3084"]
    assert found("paying +44 20 7347 3192 15 an hour", "phone") == ["+44 20 7347 3192"]


@pytest.mark.parametrize("text", ["tel: 5551234", "phone 555-1234", "call me on 555 1234", "fax no. 9876543"])
def test_a_short_number_is_found_where_it_is_called_one(text):
    assert found(text, "phone")


@pytest.mark.parametrize(
    "text",
    [
        "Project Lynx",
        "PROJECT\nLYNX",
        "project-lynx",
        "project_lynx",
        "Project  \t Lynx",
        "ProjectLynx",
        "#projectlynx",
        "Prоjеct Lуnх",
        "Pro\u00adject Ly\u200bnx",
        "Ｐｒｏｊｅｃｔ Ｌｙｎｘ",
        "pro**ject** lynx",
        "Pro<i>ject</i> Lynx",
        "Proj&#101;ct Lynx",
        "x.15",
        "X 15",
        "OPAL",
        "elan vital",
        "Ⓞⓟⓐⓛ",
    ],
)
def test_a_code_name_is_found_under_its_disguise(text):
    (match,) = set(found(f"Is ({text}) late?", "codename"))
    assert match == text.lstrip("#")


@pytest.mark.parametrize("text", ["jane doe", "JANE DOÉ", "Wei-Zhang", "ｗｅｉ ｚｈａｎｇ"])
def test_a_person_is_found(text):
    assert found(f"As {text} said", "person") == [text]


@pytest.mark.parametrize(
    "text",
    [
        "on 2024-01-02 at 12:30, or 01.02.2024",
        "06/12/2023 08:15 and 2019-2024",
        "2024-01-02T03:04:05+00:00",
        "ISBN 978-3-16-148410-0",
        "version 1.2.3.4 of 192.168.100.200",
        "$1,000,000 and 99.99 100.00 12.50",
        "order 1234567890, invoice 12345678901234",
        "ticket 555-12345, room 020 1234",
        "1990 2000 2010 2020, 300 400 5000",
        "lat 52.520008, 13.404954 and 3.14159265358979",
        "doi 10.1000/182, uuid 123e4567-e89b-12d3-a456-426614174000",
        "sha 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "+1 for this, +100 points",
        "call 911; call 10,000,000 people; call 2024-05-06",
        "the password is required and the secret is out",
        "password: please change it. secret: the sauce",
        "tokens: 5000 a day; tokenise it",
        "password=${DB_PASSWORD} and password: ********",
        "@anna@globex.example and acct:anna@globex.example",
        "logo@2x.png and git@github.example and package@1.2.3",
        "we meet at noon at the dot",
        "Opalescent projectlynxes and X150",
        "a < b & c > d; 100%20; &copy; 2024",
    ],
)
def test_ordinary_text_is_left_alone(text):
    assert DETECTORS.scan(text) == ()


def test_own_patterns_are_found_under_their_name():
    (finding,) = DETECTORS.scan("see ACME-42!")
    assert finding == Finding(4, 11, "pattern:ticket", "ticket")


@pytest.mark.parametrize(
    ("name", "pattern", "why"),
    [
        ("deep", "(a{1000}){1000}", "“deep” cannot be used: invalid repetition size"),
        ("open", "(", "“open” cannot be used: missing"),
        ("ahead", "(?=a)", "“ahead” cannot be used: invalid perl operator"),
        ("back", r"(a)\1", "“back” cannot be used: invalid escape"),
        ("empty", "a*", "“empty” matches every text"),
        ("long", "x" * 3000, "“long” is longer than"),
        ("", "x", "needs a printable name"),
    ],
)
def test_an_unusable_pattern_is_refused_with_its_reason(name, pattern, why):
    with pytest.raises(PatternError, match=why.replace("(", r"\(")):
        Detectors(patterns={name: pattern})


def test_a_pattern_made_to_explode_takes_no_longer_than_another():
    hostile = Detectors(patterns={"hostile": r"(a+)+$|(a|aa)+b|(.*)*x"})
    assert hostile.kinds("a" * 20_000 + "!") == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PRIVATE KEY-----" * 2000,
        "a." * 20000 + "@x.example",
        "&" * 50000,
        "<a" * 50000,
        "\u200b" * 50000,
        "+1 2" * 20000,
        "password=" * 10000,
        "12 " * 30000,
        "project lynx " * 2000,
    ],
)
def test_a_text_made_to_stall_is_scanned_in_time(text):
    assert "failed" not in DETECTORS.kinds(text)


def test_too_large_a_dictionary_is_refused():
    with pytest.raises(PatternError, match="more than 500000 spellings"):
        Detectors(code_names=(f"name{n}" for n in range(500_001)))


def test_findings_never_hold_the_text_they_found():
    for text in SECRETS.values():
        for finding in DETECTORS.scan(text):
            assert finding.detail not in text
            assert finding.kind in ALL


def test_a_failing_scan_is_a_finding_of_its_own():
    assert DETECTORS.kinds("mail a@b.example") == {"email"}
    assert DETECTORS.kinds(None) == {"failed"}


def test_masks_are_told_apart_by_kind_and_can_be_reworded():
    text = "Jané Doe (jane.doe@acme.example, +44 20 7946 0958) on Opal: password=hunter2! ACME-1"
    findings = DETECTORS.scan(text)
    assert mask(text, findings, ALL) == (
        "[name removed] ([e-mail removed], [phone number removed]) on [code name removed]: "
        "password=[secret removed] [removed]"
    )
    assert mask(text, findings, {"person"}, {"person": "An engineer"}).startswith("An engineer (An engineer@")
    assert mask(text, findings, set()) == text


def test_masked_text_is_quiet_when_scanned_again():
    for text in (*SECRETS.values(), "jane&amp;#64;acme.example", "Pro**ject** Lynx", "+44 20 7946 0958"):
        whole = f"Look: {text} ."
        assert DETECTORS.scan(mask(whole, DETECTORS.scan(whole), ALL)) == ()


def test_a_large_dictionary_finds_only_whole_terms():
    names = [f"Person{n} Family{n}" for n in range(20_000)]
    large = Detectors(people=names)
    text = "Person19999 Family19999 met person1 family1 and person1 family11111111"
    assert [text[each.start : each.end] for each in large.scan(text)] == [
        "Person19999 Family19999",
        "person1 family1",
    ]


LETTERS = st.sampled_from(
    [*"aZ9 .-_@*<>/b", "é", "ﬁ", "\u200b", "&amp;", "&#64;", "%40", "е", "　", "\n", "½", "한", "İ"]
)


@given(st.lists(LETTERS, max_size=30), st.lists(LETTERS, max_size=30))
def test_offsets_refer_to_the_original_text(before, after):
    start = "".join(before) + " | "
    whole = start + "Opal" + " | " + "".join(after)
    assert any((each.start, each.end) == (len(start), len(start) + 4) for each in DETECTORS.scan(whole))


@given(st.lists(LETTERS, max_size=40), st.data())
def test_every_piece_of_plain_text_comes_from_where_it_says(letters, data):
    text = "".join(letters)
    alphabet = Alphabet()
    for look in (plainly, lambda text, alphabet: bare(plainly(text, alphabet))):
        view = look(text, alphabet)
        if view.text:
            start = data.draw(st.integers(0, len(view.text) - 1))
            end = data.draw(st.integers(start + 1, len(view.text)))
            begin, finish = view.span(start, end)
            assert 0 <= begin < finish <= len(text)
            assert view.text[start:end] in look(text[begin:finish], alphabet).text


@given(st.lists(LETTERS, max_size=40))
def test_the_quick_and_the_traced_fold_agree(letters):
    plain = plainly("".join(letters), Alphabet())
    assert fold(plain.text).split() == folded(plain).text.split()


@given(st.text(max_size=200))
def test_any_text_at_all_can_be_scanned(text):
    assert "failed" not in DETECTORS.kinds(text)
    assert "failed" not in DETECTORS.kinds(html.escape(text))


def test_patterns_are_compiled_once_whatever_names_go_with_them():
    one, other = Detectors(code_names=["Bluebird"]), Detectors(people=["Zoe Z"], patterns={"ticket": "TICK-[0-9]+"})
    assert one._set is Detectors(code_names=["Redstart"])._set is not other._set
    assert [found.kind for found in other.scan("TICK-17, Zoe Z")] == ["pattern:ticket", "person"]
    assert not one.scan("TICK-17, Zoe Z")
