"""Patterns (regex) that authors write. One that is none, or that could run for ever on a short text, is refused at once."""

import functools
import warnings

import regex

LONGEST_PATTERN = 1000
TRYING, MATCHING = 0.03, 0.1
"""Seconds of work that a pattern has for one text: while it is tried, and on an answer."""

_LONG = 60
_USUAL = "aA0 -"


class NoPattern(Exception):
    """Why a pattern is not applied, for the form's author."""


def compile_pattern(text: str) -> "regex.Pattern[str]":
    """The pattern ready to hold against whole texts. Raises `NoPattern`."""
    if len(text) > LONGEST_PATTERN:
        raise NoPattern("The pattern is too long.")
    pattern = _compiled(text)
    if pattern is None:
        raise NoPattern("The pattern is not a regular expression.")
    if _runs_away(pattern):
        raise NoPattern("The pattern repeats what repeats, and could run for ever.")
    return pattern


def matches(pattern: "regex.Pattern[str]", text: str) -> bool:
    """Whether the whole text is as the pattern says. What cannot be said in time is not."""
    try:
        return pattern.fullmatch(text, timeout=MATCHING) is not None
    except TimeoutError:
        return False


@functools.lru_cache(maxsize=512)
def _compiled(text: str) -> "regex.Pattern[str] | None":
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of notations that other libraries read differently
            return regex.compile(text)
    except (regex.error, RecursionError, OverflowError, MemoryError, ValueError):
        return None


@functools.lru_cache(maxsize=512)
def _runs_away(pattern: "regex.Pattern[str]") -> bool:
    """Tried on the texts that such patterns fear: one sign again and again, then another that does not belong there."""
    named = "".join(filter(str.isalnum, pattern.pattern))
    for sign in dict.fromkeys(_USUAL + named):
        try:  # what the pattern names stands behind, else it is found missing before anything is repeated
            pattern.fullmatch(f"{sign * _LONG}\x00{named}", timeout=TRYING)
        except TimeoutError:
            return True
    return False
