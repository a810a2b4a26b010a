"""Forms and answers by chance, in plain FHIR: every kind of item, conditions, expressions, scores, groups within groups.

A pair is the same for the same seed. Conditions look only at questions that stand in an earlier place of a random order,
so that they chain but never go round.
"""

import random
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.errors import Invalid
from portal.sdc import Form, FormItem, FormSession, compile_form
from portal.sdc import urls as u
from portal.types import Json
from tests.sdc.small import NOW

KINDS = (
    "boolean", "integer", "integer", "decimal", "date", "dateTime", "time", "string", "text", "url", "choice", "choice",
    "open-choice", "quantity", "reference", "attachment",
)  # fmt: skip
UCUM = "http://unitsofmeasure.org"


@dataclass(frozen=True, kw_only=True)
class Pair:
    form: Form
    answers: tuple[tuple[str, Any], ...]
    luck: random.Random

    def session(self, response: Json | None = None, **more: Any) -> FormSession:
        return FormSession(self.form, response, now=NOW, **more)

    def filled(self) -> FormSession:
        session = self.session()
        for path, value in self.answers:
            session.set(path, value)
        return session

    def complete(self) -> FormSession:
        """The same with an answer to every question that must be answered."""
        session = self.filled()
        for _ in range(12):
            places = [problem.place for problem in session.errors()]
            for place in places:
                self._mend(session, place)
            if not places:
                break
        return session

    def _mend(self, session: FormSession, place: str) -> None:
        for path in [place, *(each for each in session.paths if session.state(each).enabled)]:
            item = session.form.by_link_id[path.rpartition("/")[2].partition("[")[0]]
            if (
                item.question
                and not item.read_only
                and (path == place or item.link_id in _beneath(session.form, place))
            ):
                try:
                    session.set(path, some_answer(item, self.luck, path))
                except Invalid:
                    continue
                if path == place:
                    return


def make_pair(seed: int) -> Pair:
    luck = random.Random(seed)
    questionnaire = _Maker(luck).questionnaire()
    form = compile_form(questionnaire)
    assert not form.faults, form.faults
    answers: list[tuple[str, Any]] = []
    for path in FormSession(form, now=NOW).paths:
        item = form.by_link_id[path.rpartition("/")[2].partition("[")[0]]
        if item.question and not item.read_only and luck.random() < 0.7:
            answers.append((path, some_answer(item, luck, path)))
    given = {path.rpartition("/")[2] for path, _ in answers}

    def hangs(path: str) -> bool:
        """Whether it stands beneath a question without an answer: then FHIR has no place for it."""
        ancestors = form.by_link_id[path.rpartition("/")[2].partition("[")[0]].ancestors
        return any(form.by_link_id[each].question and each not in given for each in ancestors)

    return Pair(form=form, answers=tuple(each for each in answers if not hangs(each[0])), luck=luck)


def some_answer(item: FormItem, luck: random.Random, path: str) -> Any:
    value = _one(item, luck, path)
    if not item.repeats:
        return value
    several = [value]
    for _ in range(luck.randint(0, 2)):
        other = _one(item, luck, path)
        option = item.option(other)
        if other not in several and not (option and option.exclusive):
            several.append(other)
    first = item.option(several[0])
    return several[:1] if first and first.exclusive else several[: item.max_occurs or 9]


def _one(item: FormItem, luck: random.Random, path: str) -> Any:
    low = Decimal(item.low) if isinstance(item.low, (int, Decimal)) else Decimal(0)
    match item.type:
        case "boolean":
            return luck.random() < 0.5
        case "integer":
            return int(low) + luck.randint(0, 8)
        case "decimal":
            return low + Decimal(luck.randint(0, 800)) / 100
        case "quantity":
            return {"value": low + luck.randint(0, 800), "unit": "mg", "system": UCUM, "code": "mg"}
        case "date":
            return f"{luck.randint(1990, 2020)}-{luck.randint(1, 12):02d}-{luck.randint(1, 28):02d}"
        case "dateTime":
            return f"{luck.randint(1990, 2020)}-{luck.randint(1, 12):02d}-03T{luck.randint(0, 23):02d}:05:00+02:00"
        case "time":
            return f"{luck.randint(0, 23):02d}:{luck.randint(0, 59):02d}:00"
        case "choice":
            return luck.choice(item.options).key
        case "open-choice":
            return luck.choice([*(option.key for option in item.options), "in my own words"])
        case "reference":
            return {"reference": f"Practitioner/{luck.randint(1, 9)}"}
        case "attachment":
            return {"url": f"Binary/{luck.randint(1, 9)}", "contentType": "image/png", "size": 3}
        case "url":
            return f"https://example.org/{luck.randint(1, 9)}"
        case _:
            return luck.choice(["x", "y", "déjà vu", f"of {path}"])


def _beneath(form: Form, place: str) -> set[str]:
    link_id = place.rpartition("/")[2].partition("[")[0]
    return {item.link_id for item in form.by_link_id.values() if link_id in item.ancestors}


class _Maker:
    def __init__(self, luck: random.Random) -> None:
        self.luck = luck
        self.questions: list[
            tuple[str, str, Json]
        ] = []  # linkId, path in FHIRPath, element: in the order of their making
        self.count = 0
        self.within_repeat = 0

    def questionnaire(self) -> Json:
        items = [self.item("%resource", 1) for _ in range(self.luck.randint(2, 5))]
        items.append(self.sum_of_all())
        return {
            "resourceType": "Questionnaire", "url": "urn:pair", "version": "1", "title": "Pair", "status": "draft",
            "extension": [{"url": u.OBSERVATION_EXTRACT, "valueBoolean": True}],
            "item": items,
        }  # fmt: skip

    def item(self, parent: str, depth: int) -> Json:
        self.count += 1
        name = f"n{self.count}"
        path = f"{parent}.item.where(linkId = '{name}')"
        element: Json = {"linkId": name, "text": f"Item {name}", "extension": []}
        self.condition(element, name)
        if depth < 4 and self.luck.random() < 0.3:
            element["type"] = "group"
            element["required"] = self.luck.random() < 0.2
            repeats = self.luck.random() < 0.3
            element["repeats"] = repeats
            self.within_repeat += repeats
            element["item"] = [self.item(path, depth + 1) for _ in range(self.luck.randint(1, 4))]
            self.within_repeat -= repeats
            return element
        kind = self.luck.choice(KINDS)
        element["type"] = kind
        self.describe(element, kind)
        if not self.within_repeat:
            self.questions.append((name, path, element))
        if not element.get("repeats") and depth < 4 and self.luck.random() < 0.1:
            element["item"] = [self.item(f"{path}.answer", depth + 1)]
        return element

    def describe(self, element: Json, kind: str) -> None:
        luck = self.luck
        name = element["linkId"]
        element["code"] = [{"system": "urn:code", "code": name}]
        element["required"] = luck.random() < 0.3
        element["repeats"] = kind in ("integer", "string", "choice", "date") and luck.random() < 0.2
        link = {"url": u.OBSERVATION_LINK_PERIOD, "valueDuration": {"value": 99, "code": "a"}}
        element["extension"].append(link)
        if kind in ("choice", "open-choice"):
            element["answerOption"] = [
                {
                    "valueCoding": {"system": "urn:answers", "code": code, "display": code.upper()},
                    "extension": [{"url": u.ITEM_WEIGHT, "valueDecimal": weight}],
                }
                for weight, code in enumerate("abcd"[: luck.randint(2, 4)])
            ]
            if element["repeats"] and luck.random() < 0.5:
                element["answerOption"][-1]["extension"].append({"url": u.EXCLUSIVE, "valueBoolean": True})
        if kind in ("integer", "decimal") and luck.random() < 0.4:
            low = luck.randint(-5, 5)
            key = "valueInteger" if kind == "integer" else "valueDecimal"
            element["extension"] += [{"url": u.MIN_VALUE, key: low}, {"url": u.MAX_VALUE, key: low + 8}]
        if kind == "quantity" and luck.random() < 0.5:
            gram = {"value": 1, "unit": "g", "system": UCUM, "code": "g"}
            element["extension"].append({"url": u.MAX_QUANTITY, "valueQuantity": gram})
        if kind == "decimal":
            element["extension"].append({"url": u.UNIT, "valueCoding": {"system": UCUM, "code": "kg", "display": "kg"}})

    def condition(self, element: Json, name: str) -> None:
        luck = self.luck
        if not self.questions or luck.random() > 0.5:
            return
        sources = luck.sample(self.questions, min(len(self.questions), luck.randint(1, 2)))
        if luck.random() < 0.3:
            tests = [f"{path}.answer.exists()" for _, path, _ in sources]
            text = luck.choice([" and ", " or "]).join(tests)
            element["extension"].append(_expression(u.ENABLE_WHEN_EXPRESSION, text))
            return
        element["enableWhen"] = [{"question": link_id, **self.compared(source)} for link_id, _, source in sources]
        if len(sources) > 1:
            element["enableBehavior"] = luck.choice(["any", "all"])

    def compared(self, source: Json) -> Json:
        luck = self.luck
        kind = source["type"]
        orders = ["=", "!=", ">", "<", ">=", "<="]
        match kind:
            case _ if luck.random() < 0.3 or kind in ("reference", "attachment", "url", "text"):
                return {"operator": "exists", "answerBoolean": luck.random() < 0.7}
            case "boolean":
                return {"operator": luck.choice(["=", "!="]), "answerBoolean": luck.random() < 0.5}
            case "integer":
                return {"operator": luck.choice(orders), "answerInteger": luck.randint(0, 8)}
            case "decimal":
                return {"operator": luck.choice(orders), "answerDecimal": luck.randint(0, 8)}
            case "quantity":
                amount = {"value": Decimal("0.4"), "system": UCUM, "code": "g"}
                return {"operator": luck.choice(orders), "answerQuantity": amount}
            case "date":
                return {"operator": luck.choice(orders), "answerDate": "2005-05"}
            case "dateTime":
                return {"operator": luck.choice(orders), "answerDateTime": "2005-05-03T12:00:00+02:00"}
            case "time":
                return {"operator": luck.choice(orders), "answerTime": "12:00:00"}
            case "choice" | "open-choice":
                return {"operator": luck.choice(["=", "!="]), "answerCoding": {"system": "urn:answers", "code": "a"}}
            case _:
                return {"operator": luck.choice(["=", "!="]), "answerString": "x"}

    def sum_of_all(self) -> Json:
        """A group of calculations: a chain, and one that adds up weights and numbers."""
        scored = [path for _, path, each in self.questions if each["type"] in ("choice", "open-choice")]
        numbers = [path for _, path, each in self.questions if each["type"] == "integer"]
        parts = [f"{path}.answer.value.ofType(Coding).weight()" for path in scored]
        parts += [f"{path}.answer.value" for path in numbers]
        first = " | ".join(["{}", *(f"{part}.sum()" for part in parts)])
        total = "%resource.item.where(linkId = 'sums').item.where(linkId = 'total').answer.value"
        return {
            "linkId": "sums", "type": "group", "text": "Sums",
            "item": [
                _calculated("twice", "decimal", f"{total} * 2"),
                _calculated("total", "decimal", f"({first}).sum()"),
                _calculated("high", "boolean", f"{total} > 5"),
            ],
        }  # fmt: skip


def _expression(url: str, text: str) -> Json:
    return {"url": url, "valueExpression": {"language": "text/fhirpath", "expression": text}}


def _calculated(name: str, kind: str, text: str) -> Json:
    extensions = [_expression(u.CALCULATED_EXPRESSION, text), {"url": u.OBSERVATION_EXTRACT, "valueBoolean": False}]
    return {"linkId": name, "type": kind, "text": name, "readOnly": True, "extension": extensions}
