"""An expression for once, as authors try it: checked against the type of the resource, at the present time."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from portal.clock import PARIS, SystemClock
from portal.fhirpath.check import check
from portal.fhirpath.expression import compile  # noqa: A004
from portal.fhirpath.run import NO_HOOKS, Hooks


def evaluate(
    resource: Any,
    expression: str,
    env: Mapping[str, Any] | None = None,
    model: str = "r4",
    *,
    now: datetime | None = None,
    hooks: Hooks = NO_HOOKS,
) -> list[Any]:
    """Compile, check and run at once; compiling is remembered.

    Beyond what `compile` refuses, a name that the resource's type does not have is an error here, so that a slip of
    the pen is not taken for an empty result. Without `now` it is the present time at the centres.
    """
    compiled = compile(expression, model=model)
    type_name = resource.get("resourceType") if isinstance(resource, dict) else None
    if isinstance(type_name, str):
        check(compiled, type_name)
    return compiled(resource, env, now=now or SystemClock().now().astimezone(PARIS), hooks=hooks)
