"""What is decided about each place of a response: events in, states out. Pure; the rules of who may do what when are here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.errors import Invalid, problem
from portal.i18n import N_

SHORTEST_REMARK = 3
LONGEST_REMARK = 2000


class Verdict(StrEnum):
    """Codes of `VerificationResult.status`."""

    VALID = "validated"
    NOT_VALID = "val-fail"
    CHANGED = "req-revalid"
    WITHDRAWN = "in-process"


class ItemState(StrEnum):
    TO_REVIEW = "to-review"
    VALID = "valid"
    NOT_VALID = "not-valid"
    CHANGED = "changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One decision over one or several places; `digests` holds, by location, what the answer was then.

    `version` is that of the response that was decided; `order` the server's count of writes, which settles the order of
    decisions of the same instant.
    """

    id: str
    verdict: Verdict
    digests: Mapping[str, str]
    who: str
    at: datetime
    version: str = ""
    order: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """Where one place stands. `event` is the decision it rests on, None before any."""

    state: ItemState
    event: Event | None = None


def fold(events: Iterable[Event], digests: Mapping[str, str]) -> dict[str, Standing]:
    """The standing of each place whose digest is given; a decision on another answer than today's is "changed"."""
    latest: dict[str, Event] = {}
    for event in sorted(events, key=lambda event: (event.at, event.order, event.id)):
        for location in event.digests:
            if event.verdict is not Verdict.CHANGED:
                latest[location] = event
    return {location: _standing(latest.get(location), location, now) for location, now in digests.items()}


def _standing(event: Event | None, location: str, now: str) -> Standing:
    if event is None or event.verdict is Verdict.WITHDRAWN:
        return Standing(state=ItemState.TO_REVIEW, event=event)
    if event.digests[location] != now:
        return Standing(state=ItemState.CHANGED, event=event)
    return Standing(state=ItemState.VALID if event.verdict is Verdict.VALID else ItemState.NOT_VALID, event=event)


def gone(events: Iterable[Event], digests: Mapping[str, str]) -> set[str]:
    """Places that were decided and that the response no longer has: shown as removed."""
    return {location for event in events for location in event.digests} - set(digests)


def check_command(verdict: Verdict, comment: str, *, response_status: str) -> str:
    """The comment as it will be kept, or `Invalid` with what to correct."""
    text = comment.strip()
    if response_status not in {"completed", "amended"}:
        raise Invalid([problem("response", N_("This form is not sent yet. It can be reviewed once it is."))])
    if verdict is Verdict.NOT_VALID and len(text) < SHORTEST_REMARK:
        raise Invalid([problem("comment", N_("Tell us why the answer is not valid."))])
    if len(text) > LONGEST_REMARK:
        raise Invalid(
            [problem("comment", N_("Your comment is too long: {most} characters at most."), most=LONGEST_REMARK)]
        )
    return text


def badge(states: Iterable[ItemState], *, open_remarks: int) -> str:
    """The worst of a form, for lists: query, changed, not-valid, to-review, verified."""
    found = set(states)
    if open_remarks:
        return "query"
    for state, name in (
        (ItemState.CHANGED, "changed"),
        (ItemState.NOT_VALID, "not-valid"),
        (ItemState.TO_REVIEW, "to-review"),
    ):
        if state in found:
            return name
    return "verified"
