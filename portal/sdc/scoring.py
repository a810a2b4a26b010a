"""Scores: how a form declares them and what a session makes of them. The numbers themselves come from the form's expressions."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.fhir import systems
from portal.sdc.model import Band, FormItem, Number, ScoreDefinition
from portal.sdc.nodes import Node
from portal.sdc.reading import decimal, extension, extension_text, extension_value, extensions, value_of
from portal.sdc.values import from_answer
from portal.types import Json


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreResult:
    """`value` is None while the form's rule for missing answers says so; `missing` counts the unanswered questions."""

    definition: ScoreDefinition
    value: Number | None
    missing: int

    @property
    def band(self) -> Band | None:
        return self.definition.band(self.value)

    @property
    def complete(self) -> bool:
        return self.missing == 0 and self.value is not None


def score_result(score: ScoreDefinition, nodes_of: Callable[[str], list[Node]]) -> ScoreResult:
    node = next(iter(nodes_of(score.link_id)), None)
    value: Any = from_answer(node.item, node.answers[0]) if node and node.answers and node.active else None
    missing = sum(1 for name in score.items for each in nodes_of(name) if each.active and not each.answers)
    return ScoreResult(definition=score, value=value, missing=missing)


def score_definition(item: FormItem, bands: Json) -> ScoreDefinition:
    """Reads our extension `score-bands` on a calculated item; see `portal.authoring` for the same thing in YAML."""
    codes: list[Json] = item.definition.get("code", [])
    code = next((each["code"] for each in codes if each.get("system") == systems.SCORE), item.link_id)
    shown = extension_value(item.definition, systems.SHOWN_TO_PATIENT)
    return ScoreDefinition(
        link_id=item.link_id,
        code=code,
        label=item.label,
        low=_number(bands, "min"),
        high=_number(bands, "max"),
        bands=tuple(sorted(_bands(bands), key=lambda band: band.low)),
        shown_to_patient=shown if isinstance(shown, bool) else True,
        items=tuple(value_of(each) for each in extensions(bands, "item")),
        missing=extension_value(bands, "missing") or "",
        main=extension_value(bands, "main") is True,
    )


def _bands(element: Json) -> Iterator[Band]:
    for each in extensions(element, "band"):
        low = _number(each, "low")
        high = _number(each, "high")
        yield Band(
            low=low if low is not None else Decimal("-Infinity"),
            high=high if high is not None else Decimal("Infinity"),
            level=extension_value(each, "level") or 0,
            text=extension_text(extension(each, "label")),
            meaning=extension_text(extension(each, "interpretation")),
        )


def _number(element: Json, url: str) -> Decimal | None:
    value = extension_value(element, url)
    return None if value is None else decimal(value)
