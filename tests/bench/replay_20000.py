"""A long discussion replayed at full speed before a facilitator: `python -m tests.bench.replay_20000 NEWS20 MORE`.

NEWS20 and MORE are JSON lines (gzip) of real posts: the first with `label` and, where there are, `author`, `subject`,
`reply` and `time`; the second to make up the number. One label is kept back and begins late, as so many of a hundred
lines: the theme that is to emerge. A server of its own holds the jam, `python -m server replay` posts it, and a
Chromium stands open at the live board. Printed are how far the figures that it shows are behind the commits (by an SQL
count), how far the themes are, and after how many texts of the planted label its theme was announced. Pictures go to
artefacts/replay.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import random
import re
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, async_playwright

from server.services import forums, jams, people
from tests.journeys.conftest import FLAGS
from tests.journeys.organisations import CHARTER, PASSWORD, ROOT, Organisation, found

OUT = ROOT / "artefacts" / "replay"
SENTENCE = re.compile(r"([\d.,\s]+) of ([\d.,\s]+) ideas")
FIGURES = """() => {
  const found = {};
  for (const cell of document.querySelectorAll('#figures > div')) {
    found[cell.querySelector('dt').textContent.trim().toLowerCase()] = cell.querySelector('dd').textContent;
  }
  return [found, document.querySelector('#board-themes header p')?.textContent || ''];
}"""


def number_in(text: str) -> int:
    return int(re.sub(r"\D", "", text) or 0)


# -- the jam on file --


def read(path: str) -> list[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    return [{"subject": row["text"][:70], "time": "0", "reply": False} | row for row in rows if row["text"].strip()]


def compose(news: list[dict[str, Any]], more: list[dict[str, Any]], asked: argparse.Namespace) -> Iterator[Any]:
    """Yield the lines of a replay in order: the planted label only after `after` lines."""
    planted = sorted((row for row in news if row["label"] == asked.plant), key=lambda row: float(row["time"]))
    others = [row for row in news if row["label"] != asked.plant]
    rest = list(more)
    chance = random.Random(asked.seed)
    chance.shuffle(others)
    chance.shuffle(rest)
    base = others[: asked.lines] + rest[: max(0, asked.lines - len(others))]
    chance.shuffle(base)
    starts: dict[tuple[str, str], str] = {}
    waiting, ready = iter(base), iter(planted)
    for number in range(asked.lines):
        row = None
        if number >= asked.after and chance.random() < asked.share:
            row = next(ready, None)
        row = row or next(waiting)
        key = (row["label"], re.sub(r"^(re|fwd?)\s*:\s*", "", row["subject"].lower()))
        name = f"line-{number}"
        parent = starts.get(key) if str(row["reply"]) == "True" else None
        starts.setdefault(key, name)
        yield {
            "id": name,
            "parent": parent,
            "forum": "talk",
            "author": str(row.get("author") or f"person {number % 977}")[:80],
            "unit": row["label"].split(".")[0][:40],
            "at": "2026-01-01T00:00:00Z",
            "title": row["subject"][:120] if parent is None else "",
            "text": row["text"][:20_000],
            "planted": row["label"] == asked.plant,
        }


# -- what the store says, and what the board shows --


@dataclass
class Watch:
    """The count of contributions over time, as committed, and how far what is shown is behind it."""

    store: Path
    counts: list[tuple[float, int]] = field(default_factory=list)
    behind: dict[str, list[float]] = field(default_factory=lambda: {"figures": [], "themes": []})

    def look(self) -> int:
        with closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True)) as store:
            (count,) = store.execute(
                "SELECT count(*) FROM contributions WHERE jam_id = (SELECT id FROM jams WHERE slug = 'long')"
                " AND NOT deleted AND NOT hidden"
            ).fetchone()
        self.counts.append((time.monotonic(), count))
        return int(count)

    def shown(self, what: str, count: int, at: float) -> None:
        """Note that so many were shown: behind by the time since more than that was committed."""
        since = next((then for then, committed in self.counts if committed > count), at)
        self.behind[what].append(max(0.0, at - since))

    def told(self, what: str) -> str:
        found = sorted(self.behind[what]) or [0.0]
        p50, p95 = found[len(found) // 2], found[int(0.95 * (len(found) - 1))]
        return f"p50 {p50:.1f} s, p95 {p95:.1f} s, most {found[-1]:.1f} s"


def emerged(store: Path, planted: set[str]) -> list[dict[str, Any]]:
    """Return what was announced: of which texts, and how many planted ones were written up to the last of them."""
    with closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True)) as db:
        db.row_factory = sqlite3.Row
        events = db.execute("SELECT data, at FROM events WHERE kind = 'ThemeEmerged' ORDER BY seq").fetchall()
        report = json.loads(db.execute("SELECT drawn FROM themes ORDER BY length(drawn) DESC").fetchone()["drawn"])
        said = {row["id"]: row for row in db.execute("SELECT id, text, created_at FROM contributions")}
    by_theme = {one["born"]: one for one in report.get("emerging", ())}
    labels = {one["id"]: one["label"] for one in report["themes"]}
    told = []
    for event in events:
        theme = json.loads(event["data"])["theme"]
        found = by_theme.get(theme, {})
        ids = found.get("ids", [])
        hits = sum(said[one]["text"] in planted for one in ids if one in said)
        last = max((said[one]["created_at"] for one in ids if one in said), default=event["at"])
        before = sum(row["text"] in planted and row["created_at"] <= last for row in said.values())
        label = labels.get(found.get("theme", theme), "(merged)")
        told.append({"theme": theme, "label": label, "of": len(ids), "planted": hits, "after": before,
                     "word": found.get("word", "")})  # fmt: skip
    return told


# -- the run --


async def open_jam(acme: Organisation) -> None:
    async with acme.house() as house:
        admin = await people.person(house, acme.admin)
        now = house.now()
        jam = await jams.create_jam(house, admin, "long", "A long discussion", CHARTER, now, now + timedelta(days=2))
        jam = await jams.open_jam(house, admin, jam)
        await forums.create_forum(house, admin, jam, "talk", "Talk", "What is there to say?", "inside")


async def sign_in(browser: Browser, acme: Organisation) -> Page:
    page = await browser.new_page(viewport={"width": 1280, "height": 900}, locale="en-GB")
    page.set_default_timeout(120_000)
    await page.goto(f"{acme.inside_url}/jams/long/board")
    await page.get_by_label("Username").fill("sasha")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in").first.click()
    await page.wait_for_selector("#figures")
    return page


async def picture(page: Page, name: str) -> None:
    await page.screenshot(path=OUT / f"{name}.jpg", type="jpeg", quality=85, full_page=True)
    print(f"  picture {name}", flush=True)


async def watch(page: Page, seen: Watch, replay: asyncio.subprocess.Process, marks: list[int], lines: int) -> None:
    """Look at store and board until all is shown and folded in; take a picture at each mark."""
    left, over_at = list(marks), 0.0
    while True:
        committed = seen.look()
        figures, sentence = await page.evaluate(FIGURES)
        at = time.monotonic()
        shown = number_in(figures.get("ideas", "")) + number_in(figures.get("replies", ""))
        in_themes = number_in(match[2]) if (match := SENTENCE.search(sentence)) else 0
        seen.shown("figures", shown, at)
        seen.shown("themes", in_themes, at)
        if len(seen.counts) % 250 == 0:
            print(f"  {committed} committed, {shown} shown, {in_themes} in themes", flush=True)
        if left and shown >= left[0]:
            await picture(page, f"board-{left.pop(0)}")
        if replay.returncode is None:
            over_at = at
        elif in_themes >= committed and shown >= committed and not left:
            print(f"all in themes {at - over_at:.1f} s after the last commit")
            return
        elif at - over_at > 1_800:
            sys.exit(f"{committed} committed, {shown} shown, {in_themes} in themes half an hour after the replay")
        await asyncio.sleep(0.2)


async def find_it(page: Page, acme: Organisation) -> None:
    """Do what the facilitator does: open the inbox, follow the notice, and see what was said."""
    await page.goto(f"{acme.inside_url}/inbox")
    await picture(page, "inbox")
    notice = page.locator(".notices li").filter(has_text="A theme emerges").first
    await notice.get_by_role("button").click()
    await page.wait_for_load_state()
    await picture(page, "what-emerges")


async def shapes(page: Page, acme: Organisation) -> None:
    """Take the board as it stands at the end in other shapes."""
    await page.goto(f"{acme.inside_url}/jams/long/board")
    await page.wait_for_selector(".treemap")
    await page.emulate_media(color_scheme="dark")
    await picture(page, "board-end-dark")
    await page.emulate_media(color_scheme="light")
    await page.set_viewport_size({"width": 320, "height": 640})
    await picture(page, "board-end-320")
    await page.evaluate("() => { document.documentElement.dir = 'rtl'; }")
    await picture(page, "board-end-320-rtl")


async def main(asked: argparse.Namespace) -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("There is no chromium here; `make browser` installs it.")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "jam.jsonl"
        lines = list(compose(read(asked.news), read(asked.more), asked))
        planted = {line["text"].strip() for line in lines if line["planted"]}
        file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        print(f"{len(lines)} lines, {len(planted)} of them on {asked.plant}, from line {asked.after} on", flush=True)
        acme = await found(Path(folder) / "acme", "Acme")
        await acme.add("sasha", "Sasha Brandt", "Operations", "facilitator")
        await open_jam(acme)
        await acme.serve()
        try:
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
                await run(await sign_in(browser, acme), acme, file, planted, asked)
                await browser.close()
        finally:
            await acme.end()


async def run(page: Page, acme: Organisation, file: Path, planted: set[str], asked: argparse.Namespace) -> None:
    seen = Watch(acme.home / "inside" / "store.sqlite")
    replay = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "server", "replay", "--home", str(acme.home), str(file), "--jam", "long"),
        cwd=ROOT, stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    await watch(page, seen, replay, [mark for mark in asked.marks if mark <= asked.lines], asked.lines)
    print(f"figures of the board behind the commits: {seen.told('figures')}")
    print(f"themes behind the commits: {seen.told('themes')}")
    told = emerged(seen.store, planted)
    for one in told:
        print("announced: {label} ({word}): {planted} of {of} planted, after {after} planted texts".format(**one))
    right = [one for one in told if one["planted"] > one["of"] / 2]
    print(f"{len(told)} announced, {len(right)} of them the planted theme")
    if told:
        await find_it(page, acme)
    await shapes(page, acme)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.bench.replay_20000", description=__doc__.split("\n", 1)[0])
    parser.add_argument("news", metavar="NEWS20")
    parser.add_argument("more", metavar="MORE")
    parser.add_argument("--lines", type=int, default=20_000)
    parser.add_argument("--plant", default="sci.crypt", help="the label that is kept back")
    parser.add_argument("--after", type=int, default=12_000, help="lines before the planted label begins")
    parser.add_argument("--share", type=float, default=0.05, help="of the lines from then on")
    parser.add_argument("--marks", type=int, nargs="*", default=[100, 1_000, 5_000, 20_000])
    parser.add_argument("--seed", type=int, default=0)
    asyncio.run(main(parser.parse_args()))
