"""A file is what its content is, whatever its name says."""

import pytest

from portal.errors import Invalid
from portal.files import kind_of
from portal.files.receiving import checked
from portal.files.references import safe_name
from portal.sdc import compile_form
from tests.files.contents import JPEG, PDF, PNG, TEXT, WEBP


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (JPEG, "image/jpeg"),
        (PNG, "image/png"),
        (WEBP, "image/webp"),
        (TEXT, "text/plain"),
    ],
)
def test_known_kinds_are_told_by_their_content(content: bytes, kind: str) -> None:
    assert kind_of(content) == kind


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"MZ\x90\x00",
        b"PK\x03\x04",
        b"%PDF-1.7 without an end",
        b"<!doctype html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"\x00\x01text",
        b"caf\xe9",
    ],
)
def test_anything_else_is_no_kind(content: bytes) -> None:
    assert kind_of(content) is None


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\scan.pdf", "scan.pdf"),
        ('a"b<c>.pdf', "abc.pdf"),
        ("  . ", ""),
        ("é" * 300, "é" * 120),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
    ],
)
def test_a_name_keeps_no_folder_and_no_sign_that_means_something(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def item(**more):
    form = {"resourceType": "Questionnaire", "url": "x", "version": "1", "status": "draft"}
    form["item"] = [{"linkId": "a", "type": "attachment", "text": "A", **more}]
    return compile_form(form).by_link_id["a"]


def extension(name: str, **value):
    return {"url": f"http://hl7.org/fhir/StructureDefinition/{name}", **value}


def test_a_question_may_take_fewer_kinds() -> None:
    only_pdf = item(extension=[extension("mimeType", valueCode="application/pdf")])
    assert checked(only_pdf, PDF) == "application/pdf"
    with pytest.raises(Invalid):
        checked(only_pdf, PNG)


def test_a_question_may_set_a_lower_limit() -> None:
    small = item(extension=[extension("maxSize", valueDecimal=200)])
    assert checked(small, PNG)
    with pytest.raises(Invalid):
        checked(small, PNG + b"\x00" * 400)


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(Invalid):
        checked(item(), b"")
