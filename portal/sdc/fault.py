"""What does not work in a form, told to its author."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """Something in the form itself that does not work: for its author, never for the person who fills it."""

    link_id: str
    what: str
    text: str
