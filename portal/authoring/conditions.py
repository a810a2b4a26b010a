"""`when:` of an item or an alert, to enableWhen where that can say it, and to FHIRPath otherwise.

when: {item: work, is: employed}                    when: {any: [{item: a, is: [x, y]}, {item: b, above: 3}]}
when: [{item: a, answered: true}, {item: b, not: x}]      (all of them)          when: "FHIRPath"
"""

from typing import Any

from portal.authoring.around import of_patient
from portal.authoring.entry import Entry
from portal.authoring.outline import Known, Outline
from portal.sdc import urls
from portal.types import Json

_ORDERS = {"above": ">", "at_least": ">=", "below": "<", "at_most": "<="}
_CLAUSE = ("item", "items", "is", "not", "answered", *_ORDERS)
_ANSWER = {
    "boolean": "answerBoolean",
    "decimal": "answerDecimal",
    "integer": "answerInteger",
    "date": "answerDate",
    "dateTime": "answerDateTime",
    "time": "answerTime",
    "string": "answerString",
    "text": "answerString",
}


def enabling(when: Entry, outline: Outline) -> Json:
    """The part of a FHIR item that says when it is asked."""
    if isinstance(when.value, str):
        return {"extension": [_expression(outline.fill(when.string()))]}
    behaviour, clauses = _parts(when)
    simple = all(_is_simple(clause, outline) for clause in clauses)
    several = any(isinstance(clause.value.get("is"), list) for clause in clauses if simple)
    if not simple or (several and (behaviour == "all" and len(clauses) > 1)):
        return {"extension": [_expression(condition(when, outline))]}
    found = [each for clause in clauses for each in _enable_when(clause, outline)]
    if len(found) == 1:
        return {"enableWhen": found}
    return {"enableWhen": found, "enableBehavior": "any" if several else behaviour}


def condition(when: Entry, outline: Outline) -> str:
    """The same as one FHIRPath expression that gives true or false."""
    if isinstance(when.value, str):
        return outline.fill(when.string())
    behaviour, clauses = _parts(when)
    texts = [_text(clause, outline) for clause in clauses]
    return (" and " if behaviour == "all" else " or ").join(texts)


def _parts(when: Entry) -> tuple[str, list[Entry]]:
    if isinstance(when.value, list):
        return "all", list(when.each())
    for behaviour in ("any", "all"):
        inside = when.get(behaviour)
        if inside:
            when.only(behaviour)
            return behaviour, list(inside.each())
    return "all", [when]


def _is_simple(clause: Entry, outline: Outline) -> bool:
    """Whether enableWhen can say it: it knows one question at a time, and nothing of the numbers behind answers."""
    if "item" not in clause:
        return False
    known = outline.item(clause.need("item"))
    return not (known.type in ("choice", "open-choice") and any(order in clause for order in _ORDERS))


def _text(clause: Entry, outline: Outline) -> str:
    if "patient" in clause:
        return of_patient(clause, outline.around)
    if "item" in clause:
        return _clause(clause, outline)
    if "items" in clause:
        return _any_of(clause, outline)
    return f"({condition(clause, outline)})"


def _enable_when(clause: Entry, outline: Outline) -> list[Json]:
    known, operator, values = _read(clause, outline)
    question = clause.need("item").string()
    if operator == "exists":
        return [{"question": question, "operator": "exists", "answerBoolean": values[0].boolean()}]
    return [{"question": question, "operator": operator, **_answer(known, value)} for value in values]


def _read(clause: Entry, outline: Outline) -> tuple[Known, str, list[Entry]]:
    clause.only(*_CLAUSE)
    known = outline.item(clause.need("item")) if "item" in clause else _first(clause, outline)
    said = [key for key in clause.mapping() if key not in ("item", "items")]
    if len(said) != 1:
        raise clause.fail(f"Say one thing of the item: {', '.join(_CLAUSE[1:])}.")
    value = clause.need(said[0])
    match said[0]:
        case "answered":
            return known, "exists", [value]
        case "is":
            return known, "=", list(value.one_or_more())
        case "not":
            return known, "!=", [value]
        case order:
            return known, _ORDERS[order], [value]


def _first(clause: Entry, outline: Outline) -> Known:
    return outline.items[outline.span(clause.need("items"))[0]]


def _answer(known: Known, value: Entry) -> Json:
    if known.type in ("choice", "open-choice"):
        code = value.string()
        if code not in known.codes:
            raise value.fail(f"“{code}” is not an answer of that item: {', '.join(known.codes)}.")
        return {"answerCoding": {"system": known.codes[code], "code": code}}
    if known.type == "quantity":
        return {"answerQuantity": {"value": value.number()}}
    if known.type not in _ANSWER:
        raise value.fail(f"An item of type {known.type} has no value to compare: use “answered”.")
    return {_ANSWER[known.type]: _plain(known, value)}


def _plain(known: Known, value: Entry) -> Any:
    match known.type:
        case "boolean":
            return value.boolean()
        case "integer":
            return value.integer()
        case "decimal":
            return value.number()
        case _:
            return value.string()


def _clause(clause: Entry, outline: Outline) -> str:
    known, operator, values = _read(clause, outline)
    answer = f"{known.path}.answer"
    if operator == "exists":
        return f"{answer}.exists()" if values[0].boolean() else f"{answer}.exists().not()"
    tests = [f"{answer}.where({_test(known, operator, value)}).exists()" for value in values]
    if operator == "!=":
        return f"{tests[0]}.not()"
    return tests[0] if len(tests) == 1 else f"({' or '.join(tests)})"


def _any_of(clause: Entry, outline: Outline) -> str:
    """`items: [q1..q9]` holds when it holds of one of them."""
    known, operator, values = _read(clause, outline)
    parents: dict[str, list[str]] = {}
    for name in outline.span(clause.need("items")):
        parents.setdefault(outline.items[name].parent, []).append(name)
    if operator == "exists":
        raise clause.fail("“answered” is said of one item: use “item”.")
    test = " or ".join(_test(known, operator, value) for value in values)
    if operator == "!=":
        test = f"({test}).not()"
    found = [f"{parent}.item.where({named(names)}).answer.where({test}).exists()" for parent, names in parents.items()]
    return found[0] if len(found) == 1 else f"({' or '.join(found)})"


def named(names: list[str]) -> str:
    """The criterion of items by their linkId."""
    if len(names) == 1:
        return f"linkId = '{names[0]}'"
    return "linkId in (" + " | ".join(f"'{name}'" for name in names) + ")"


def _test(known: Known, operator: str, value: Entry) -> str:
    compared = "=" if operator == "!=" else operator
    if operator in _ORDERS.values() and known.scored:
        return f"value.weight() {operator} {value.number()}"
    (key, answer), *_ = _answer(known, value).items()
    match key:
        case "answerCoding":
            return f"value.code = '{answer['code']}'"
        case "answerQuantity":
            return f"value.value {compared} {answer['value']}"
        case "answerBoolean":
            return f"value {compared} {str(answer).lower()}"
        case "answerDate" | "answerDateTime":
            return f"value {compared} @{answer}"
        case "answerTime":
            return f"value {compared} @T{answer}"
        case "answerString":
            return f"value {compared} {quoted(answer)}"
        case _:
            return f"value {compared} {answer}"


def quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _expression(text: str) -> Json:
    return {
        "url": urls.ENABLE_WHEN_EXPRESSION,
        "valueExpression": {"language": urls.FHIRPATH, "expression": text},
    }
