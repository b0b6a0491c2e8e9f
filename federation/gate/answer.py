"""Accept and Reject: what is answered decides which file deals with it."""

from __future__ import annotations

from federation.gate.agreement_answer import accept_agreement, reject_agreement
from federation.gate.arrival import Arrival, Outcome
from federation.gate.declining import take_refusal
from federation.gate.follow import accept_follow, reject_follow
from federation.vocabulary.agreements import is_agreement


async def admit_accept(arrival: Arrival) -> Outcome:
    answer = accept_agreement if is_agreement(arrival.activity.object) else accept_follow
    return await answer(arrival)


async def admit_reject(arrival: Arrival) -> Outcome:
    if arrival.activity.object is not None and arrival.activity.object.get("type") == "Create":
        return await take_refusal(arrival)
    answer = reject_agreement if is_agreement(arrival.activity.object) else reject_follow
    return await answer(arrival)
