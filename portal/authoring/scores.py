"""`scores:` and `alerts:` of a form, to hidden calculated items and to our alert extension: standard FHIRPath, no code.

A score says what it adds up and what happens when answers are missing; there is no silent zero:

    missing: refuse          no score until every question is answered (this is assumed)
    missing: ignore          what is answered counts, and nothing answered gives no score
    missing: {at_least: 10}  as `ignore`, from that many answers on
    missing: {prorate: 7}    from that many answers on, the total is scaled up to all questions
"""

from collections.abc import Iterator

from portal.authoring.conditions import condition, enabling
from portal.authoring.conditions import named as named_items
from portal.authoring.entry import Entry, with_extensions
from portal.authoring.items import expression
from portal.authoring.live import GROUP, note_score, place
from portal.authoring.norms import lookup
from portal.authoring.outline import Outline
from portal.fhir import systems
from portal.sdc import urls
from portal.types import Json

_KINDS = ("sum", "mean", "max", "count", "formula", "lookup")
KEYS = (
    *_KINDS, "id", "code", "loinc", "title", "reverse", "at_least", "times", "decimals", "missing", "range", "bands",
    "shown_to_patient", "main", "live", "when",
)  # fmt: skip
POINTS: Json = {"system": systems.UCUM, "code": "{score}", "display": "points"}


def note_scores(root: Entry, outline: Outline) -> None:
    """Scores are items too: conditions, alerts and other scores may name them."""
    for entry in _scores(root):
        note_score(entry, outline, _number_type(entry))


def score_group(root: Entry, outline: Outline) -> Json | None:
    """The scores out of sight. Those that are shown are put down in `outline.scores`, for the groups that show them."""
    scores: list[Json] = []
    for index, entry in enumerate(_scores(root)):
        score = make_score(entry, outline, first=index == 0)
        if (group := place(entry, outline)) is None:
            scores.append(score)
        else:
            outline.scores.setdefault(group, []).append(score)
    if not scores:
        return None
    hidden = {"url": urls.HIDDEN, "valueBoolean": True}
    return with_extensions({"linkId": GROUP, "type": "group", "text": "Scores", "item": scores}, hidden)


def alert_rules(root: Entry, outline: Outline) -> Iterator[Json]:
    for entry in listed.each() if (listed := root.get("alerts")) else ():
        entry.only("id", "when", "severity", "message")
        yield {
            "url": systems.ALERT_RULE,
            "extension": [
                {"url": "id", "valueString": entry.need("id").string()},
                {"url": "condition", "valueExpression": expression(condition(entry.need("when"), outline))},
                {"url": "severity", "valueCode": entry.need("severity").one_of("urgent", "stat")},
                {"url": "message", **entry.need("message").text("valueString")},
            ],
        }


def _scores(root: Entry) -> Iterator[Entry]:
    listed = root.get("scores")
    if listed:
        yield from listed.each()


def _number_type(entry: Entry) -> str:
    if "decimals" in entry:
        return "decimal" if entry.need("decimals").integer() else "integer"
    return "decimal" if "mean" in entry else "integer"


def make_score(entry: Entry, outline: Outline, *, first: bool) -> Json:
    entry.only(*KEYS)
    kinds = [kind for kind in _KINDS if kind in entry]
    if len(kinds) != 1:
        raise entry.fail(f"A score has exactly one of: {', '.join(_KINDS)}.")
    name = entry.need("id").string()
    code = given.string() if (given := entry.get("code")) else f"{outline.code}_{name}".upper()
    element: Json = {
        "linkId": name,
        "type": _number_type(entry),
        "code": [{"system": systems.SCORE, "code": code}],
        **entry.need("title").text("text"),
        "readOnly": True,
    }
    if loinc := entry.get("loinc"):
        element["code"].append({"system": systems.LOINC, "code": loinc.string()})
    shown = entry.get("shown_to_patient")
    named: list[Json | None] = []
    if kinds[0] == "formula":
        items: list[str] = []
        formula = outline.fill(entry.need("formula").string())
    elif kinds[0] == "lookup":
        formula, values_of, items = lookup(entry.need("lookup"), outline)
        named = [_variable(name, text) for name, text in values_of.items()]
    else:
        items = outline.span(entry.need(kinds[0]))
        formula = _formula(entry, kinds[0], len(items))
        named = [_variable("answers", _values(entry, items, outline))]
    condition_of = enabling(when, outline) if (when := entry.get("when")) else {}
    made = with_extensions(
        {**element, **{key: value for key, value in condition_of.items() if key != "extension"}},
        {"url": urls.HIDDEN, "valueBoolean": True} if place(entry, outline) is None else None,
        {"url": urls.OBSERVATION_EXTRACT, "valueBoolean": True},
        {"url": urls.UNIT, "valueCoding": POINTS},
        *named,
        {"url": urls.CALCULATED_EXPRESSION, "valueExpression": expression(formula)},
        {"url": systems.SHOWN_TO_PATIENT, "valueBoolean": shown.boolean()} if shown else None,
        _description(entry, items, main=main.boolean() if (main := entry.get("main")) else first),
    )
    return with_extensions(made, *condition_of.get("extension", ()))


def _variable(name: str, text: str) -> Json:
    return {"url": urls.VARIABLE, "valueExpression": {"name": name, **expression(text)}}


def _values(entry: Entry, items: list[str], outline: Outline) -> str:
    """FHIRPath of the numbers that a score counts, reversed ones turned round."""
    reverse = set(outline.span(entry.need("reverse"))) if "reverse" in entry else set[str]()
    if stray := reverse - set(items):
        raise entry.need("reverse").fail(f"The score does not count {', '.join(sorted(stray))}.")
    groups: dict[tuple[str, str], list[str]] = {}
    for name in items:
        known = outline.items[name]
        turn = ""
        if name in reverse:
            if known.low is None or known.high is None:
                raise entry.need("reverse").fail(f"To reverse “{name}”, its lowest and highest value must be known.")
            turn = f".select({known.low} + {known.high} - $this)"
        groups.setdefault((known.parent, (".weight()" if known.scored else "") + turn), []).append(name)
    parts = [
        f"{parent}.item{_chosen(parent, names, outline)}.answer.value{then}" for (parent, then), names in groups.items()
    ]
    return parts[0] + "".join(f".combine({part})" for part in parts[1:])


def _chosen(parent: str, names: list[str], outline: Outline) -> str:
    """The filter on the items of a group: none where the others have no number, so that the sum need not look for them.

    Where something is computed beside them the filter stands, so that the sum does not seem to depend on what depends on it.
    """
    scored = {name for name, known in outline.items.items() if known.parent == parent and known.scored}
    if len(names) > 1 and scored == set(names) and parent not in outline.live:
        return ""
    return f".where({named_items(names)})"


def _formula(entry: Entry, kind: str, count: int) -> str:
    least = entry.get("at_least")
    value = {
        "sum": "%answers.sum()",
        "mean": "%answers.avg()",
        "max": "%answers.max()",
        "count": f"%answers.where($this >= {least.number() if least else 1}).count()",
    }[kind]
    if times := entry.get("times"):
        value = f"({value} * {times.number()})"
    asked, prorated = _missing(entry, count)
    if prorated:
        value = f"({value} * {count} / %answers.count())"
    digits = entry.get("decimals")
    if kind == "mean" or prorated or digits or times:
        value = f"{value}.round({digits.integer() if digits else 2 if kind == 'mean' else 0})"
    return f"iif({asked}, {value})"


def _missing(entry: Entry, count: int) -> tuple[str, bool]:
    rule = entry.get("missing")
    if rule is None or rule.value == "refuse":
        return f"%answers.count() = {count}", False
    if rule.value == "ignore":
        return "%answers.exists()", False
    if isinstance(rule.value, dict):
        rule.only("at_least", "prorate")
        for key, scaled in (("at_least", False), ("prorate", True)):
            if least := rule.get(key):
                return f"%answers.count() >= {least.integer()}", scaled
    raise rule.fail("“missing” is refuse, ignore, {at_least: n} or {prorate: n}.")


def _description(entry: Entry, items: list[str], *, main: bool) -> Json:
    parts: list[Json] = []
    limits = list(found.each()) if (found := entry.get("range")) else []
    if limits:
        if len(limits) != 2:
            raise entry.need("range").fail("A range is [lowest, highest].")
        parts += [
            {"url": "min", "valueDecimal": limits[0].number()},
            {"url": "max", "valueDecimal": limits[1].number()},
        ]
    parts += [{"url": "item", "valueString": name} for name in items]
    rule = entry.get("missing")
    parts.append({"url": "missing", "valueString": _rule_text(rule) if rule else "refuse"})
    if main:
        parts.append({"url": "main", "valueBoolean": True})
    for band in listed.each() if (listed := entry.get("bands")) else ():
        band.only("from", "to", "level", "label", "meaning")
        level = band.need("level")
        if not 0 <= level.integer() <= 4:
            raise level.fail("A level goes from 0 (nothing to note) to 4 (most severe).")
        inside: list[Json] = [
            {"url": key, "valueDecimal": limit.number()}
            for key, name in (("low", "from"), ("high", "to"))
            if (limit := band.get(name))
        ]
        inside += [{"url": "level", "valueInteger": level.integer()}]
        inside += [{"url": "label", **band.need("label").text("valueString")}]
        if meaning := band.get("meaning"):
            inside += [{"url": "interpretation", **meaning.text("valueString")}]
        parts.append({"url": "band", "extension": inside})
    return {"url": systems.SCORE_BANDS, "extension": parts}


def _rule_text(rule: Entry) -> str:
    if isinstance(rule.value, dict):
        return ", ".join(f"{key} {value}" for key, value in rule.mapping().items())
    return rule.string()
