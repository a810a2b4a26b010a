"""Numbers, amounts and scales as a widget takes them. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from components.form import NumberQuestion, Option, ScaleQuestion
from portal.i18n import Texts
from portal.sdc import FormItem
from portal.sdc.reading import local_text
from portal.types import Json


def ends(t: Texts, item: FormItem) -> list[str]:
    """What the ends of a scale mean, where it is not drawn as a line."""
    low, high = item.low_label(t.locale), item.high_label(t.locale)
    named = [(item.low, low), (item.high, high)]
    return [
        t(
            "{value}: {meaning}", value=t.number(bound) if number_or_none(bound) is not None else "", meaning=words
        ).lstrip(": \u00a0")
        for bound, words in named
        if words
    ]


def number(t: Texts, common: Mapping[str, Any], item: FormItem, value: Any, offered: Sequence[Json]) -> NumberQuestion:
    units = tuple(
        Option(
            code=str(each.get("code") or each.get("display", "")),
            text=local_text(each, "display")(t.locale) or str(each["code"]),
        )
        for each in offered
    )
    chosen = str(value.get("code") or value.get("unit", "")) if isinstance(value, dict) else ""
    usual = (item.unit or {}).get("code", "")
    own = item.open_units in {"optionsOrType", "optionsOrString"} and item.type == "quantity"
    several = len(units) > 1 or (own and bool(units))
    only = units[0] if len(units) == 1 and not several else None
    low, high = (None if isinstance(bound, dict) else decimal(bound) for bound in (item.low, item.high))
    return NumberQuestion(
        **common,
        value=amount_of(value),
        unit=item.unit_in(t.locale) or (only.text if only else ""),
        units=units if several else (),
        unit_code=chosen or next((unit.code for unit in units if unit.code == usual), only.code if only else ""),
        own_unit=own and several,
        amount=item.type == "quantity" and only is not None,
        low=low,
        high=high,
        whole=item.type == "integer",
        step=(number_or_none(item.step) or Decimal(1)) if item.control == "spinner" else None,
    )


def scale(t: Texts, common: Mapping[str, Any], item: FormItem, value: Any) -> ScaleQuestion:
    low, high = bound_of(item.low), bound_of(item.high)
    return ScaleQuestion(
        **common,
        low_text=item.low_label(t.locale),
        high_text=item.high_label(t.locale),
        low=low if low is not None else Decimal(0),
        high=high if high is not None else Decimal(100),
        step=decimal(item.step) or Decimal(1),
        value=amount_of(value),
    )


def amount_of(value: Any) -> Decimal | None:
    """The number of an answer, an amount too; None where an amount was kept without one."""
    return decimal(value.get("value") if isinstance(value, dict) else value)


def decimal(number: Any) -> Decimal | None:
    return None if number is None else Decimal(str(number))


def number_or_none(number: Any) -> Decimal | None:
    """A number; None for what is none, such as the bound of a date."""
    return Decimal(str(number)) if isinstance(number, (int, float, Decimal)) else None


def bound_of(bound: Any) -> Decimal | None:
    """A bound as a number, of an amount too."""
    return number_or_none(bound.get("value") if isinstance(bound, dict) else bound)
