"""An author tries a form: filled, computed, extracted, and nothing of it kept."""

from pathlib import Path

import pytest
from nicegui.testing import User

from components.form import ChoiceItem
from pages.admin.preview import Preview
from pages.base import Site
from tests.cast import ANNE, FATOU
from tests.pages.conftest import SignIn

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
    "text", ["{", "[]", '{"resourceType": "Patient"}', '{"resourceType": "Questionnaire", "item": 3}', "\x00"]
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
