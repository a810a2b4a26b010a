"""An author tries a form: filled, computed, extracted, and nothing of it kept."""

import asyncio
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from nicegui.testing import User

from components.form import ChoiceItem, ComputedValue
from pages.admin.preview import Preview
from pages.base import Site
from portal.responses import try_form
from tests.cast import ANNE, FATOU
from tests.pages.conftest import SignIn

DEEP = '{"resourceType": "Questionnaire", "item": ' + "[" * 20_000 + "]" * 20_000 + "}"
CONTENT = Path(__file__).parents[3] / "content" / "questionnaires"


@pytest.fixture
async def author(user: User, sign_in: SignIn) -> User:
    user.http_client.headers["accept-language"] = "fr"
    await sign_in(user, FATOU)
    await user.open("/apercu")
    return user


def shown(user: User) -> Preview:
    return next(iter(user.find(kind=Preview).elements))


async def test_a_form_of_the_catalogue_is_filled_and_scored(author: User) -> None:
    preview = shown(author)
    with author:
        await preview.show(code="PHQ9")
        for widget in list(author.find(kind=ChoiceItem).elements):
            if widget.link_id.startswith("q") and widget.item.options:
                await widget.choose(widget.item.options[1].code)
        await preview._refresh()
    await author.should_see("Scores à cet instant")
    await author.should_see("QuestionnaireResponse")
    assert [str(each.value) for each in preview.trial.session.scores() if each.definition.main] == ["9"]


async def test_of_two_forms_asked_for_at_once_the_later_is_shown_alone(author: User) -> None:
    preview = shown(author)
    with author:
        await asyncio.gather(preview.show(code="GAD7"), preview.show(code="PHQ9"))
    assert len(preview.body.default_slot.children) == 2
    assert preview.trial.form.code == "PHQ9"


async def test_a_file_that_is_refused_late_leaves_the_form_asked_for_since(author: User) -> None:
    preview = shown(author)
    with author:
        await asyncio.gather(preview.show(name="mine.json", text="{"), preview.show(code="PHQ9"))
    assert preview.trial.form.code == "PHQ9"
    assert "note danger" not in preview.said.content


async def test_nothing_of_a_trial_is_stored(author: User, site: Site) -> None:
    fhir = site.portal.service().fhir
    before = [await fhir.total(kind, {}) for kind in ("QuestionnaireResponse", "Observation", "Task")]
    preview = shown(author)
    with author:
        await preview.show(code="GAD7")
        for widget in list(author.find(kind=ChoiceItem).elements):
            if widget.link_id.startswith("q"):
                await widget.choose(widget.item.options[0].code)
        await preview.screen.submit()
    assert [await fhir.total(kind, {}) for kind in ("QuestionnaireResponse", "Observation", "Task")] == before
    await author.should_see("rien n’a été envoyé")


async def test_a_file_is_read_and_shown(author: User) -> None:
    text = (CONTENT / "WHO5.yaml").read_text("utf-8")
    with author:
        await shown(author).show(name="mine.yaml", text=text)
    assert shown(author).trial.form.code == "WHO5"


async def test_a_fault_in_a_file_is_told_with_its_line(author: User) -> None:
    with author:
        await shown(author).show(name="mine.yaml", text="code: X\nversion: '1'\ntitle: {fr: X}\nfoo: bar\n")
    await author.should_see("Ligne 4")


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"resourceType": "Patient"}', '{"resourceType": "Questionnaire", "item": 3}', "\x00", DEEP]
)
async def test_what_is_no_form_is_refused_in_words(author: User, text: str) -> None:
    preview = shown(author)
    with author:
        await preview.show(name="mine.json", text=text)
    assert preview.trial is None
    assert "note danger" in preview.said.content


async def test_faults_of_expressions_are_named(author: User) -> None:
    form = """{"resourceType": "Questionnaire", "url": "https://x.example/q", "version": "1", "status": "draft", "title": "X", "item": [
      {"linkId": "a", "type": "integer", "text": "A"},
      {"linkId": "b", "type": "integer", "text": "B", "readOnly": true, "extension": [{
        "url": "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-calculatedExpression",
        "valueExpression": {"language": "text/fhirpath", "expression": "%resource.item.nothing((("}}]}]}"""
    with author:
        await shown(author).show(name="mine.json", text=form)
    await author.should_see("b: ")


async def test_only_administrators_preview(user: User, sign_in: SignIn) -> None:
    await sign_in(user, ANNE)
    assert (await user.http_client.get("/apercu")).status_code == 403


LOOKING = """
code: LOOKING
version: "1"
title: {fr: Essai, en: Try}
category: hetero
licence: own
fhir:
  extension:
    - url: http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-launchContext
      extension:
        - {url: name, valueCoding: {system: "http://hl7.org/fhir/uv/sdc/CodeSystem/launchContext", code: patient}}
        - {url: type, valueCode: Patient}
items:
  - id: sex
    type: string
    text: {fr: Sexe lu, en: Sex read}
    formula: "%patient.gender"
  - id: young
    type: boolean
    text: {fr: Jeune, en: Young}
    formula: "%patient.birthDate > today() - 30 years"
  - id: weight
    type: decimal
    text: {fr: Poids, en: Weight}
    checks:
      - {id: much, severity: warning, expect: "{weight} < 300", message: {fr: Beaucoup, en: That is much}}
  - {id: word, type: string, pattern: "((", text: {fr: Mot, en: Word}}
"""


async def test_a_form_that_looks_at_the_patient_is_tried_on_one_who_does_not_exist(author: User) -> None:
    preview = shown(author)
    with author:
        await preview.show(name="mine.yaml", text=LOOKING)
        session = preview.trial.session
        assert (session.state("sex").value, session.state("young").value) == ("female", False)
        preview._chosen("preview-sex", ("male",))
        preview._chosen("preview-age", Decimal(25))
        await preview.show(name="mine.yaml", text=LOOKING)
    session = preview.trial.session
    assert (session.state("sex").value, session.state("young").value) == ("male", True)


async def test_warnings_are_shown(author: User) -> None:
    preview = shown(author)
    with author:
        await preview.show(name="mine.yaml", text=LOOKING)
        preview.trial.session.set("weight", 400)
        await preview._refresh()
    assert "Beaucoup" in preview.side.content


async def test_a_pattern_that_cannot_be_read_is_told_to_the_author_and_takes_any_answer(author: User) -> None:
    preview = shown(author)
    with author:
        await preview.show(name="mine.yaml", text=LOOKING)
        await preview.screen.filling.answer("word", "abc")
    assert preview.trial.session.state("word").value == "abc"
    assert "The pattern is not a regular expression." in preview.side.content


async def test_scores_of_a_file_are_looked_up_in_the_norms_of_the_portal(author: User, tmp_path: Path) -> None:
    preview = shown(author)
    (tmp_path / "demo.csv").write_text("score,result\n1,40\n", "utf-8")
    text = """
code: NORMED
version: "1"
title: {fr: Essai, en: Try}
category: hetero
licence: own
items: [{id: raw, type: integer, text: {fr: Brut, en: Raw}}]
scores: [{id: t, title: {fr: Note, en: Score}, lookup: {table: demo, score: raw}}]
"""
    acting = preview.visit.me
    settings = acting.settings.model_copy(update={"norms": tmp_path})
    trial = await try_form(replace(acting, settings=settings), name="mine.yaml", text=text)
    trial.session.set("raw", 1)
    assert [score.value for score in trial.session.scores()] == [40]


async def test_a_live_score_moves_on_screen_with_each_answer(author: User) -> None:
    preview = shown(author)

    def said() -> str:
        return next(
            each.content for each in author.find(kind=ComputedValue).elements if each.item.link_id == "autonomy"
        )

    with author:
        preview._chosen("preview-as", ("staff",))
        await preview.show(code="FAST")
        assert "<b>" not in said()
        for widget in list(author.find(kind=ChoiceItem).elements):
            if widget.link_id in {"q1", "q2", "q3", "q4"}:
                await widget.choose("3")
    assert "<b>12</b>" in said()
