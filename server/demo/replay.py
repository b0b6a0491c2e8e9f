"""The real statements, posted one after another by their authors at their authors' own servers."""

from __future__ import annotations

import random
from collections.abc import Iterator

from federation.transport import TransportError
from server.demo.api import Person, Refused, TooSlow
from server.demo.stage import Made, Stage
from server.demo.statements import Statement

AGREES_A_MARK = 60
MOST_MARKS = 7


class Replay:
    """Posts statements in order. `made` maps a statement's id to what was posted."""

    def __init__(self, stage: Stage, statements: list[Statement], seed: int = 0) -> None:
        self._stage = stage
        self._statements = statements
        self._random = random.Random(seed)  # noqa: S311
        self._marks: list[tuple[Person, Made]] = []
        self.made: dict[str, Made] = {}
        self.skipped: list[tuple[str, str]] = []

    def __len__(self) -> int:
        return len(self._statements)

    def __iter__(self) -> Iterator[Statement]:
        return iter(self._statements)

    async def post(self, statement: Statement) -> Made | None:
        """Post one; what cannot be posted is written down in `skipped` and left out."""
        try:
            made = await self._post(statement)
        except (Refused, TooSlow, TransportError) as error:
            self.skipped.append((statement.id, str(error)))
            return None
        self.made[statement.id] = made
        self._plan_marks(statement, made)
        return made

    async def _post(self, statement: Statement) -> Made:
        stage, forum = self._stage, statement.forum
        author = stage.cast.person(statement.organisation, statement.author)
        parent = self.made.get(statement.parent)
        if parent is not None:
            answer = await stage.post_reply(author, forum, parent.thread_uri, parent.uri, statement.text)
            return Made(answer["uri"], parent.thread_uri, forum, statement.organisation, answer["id"])
        base = self.made.get(statement.builds_on)
        builds_on = base.uri if base and statement.organisation == "acme" == base.organisation else ""
        title = statement.title or statement.text[:60].rsplit(" ", 1)[0]
        answer = await stage.post_idea(author, forum, title, statement.text, builds_on=builds_on)
        return Made(answer["uri"], answer["uri"], forum, statement.organisation, answer["id"])

    def _plan_marks(self, statement: Statement, made: Made) -> None:
        if made.uri != made.thread_uri:
            return
        count = min(MOST_MARKS, statement.agrees // AGREES_A_MARK)
        places = self._stage.organisations_in(made.forum)
        readers = [one for place in places for one in self._stage.cast.everyone(place)]
        self._marks += [(one, made) for one in self._random.sample(readers, min(count, len(readers)))]

    async def mark(self, most: int = 2) -> int:
        """Let a few people support what they agree with; return how many marks were set."""
        done = 0
        for _ in range(min(most, len(self._marks))):
            person, made = self._marks.pop(self._random.randrange(len(self._marks)))
            try:
                await self._stage.mark(person, made.forum, made.thread_uri)
            except (Refused, TooSlow, TransportError) as error:
                self.skipped.append((made.uri, str(error)))
            else:
                done += 1
        return done
