"""`portal fhirpath eval --resource FILE EXPRESSION`: an author tries an expression on a file."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from portal.fhirpath.errors import FhirPathError
from portal.fhirpath.oneoff import evaluate
from portal.fhirpath.run import Hooks


def evaluate_file(
    resource_path: Path | str | None,
    expression: str,
    *,
    questionnaire_path: Path | str | None = None,
    now: datetime | None = None,
) -> tuple[int, str]:
    """The exit code and the text to print: one result a line, as JSON; or the fault with a caret below it, and 1.

    Without a file the expression has no context. The Questionnaire, when given, is %questionnaire.
    """
    try:
        resource = _read(resource_path) if resource_path else None
        env: dict[str, Any] = {"questionnaire": _read(questionnaire_path)} if questionnaire_path else {}
    except OSError as error:
        return 1, f"{error.filename} cannot be read: {error.strerror}."
    except ValueError as error:
        return 1, f"This file is not JSON: {error}."
    lines: list[str] = []
    hooks = Hooks(trace=lambda name, count: lines.append(f"trace {name}: {count} items"))
    try:
        found = evaluate(resource, expression, env, now=now, hooks=hooks)
    except FhirPathError as error:
        return 1, error.caret()
    lines += [_written(value) for value in found]
    return 0, "\n".join(lines) or "{}"


def _read(path: Path | str) -> Any:
    return json.loads(Path(path).read_text(encoding="utf-8"), parse_float=Decimal)


def _written(value: Any) -> str:
    return (
        json.dumps(_plain(value), ensure_ascii=False, default=str) if not isinstance(value, Decimal) else f"{value:f}"
    )


def _plain(value: Any) -> Any:
    """Decimals inside an element keep their digits, as far as JSON's numbers can."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    return float(value) if isinstance(value, Decimal) else value
