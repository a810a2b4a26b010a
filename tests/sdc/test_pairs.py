"""What must hold of any form and any answers: 600 pairs each time, 20,000 in the long proof. A planted fault breaks each."""

import random
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from portal.fhir import jsons
from portal.sdc import FormSession, extract, is_valid, validate
from portal.types import Json
from tests.sdc.pairs import Pair, make_pair
from tests.sdc.small import NOW


def the_order_of_answers_does_not_matter(pair: Pair) -> None:
    other = pair.session()
    for path, value in pair.luck.sample(pair.answers, len(pair.answers)):
        other.set(path, value)
    assert picture(other) == picture(pair.filled())


def computing_again_changes_nothing(pair: Pair) -> None:
    session = pair.filled()
    before = picture(session)
    for path, value in pair.answers:
        assert not session.set(path, value)
    kept = session.response()
    again = pair.session(kept)
    assert picture(again) == before
    assert again.response() == kept


def what_is_extracted_populates_the_same_answers(pair: Pair) -> None:
    session = pair.filled()
    observations = extract(session.form, {**session.completed(NOW), "id": "r"})
    again = pair.session(observations=observations)
    for path in session.paths:
        item = pair.form.by_link_id[path.rpartition("/")[2].partition("[")[0]]
        state = session.state(path)
        once = not item.repeats and not any(pair.form.by_link_id[each].repeats for each in item.ancestors)
        written = item.question and not item.read_only and item.type not in ("reference", "attachment")
        if once and written and state.enabled and state.value is not None:
            assert again.state(path).value == state.value, path


def a_complete_response_is_valid(pair: Pair) -> None:
    session = pair.complete()
    assert [str(problem) for problem in session.errors()] == []
    assert session.faults == {}
    outcome = validate(pair.form, session.completed(NOW), now=NOW)
    assert is_valid(outcome), outcome
    assert outcome["issue"][0]["severity"] == "information", outcome


def what_nobody_touched_is_kept_to_the_byte(pair: Pair) -> None:
    stored = decorated(pair.filled().response(), pair.luck)
    text = jsons.dumps(stored)
    session = pair.session(jsons.loads(text))
    assert jsons.dumps(session.response()) == text
    completed = jsons.dumps(decorated(pair.complete().completed(NOW), pair.luck)["item"])
    again = pair.session(
        {"resourceType": "QuestionnaireResponse", "status": "completed", "item": jsons.loads(completed)}
    )
    assert jsons.dumps(again.completed(NOW)["item"]) == completed


PROPERTIES: tuple[Callable[[Pair], None], ...] = (
    the_order_of_answers_does_not_matter,
    computing_again_changes_nothing,
    what_is_extracted_populates_the_same_answers,
    a_complete_response_is_valid,
    what_nobody_touched_is_kept_to_the_byte,
)


def all_hold(seed: int) -> None:
    pair = make_pair(seed)
    for holds in PROPERTIES:
        holds(replace(pair, luck=random.Random(seed)))


def picture(session: FormSession) -> dict[str, tuple[bool, Any]]:
    return {path: (session.state(path).enabled, session.state(path).value) for path in session.paths}


def decorated(response: Json, luck: random.Random) -> Json:
    """The response as another program may have written it: texts, ids, extensions, other orders, more digits."""

    def item(element: Json) -> Json:
        more: Json = {}
        if luck.random() < 0.3:
            more["text"] = "Autre texte"
        if luck.random() < 0.2:
            more["extension"] = [{"url": "urn:other", "valueString": "é"}, *element.get("extension", ())]
        made = {**element, **more}
        if "item" in element:
            made["item"] = [item(each) for each in element["item"]]
        if "answer" in element:
            made["answer"] = [answer(each) for each in element["answer"]]
        keys = list(made)
        return {key: made[key] for key in (luck.sample(keys, len(keys)) if luck.random() < 0.5 else keys)}

    def answer(element: Json) -> Json:
        made = dict(element)
        if "valueDecimal" in made:
            made["valueDecimal"] = Decimal(f"{made['valueDecimal']:.4f}")
        if "valueCoding" in made and luck.random() < 0.5:
            made["valueCoding"] = {**made["valueCoding"], "display": "Autre", "userSelected": True}
        if luck.random() < 0.2:
            made["id"] = "a1"
        if "item" in made:
            made["item"] = [item(each) for each in made["item"]]
        return made

    found = {**response, "id": "r1", "meta": {"versionId": "3"}, "language": "fr"}
    if "item" in found:
        found["item"] = [item(each) for each in found["item"]]
    return found


@pytest.mark.parametrize("first", range(0, 600, 100))
def test_five_things_hold_of_any_form_and_any_answers(first):
    for seed in range(first, first + 100):
        all_hold(seed)


@pytest.mark.prove
@pytest.mark.parametrize("first", range(600, 20600, 1000))
def test_they_hold_of_very_many(first):
    for seed in range(first, first + 1000):
        all_hold(seed)


def broken_order(monkeypatch):
    """Conditions are asked once and for all, with the answers that happen to be there."""
    from portal.sdc.engine import Engine

    true_way = Engine._enable

    def once(self, node, effects):
        if getattr(self, "asked", None) is None:
            self.asked = set()
        if node.path in self.asked:
            return set()
        if node.item.conditions and any(self.nodes_of(c.question)[0].answers for c in node.item.conditions):
            self.asked.add(node.path)
        return true_way(self, node, effects)

    monkeypatch.setattr(Engine, "_enable", once)


def broken_calculation(monkeypatch):
    """A result is compared as text, so that 1 and 1.0 take turns."""
    monkeypatch.setattr("portal.sdc.session.same_answers", lambda some, others: str(some) == str(others) and not some)


def broken_extraction(monkeypatch):
    """The unit of a number is forgotten, and its value taken in grams."""
    from portal.sdc import extraction

    true_way = extraction._value

    def wrong(item, answer):
        value = true_way(item, answer)
        if "valueQuantity" in value and item.unit:
            value["valueQuantity"] = {**value["valueQuantity"], "unit": "g", "code": "g"}
        return value

    monkeypatch.setattr(extraction, "_value", wrong)


def broken_validation(monkeypatch):
    """A required answer is lost when the response is written."""
    from portal.sdc.nodes import Node

    true_way = Node.stored

    def lossy(self, *, asked_only):
        return None if self.item.question and self.item.required else true_way(self, asked_only=asked_only)

    monkeypatch.setattr(Node, "stored", lossy)


def broken_keeping(monkeypatch):
    """Numbers go through binary fractions on their way."""
    from portal.sdc.tree import Tree

    true_way = Tree.make

    def lossy(self, item, parent, stored):
        node = true_way(self, item, parent, stored)
        node.answers = [
            {k: Decimal(str(float(v))) if isinstance(v, Decimal) else v for k, v in answer.items()}
            for answer in node.answers
        ]
        node.source = None
        return node

    monkeypatch.setattr(Tree, "make", lossy)


@pytest.mark.parametrize(
    ("holds", "plant"),
    [
        (the_order_of_answers_does_not_matter, broken_order),
        (computing_again_changes_nothing, broken_calculation),
        (what_is_extracted_populates_the_same_answers, broken_extraction),
        (a_complete_response_is_valid, broken_validation),
        (what_nobody_touched_is_kept_to_the_byte, broken_keeping),
    ],
    ids=lambda each: each.__name__,
)
def test_a_planted_fault_is_caught(holds, plant, monkeypatch):
    plant(monkeypatch)
    for seed in range(100):
        try:
            holds(make_pair(seed))
        except AssertionError:
            return
    pytest.fail("The fault went unseen.")
