"""The checks that mutants take away stand where the lists say: a list that has drifted proves nothing."""

from __future__ import annotations

from tests.mutants.__main__ import ROOT, read_mutants


def test_the_text_that_each_mutant_replaces_stands_there_once() -> None:
    assert read_mutants()


def test_the_tests_that_mutants_name_are_there() -> None:
    named = {test.partition("::")[0] for one in read_mutants() for test in one.tests}
    assert not [test for test in sorted(named) if not (ROOT / test).exists()]
