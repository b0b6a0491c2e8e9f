"""A summary as a page shows it."""

from __future__ import annotations

from markupsafe import Markup

from server.domain.ideas import Contribution
from server.services.summaries import Shown
from server.services.text import excerpt
from web.cards import url_of
from web.pages.control.shift_views import Cited, SummaryView


def draw_cited(made: Contribution, *, chosen: bool = False) -> Cited:
    """A contribution as a source."""
    words = made.title or excerpt(made.text, 90)
    return Cited(id=made.id, name=made.author_name, words=words, url=url_of(made), chosen=chosen)


def draw_summary(shown: Shown) -> SummaryView:
    """A version with what it cites; what was deleted, hidden or moved away since is left out."""
    summary = shown.summary
    return SummaryView(
        number=summary.number,
        # Rendered and sanitised when it was written: server.services.text.
        html=Markup(summary.html),  # noqa: S704
        name=summary.member_name,
        at=summary.written_at,
        cites=tuple(draw_cited(one) for one in shown.cited),
        later=shown.later,
    )
