"""The table of people: read whole, or refused with every fault by line."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.people_file import BadPeopleFile, Newcomer, read_people


def problems_of(text: str) -> tuple[str, ...]:
    with pytest.raises(BadPeopleFile) as caught:
        read_people(text)
    return caught.value.problems


@pytest.mark.parametrize("apart", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_table_is_read_as_spreadsheets_write_it(apart: str, end: str):
    lines = [("Username", "name", "UNIT", "role"), ("ada", "Ada, L.", "R&D", "facilitator"), ("@bob", "", "", ""), ()]
    text = "\ufeff" + end.join(apart.join(f'"{cell}"' for cell in line) for line in lines)
    assert read_people(text) == (
        Newcomer(line=2, username="ada", name="Ada, L.", unit="R&D", role="facilitator"),
        Newcomer(line=3, username="bob", name="bob", unit="", role="member"),
    )


def test_all_faults_are_named_by_line():
    text = "username,role,unit\nada,boss,\nb b,,\n,member,\nAda,,\nfay,guest," + "x" * 101 + "\nzoe,,,more\n"
    assert problems_of(text) == (
        "Line 2: 'boss' is no role; roles are member, facilitator, analyst, reviewer, admin.",
        "Line 3: 'b b' is no username: letters, digits, _ . or -, at most 64 of them.",
        "Line 4: the username is missing.",
        "Line 5: Ada stands in line 2 already.",
        "Line 6: 'guest' is no role; roles are member, facilitator, analyst, reviewer, admin.",
        "Line 6: the unit has more than 100 characters.",
        "Line 7: it has more cells than there are columns.",
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "Line 1: it has to name the columns"),
        ("name\nAda\n", "Line 1: it has to name the columns"),
        ("username,mail\n", "Line 1: there is no column 'mail' here."),
        ("username,username\n", "Line 1: 'username' stands in it twice."),
        ("username\n\n", "It names nobody"),
        ('username\n"ada\n', "this is no table"),
        ("username\n" + "".join(f"p{n}\n" for n in range(1_001)), "more than 1,000 people"),
        ("x" * 1_000_001, "at most 1,000,000 are read"),
    ],
)
def test_what_is_no_table_of_people_is_refused(text: str, sentence: str):
    assert sentence in " ".join(problems_of(text))


def test_of_very_many_faults_the_first_are_named():
    found = problems_of("username\n" + "a b\n" * 200)
    assert len(found) == 51
    assert found[-1].startswith("And ")


@settings(max_examples=150, derandomize=True, deadline=None)
@given(st.text(max_size=300) | st.text(max_size=200).map(lambda text: "username,name\n" + text))
def test_whatever_is_fed_in_is_people_or_a_refusal(text: str):
    problems: tuple[str, ...] = ()
    try:
        found = read_people(text)
    except BadPeopleFile as refusal:
        found, problems = (), refusal.problems
    assert bool(found) != bool(problems)
