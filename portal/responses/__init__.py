"""Answers: what is asked, filling it so that nothing is lost, sending, reading, correcting."""

from portal.responses.amending import REASONS, Amended, Amendment, amend, keep_amendment, open_amendment
from portal.responses.answers import COMPUTED, FILLED_IN, Answer, Change, answers_in, item_at, titles_in
from portal.responses.appointments import Appointment, Around, around
from portal.responses.choices import Possible, possible_answers
from portal.responses.describing import described
from portal.responses.drafts import Draft
from portal.responses.fictitious import Fictitious
from portal.responses.left import fold_left_answers
from portal.responses.listing import ResponseRow, ScoreGiven, responses_of
from portal.responses.locking import Validation, reopen_response, validate_response, validation_of
from portal.responses.opening import FormAsked, form_asked, open_draft
from portal.responses.previewing import Outcome, Trial, outcome_of, try_form
from portal.responses.reading import ReadResponse, SentForm, Version, read_response, sent_form, trials_of
from portal.responses.relatives import (
    RELATIONSHIPS,
    Helper,
    NewLink,
    RelativeLink,
    cancel_link,
    close_link,
    helper_at,
    invite_relative,
    look_at_link,
    open_link,
    relative_links,
    still_open,
)
from portal.responses.results import Point, Result, results
from portal.responses.saving import (
    Rival,
    Saved,
    add_copy,
    compute_again,
    fold,
    look_again,
    remove_copy,
    save_answer,
    save_pending,
    save_place,
)
from portal.responses.signing import Signature, SignedBy, signatures_in
from portal.responses.submitting import Submitted, submit
from portal.responses.surroundings import tell
from portal.responses.tasks import Asked, FilledBy, State
from portal.responses.todo import TodoItem, assign, next_of, todo
from portal.wording import shown

__all__ = [
    "COMPUTED",
    "FILLED_IN",
    "REASONS",
    "RELATIONSHIPS",
    "Amended",
    "Amendment",
    "Answer",
    "Appointment",
    "Around",
    "Asked",
    "Change",
    "Draft",
    "Fictitious",
    "FilledBy",
    "FormAsked",
    "Helper",
    "NewLink",
    "Outcome",
    "Point",
    "Possible",
    "ReadResponse",
    "RelativeLink",
    "ResponseRow",
    "Result",
    "Rival",
    "Saved",
    "ScoreGiven",
    "SentForm",
    "Signature",
    "SignedBy",
    "State",
    "Submitted",
    "TodoItem",
    "Trial",
    "Validation",
    "Version",
    "add_copy",
    "amend",
    "answers_in",
    "around",
    "assign",
    "cancel_link",
    "close_link",
    "compute_again",
    "described",
    "fold",
    "fold_left_answers",
    "form_asked",
    "helper_at",
    "invite_relative",
    "item_at",
    "keep_amendment",
    "look_again",
    "look_at_link",
    "next_of",
    "open_amendment",
    "open_draft",
    "open_link",
    "outcome_of",
    "possible_answers",
    "read_response",
    "relative_links",
    "remove_copy",
    "reopen_response",
    "responses_of",
    "results",
    "save_answer",
    "save_pending",
    "save_place",
    "sent_form",
    "shown",
    "signatures_in",
    "still_open",
    "submit",
    "tell",
    "titles_in",
    "todo",
    "trials_of",
    "try_form",
    "validate_response",
    "validation_of",
]
