"""Compare rule sets and look for rules that do nothing: exact answers, with examples."""

from server.boundary.difference import diff
from server.boundary.dry_run import Flip, weight
from server.boundary.openings import Opening, looser, openings, opens
from server.boundary.remarks import Remark, findings, unanswerable
from server.boundary.space import Unproven

__all__ = [
    "Flip",
    "Opening",
    "Remark",
    "Unproven",
    "diff",
    "findings",
    "looser",
    "openings",
    "opens",
    "unanswerable",
    "weight",
]
