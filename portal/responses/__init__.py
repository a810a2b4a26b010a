"""Answers: what is asked, filling it so that nothing is lost, sending, reading, correcting."""

from portal.responses.amending import REASONS, Amended, Amendment, amend, keep_amendment, open_amendment
from portal.responses.drafts import (
    Draft,
    Saved,
    fold,
    look_again,
    open_draft,
    save_answer,
    save_pending,
    save_place,
)
from portal.responses.listing import ResponseRow, ScoreGiven, responses_of
from portal.responses.reading import Answer, Change, ReadResponse, Version, item_at, read_response, shown
from portal.responses.submitting import Submitted, submit
from portal.responses.tasks import Asked, FilledBy, State
from portal.responses.todo import TodoItem, assign, next_of, todo

__all__ = [
    "REASONS",
    "Amended",
    "Amendment",
    "Answer",
    "Asked",
    "Change",
    "Draft",
    "FilledBy",
    "ReadResponse",
    "ResponseRow",
    "Saved",
    "ScoreGiven",
    "State",
    "Submitted",
    "TodoItem",
    "Version",
    "amend",
    "assign",
    "fold",
    "item_at",
    "keep_amendment",
    "look_again",
    "next_of",
    "open_amendment",
    "open_draft",
    "read_response",
    "responses_of",
    "save_answer",
    "save_pending",
    "save_place",
    "shown",
    "submit",
    "todo",
]
