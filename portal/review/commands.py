"""What an ARC and a centre do in a review. Each command is one transaction: the event, the remark, the form's line in lists."""

import sys

from portal import audit
from portal.access import Permission, decide
from portal.acting import Acting
from portal.errors import Invalid, problem
from portal.fhir import Transaction
from portal.i18n import N_, Texts, texts
from portal.review import resources
from portal.review.answers import Place
from portal.review.read import Loaded, load, scope_of
from portal.review.show import shown
from portal.review.states import Event as ReviewEvent
from portal.review.states import ItemState, Verdict, badge, check_command, fold
from portal.types import Json


async def decide_item(acting: Acting, response_id: str, location: str, verdict: Verdict, comment: str = "") -> None:
    """Say that one answer is valid or not. `Not valid` needs a comment, which opens a remark for the centre; `Valid` closes it.

    Raises `Invalid` (place "comment") without a comment, `VersionConflict` when another ARC decided at the same moment.
    """
    loaded = await load(acting, response_id)
    decide(acting.actor, Permission.REVIEW_DECIDE, await scope_of(acting, loaded.response))
    text = check_command(verdict, comment, response_status=loaded.response["status"])
    place = _place(loaded, location)
    now = acting.clock.now()
    transaction = Transaction()
    event_id = acting.chance.id()
    transaction.create(
        resources.decision(
            loaded.response, verdict, {location: place.digest}, id_=event_id, who=acting.actor.reference, at=now
        )
    )
    live = [task for task in loaded.remark_tasks if _live(task) and resources.remark_location(task) == location]
    opened = 0
    if verdict is Verdict.NOT_VALID:
        opened = _say(acting, transaction, loaded, place, live, text)
    else:
        for task in live:
            closed = "closed" if resources.remark_status(task) == "answered" else "cancelled"
            transaction.update(resources.with_remark_status(task, closed, now))
            if text:
                transaction.create(_line(acting, task, text))
    event = ReviewEvent(
        id=event_id,
        verdict=verdict,
        digests={location: place.digest},
        who=acting.actor.reference,
        at=now,
        order=sys.maxsize,
    )
    still = (
        sum(_live(task) for task in loaded.remark_tasks) - (0 if verdict is Verdict.NOT_VALID else len(live)) + opened
    )
    _renew_line(acting, transaction, loaded, [*loaded.events, event], still)
    await acting.fhir.commit(transaction)
    await _told(acting, loaded, Permission.REVIEW_DECIDE)


async def withdraw_decision(acting: Acting, response_id: str, location: str) -> None:
    """Take back a decision: the answer is to review, the history keeps both."""
    await decide_item(acting, response_id, location, Verdict.WITHDRAWN)


async def answer_remark(acting: Acting, remark_id: str, text: str) -> None:
    """A centre that follows the patient answers an ARC's remark."""
    task = await acting.fhir.read("Task", remark_id)
    loaded = await load(acting, task["focus"]["reference"].removeprefix("QuestionnaireResponse/"))
    decide(acting.actor, Permission.QUERY_ANSWER, await scope_of(acting, loaded.response))
    if not _live(task):
        raise Invalid([problem("text", N_("This remark is closed."))])
    said = check_command(Verdict.NOT_VALID, text, response_status=loaded.response["status"])
    transaction = Transaction()
    transaction.create(_line(acting, task, said))
    transaction.update(resources.with_remark_status(task, "answered", acting.clock.now()))
    await acting.fhir.commit(transaction)
    await _told(acting, loaded, Permission.QUERY_ANSWER)


def _say(acting: Acting, transaction: Transaction, loaded: Loaded, place: Place, live: list[Json], text: str) -> int:
    """Open a remark, or add to the one that is open and ask again. Returns how many were opened."""
    now = acting.clock.now()
    if live:
        transaction.create(_line(acting, live[0], text))
        transaction.update(resources.with_remark_status(live[0], "open", now))
        return 0
    french: Texts = texts("fr")
    task = resources.remark_task(
        loaded.response,
        place.location,
        shown(place, french),
        id_=acting.chance.id(),
        requester=acting.actor.reference,
        owner=None,
        at=now,
    )
    transaction.create(task)
    transaction.create(_line(acting, task, text))
    return 1


def _line(acting: Acting, task: Json, text: str) -> Json:
    return resources.remark_line(
        task, text, id_=acting.chance.id(), sender=acting.actor.reference, at=acting.clock.now()
    )


def _renew_line(
    acting: Acting, transaction: Transaction, loaded: Loaded, events: list[ReviewEvent], open_remarks: int
) -> None:
    states = [standing.state for standing in fold(events, loaded.digests).values()]
    renew_review_task(acting, transaction, loaded.response, states, open_remarks, loaded.review_task)


def renew_review_task(
    acting: Acting,
    transaction: Transaction,
    response: Json,
    states: list[ItemState],
    open_remarks: int,
    stored: Json | None,
) -> None:
    """Write the form's line in lists; refused when another decision came in between."""
    task = resources.review_task(
        response,
        badge=badge(states, open_remarks=open_remarks),
        counts=resources.counts(states, open_remarks),
        at=acting.clock.now(),
        stored=stored,
    )
    if stored is None:
        transaction.create(task, only_new=True)
    else:
        transaction.update(task)


def _place(loaded: Loaded, location: str) -> Place:
    found = next((place for place in loaded.places if place.location == location), None)
    if found is None:
        raise Invalid([problem("response", N_("This answer no longer exists in the form. Reload the page."))])
    return found


def _live(task: Json) -> bool:
    return resources.remark_status(task) in {"open", "answered"}


async def _told(acting: Acting, loaded: Loaded, permission: Permission) -> None:
    await audit.record(
        acting,
        audit.Action.UPDATE,
        permission,
        patient=loaded.response["subject"]["reference"].removeprefix("Patient/"),
        entity=f"QuestionnaireResponse/{loaded.response['id']}",
    )
