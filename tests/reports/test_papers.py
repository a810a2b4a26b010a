"""Papers: what they say, in both languages, and that they can be read aloud."""

import asyncio
import contextlib
import re
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from portal.authoring import load_form
from portal.errors import Unavailable
from portal.i18n import texts
from portal.reports import About, Printer, answers_paper, blank_paper
from portal.reports.worker import _only_inside
from portal.responses import Point, ReadResponse, Result, Version, answers_in
from portal.sdc import Form, FormSession, compile_form
from tests.answered import HL7, answered, ask, control, form_of, group, hard_form, usage

ROOT = Path(__file__).parents[2]
FONTS = ROOT / "components" / "static" / "fonts"
NOW = datetime(2026, 12, 2, 13, 2, tzinfo=UTC)
SIGNATURE = f"{HL7}/questionnaireresponse-signature"
PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkYAAAAAYAAjCB0C8AAAAASUVORK5CYII="


@pytest.fixture(scope="module")
def phq9() -> Form:
    return compile_form(load_form(ROOT / "content" / "questionnaires" / "PHQ9.yaml"))


def sent(form: Form, *, high: bool = False) -> ReadResponse:
    session = FormSession(form, now=NOW)
    for link_id, item in form.by_link_id.items():
        if item.options and link_id.startswith("q"):
            session.set(link_id, item.options[3 if high else 1].key)
    return read(session)


def read(session: FormSession) -> ReadResponse:
    form = session.form
    version = Version(
        id="1", at=NOW, status="completed", who="", name="", reason="", text="", answers=answers_in(session), changes=()
    )
    return ReadResponse(
        id="r",
        patient="p",
        form=form,
        resource={},
        trial=None,
        scores=tuple(session.scores()),
        alerts=(),
        versions=(version,),
    )


def told(found: ReadResponse) -> list[Result]:
    former = (Point(day=NOW.date(), value=Decimal(5)),)
    return [
        Result(definition=s.definition, value=Decimal(s.value or 0), band=s.band, missing=s.missing, former=former)
        for s in found.scores
    ]


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_a_blank_form_has_each_question_and_each_answer(phq9: Form, locale: str) -> None:
    paper = blank_paper(texts(locale), phq9)
    for item in phq9.by_link_id.values():
        if item.question and not item.read_only and not item.hidden:
            assert item.text(locale).split("<")[0][:20] in paper.replace("&#39;", "'")
    assert paper.count('class="box round"') >= 9 * 4
    assert f'<html lang="{locale}">' in paper


def test_a_blank_form_leaves_scores_out(phq9: Form) -> None:
    paper = blank_paper(texts("fr"), phq9)
    for score in phq9.scores:
        assert score.title("fr") not in re.sub(r"<(title|h1|p class=\"(head|foot)\")>.*?</", "", paper)


@pytest.mark.parametrize("name", ["SOCIAL", "TOBACCO", "PHYSICAL_PARAMS", "FAST"])
def test_every_kind_of_form_can_be_written_down(name: str) -> None:
    form = compile_form(load_form(ROOT / "content" / "questionnaires" / f"{name}.yaml"))
    assert blank_paper(texts("fr"), form).count("question") > 3


def test_answers_stand_with_scores_their_meaning_and_the_value_before(phq9: Form) -> None:
    found = sent(phq9, high=True)
    paper = answers_paper(texts("fr"), found, told(found), About(identity="ROUVIÈRE Camille"))
    main = next(score for score in found.scores if score.definition.main)
    assert f"{main.value} / 27" in paper
    assert main.band is not None
    assert main.band.label("fr") in paper
    assert "5 (" in paper
    assert "ROUVIÈRE Camille" in paper


def test_a_signature_stands_beneath_the_answers(phq9: Form) -> None:
    written = {"when": NOW.isoformat(), "who": {"display": "Camille"}, "sigFormat": "image/png", "data": PICTURE}
    found = replace(sent(phq9), resource={"extension": [{"url": SIGNATURE, "valueSignature": written}]})
    paper = answers_paper(texts("fr"), found, [], About(identity="Camille Rouvière"))
    assert f'<img src="data:image/png;base64,{PICTURE}" alt="Signature dessinée">' in paper
    assert "Signé par Camille le 02/12/2026" in paper


def test_scores_that_are_not_told_are_not_printed(phq9: Form) -> None:
    found = sent(phq9)
    assert "/ 27" not in answers_paper(texts("fr"), found, (), About(identity="X"))


@pytest.mark.parametrize(
    "line",
    [
        '<th scope="row">Père : Trouble</th><td>Oui</td>',
        '<th scope="row">Mère : Trouble</th><td>Non</td>',
        '<th scope="row">Ligne 2 : Nom</th><td>Codéine</td>',
        '<th scope="row">Valproate : Dose</th><td>3</td>',
        "<td>02/03/2026 à 0 h 30</td>",
        '<th scope="row">Double</th><td>120 <span class="small soft">(calculé par le formulaire)</span></td>',
        "Auteurs 1999. Licence libre.",
    ],
)
def test_each_answer_on_paper_has_its_line_its_hour_and_its_origin(line: str) -> None:
    paper = answers_paper(texts("fr"), read(answered(hard_form())), (), About(identity="X"))
    assert line in paper.replace("\u00a0", " ")


def test_a_text_for_those_who_read_is_on_the_paper_of_answers_and_not_on_the_blank_one() -> None:
    form = form_of(ask("a", "string", "A"), ask("d", "display", "Pour qui lit", extension=usage("display")))
    assert "Pour qui lit" in answers_paper(texts("fr"), read(FormSession(form, now=NOW)), (), About(identity="X"))
    assert "Pour qui lit" not in blank_paper(texts("fr"), form)


def beside(kind: str, text: str) -> dict[str, object]:
    return {"linkId": f"{kind}-{text}", "type": "display", "text": text, "extension": [control(kind)]}


def units(*codes: str) -> list[dict[str, object]]:
    return [
        {"url": f"{HL7}/questionnaire-unitOption", "valueCoding": {"code": code, "display": code}} for code in codes
    ]


def test_a_blank_form_has_what_helps_to_fill_it_and_what_the_law_wants() -> None:
    written = {"url": f"{HL7}/entryFormat", "valueString": "Deux lettres"}
    nested = group("n", "Dedans", beside("help", "Aide dedans"), ask("y", "string", "Y"))
    top = group("g", "Groupe", beside("help", "Aide du groupe"), beside("legal", "Mention du groupe"), nested)
    alone = ask("x", "string", "X", extension=[written], item=[beside("legal", "Mention de la question")])
    paper = blank_paper(texts("fr"), form_of(top, alone, description="Deux questions."))
    wanted = ["Aide du groupe", "Mention du groupe", "Aide dedans", "Mention de la question", "Deux lettres"]
    assert [paper.count(f">{each}<") for each in wanted] == [1] * len(wanted)
    assert "Deux questions." in paper


def test_a_question_of_a_table_keeps_its_help_on_paper() -> None:
    listed = {"answerOption": [{"valueString": "a"}, {"valueString": "b"}]}
    lines = [ask(name, "choice", name, **listed, item=[beside("help", f"Aide {name}")]) for name in ("x", "y")]
    paper = blank_paper(
        texts("fr"), form_of(group("o", "Partie", group("g", "Table", *lines, extension=[control("table")])))
    )
    assert 'class="matrix"' in paper
    assert "Aide y" in paper


def test_a_blank_form_lets_the_unit_be_chosen() -> None:
    asked = ask("q", "quantity", "Poids", extension=units("kg", "g"))
    paper = blank_paper(texts("fr"), form_of(asked))
    assert '<span class="box round"></span>kg' in paper
    assert '<span class="box round"></span>g<' in paper


def test_a_blank_form_leaves_room_for_the_hour_of_an_instant() -> None:
    assert "Heure" in blank_paper(texts("fr"), form_of(ask("q", "dateTime", "Quand ?")))


def test_words_of_answers_cannot_become_markup(phq9: Form) -> None:
    paper = answers_paper(texts("fr"), sent(phq9), (), About(identity="<script>alert(1)</script>"))
    assert "<script>" not in paper


async def test_the_pdf_can_be_read_aloud_and_is_laid_out_beside_the_event_loop(phq9: Form) -> None:
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.005)
            beats += 1

    heart = asyncio.create_task(beat())
    made = await Printer(FONTS).pdf(blank_paper(texts("fr"), phq9))
    heart.cancel()
    assert beats > 5
    inside = plain(made)
    for mark in (b"/MarkInfo", b"/StructTreeRoot", b"/Lang", b"pdfuaid", b"Atkinson"):
        assert mark in inside, mark


def plain(pdf: bytes) -> bytes:
    """The file with its compressed parts opened."""
    parts = [pdf]
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        with contextlib.suppress(zlib.error):
            parts.append(zlib.decompress(found[1]))
    return b"".join(parts)


async def test_a_typeface_that_is_missing_is_told_as_away(tmp_path: Path, phq9: Form) -> None:
    with pytest.raises(Unavailable):
        await Printer(tmp_path).pdf(blank_paper(texts("fr"), phq9))


@pytest.mark.parametrize("url", ["http://example.org/x.png", "file:///etc/passwd", "https://[::1]/"])
def test_nothing_is_fetched_for_a_document(url: str) -> None:
    with pytest.raises(ValueError, match="Nothing"):
        _only_inside(url)
