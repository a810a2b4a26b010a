"""A patient is a record, an episode of care and an account: all or nothing, and never twice."""

from datetime import date

import pytest

from portal.access import Actor, Role
from portal.errors import Invalid, Refused
from portal.fhir import systems
from portal.people import (
    NoFreeFondacode,
    PossibleDuplicate,
    create_patient,
    family_of,
    link_patient,
    organizations_of,
    patient_scope,
    spaced,
)
from portal.people.fondacode import free_fondacode
from tests.cast import CAMILLE
from tests.people.world import World


async def test_patient_gets_a_fondacode_of_centre_network_and_luck(world: World) -> None:
    patient = await world.anne.fhir.read("Patient", await world.camille())
    code = next(each["value"] for each in patient["identifier"] if each["system"] == systems.FONDACODE)
    assert (code[:4], len(code), code.isdigit()) == ("0901", 10, True)
    assert spaced("0901482117") == "09 01 482 117"


async def test_name_is_kept_as_typed_and_shown_in_capitals(world: World) -> None:
    patient = await world.anne.fhir.read("Patient", await world.camille(family=" Le  Goff "))
    assert patient["name"][0]["family"] == "Le Goff"
    assert family_of(patient) == "LE GOFF"


async def test_patient_is_followed_by_the_creating_centre(world: World) -> None:
    patient = await world.camille()
    scope = await patient_scope(world.anne, patient)
    assert (scope.organizations, scope.trials) == (frozenset({world.montpellier}), frozenset())


async def test_account_opens_by_the_two_contacts(world: World) -> None:
    patient = await world.camille()
    users = (await world.service.fhir.find("User", {"phoneNumber": CAMILLE.phone}, private=True)).resources
    assert [(user["email"], user["fhirUser"]) for user in users] == [
        (CAMILLE.email, {"reference": f"Patient/{patient}"})
    ]
    roles = (await world.service.fhir.find("Role", {"user": f"User/{users[0]['id']}"})).resources
    assert [role["name"] for role in roles] == ["patient"]


async def test_patient_without_contact_has_no_account(world: World) -> None:
    await world.camille(email=None, phone="  ")
    assert await world.service.fhir.total("User", {}) == 2


async def test_every_wrong_field_is_named_at_once(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        await world.camille(family=" ", birth_date=date(2030, 1, 1), email="camille", phone="12", nir="1")
    places = [problem.place for problem in refused.value.problems]
    assert places == ["family", "birth_date", "email", "phone", "nir"]
    assert await world.service.fhir.total("Patient", {}) == 0


async def test_same_name_and_birth_date_is_a_probable_duplicate_whatever_the_accents(world: World) -> None:
    first = await world.camille()
    with pytest.raises(PossibleDuplicate) as refused:
        await world.camille(family="ROUVIERE", email=None, phone=None)
    assert [(each.patient, each.certainty, each.shared) for each in refused.value.found] == [(first, "probable", True)]


async def test_a_close_name_or_a_same_contact_is_a_possible_duplicate(world: World) -> None:
    await world.camille()
    for changes in (
        {"family": "Rouvier", "given": "Camile", "email": None, "phone": None},
        {"family": "Camille", "given": "Rouvière", "email": None, "phone": None},
        {"family": "Martin", "birth_date": date(1950, 1, 1), "phone": None},
    ):
        with pytest.raises(PossibleDuplicate) as refused:
            await world.camille(**changes)
        assert refused.value.found[0].certainty == "possible"


async def test_someone_else_with_the_same_name_is_created_when_a_reason_is_given(world: World) -> None:
    first = await world.camille()
    second = await world.camille(email=None, phone=None, someone_else="Twins with one first name")
    assert first != second
    events = await world.service.fhir.all("AuditEvent", {"patient": f"Patient/{second}"})
    assert [event.get("outcomeDesc") for event in events] == ["Twins with one first name"]


async def test_same_social_security_number_is_always_refused(world: World) -> None:
    nir = "206127511100564"
    await world.camille(nir=nir)
    with pytest.raises(PossibleDuplicate) as refused:
        await world.camille(
            family="Other", birth_date=date(1970, 1, 1), email=None, phone=None, nir=nir, someone_else="No"
        )
    assert refused.value.found[0].certainty == "certain"


async def test_a_record_of_another_centre_is_only_said_to_exist(world: World) -> None:
    await world.camille()
    with pytest.raises(PossibleDuplicate) as refused:
        await create_patient(
            world.marc,
            family=CAMILLE.family,
            given=CAMILLE.given,
            birth_date=date(1992, 3, 12),
            gender="female",
            organization=world.creteil,
            network="bipolar",
        )
    assert [each.shared for each in refused.value.found] == [False]


async def test_linking_adds_a_centre_once(world: World) -> None:
    patient = await world.camille()
    await link_patient(world.marc, patient, world.creteil)
    await link_patient(world.marc, patient, world.creteil)
    assert (await organizations_of(world.anne, [patient]))[patient] == {world.montpellier, world.creteil}
    assert await world.service.fhir.total("EpisodeOfCare", {"patient": f"Patient/{patient}"}) == 2


async def test_a_contact_opens_one_account_only(world: World) -> None:
    await world.camille()
    with pytest.raises(Invalid) as refused:
        await world.camille(
            family="Someone", given="Else", birth_date=date(1960, 5, 5), phone=None, someone_else="A parent"
        )
    assert [problem.place for problem in refused.value.problems] == ["email"]


async def test_no_patient_is_made_in_a_centre_where_one_does_not_work(world: World) -> None:
    with pytest.raises(Refused):
        await world.camille(organization=world.creteil)


@pytest.mark.parametrize("role", [Role.ARC, Role.ADMIN, Role.PATIENT])
async def test_other_roles_make_no_patient(world: World, role: Role) -> None:
    actor = Actor(
        user="u", role=role, reference="Practitioner/p", name="", organizations=frozenset({world.montpellier})
    )
    with pytest.raises(Refused):
        await create_patient(
            world.portal.acting(actor),
            family="A",
            given="B",
            birth_date=date(1990, 1, 1),
            gender="male",
            organization=world.montpellier,
            network="bipolar",
        )


async def test_a_taken_fondacode_is_drawn_again_and_a_hundred_times_at_most(world: World) -> None:
    drawn: list[str] = []

    async def taken(code: str) -> bool:
        drawn.append(code)
        return len(drawn) < 3

    code = await free_fondacode("9", "asd", chance=world.portal.chance, taken=taken)
    assert code == drawn[2]
    assert code.startswith("0904")

    async def always(code: str) -> bool:
        drawn.append(code)
        return True

    with pytest.raises(NoFreeFondacode):
        await free_fondacode("09", "asd", chance=world.portal.chance, taken=always)
    assert len(drawn) == 103


async def test_a_fondacode_taken_in_between_leaves_nothing_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await world.anne.fhir.read("Patient", await world.camille())
    code = first["identifier"][0]["value"]
    draws = iter([code, "0901000000"])

    async def blind(*_: object, **__: object) -> str:
        return next(draws)

    monkeypatch.setattr("portal.people.patients.free_fondacode", blind)
    second = await world.camille(
        family="Martin", given="Jeanne", birth_date=date(1970, 1, 1), email="jeanne@example.fr", phone=None
    )
    made = await world.anne.fhir.read("Patient", second)
    assert made["identifier"][0]["value"] == "0901000000"
    assert await world.service.fhir.total("EpisodeOfCare", {}) == 2
    assert await world.service.fhir.total("User", {"fhirUser": f"Patient/{second}"}) == 1
    assert await world.service.fhir.total("User", {}) == 4
