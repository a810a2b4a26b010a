"""Answers in words, one way everywhere: on screen, on paper, in the review. Pure."""

from portal.wording.labels import Holder, Labels
from portal.wording.values import amount_in_words, answer_in_words, shown, unit_in_words

__all__ = ["Holder", "Labels", "amount_in_words", "answer_in_words", "shown", "unit_in_words"]
