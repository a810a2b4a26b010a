"""Signing: a name is enough, a drawing is welcome, anything else is not taken."""

import base64

import pytest
from nicegui import Client

from components.form import SignatureField, SignatureQuestion, Signed, Value
from components.form.signing import PNG
from portal.i18n import Texts

DRAWING = PNG + base64.b64encode(b"\x89PNG\r\n\x1a\nrest").decode()
QUESTION = SignatureQuestion(link_id="~signature", text="Signez")


class Told(list[Value]):
    def __call__(self, _link_id: str, value: Value) -> None:
        self.append(value)


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def field(screen: Client, french: Texts, told: Told) -> SignatureField:
    return SignatureField(french, QUESTION, told)


async def test_a_written_name_signs(field: SignatureField, told: Told) -> None:
    await field.receive({"name": " Camille Rouvière "})
    assert told == [Signed(name="Camille Rouvière")]


async def test_a_drawing_joins_the_name(field: SignatureField, told: Told) -> None:
    await field.receive({"name": "Camille"})
    await field.receive({"drawing": DRAWING})
    assert told[-1] == Signed(name="Camille", drawing=DRAWING)


async def test_an_erased_drawing_is_gone_and_the_name_stays(field: SignatureField, told: Told) -> None:
    await field.receive({"name": "Camille"})
    await field.receive({"drawing": DRAWING})
    await field.receive({"drawing": ""})
    assert told[-1] == Signed(name="Camille")


@pytest.mark.parametrize(
    "sent",
    [
        {"drawing": "data:image/svg+xml;base64,PHN2Zz4="},
        {"drawing": PNG + "not base64"},
        {"drawing": PNG + base64.b64encode(b"GIF89a").decode()},
        {"drawing": PNG + base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"x" * 300_000).decode()},
        {"name": "x" * 121},
        {"name": 3},
        "Camille",
        None,
    ],
)
async def test_what_is_no_signature_is_not_taken(field: SignatureField, told: Told, sent: object) -> None:
    await field.receive(sent)
    assert told == []


async def test_a_drawing_given_before_is_shown(screen: Client, french: Texts, told: Told) -> None:
    given = SignatureQuestion(link_id="~signature", text="Signez", value=Signed(name="C", drawing=DRAWING))
    assert f'<img src="{DRAWING}"' in str(SignatureField(french, given, told).inside())
