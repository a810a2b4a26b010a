"""Answers: what is asked, filling it so that nothing is lost, sending, reading, correcting."""

from portal.responses.amending import REASONS, Amended, Amendment, amend, keep_amendment, open_amendment
from portal.responses.appointments import Appointment, Around, around
from portal.responses.choices import Possible, possible_answers
from portal.responses.drafts import Draft
from portal.responses.left import fold_left_answers
from portal.responses.listing import ResponseRow, ScoreGiven, responses_of
from portal.responses.opening import FormAsked, form_asked, open_draft
from portal.responses.reading import (
    Answer,
    Change,
    ReadResponse,
    SentForm,
    Version,
    item_at,
    read_response,
    sent_form,
    shown,
    trials_of,
)
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
from portal.responses.submitting import Submitted, submit
from portal.responses.tasks import Asked, FilledBy, State
from portal.responses.todo import TodoItem, assign, next_of, todo

__all__ = [
    "REASONS",
    "Amended",
    "Amendment",
    "Answer",
    "Appointment",
    "Around",
    "Asked",
    "Change",
    "Draft",
    "FilledBy",
    "FormAsked",
    "Possible",
    "ReadResponse",
    "ResponseRow",
    "Rival",
    "Saved",
    "ScoreGiven",
    "SentForm",
    "State",
    "Submitted",
    "TodoItem",
    "Version",
    "add_copy",
    "amend",
    "around",
    "assign",
    "compute_again",
    "fold",
    "fold_left_answers",
    "form_asked",
    "item_at",
    "keep_amendment",
    "look_again",
    "next_of",
    "open_amendment",
    "open_draft",
    "possible_answers",
    "read_response",
    "remove_copy",
    "responses_of",
    "save_answer",
    "save_pending",
    "save_place",
    "sent_form",
    "shown",
    "submit",
    "todo",
    "trials_of",
]
