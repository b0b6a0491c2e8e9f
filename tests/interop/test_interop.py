"""The journeys against real servers, each where it is installed. Nothing is started for one that is not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.interop import room
from tests.interop.peers import PEERS, Peer
from tests.interop.seen import Report, Sight, table

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_a_forum_of_ours_is_used_from_a_real_server(peer: type[Peer]):
    if peer.find() is None:
        pytest.skip(f"NOT CHECKED: {peer.name} is not installed ({peer.variable}); tests/interop/README.md says how.")
    if reason := room.missing():
        pytest.skip(f"NOT CHECKED: {reason}.")
    words = [sys.executable, "-m", "tests.interop", "--peers", peer.name]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=850, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_peer_that_is_not_installed_is_left_out_loudly(monkeypatch: pytest.MonkeyPatch):
    for peer in PEERS:
        monkeypatch.setenv(peer.variable, "/nowhere")
    done = subprocess.run(
        [sys.executable, "-m", "tests.interop"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "NOTHING WAS CHECKED" in done.stdout
    assert all(f"NOT CHECKED: {peer.name}" in done.stdout for peer in PEERS)


def test_the_table_says_of_each_feature_what_was_seen_and_why_not():
    one = Report("snac", "2.94", [Sight("follow", "seen"), Sight("report", "not tried", "it has none")])
    other = Report("gotosocial", "0.20", [Sight("follow", "not seen", "no answer")])
    said = table([one, other])
    assert "| follow | seen | not seen |" in said
    assert "| report | not tried | not tried |" in said
    assert "- snac, report: not tried: it has none" in said
    assert [bool(report.failed) for report in (one, other)] == [False, True]
    known = Report("other", "1", [Sight("follow", "not seen", "it never does", known=True)])
    assert not known.failed
