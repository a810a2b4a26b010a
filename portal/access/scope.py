"""What a decision is about: the facts on the thing touched that the rules compare with the actor."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """Facts on what is touched.

    `patient` id; `organizations` that follow the patient now, or where the professional works whose account is touched;
    `trials` the resource belongs to; `filled_by` the reference of who is to fill a form; `shown_to_patient` whether the
    patient may see it; `locked` whether a professional has locked it; `set_allowed` whether the deployment's setting
    allows what depends on one.
    """

    patient: str | None = None
    organizations: frozenset[str] = frozenset()
    trials: frozenset[str] = frozenset()
    filled_by: str | None = None
    shown_to_patient: bool = False
    locked: bool = False
    set_allowed: bool = False


ANYWHERE = Scope()
