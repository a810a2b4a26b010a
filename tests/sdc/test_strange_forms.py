"""Forms that no author would write: any extension anywhere, with any value. They load, say what is wrong, and can be filled."""

import random
from typing import Any

import pytest

from portal.authoring import lint
from portal.errors import Invalid
from portal.sdc import FormSession, compile_form, extract_bundle, urls, validate
from portal.types import Json
from tests.sdc.small import NOW, questionnaire

ADDRESSES = [value for name, value in vars(urls).items() if name.isupper() and "/StructureDefinition/" in str(value)]
TYPES = ["group", "display", "boolean", "integer", "decimal", "date", "dateTime", "time", "string", "text", "url", "choice", "open-choice", "quantity", "attachment", "reference", "question"]  # fmt: skip
EXPRESSIONS = ["1", "'x'", "%resource.item", "today()", "{}", "%context.answer.value", "1 +", "%n1", "1 + 'x'"]
VALUES: list[Json] = [
    {}, {"valueString": "x"}, {"valueInteger": 3}, {"valueDecimal": 1.5}, {"valueBoolean": True}, {"valueCode": "c"},
    {"valueCoding": {"code": "c"}}, {"valueQuantity": {"value": 1, "code": "kg"}}, {"valueCanonical": "urn:x"},
    {"valueCodeableConcept": {"coding": [{"code": "help"}]}}, {"valueReference": {"reference": "#c"}},
    {"valueDuration": {"value": 1, "code": "a"}}, {"valueAttachment": {"url": "u"}},
    {"extension": [{"url": "name", "valueString": "x"}, {"url": "expression", "valueString": "true"}]},
]  # fmt: skip


class Strange:
    def __init__(self, luck: random.Random) -> None:
        self.luck = luck
        self.count = 0

    def value(self) -> Json:
        if self.luck.random() < 0.3:
            text, name = self.luck.choice(EXPRESSIONS), self.luck.choice(["", "n1", "n2"])
            return {"valueExpression": {"language": "text/fhirpath", "expression": text, "name": name}}
        return self.luck.choice(VALUES)

    def extensions(self) -> list[Json]:
        return [{"url": self.luck.choice(ADDRESSES), **self.value()} for _ in range(self.luck.randint(0, 2))]

    def item(self, depth: int) -> Json:
        self.count += 1
        luck = self.luck
        element: Json = {"linkId": f"i{self.count}", "type": luck.choice(TYPES), "extension": self.extensions()}
        more: list[tuple[str, Any]] = [
            ("initial", [self.value()]),
            ("answerOption", [self.value()]),
            ("_text", {"extension": self.extensions()}),
            ("code", [{"code": "q", "extension": self.extensions()}]),
            (
                "enableWhen",
                [{"question": "i1", "operator": luck.choice(["=", ">", "exists", "?"]), "answerString": "x"}],
            ),
            ("definition", "http://hl7.org/fhir/StructureDefinition/Patient#Patient.name"),
            ("repeats", True),
            ("required", True),
        ]
        element |= {key: value for key, value in more if luck.random() < 0.3}
        if depth < 3 and luck.random() < 0.4:
            element["item"] = [self.item(depth + 1) for _ in range(luck.randint(1, 3))]
        return element


@pytest.mark.parametrize("first", range(0, 160, 40))
def test_a_strange_form_loads_and_can_be_filled_to_its_end(first):
    for seed in range(first, first + 40):
        luck = random.Random(seed)
        strange = Strange(luck)
        raw = questionnaire(*(strange.item(0) for _ in range(3)), extension=strange.extensions())
        form = compile_form(raw)
        lint(raw)
        session = FormSession(form, now=NOW)
        for path in list(session.paths):
            if path in session.paths:
                session.state(path)
                session.candidates(path)
                session.contexts(path)
                try:
                    session.set(path, luck.choice([1, "x", True, {"value": 1}, ["x"], None, "2020-01-01"]))
                except Invalid:
                    continue  # refused with a sentence, as it should be
        session.errors()
        completed = session.completed(NOW)
        validate(form, completed, now=NOW)
        extract_bundle(form, {**completed, "id": "r"}, now=NOW, new_uuid=lambda: "u")


def test_an_extension_of_the_wrong_kind_is_left_out_and_told():
    wrong = {"url": urls.HIDDEN, "valueString": "yes"}
    form = compile_form(questionnaire({"linkId": "a", "type": "string", "text": "A", "extension": [wrong]}))
    assert [(fault.link_id, fault.what) for fault in form.faults] == [("a", "extension")]
    assert not form.by_link_id["a"].hidden


def test_an_item_of_an_unknown_type_is_only_shown():
    form = compile_form(questionnaire({"linkId": "a", "type": "question", "text": "A"}))
    assert (form.by_link_id["a"].type, form.faults[0].text) == ("display", "Items of type question are only shown.")


def test_each_first_answer_of_a_question_has_its_own_questions_beneath():
    inner = {"linkId": "d", "type": "integer", "text": "D"}
    outer = {"linkId": "a", "type": "string", "text": "A", "repeats": True, "item": [inner], "initial": [{"valueString": "x"}, {"valueString": "y"}]}  # fmt: skip
    session = FormSession(compile_form(questionnaire(outer)), now=NOW)
    session.set("a[1]/d", 3)
    assert session.set("a", ["y"]).values == {"a"}
    assert session.state("a[0]/d").value == 3
