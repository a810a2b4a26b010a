"""What each kind of search parameter finds."""

import re
from typing import Any

import pytest

from .conftest import TAG, Server, issue

PEOPLE: dict[str, dict[str, Any]] = {
    "helene": {
        "name": [{"family": "Lefèvre", "given": ["Hélène", "Marie"]}],
        "gender": "female",
        "birthDate": "1980-02-03",
        "identifier": [{"system": "urn:fc", "value": "AB12"}],
        "telecom": [{"system": "email", "value": "helene@example.org"}, {"system": "phone", "value": "+33600000001"}],
        "active": True,
    },
    "noel": {
        "name": [{"family": "Le Goff", "given": ["Noël"]}],
        "gender": "male",
        "birthDate": "1980-02",
        "identifier": [{"system": "urn:fc", "value": "ab12"}, {"system": "urn:ipp", "value": "77"}],
        "address": [{"city": "Créteil", "line": ["3 rue des Lilas"]}],
        "active": False,
    },
    "oeuvre": {
        "name": [{"family": "Œuvrard", "given": ["Zoé"]}],
        "birthDate": "1979-12-31",
        "identifier": [{"value": "AB12"}],
        "maritalStatus": {
            "coding": [{"system": "urn:m", "code": "M", "display": "Mariée"}],
            "text": "mariée depuis peu",
        },
    },
    "anonymous": {},
}


async def people(server: Server) -> None:
    for name, fields in PEOPLE.items():
        await server.make("Patient", name, **fields)


async def found(server: Server, query: str) -> set[str]:
    return set(await server.names(query))


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("name=lef", {"helene"}),
        ("name=LEFEVRE", {"helene"}),
        ("name=hélène", {"helene"}),
        ("family=le", {"helene", "noel"}),
        ("given=marie", {"helene"}),
        ("given=zoe", {"oeuvre"}),
        ("name=fevre", set()),
        ("name:contains=fevre", {"helene"}),
        ("family:exact=Lefèvre", {"helene"}),
        ("family:exact=lefèvre", set()),
        ("family=le goff,oeuvrard", {"noel", "oeuvre"}),
        ("name=hel&name=mar", {"helene"}),
        ("name=hel&name=noel", set()),
        ("address-city=creteil", {"noel"}),
        ("address=3 rue", {"noel"}),
        ("name=%25", set()),
        ("name=_", set()),
    ],
)
async def test_a_text_is_found(server: Server, query: str, who: set[str]) -> None:
    await people(server)
    assert await found(server, f"Patient?{query}") == who


@pytest.mark.aidbox
@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("name=Helene", {"helene"}),
        ("name=noel", {"noel"}),
        ("family=oeuv", {"oeuvre"}),
        ("family:starts=lef", {"helene"}),
        ("family:ends=goff", {"noel"}),
    ],
)
async def test_accents_and_ligatures_do_not_count(server: Server, query: str, who: set[str]) -> None:
    await people(server)
    assert await found(server, f"Patient?{query}") == who


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("identifier=urn:fc|AB12", {"helene"}),
        ("identifier=AB12", {"helene", "oeuvre"}),
        ("identifier=|AB12", {"oeuvre"}),
        ("identifier=urn:ipp|", {"noel"}),
        ("identifier=urn:fc|AB12,urn:ipp|77", {"helene", "noel"}),
        ("identifier=urn:fc|AB1", set()),
        ("gender=female", {"helene"}),
        ("gender=female,male", {"helene", "noel"}),
        ("active=true", {"helene"}),
        ("active=false", {"noel"}),
        ("email=helene@example.org", {"helene"}),
        ("phone=%2B33600000001", {"helene"}),
        ("telecom=helene@example.org", {"helene"}),
        ("gender:not=female", {"noel", "oeuvre", "anonymous"}),
        ("gender:not=female,male", {"oeuvre", "anonymous"}),
        ("deceased=false", {"helene", "noel", "oeuvre", "anonymous"}),
    ],
)
async def test_a_code_is_found(server: Server, query: str, who: set[str]) -> None:
    await people(server)
    assert await found(server, f"Patient?{query}") == who


@pytest.mark.aidbox
async def test_codes_are_told_apart_by_case(server: Server) -> None:
    await people(server)
    assert await found(server, "Patient?identifier=urn:fc|ab12") == {"noel"}


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("birthdate=1980-02-03", {"helene"}),
        ("birthdate=1980-02", {"helene", "noel"}),
        ("birthdate=1980", {"helene", "noel"}),
        ("birthdate=ge1980", {"helene", "noel"}),
        ("birthdate=gt1980-02-03", {"noel"}),
        ("birthdate=lt1980", {"oeuvre"}),
        ("birthdate=le1979-12-31", {"oeuvre"}),
        ("birthdate=le1980-02-03", {"oeuvre", "helene", "noel"}),
        ("birthdate=ne1980-02-03", {"oeuvre", "noel"}),
        ("birthdate=sa1979-12-31", {"helene", "noel"}),
        ("birthdate=eb1980-02-01", {"oeuvre"}),
        ("birthdate=ge1980-02-01&birthdate=lt1980-02-04", {"helene", "noel"}),
        ("birthdate=1979-12-31,1980-02-03", {"helene", "oeuvre"}),
    ],
)
async def test_a_date_is_found(server: Server, query: str, who: set[str]) -> None:
    await people(server)
    assert await found(server, f"Patient?{query}") == who


@pytest.mark.aidbox
async def test_a_date_between_two_others_is_found(server: Server) -> None:
    await people(server)
    assert await found(server, "Patient?birthdate:btw=1980,1981") == {"helene", "noel"}


@pytest.mark.parametrize(
    ("query", "which"),
    [
        ("date=2026-05", {"may"}),
        ("date=ge2026-04-15", {"spring", "may", "open"}),
        ("date=lt2026-04", {"spring", "open"}),
        ("date=gt2027", {"open"}),
        ("date=eb2026-05-20", {"may"}),
        ("date=sa2026-04-30", {"may"}),
    ],
)
async def test_periods_are_found_by_their_range(server: Server, query: str, which: set[str]) -> None:
    periods = {
        "spring": {"start": "2026-03-21", "end": "2026-06-20"},
        "may": {"start": "2026-05-02", "end": "2026-05-10"},
        "open": {"start": "2026-01-01"},
    }
    for name, period in periods.items():
        await server.make("EpisodeOfCare", name, status="active", patient={"display": "x"}, period=period)
    assert await found(server, f"EpisodeOfCare?{query}") == which


@pytest.mark.parametrize(
    ("query", "which"),
    [
        ("value-quantity=7.5", {"seven"}),
        ("value-quantity=gt7", {"seven", "twenty"}),
        ("value-quantity=le7.5", {"seven", "minus"}),
        ("value-quantity=lt0", {"minus"}),
        ("value-quantity=ge7.5&value-quantity=lt20", {"seven"}),
        ("value-quantity=ne7.5", {"twenty", "minus"}),
    ],
)
async def test_a_quantity_is_found_by_its_number(server: Server, query: str, which: set[str]) -> None:
    for name, value in {"seven": 7.5, "twenty": 20, "minus": -3.25}.items():
        await server.make(
            "Observation", name, status="final", code={"text": "x"}, valueQuantity={"value": value, "unit": "mg"}
        )
    assert await found(server, f"Observation?{query}") == which


@pytest.mark.aidbox
async def test_a_quantity_with_a_unit_is_refused(server: Server) -> None:
    answer = await server.get("Observation?value-quantity=5|http://unitsofmeasure.org|kg")
    assert answer.status_code == 400


@pytest.mark.parametrize("query", ["probability=0.25", "probability=lt0.5"])
async def test_a_number_is_found(server: Server, query: str) -> None:
    prediction = [{"outcome": {"text": "x"}, "probabilityDecimal": 0.25}]
    await server.make("RiskAssessment", "r", status="final", subject={"display": "x"}, prediction=prediction)
    assert await found(server, f"RiskAssessment?{query}") == {"r"}


@pytest.mark.parametrize(
    ("query", "which"),
    [
        ("url=https://example.org/phq9", {"phq9"}),
        ("url=https://example.org/PHQ9", set()),
        ("url=https://example.org", set()),
        ("url=https://example.org/phq9,https://example.org/gad7", {"phq9", "gad7"}),
    ],
)
async def test_a_url_is_found_whole(server: Server, query: str, which: set[str]) -> None:
    for name in ("phq9", "gad7"):
        await server.make("Questionnaire", name, status="active", url=f"https://example.org/{name}")
    assert await found(server, f"Questionnaire?{query}") == which


@pytest.mark.parametrize(
    "form", ["subject=Patient/{p}", "subject={p}", "patient={p}", "subject:Patient={p}", "patient=Patient/{p}"]
)
async def test_a_reference_is_found(server: Server, form: str) -> None:
    alice, bob = await server.make("Patient", "alice"), await server.make("Patient", "bob")
    for patient in (alice, bob):
        await server.make(
            "Observation",
            f"of-{patient['id'][-3:]}",
            status="final",
            code={"text": "x"},
            subject={"reference": f"Patient/{patient['id']}"},
        )
    assert await found(server, f"Observation?{form.format(p=alice['id'])}") == {"of-ice"}


async def test_a_reference_to_another_type_is_not_the_patients(server: Server) -> None:
    group = await server.make("Group", "g", type="person", actual=True)
    await server.make(
        "Observation", "o", status="final", code={"text": "x"}, subject={"reference": f"Group/{group['id']}"}
    )
    assert await found(server, f"Observation?patient={group['id']}") == set()
    assert await found(server, f"Observation?subject=Group/{group['id']}") == {"o"}


async def test_a_canonical_is_found(server: Server) -> None:
    await server.make("QuestionnaireResponse", "r", status="completed", questionnaire="https://example.org/phq9|1.0")
    assert await found(server, "QuestionnaireResponse?questionnaire=https://example.org/phq9|1.0") == {"r"}


@pytest.mark.aidbox
async def test_a_canonical_is_found_without_its_version(server: Server) -> None:
    await server.make("QuestionnaireResponse", "r", status="completed", questionnaire="https://example.org/phq9|1.0")
    assert await found(server, "QuestionnaireResponse?questionnaire=https://example.org/phq9") == {"r"}


@pytest.mark.parametrize(
    ("query", "who"),
    [
        ("birthdate:missing=true", {"anonymous"}),
        ("birthdate:missing=false", {"helene", "noel", "oeuvre"}),
        ("name:missing=true", {"anonymous"}),
        ("gender:missing=true", {"oeuvre", "anonymous"}),
        ("organization:missing=true", {"helene", "noel", "oeuvre", "anonymous"}),
    ],
)
async def test_what_is_missing_is_found(server: Server, query: str, who: set[str]) -> None:
    await people(server)
    assert await found(server, f"Patient?{query}") == who


@pytest.mark.aidbox
async def test_the_words_of_a_code_are_found(server: Server) -> None:
    code = {"coding": [{"system": "urn:c", "code": "1", "display": "Épisode dépressif"}], "text": "dépression"}
    await server.make("Observation", "o", status="final", code=code)
    assert await found(server, "Observation?code:text=episode") == {"o"}
    assert await found(server, "Observation?code:text=depression") == {"o"}


async def test_a_code_in_a_stored_value_set_is_found(server: Server) -> None:
    url = f"https://example.org/vs/{server.run}"
    include = [{"system": "urn:c", "concept": [{"code": "1"}, {"code": "2"}]}]
    await server.make("ValueSet", status="active", url=url, compose={"include": include})
    for code in ("1", "3"):
        await server.make(
            "Observation", f"o{code}", status="final", code={"coding": [{"system": "urn:c", "code": code}]}
        )
    assert await found(server, f"Observation?code:in={url}") == {"o1"}


@pytest.mark.parametrize("query", ["_id={a}", "_id={a},{b}"])
async def test_ids_are_found(server: Server, query: str) -> None:
    await people(server)
    ids = {"a": server.id("helene"), "b": server.id("noel")}
    assert await found(server, f"Patient?{query.format(**ids)}") == ({"helene", "noel"} if "b" in query else {"helene"})


async def test_the_time_of_the_last_change_is_found(server: Server) -> None:
    made = await server.make("Patient", "alice")
    at = made["meta"]["lastUpdated"]
    assert await found(server, f"Patient?_lastUpdated=ge{at[:19]}Z") == {"alice"}
    assert await found(server, "Patient?_lastUpdated=lt2020-01-01") == set()


async def test_a_profile_is_found(server: Server) -> None:
    tag = server.tagged("Patient")["meta"]["tag"]
    await server.put(
        f"Patient/{server.id('p')}",
        {"resourceType": "Patient", "id": server.id("p"), "meta": {"tag": tag, "profile": ["https://example.org/p"]}},
    )
    assert await found(server, "Patient?_profile=https://example.org/p") == {"p"}


@pytest.mark.aidbox
@pytest.mark.parametrize(
    "query",
    [
        "dragon=1",
        "name:dragon=x",
        "birthdate=yesterday",
        "value-quantity=abc",
        "_sort=dragon",
        "_count=x",
        "_include=dragon",
        "_has:Dragon:x:y=1",
        "subject.dragon=1",
        "_total=x",
        "_summary=x",
    ],
)
async def test_what_is_not_understood_is_refused_by_name(server: Server, query: str) -> None:
    answer = await server.get(f"Observation?{query}")
    assert answer.status_code == 400
    assert issue(answer)["diagnostics"]


@pytest.mark.aidbox
async def test_an_unknown_parameter_is_named(server: Server) -> None:
    assert "dragon" in issue(await server.get("Patient?dragon=1"))["diagnostics"]


@pytest.mark.aidbox
@pytest.mark.parametrize("query", ["_totalMethod=count", "_format=json", "_pretty=true"])
async def test_tolerated_parameters_change_nothing(server: Server, query: str) -> None:
    await people(server)
    assert len(await found(server, f"Patient?{query}")) == 4


async def test_a_comma_in_a_value_can_be_escaped(server: Server) -> None:
    await server.make("Patient", "comma", identifier=[{"system": "urn:x", "value": "a,b"}])
    assert await found(server, "Patient?identifier=urn:x|a\\,b") == {"comma"}


ODD = ["a|1", "b,2", "c\\\\3", "d$4", "e\\|5"]


@pytest.mark.parametrize("value", ODD)
@pytest.mark.parametrize("system", ["", "urn:s|"])
async def test_a_sign_that_means_something_is_found_when_it_is_escaped(server: Server, value: str, system: str) -> None:
    for i, one in enumerate(ODD):
        await server.make("Patient", f"p{i}", identifier=[{"system": "urn:s", "value": one}])
    escaped = re.sub(r"([,|$\\])", r"\\\1", value)
    params = {"_tag": f"{TAG}|{server.run}", "identifier": f"{system}{escaped}"}
    found = (await server.get("Patient", params=params)).json()
    assert [e["resource"]["identifier"][0]["value"] for e in found.get("entry", [])] == [value]


@pytest.mark.parametrize("sign", [",", "|"])
async def test_an_escaped_backslash_takes_nothing_for_itself(server: Server, sign: str) -> None:
    await server.make("Patient", "alice", identifier=[{"system": "a\\", "value": "b"}, {"value": "a\\"}])
    params = {"_tag": f"{TAG}|{server.run}", "identifier": f"a\\\\{sign}b"}
    assert (await server.get("Patient", params=params)).json()["total"] == 1


MANY = ",".join(f"x{i}" for i in range(1200))


@pytest.mark.aidbox
@pytest.mark.parametrize(
    "asked",
    [
        {"code": f"{MANY},here"},
        {"code": f"{MANY.replace('x', 'urn:s|x')},here"},
        {"code:not": MANY},
        {"subject": f"{MANY.replace('x', 'Patient/x')},Patient/RUN-zoe"},
        {"subject": f"{MANY},RUN-zoe"},
        {"subject:Patient.family": f"{MANY},Roux"},
        {"code:text": f"{MANY},words"},
        {"date": f"{','.join(str(1000 + i) for i in range(900))},2026"},
        {"value-quantity": ",".join(map(str, range(1200)))},
        {"_id": f"{MANY},RUN-seen"},
        {"_lastUpdated": ",".join(f"gt{1000 + i}" for i in range(900))},
        {"code-value-quantity": f"{','.join(f'x${i}' for i in range(900))},here$5"},
    ],
)
async def test_any_of_very_many_values_is_found(server: Server, asked: dict[str, str]) -> None:
    await server.make("Patient", "zoe", name=[{"family": "Roux"}])
    await server.make(
        "Observation",
        "seen",
        status="final",
        code={"coding": [{"code": "here"}], "text": "words"},
        subject={"reference": f"Patient/{server.id('zoe')}"},
        effectiveDateTime="2026-01-01",
        valueQuantity={"value": 5},
    )
    data = {"_tag": f"{TAG}|{server.run}", **{k: v.replace("RUN", server.run) for k, v in asked.items()}}
    answer = await server.http.post("fhir/Observation/_search", data=data)
    assert answer.status_code == 200, answer.text[:500]
    assert answer.json()["total"] == 1


@pytest.mark.aidbox
async def test_codes_of_a_large_value_set_are_found(server: Server) -> None:
    codes = [{"code": f"x{i}"} for i in range(600)]
    compose = {"include": [{"system": "urn:s", "concept": codes}]}
    await server.make("ValueSet", "many", status="active", compose=compose)
    await server.make("Basic", "here", code={"coding": [{"system": "urn:s", "code": "x599"}]})
    await server.make("Basic", "elsewhere", code={"coding": [{"system": "urn:other", "code": "x599"}]})
    assert await server.names(f"Basic?code:in=ValueSet/{server.id('many')}") == ["here"]


@pytest.mark.aidbox
@pytest.mark.parametrize("asked", [{"code": ["x"] * 1100}, {"code": MANY}, {"code:text": MANY.replace("x", "y" * 9)}])
async def test_what_asks_for_too_much_is_refused_as_such(server: Server, asked: dict[str, str | list[str]]) -> None:
    much = {name: ",".join([given] * 30) if isinstance(given, str) else given for name, given in asked.items()}
    answer = await server.http.post("fhir/Observation/_search", data=much)
    assert (answer.status_code, issue(answer)["code"]) == (400, "too-costly")


async def test_many_conditions_are_all_met(server: Server) -> None:
    await server.make("Patient", "alice", name=[{"family": "Roux"}])
    assert await server.names(f"Patient?{'&'.join(['family=Roux'] * 150)}") == ["alice"]


@pytest.mark.aidbox
@pytest.mark.parametrize(
    "query",
    [
        "Observation?value-quantity=1_0", "Observation?value-quantity=nan", "Observation?value-quantity= 1",
        "Observation?value-quantity=١", "Patient?_count:foo=1", "Patient?_sort:foo=_id", "Patient?_count=١",
        "Observation?_include=Observation:subject:Nope", "Location?near=4_8|2", "Patient?_totalMethod:x=count",
    ],
)  # fmt: skip
async def test_what_cannot_be_meant_is_refused(server: Server, query: str) -> None:
    assert (await server.get(query)).status_code == 400
