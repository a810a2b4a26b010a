"""The ARC's work: each answer of a submitted form is decided valid or not, with a remark; every decision is kept for ever.

Decisions are append-only FHIR events that carry a digest of the answer they saw. When the answer changes, the digest no
longer fits and the decision is "to review again". States and rules: docs/review.md.
"""

from portal.review.answers import Place
from portal.review.change import answers_changed
from portal.review.commands import answer_remark, decide_item, withdraw_decision
from portal.review.read import Remark, RemarkLine, Review, ReviewItem, open_remarks, remarks, review_of, trial_remarks
from portal.review.show import label_at, question_at, shown
from portal.review.states import ItemState, Verdict

__all__ = [
    "ItemState",
    "Place",
    "Remark",
    "RemarkLine",
    "Review",
    "ReviewItem",
    "Verdict",
    "answer_remark",
    "answers_changed",
    "decide_item",
    "label_at",
    "open_remarks",
    "question_at",
    "remarks",
    "review_of",
    "shown",
    "trial_remarks",
    "withdraw_decision",
]
