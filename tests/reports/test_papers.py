"""Papers: what they say, in both languages, and that they can be read aloud."""

import asyncio
import contextlib
import re
import zlib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from portal.authoring import load_form
from portal.errors import Unavailable
from portal.i18n import texts
from portal.reports import About, Printer, answers_paper, blank_paper
from portal.reports.worker import _only_inside
from portal.responses import Point, ReadResponse, Result, Version
from portal.responses.reading import answers_in
from portal.sdc import Form, FormSession, compile_form

ROOT = Path(__file__).parents[2]
FONTS = ROOT / "components" / "static" / "fonts"
NOW = datetime(2026, 12, 2, 13, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def phq9() -> Form:
    return compile_form(load_form(ROOT / "content" / "questionnaires" / "PHQ9.yaml"))


def sent(form: Form, *, high: bool = False) -> ReadResponse:
    session = FormSession(form, now=NOW)
    for link_id, item in form.by_link_id.items():
        if item.options and link_id.startswith("q"):
            session.set(link_id, item.options[3 if high else 1].key)
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


def test_scores_that_are_not_told_are_not_printed(phq9: Form) -> None:
    found = sent(phq9)
    assert "/ 27" not in answers_paper(texts("fr"), found, (), About(identity="X"))


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
