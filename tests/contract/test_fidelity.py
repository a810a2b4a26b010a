"""What was sent is what is read: not a digit, an extension or a character is lost."""

import json

import pytest

from .conftest import Server


async def sent_and_read(server: Server, type_: str, text: str) -> str:
    url = f"fhir/{type_}/{server.id('kept')}"
    body = text.replace('"RUN"', json.dumps(server.id("kept")))
    answer = await server.http.put(url, content=body.encode(), headers={"content-type": "application/fhir+json"})
    assert answer.status_code == 201, answer.text
    return (await server.http.get(url)).text.replace(" ", "")


def observation(value: str) -> str:
    return f'{{"resourceType":"Observation","id":"RUN","status":"final","code":{{"text":"x"}},"valueQuantity":{{"value":{value}}}}}'


@pytest.mark.aidbox
@pytest.mark.parametrize("value", ["7.500", "0.0", "7.0", "-3.10", "0.000001", "123456789012345678.125", "1E-7"])
async def test_a_decimal_keeps_its_digits(server: Server, value: str) -> None:
    assert f'"value":{value}}}' in await sent_and_read(server, "Observation", observation(value))


@pytest.mark.parametrize("value", ["7", "0", "-12", "2147483648", "900719925474099"])
async def test_a_whole_number_stays_whole(server: Server, value: str) -> None:
    assert f'"value":{value}}}' in await sent_and_read(server, "Observation", observation(value))


@pytest.mark.parametrize("text", ["Zoé Ünal-Œuvré", "𝒳 😀", "العربية", "1 \\\\ 2", "\\u00e9", "« guillemets » …"])
async def test_any_character_is_kept(server: Server, text: str) -> None:
    body = f'{{"resourceType":"Patient","id":"RUN","name":[{{"text":"{text}"}}]}}'
    await sent_and_read(server, "Patient", body)
    read = (await server.get(f"Patient/{server.id('kept')}")).json()
    assert read["name"][0]["text"] == json.loads(f'"{text}"')


async def test_an_extension_nobody_knows_is_kept(server: Server) -> None:
    made = await server.make("Patient", extension=[{"url": "https://example.org/x", "valueDecimal": 1.5}])
    assert (await server.get(f"Patient/{made['id']}")).json()["extension"] == [
        {"url": "https://example.org/x", "valueDecimal": 1.5}
    ]


async def test_a_nested_extension_is_kept(server: Server) -> None:
    nested = [{"url": "https://example.org/x", "extension": [{"url": "a", "valueCode": "b"}]}]
    made = await server.make("Patient", extension=nested)
    assert (await server.get(f"Patient/{made['id']}")).json()["extension"] == nested


@pytest.mark.parametrize(
    "fields",
    [
        {"birthDate": "1980-01-02", "_birthDate": {"extension": [{"url": "https://example.org/t", "valueCode": "x"}]}},
        {
            "_birthDate": {
                "extension": [
                    {"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "unknown"}
                ]
            }
        },
        {
            "name": [
                {
                    "given": ["Anne", None],
                    "_given": [None, {"extension": [{"url": "https://example.org/g", "valueCode": "x"}]}],
                }
            ]
        },
    ],
)
async def test_what_stands_beside_a_value_is_kept(server: Server, fields: dict[str, object]) -> None:
    made = await server.make("Patient", **fields)
    read = (await server.get(f"Patient/{made['id']}")).json()
    assert {key: read[key] for key in fields} == fields


async def test_contained_resources_are_kept(server: Server) -> None:
    contained = [{"resourceType": "Practitioner", "id": "p1", "name": [{"family": "Roux"}]}]
    made = await server.make("Patient", contained=contained, generalPractitioner=[{"reference": "#p1"}])
    assert (await server.get(f"Patient/{made['id']}")).json()["contained"] == contained


async def test_a_narrative_is_kept(server: Server) -> None:
    text = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Bonjour</div>'}
    made = await server.make("Patient", text=text)
    assert (await server.get(f"Patient/{made['id']}")).json()["text"] == text


async def test_a_long_text_is_kept(server: Server) -> None:
    long = "mot " * 50_000 + "fin"
    made = await server.make("Patient", name=[{"text": long}])
    assert (await server.get(f"Patient/{made['id']}")).json()["name"][0]["text"] == long


async def test_a_deep_questionnaire_is_kept(server: Server) -> None:
    item: dict[str, object] = {"linkId": "leaf", "type": "string", "text": "?"}
    for depth in range(20):
        item = {"linkId": f"g{depth}", "type": "group", "item": [item]}
    made = await server.make("Questionnaire", status="draft", item=[item])
    assert (await server.get(f"Questionnaire/{made['id']}")).json()["item"] == [item]
