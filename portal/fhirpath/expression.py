"""A compiled expression, and how to get one: `compile` keeps what it compiled, for all sessions, up to a bound."""

import functools
from collections.abc import Mapping
from datetime import datetime
from decimal import DecimalException
from typing import Any

from portal.fhirpath.compiler import Compiler
from portal.fhirpath.dependencies import Dependencies, dependencies
from portal.fhirpath.errors import FhirPathError, FhirPathLimitError
from portal.fhirpath.model import Model, r4
from portal.fhirpath.modes import needs_types
from portal.fhirpath.navigation import wrap
from portal.fhirpath.operators import Fn
from portal.fhirpath.parser import parse
from portal.fhirpath.run import MAX_STEPS, NO_HOOKS, Hooks, Run
from portal.fhirpath.syntax import Expr
from portal.fhirpath.values import Collection, outward

CACHED = 4096
_NO_VARIABLES: Mapping[str, Any] = {}


class Expression:
    """`typed` forces the way it runs, for tests; by itself it is decided by `modes`.

    Call it with a resource (or an element, or None) and variables; it gives a list of plain values.

    Elements come back as their JSON, numbers with a point as Decimal, days and times as their ISO text, quantities as
    FHIR's Quantity. Variables are JSON too: one value, a list of values, or None for an empty one; %resource and
    %context are the resource itself unless they are given. `now` must be aware: its zone is the zone of `today()`.
    """

    def __init__(self, text: str, model: Model, *, typed: bool | None = None) -> None:
        self.text = text
        self._model = model
        try:
            self.tree: Expr = parse(text)
            self.typed: bool = needs_types(self.tree, model) if typed is None else typed
            self._run: Fn = Compiler(model, typed=self.typed).compile(self.tree)
        except FhirPathError as error:
            error.expression = text
            raise
        except RecursionError:
            raise FhirPathLimitError("The expression nests too deep.", 0, text) from None

    @functools.cached_property
    def depends_on(self) -> Dependencies:
        """What has to change for the result to change."""
        return dependencies(self.tree)

    def __call__(
        self,
        resource: Any,
        variables: Mapping[str, Any] | None = None,
        *,
        now: datetime | None = None,
        hooks: Hooks = NO_HOOKS,
        max_steps: int = MAX_STEPS,
        base: str = "",
    ) -> list[Any]:
        """`base` is the type of `resource` where that is an element: "QuestionnaireResponse.item"."""
        state = self._state(resource, variables, now, hooks, max_steps, base)
        try:
            found = self._run(state, self._lift(resource, base))
        except FhirPathError as error:
            error.expression = self.text
            if error.position is None and not isinstance(error, FhirPathLimitError):
                error.position = self._place(
                    resource, self._state(resource, variables, now, hooks, max_steps, base), base
                )
            raise
        except RecursionError:
            raise FhirPathLimitError("The expression nests too deep for this data.", 0, self.text) from None
        except DecimalException:
            raise FhirPathError("A number is too large, or is none.", None, self.text) from None
        return [value for value in map(outward, found) if value is not None]

    def _state(
        self,
        resource: Any,
        variables: Mapping[str, Any] | None,
        now: datetime | None,
        hooks: Hooks,
        max_steps: int,
        base: str,
    ) -> Run:
        return Run(resource, variables or _NO_VARIABLES, self._lift, base, now, hooks, max_steps)

    @functools.cached_property
    def _placed(self) -> Fn:
        """The same expression in a form that notes positions: only an evaluation that failed needs it."""
        return Compiler(self._model, typed=self.typed, placed=True).compile(self.tree)

    def _place(self, resource: Any, state: Run, base: str) -> int | None:
        """Where an evaluation fails."""
        try:
            self._placed(state, self._lift(resource, base))
        except FhirPathError as error:
            return error.position
        return None

    def _lift(self, given: Any, type_name: str) -> Collection:
        if not self.typed:
            if given is None:
                return []
            return [value for value in given if value is not None] if type(given) in {list, tuple} else [given]
        out: Collection = []
        for value in given if type(given) in {list, tuple} else [given]:
            if isinstance(value, dict):
                out += wrap(self._model, value, None, type_name or _place_of(value))
            elif value is not None:
                out.append(value)
        return out

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


def _place_of(value: dict[str, Any]) -> str:
    """The type of an element that came without one, where its keys leave no doubt."""
    if "resourceType" in value:
        return ""
    if "linkId" in value:
        return "Questionnaire.item" if "type" in value else "QuestionnaireResponse.item"
    return ""


@functools.lru_cache(maxsize=CACHED)
def _compiled(text: str) -> Expression:
    return Expression(text, r4())


def compile(text: str, *, model: str = "r4") -> Expression:  # noqa: A001
    """The expression, ready to run; a FhirPathSyntaxError (with its place) when the text is none."""
    if model != "r4":
        raise FhirPathError(f"There is no model {model}: this engine knows r4.")
    return _compiled(text)
