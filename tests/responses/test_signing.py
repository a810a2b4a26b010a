"""What is kept of a signature, and what is read of it."""

from datetime import UTC, datetime
from typing import Any

import pytest

from portal.access import Actor, Role
from portal.i18n import texts
from portal.responses.signing import Signature, SignedBy, signature_of, signatures_in
from portal.sdc import compile_form

NOW = datetime(2026, 11, 28, 14, 2, tzinfo=UTC)
DRAWING = "data:image/png;base64,iVBORw0KGgo="
FORM = compile_form({"resourceType": "Questionnaire", "url": "urn:form", "version": "1", "status": "active"})
GIVEN = Signature(name="Camille Rouvière", drawing=DRAWING)


def signed(*, named: bool) -> dict[str, Any]:
    camille = Actor(reference="Patient/camille", name="", role=Role.PATIENT, user="camille", organizations=frozenset())
    return {"extension": [signature_of(camille, FORM, GIVEN, NOW, named=named)]}


def test_a_signature_is_read_with_its_name_its_time_and_its_drawing():
    (found,) = signatures_in(signed(named=True))
    assert found == SignedBy(at=NOW, name="Camille Rouvière", drawing=DRAWING)
    assert found.told(texts("fr")) == "Signé par Camille Rouvière le 28/11/2026 à 15\xa0h\xa002"


def test_a_signature_that_is_not_named_tells_neither_name_nor_drawing():
    kept = signed(named=False)
    assert "Rouvière" not in str(kept)
    assert signatures_in(kept) == (SignedBy(at=NOW),)


def test_a_signature_of_one_item_is_read_too():
    (extension,) = signed(named=True)["extension"]
    assert signatures_in({"item": [{"linkId": "a", "item": [{"linkId": "b", "extension": [extension]}]}]})


@pytest.mark.parametrize(
    "changed", [{"data": "é"}, {"sigFormat": "application/jose"}, {"data": 7}, {"sigFormat": "image/svg+xml"}]
)
def test_what_is_no_picture_is_not_shown_and_the_signature_stands(changed: dict[str, Any]):
    (extension,) = signed(named=True)["extension"]
    extension["valueSignature"] |= changed
    assert signatures_in({"extension": [extension]}) == (SignedBy(at=NOW, name="Camille Rouvière"),)
