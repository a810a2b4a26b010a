"""When an answer changes after it was decided: a line in the trail, and the form's badge, in the transaction of the change."""

from portal.acting import Acting
from portal.fhir import Transaction
from portal.review import resources
from portal.review.answers import places
from portal.review.commands import renew_review_task
from portal.review.read import form_of, load_around
from portal.review.states import Verdict, fold
from portal.types import Json


async def answers_changed(acting: Acting, transaction: Transaction, before: Json, after: Json) -> None:
    """Append to `transaction` what the review must know of an amendment from `before` to `after`.

    Does nothing when no decision was made. Decisions themselves are not touched: their digest no longer fits, which is
    what makes them "to review again". Run as the portal itself: the centre does not write the ARC's trail.
    """
    loaded = await load_around(acting.as_service(), before)
    if not loaded.events:
        return
    digests = {place.location: place.digest for place in places(form_of(acting, after), after)}
    decided = {location for event in loaded.events for location in event.digests}
    changed = {
        location: digests.get(location, "")
        for location in sorted(decided)
        if loaded.digests.get(location) != digests.get(location)
    }
    if changed:
        transaction.create(
            resources.decision(
                before,
                Verdict.CHANGED,
                {location: digest or "removed" for location, digest in changed.items()},
                id_=acting.chance.id(),
                who=acting.actor.reference,
                at=acting.clock.now(),
            )
        )
    states = [standing.state for standing in fold(loaded.events, digests).values()]
    still = sum(resources.remark_status(task) in {"open", "answered"} for task in loaded.remark_tasks)
    renew_review_task(acting, transaction, after, states, still, loaded.review_task)
