"""How the jam of the demo is opened: charter, forums, rules, partners, and who joins from where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from server.demo.stage import Stage

SLUG = "better-bowling-green"
TITLE = "A Better Bowling Green"
CHARTER = {
    "question": "Our people live and work in Bowling Green. What would make it a better place to do both?",
    "promise": "Acme and its partners fund the three ideas that most people build on, and say why for the rest.",
    "off_limits": "Who should hold office. We talk about what to do, not whom to vote for.",
    "decide_by": "Four weeks after the jam closes",
}
CODE_NAMES = ("Nightjar", "Project Saltmarsh")


@dataclass(frozen=True, slots=True)
class Plan:
    """One forum to be."""

    slug: str
    title: str
    question: str
    audience: str
    label: str = "GREEN"


FORUMS = (
    Plan("living-here", "Living here", "What would make you glad to live in this town?", "public"),
    Plan("getting-around", "Getting around", "Roads, buses, bikes, feet: what should move better?", "public"),
    Plan("learning-and-work", "Learning and work", "What should schools and employers do together?", "partners"),
    Plan("health-and-safety", "Health and safety", "What would keep our people safe and well?", "partners"),
    Plan("money-and-rules", "Money and rules", "What should change in town hall, and may we say so aloud?", "inside"),
)
THEIR_JAM, THEIR_FORUM = "tools-we-share", "lending-shelf"
THEIR_CHARTER = {
    "question": "Which tools could Globex and its partners share?",
    "promise": "What three people support stands on the shelf within a month.",
    "off_limits": "Selling things to one another.",
    "decide_by": "The first of next month",
}
JOINED = {
    "globex": ("living-here", "getting-around", "learning-and-work", "health-and-safety"),
    "initech": ("living-here", "getting-around"),
}


async def draft_jam(stage: Stage, charter: dict[str, str] | None = None) -> None:
    """Draft the jam at Acme."""
    now = datetime.now(UTC)
    jam = await stage.cast.admin("acme").post(
        "/jams", slug=SLUG, title=TITLE, charter=CHARTER if charter is None else charter,
        opens_at=now.isoformat(), closes_at=(now + timedelta(days=3)).isoformat(),
    )  # fmt: skip
    stage.jam_id = jam["id"]


async def open_jam(stage: Stage, plans: tuple[Plan, ...] = FORUMS) -> None:
    """Add forums, partner and code names, and open."""
    morgan = stage.cast.admin("acme")
    globex = stage.sites["globex"].edge_host
    await morgan.post("/partners", host=globex, tier="partner", clearance="GREEN", name="Globex")
    for plan in plans:
        await add_forum(stage, plan)
    await add_code_names(stage, CODE_NAMES)
    await morgan.post(f"/jams/{stage.jam_id}/open")


async def add_forum(stage: Stage, plan: Plan) -> None:
    """Add one forum at Acme."""
    made = await stage.cast.admin("acme").post(
        f"/jams/{stage.jam_id}/forums", slug=plan.slug, title=plan.title, question=plan.question,
        audience=plan.audience, label=plan.label,
    )  # fmt: skip
    stage.forums["acme", plan.slug] = made["id"]
    stage.handles[plan.slug] = made["handle"]


async def add_code_names(stage: Stage, names: tuple[str, ...]) -> None:
    """Put the rules in force with a dictionary of code names: a table that only closes needs no second approver."""
    morgan = stage.cast.admin("acme")
    table = (await morgan.get("/boundary/rules"))["text"]
    listed = ", ".join(f'"{name}"' for name in names)
    text = f"code_names = [{listed}]\n\n{table}"
    await morgan.put("/boundary/rules", text.encode(), "application/toml")


async def join_all(stage: Stage) -> None:
    """Let the others in: Globex as partner to four forums, Initech to the public two; Acme to one of Globex's."""
    jordan = stage.cast.admin("globex")
    await jordan.post("/partners", host=stage.sites["acme"].edge_host, tier="partner", clearance="GREEN", name="Acme")
    for organisation, forums in JOINED.items():
        for forum in forums:
            await stage.join(organisation, forum)
    await _join_theirs(stage)


async def _join_theirs(stage: Stage) -> None:
    """Globex holds a small jam of its own, one forum of which is for its partner."""
    jordan, now = stage.cast.admin("globex"), datetime.now(UTC)
    jam = await jordan.post(
        "/jams", slug=THEIR_JAM, title="Tools we share", charter=THEIR_CHARTER,
        opens_at=now.isoformat(), closes_at=(now + timedelta(days=3)).isoformat(),
    )  # fmt: skip
    made = await jordan.post(
        f"/jams/{jam['id']}/forums", slug=THEIR_FORUM, title="The lending shelf",
        question="What stands idle at your place that somebody else could use?", audience="partners",
    )  # fmt: skip
    stage.forums["globex", THEIR_FORUM] = made["id"]
    stage.handles[THEIR_FORUM] = made["handle"]
    await jordan.post(f"/jams/{jam['id']}/open")
    await stage.join("acme", THEIR_FORUM)
