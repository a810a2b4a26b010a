"""Whatever stands in content/questionnaires loads, has no fault, can be filled to its end, and comes back as it was kept."""

import random
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from portal.authoring import Catalogue, lint, load_form
from portal.sdc import FormItem, FormSession, compile_form, extract

FOLDER = Path(__file__).parents[2] / "content" / "questionnaires"
FILES = sorted(FOLDER.iterdir())
NOW = datetime(2026, 12, 2, 13, 2, tzinfo=UTC)


def some_answer(item: FormItem, luck: random.Random) -> Any:
    if item.options:
        option = luck.choice(item.options)
        return [option.key] if item.repeats else option.key
    low = Decimal(item.low) if item.low is not None and not isinstance(item.low, str) else Decimal(0)
    high = Decimal(item.high) if item.high is not None and not isinstance(item.high, str) else low + 20
    match item.type:
        case "boolean":
            return luck.random() > 0.5
        case "integer":
            return luck.randint(int(low), int(high))
        case "decimal" | "quantity":
            return round(low + (high - low) * Decimal(luck.randint(0, 100)) / 100, item.max_decimals or 0)
        case "date" | "dateTime":
            return "2024-05-17"
        case "time":
            return "22:30:00"
        case _:
            return "Réponse"


def fill(session: FormSession, luck: random.Random) -> None:
    """Answers every question that is asked, and those that appear meanwhile."""
    for _ in range(10):
        waiting = [
            path
            for section in session.sections()
            for path in session.visible(section)
            if (item := session.form.by_link_id[path.rpartition("/")[2].partition("[")[0]]).question
            and not item.read_only
            and session.state(path).value in (None, [])
        ]
        for path in waiting:
            session.set(path, some_answer(session.form.by_link_id[path.rpartition("/")[2].partition("[")[0]], luck))
        if not waiting:
            return


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_form_of_the_catalogue_works_from_its_file_to_its_observations(file):
    questionnaire = load_form(file)
    assert [str(remark) for remark in lint(questionnaire)] == []
    form = compile_form(questionnaire)
    assert form.code == file.stem
    for luck in (random.Random(1), random.Random(2)):
        session = FormSession(form, now=NOW)
        fill(session, luck)
        assert session.errors() == []
        assert session.faults == {}
        completed = session.completed(NOW)
        again = FormSession(form, completed, now=NOW)
        assert again.completed(NOW)["item"] == completed["item"]
        assert [result.value for result in again.scores()] == [result.value for result in session.scores()]
        extracted = extract(session.form, {**completed, "id": "r"})
        assert len(extracted) >= sum(result.value is not None for result in session.scores())


def test_every_form_speaks_both_languages(catalogue: Catalogue):
    for form in catalogue:
        assert "en" in form.label.translations, form.code


def test_every_code_is_used_once(catalogue: Catalogue):
    assert len({form.code for form in catalogue.forms}) == len(FILES)


def test_instruments_that_are_not_ours_name_their_authors(catalogue: Catalogue):
    for form in catalogue:
        assert form.licence == "own" or form.copyright, form.code


def test_the_catalogue_finds_by_code_and_by_canonical(catalogue: Catalogue):
    form = catalogue.by_code("PHQ9")
    assert form is not None
    assert catalogue.by_canonical(form.canonical) is form
    assert catalogue.by_canonical(form.url) is form
    assert catalogue.by_code("NOTHING") is None
