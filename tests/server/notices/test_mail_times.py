"""When mail is due: at the person's hour, never in quiet hours, once a day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.mails import MailChoices, domain_of, pause, zone_of
from server.settings import Settings, SettingsError


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_digest_comes_at_the_persons_own_hour_once_a_day():
    berlin = MailChoices(member_id="m", hour=8, zone="Europe/Berlin")
    assert berlin.digest_due(at("2026-11-23T06:59:00")) == ""
    assert berlin.digest_due(at("2026-11-23T07:00:00")) == "2026-11-23"
    assert berlin.digest_due(at("2026-11-23T15:00:00")) == "2026-11-23", "late is better than never"
    done = MailChoices(member_id="m", hour=8, zone="Europe/Berlin", digest_day="2026-11-23")
    assert done.digest_due(at("2026-11-23T22:59:00")) == ""
    assert done.digest_due(at("2026-11-24T07:00:00")) == "2026-11-24"


def test_quiet_hours_may_go_over_midnight_and_hold_the_digest_back():
    night = MailChoices(member_id="m", quiet_from=22, quiet_until=7, hour=6)
    for hour, quiet in ((21, False), (22, True), (0, True), (6, True), (7, False)):
        assert night.is_quiet(at(f"2026-11-23T{hour:02}:30:00")) is quiet
    assert night.digest_due(at("2026-11-23T06:30:00")) == ""
    assert night.digest_due(at("2026-11-23T07:00:00")) == "2026-11-23"
    assert not MailChoices(member_id="m", quiet_from=5, quiet_until=5).is_quiet(at("2026-11-23T05:00:00"))


@settings(derandomize=True, max_examples=100, deadline=None)
@given(
    st.integers(0, 23),
    st.integers(0, 23),
    st.sampled_from(["UTC", "Asia/Kolkata", "America/New_York", "Pacific/Apia"]),
)
def test_within_two_days_there_are_at_most_three_digests_and_none_in_quiet_hours(hour: int, quiet: int, zone: str):
    choices = MailChoices(member_id="m", hour=hour, zone=zone, quiet_from=quiet, quiet_until=(quiet + 8) % 24)
    days = []
    for step in range(48 * 4):
        now = datetime.fromtimestamp(1_793_500_000 + step * 900, UTC)
        if day := choices.digest_due(now):
            assert not choices.is_quiet(now)
            days.append(day)
            choices = MailChoices(**{**{f: getattr(choices, f) for f in choices.__slots__}, "digest_day": day})
    assert len(days) == len(set(days)) <= 3


@pytest.mark.parametrize(
    "address",
    ["", "x", "a@b@c", "a b@acme.example", "a@acme.example\r\nBcc: b@x", "@x", "a@", "a@..", "a" * 300 + "@x.y"],
)
def test_what_is_no_address_has_no_domain(address: str):
    assert domain_of(address) == ""


def test_addresses_zones_and_pauses_are_read():
    assert domain_of("Dana.O'Neil+jam@Acme.Example") == "acme.example"
    assert zone_of("../etc/passwd") is None
    assert zone_of("") is None
    assert [pause(tries) for tries in (0, 1, 2, 9)] == [0.0, 60.0, 300.0, 3600.0]


GOOD = {
    "MARMALADE_SMTP_HOST": "mail.acme.example",
    "MARMALADE_SMTP_FROM": "jam@acme.example",
    "MARMALADE_SMTP_DOMAINS": "acme.example, sales.acme.example",
}


def test_a_mail_server_is_read_from_the_environment(tmp_path):  # type: ignore[no-untyped-def]
    mailing = Settings.from_env(tmp_path, GOOD).mailing
    assert mailing is not None
    assert (mailing.port, mailing.security, sorted(mailing.domains)) == (
        587,
        "starttls",
        ["acme.example", "sales.acme.example"],
    )
    assert Settings.from_env(tmp_path, {"MARMALADE_LOG_LEVEL": "info"}).mailing is None


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"MARMALADE_SMTP_HOST": ""}, "SMTP_HOST"),
        ({"MARMALADE_SMTP_PORT": "x"}, "SMTP_PORT"),
        ({"MARMALADE_SMTP_PORT": "70000"}, "SMTP_PORT"),
        ({"MARMALADE_SMTP_SECURITY": "ssl"}, "SMTP_SECURITY"),
        ({"MARMALADE_SMTP_FROM": "jam"}, "SMTP_FROM"),
        ({"MARMALADE_SMTP_DOMAINS": ""}, "SMTP_DOMAINS"),
        ({"MARMALADE_SMTP_DOMAINS": "a@b"}, "SMTP_DOMAINS"),
        ({"MARMALADE_SMTP_USER": "jam"}, "SMTP_PASSWORD"),
    ],
)
def test_a_mail_server_half_described_is_a_clear_error(tmp_path, changed, named):  # type: ignore[no-untyped-def]
    with pytest.raises(SettingsError, match=named):
        Settings.from_env(tmp_path, GOOD | changed)
