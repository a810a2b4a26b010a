"""The whole error tree of the portal. An error carries what its catcher must decide on, and a sentence for the person.

PortalError
├── Refused                 wall 1 said no; carries the reason's code
├── SignInNeeded            no live session
├── Invalid                 bad input; carries the problems, each with its place
├── NotReady                the product is not set up as it must be (start-up only)
├── FreshProofNeeded        signed in, but too long ago for what is to be changed: prove it once more
├── CodeRefused             a one-time code is wrong, expired or used up
├── PasswordRefused         e-mail or password is wrong; which one is not told
├── ProofOfWorkRefused      the browser's automatic check was not done, or was used before
├── NotSent                 a message was not accepted; carries a cause as a code, and whether that is for good
├── GivenUp                 work in the queue cannot be done, now or later; carries a cause as a code
├── WorkNeeded              the browser must do a proof of work first
├── TooManyTries            throttled; carries when to come back
├── LinkDead                an invitation's link was used, replaced, cancelled, is too old or never was: which one is not told
├── AlreadySent             the questionnaire was sent in between: no answer is taken any more
├── BeingSent               another page is sending it now: try again in a moment
├── ChangedElsewhere        another page changed it, so that this gesture no longer means the same: show the new state
├── ResponseLocked          a professional has validated these answers: open them again before correcting
├── LinkOver                a relative's link that opens nothing (any more)
├── NotSaved                the portal's own database cannot be written: the answer is only on the page, try again
└── RecordError             the FHIR server's answer
    ├── NotFound
    │   └── Gone
    ├── Forbidden           the server's own access rules said no (wall 2)
    ├── Unauthorized        the token is not accepted
    ├── VersionConflict     somebody else changed it in between
    ├── MultipleMatches     a condition found more than one
    ├── Rejected            the server refuses the content; carries its issues
    └── Unavailable         no answer, too late, or overloaded: try again later; carries whether a write may have happened
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.i18n import N_, Message


class PortalError(Exception):
    """Base of all. `message` is for people: translated where it is shown, free of health data and of technical words."""

    default = N_("Something did not work. What you had saved is safe. Try again, or call your centre.")

    def __init__(self, msgid: str | None = None, /, **params: Any) -> None:
        self.message = Message(msgid=msgid or self.default, params=params)
        super().__init__(self.message.msgid)


class Refused(PortalError):
    """A right is missing. For the audit trail, never shown: `reason` is a code of portal.access, `right` the permission
    that was asked, `about` the id of the patient concerned, when one is.
    """

    default = N_("You do not have access to this page.")

    def __init__(self, reason: str, msgid: str | None = None, /, *, right: str = "", about: str | None = None) -> None:
        super().__init__(msgid)
        self.reason = reason
        self.right = right
        self.about = about


class SignInNeeded(PortalError):
    default = N_("You have been signed out. Everything is saved.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing to correct: where (a field's name or a linkId path) and the sentence to show there."""

    place: str
    message: Message


class Invalid(PortalError):
    default = N_("Some answers need a second look.")

    def __init__(self, problems: list[Problem], msgid: str | None = None, /, **params: Any) -> None:
        super().__init__(msgid, **params)
        self.problems = problems


def problem(place: str, msgid: str, /, **params: Any) -> Problem:
    return Problem(place=place, message=Message(msgid=msgid, params=params))


class NotReady(PortalError):
    """Shown on the operator's terminal at start; its text names the setting or the command that helps."""

    default = N_("The portal cannot start.")


class FreshProofNeeded(PortalError):
    default = N_("To change this, prove once more that it is you.")


class CodeRefused(PortalError):
    """`tries_left` is None when the code is dead: a new one must be asked."""

    default = N_("This code has expired. We can send you another.")

    def __init__(self, msgid: str | None = None, /, *, tries_left: int | None = None, **params: Any) -> None:
        super().__init__(msgid, **params)
        self.tries_left = tries_left


class PasswordRefused(PortalError):
    default = N_("The address or the password is not right. Check both.")


class ProofOfWorkRefused(PortalError):
    default = N_("The automatic check did not work. Try once more; if it lasts, load the page again.")


class NotSent(PortalError):
    """`cause` is a code such as "smtp-550"; `for_good` when trying again cannot help."""

    default = N_("The message could not be sent.")

    def __init__(self, cause: str, *, for_good: bool = False) -> None:
        super().__init__()
        self.cause = cause
        self.for_good = for_good


class GivenUp(PortalError):
    """`cause` is a code such as "smtp-550"."""

    def __init__(self, cause: str) -> None:
        super().__init__()
        self.cause = cause


class WorkNeeded(PortalError):
    default = N_("One automatic check more, then it goes on.")


class TooManyTries(PortalError):
    default = N_("Too many tries. Try again in a few minutes or call your centre.")

    def __init__(self, until: datetime, msgid: str | None = None, /, **params: Any) -> None:
        super().__init__(msgid, **params)
        self.until = until


class LinkDead(PortalError):
    default = N_("This link does not work any more.")


class AlreadySent(PortalError):
    default = N_("This questionnaire has already been sent. Your centre can still correct an answer with you.")


class BeingSent(PortalError):
    default = N_("This questionnaire is being sent from another page. Wait a moment.")


class ChangedElsewhere(PortalError):
    default = N_("These answers were changed on another page or device. Here they are as they stand now.")


class ResponseLocked(PortalError):
    default = N_("These answers were validated. They must be opened again before an answer is corrected.")


class LinkOver(PortalError):
    default = N_("This link does not work any more. Ask the centre that gave it to you for another.")


class NotSaved(PortalError):
    default = N_("Not saved yet: we are trying again. Keep this page open.")


class RecordError(PortalError):
    """Any refusal of the FHIR server. `status` is HTTP's (0 when there was none), `request_id` finds it in the logs."""

    def __init__(self, *, status: int = 0, request_id: str = "", issues: list[dict[str, Any]] | None = None) -> None:
        super().__init__()
        self.status = status
        self.request_id = request_id
        self.issues = issues or []


class NotFound(RecordError):
    default = N_("This page does not exist any more.")


class Gone(NotFound):
    pass


class Forbidden(RecordError):
    default = N_("You do not have access to this page.")


class Unauthorized(RecordError):
    default = N_("You have been signed out. Everything is saved.")


class VersionConflict(RecordError):
    default = N_("Someone else has just changed this. Look at the new version, then try again.")


class MultipleMatches(RecordError):
    default = N_("Several records match. Nothing was changed.")


class Rejected(RecordError):
    default = N_("The record server refused this. Nothing was changed.")


class Unavailable(RecordError):
    """`maybe_done` is true when a write was sent and its answer lost: read before writing again."""

    default = N_("We cannot reach the server. Your saved answers are safe.")

    def __init__(self, *, status: int = 0, request_id: str = "", maybe_done: bool = False) -> None:
        super().__init__(status=status, request_id=request_id)
        self.maybe_done = maybe_done
