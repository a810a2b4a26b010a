"""The sheet of one sample: cells for every analyte, what was typed in them, and what it means."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from markupsafe import Markup

from components.markup import attributes, h, join
from portal.errors import Invalid, Problem, problem
from portal.i18n import N_, Texts
from portal.record import Analyte, Result, analytes

PARTS = ("value", "low", "high")
NUMBER = N_("Write a number, for example {example}.")


@dataclass(kw_only=True, slots=True)
class Cells:
    """`typed` by name ("lithium.value", ".low", ".high", ".unit"), `wrong` the sentence to show by analyte."""

    t: Texts
    typed: dict[str, str] = field(default_factory=dict)
    wrong: dict[str, str] = field(default_factory=dict)

    def type(self, name: str, text: str) -> None:
        """Unknown names are ignored."""
        key, _, part = name.partition(".")
        if key in analytes().by_key and part in {*PARTS, "unit"}:
            self.typed[name] = text[:40]

    def group(self, group: str, *, shown: bool) -> Markup:
        """One group of analytes, as rows under a heading that opens."""
        t = self.t
        rows = join(self._row(each) for each in analytes().by_key.values() if each.group == group)
        heads = join(h("<span>{}</span>", words) for words in (t("Value"), t("Unit"), t("Low"), t("High")))
        shape = '<details{}><summary>{}</summary><div class="samplerow samplenames" aria-hidden="true"><span></span>{}</div>{}</details>'
        return h(shape, Markup(" open") if shown else "", analytes().groups[group].label.text(t.locale), heads, rows)

    def _row(self, analyte: Analyte) -> Markup:
        t, key, error = self.t, analyte.key, self.wrong.get(analyte.key, "")
        name = analyte.label.text(t.locale)
        labels = {
            "value": name,
            "low": t("{name}, lower limit", name=name),
            "high": t("{name}, upper limit", name=name),
        }
        cells = {part: self._cell(key, part, labels[part], error) for part in PARTS}
        said = h('<p class="error" id="{}-error">{}</p>', key, error) if error else ""
        return h(
            '<div class="samplerow"><label for="{}-value">{}</label>{}{}{}{}{}</div>',
            key,
            name,
            cells["value"],
            self._unit(t, analyte),
            cells["low"],
            cells["high"],
            said,
        )

    def _cell(self, key: str, part: str, label: str, error: str) -> Markup:
        heads = {"value": "", "low": self.t("Low"), "high": self.t("High")}
        box = {
            "class": "input input-number",
            "id": f"{key}-{part}",
            "name": f"{key}.{part}",
            "value": self.typed.get(f"{key}.{part}", ""),
            "inputmode": "decimal",
            "autocomplete": "off",
            "aria-label": "" if part == "value" else label,
            "aria-invalid": "true" if error else "",
            "aria-describedby": f"{key}-error" if error else "",
        }
        return h("<span{}><input{}></span>", attributes({"class": "cell", "data-head": heads[part]}), attributes(box))

    def _unit(self, t: Texts, analyte: Analyte) -> Markup:
        if not analyte.also:
            return h('<span class="muted">{}</span>', analyte.shown)
        chosen = self.typed.get(f"{analyte.key}.unit", analyte.unit)
        options = join(
            h("<option{}>{}</option>", attributes({"value": unit, "selected": unit == chosen}), shown)
            for unit, shown in ((analyte.unit, analyte.shown), *((each, each) for each in analyte.also))
        )
        label = t("{name}, unit", name=analyte.label.text(t.locale))
        return h('<select class="input" name="{}.unit" aria-label="{}">{}</select>', analyte.key, label, options)


def results(typed: Mapping[str, str]) -> list[Result]:
    """What was typed as results; cells without a value are left out. Raises `Invalid` by analyte."""
    wrong: list[Problem] = []
    found: list[Result] = []
    for key in analytes().by_key:
        if not typed.get(f"{key}.value", "").strip():
            continue
        comparator, numbers = "", {}
        for part in PARTS:
            text = typed.get(f"{key}.{part}", "").strip()
            if part == "value" and text[:1] in "<>":
                comparator, text = text[0], text[1:]
            try:
                numbers[part] = number(text)
            except InvalidOperation:
                wrong.append(problem(key, NUMBER, example="72,5"))
        if (value := numbers.get("value")) is not None:
            unit = typed.get(f"{key}.unit") or None
            bounds = {"low": numbers.get("low"), "high": numbers.get("high")}
            found.append(Result(code=key, value=value, unit=unit, comparator=comparator, **bounds))
    if wrong:
        raise Invalid(wrong)
    return found


def number(text: str) -> Decimal | None:
    """Decimal comma or point; None when empty. Raises `InvalidOperation`."""
    plain = re.sub(r"\s", "", text).replace(",", ".")
    if not plain:
        return None
    if not re.fullmatch(r"\d{1,9}(\.\d{1,6})?", plain):
        raise InvalidOperation
    return Decimal(plain)
