"""Centres, studies and patients' centres in the hands of administrators."""

from datetime import date

import pytest
from nicegui.testing import User

from pages.base import Site
from portal.access import Actor, Role
from portal.acting import Acting
from portal.i18n import NBSP
from portal.people import create_patient, find_organizations, find_practitioners, followings, organization_file
from portal.trials import list_trials
from tests.cast import ANNE, CAMILLE, FATOU, PAULINE
from tests.pages.admin.conftest import agree, buttons, press
from tests.pages.admin.test_professionals import enter
from tests.pages.conftest import SignIn


async def test_a_centre_is_changed_and_tells_what_changed(fatou: User, foundation: Acting, tours: str) -> None:
    await fatou.open(f"/centres/{tours}")
    await press(fatou, "Modifier")
    await enter(fatou, city="Saint-Avertin", finess="580008803")

    file = await organization_file(foundation, tours)
    assert (file.centre.city, file.centre.finess) == ("Saint-Avertin", "580008803")
    await fatou.open(f"/centres/{tours}")
    await fatou.should_see(f"ville{NBSP}: Tours → Saint-Avertin")
    await fatou.should_see("Fatou MENDY")


async def test_a_wrong_finess_is_said_at_its_field(fatou: User, tours: str) -> None:
    await fatou.open(f"/centres/{tours}")
    await press(fatou, "Modifier")
    await enter(fatou, finess="580008804")

    await fatou.should_see("Un numéro FINESS a 9 caractères.")


async def test_a_centre_closes_and_opens_again(fatou: User, foundation: Acting, tours: str) -> None:
    await fatou.open(f"/centres/{tours}")
    await press(fatou, "Fermer le centre")
    await agree(fatou, "Fermer le centre")
    assert tours not in {one.id for one in await find_organizations(foundation, active=True)}

    await fatou.open(f"/centres/{tours}")
    await fatou.should_see("Ce centre ne prend plus")
    await press(fatou, "Rouvrir le centre")
    assert tours in {one.id for one in await find_organizations(foundation, active=True)}


async def test_a_study_is_opened_in_a_centre_and_withdrawn(fatou: User, foundation: Acting, tours: str) -> None:
    async def sites() -> tuple[str, ...]:
        return next(trial.organizations for trial in await list_trials(foundation) if trial.id == "emma")

    await fatou.open(f"/centres/{tours}")
    await press(fatou, "Ouvrir une étude dans ce centre")
    await enter(fatou, organization="emma")
    assert await sites() == (tours,)

    await fatou.open("/etudes")
    await press(fatou, "Retirer Centre expert de Tours")
    await agree(fatou, "Retirer")
    assert await sites() == ()


async def test_a_withdrawn_associate_sees_nothing_at_once(
    fatou: User, create_user, sign_in: SignIn, foundation: Acting
) -> None:

    arc = create_user()
    await sign_in(arc, PAULINE)
    await arc.open("/revue")
    await fatou.open("/etudes")
    await press(fatou, "Retirer WEBER Pauline")

    refused = await arc.http_client.get("/revue")
    assert "Cohorte" not in refused.text
    assert all("pauline" not in trial.arcs for trial in await list_trials(foundation))


async def test_a_team_shares_a_patient_and_keeps_the_last_centre(
    user: User, sign_in: SignIn, foundation: Acting
) -> None:
    await sign_in(user, ANNE)
    await user.open("/patients/camille/centres")
    await user.should_see("Le dernier centre reste")
    await press(user, "Ajouter un centre qui suit")
    await enter(user, organization="creteil")
    live = [one.organization for one in await followings(foundation, "camille") if one.until is None]
    assert set(live) == {"montpellier", "creteil"}

    await user.open("/patients/camille/centres")
    await press(user, f"Terminer le suivi{NBSP}: Centre expert de Montpellier (démonstration)")
    await agree(user, "Terminer le suivi")
    live = [one.organization for one in await followings(foundation, "camille") if one.until is None]
    assert live == ["creteil"]
    assert (await user.http_client.get("/patients/camille")).status_code == 403


async def test_an_organisation_s_administrator_shares_by_fondacode_without_a_name(
    nadege: User, foundation: Acting
) -> None:
    await nadege.open("/suivis")
    await nadege.should_see("01-CAMI")
    await nadege.should_not_see(CAMILLE.family)
    await nadege.open("/suivis/camille")
    await nadege.should_not_see(CAMILLE.given)
    await press(nadege, "Ajouter un centre qui suit")
    await enter(nadege, organization="creteil")

    assert len(await followings(foundation, "camille")) == 2
    assert (await nadege.http_client.get("/suivis/bruno")).status_code == 403


@pytest.fixture
async def many(site: Site, clock) -> None:
    """Twelve more patients of Montpellier's centre, all women in their thirties; a month goes by."""
    doctor = site.portal.acting(
        Actor(
            user="u-anne",
            role=Role.PSYCHIATRIST,
            reference="Practitioner/anne",
            name="Anne",
            organizations=frozenset({"montpellier"}),
        )
    )
    for number, letter in enumerate("ABCDEFGHIJKL"):
        await create_patient(
            doctor,
            family=f"{letter}{letter.lower() * 5}",
            given=f"{letter}{letter.lower() * 4}",
            birth_date=date(1992, 3, 1 + number),
            gender="female",
            organization="montpellier",
            network="bipolar",
        )


async def test_figures_tell_no_one_and_name_no_one(create_user, sign_in: SignIn, many: None, clock) -> None:

    clock.tick(31 * 86400)
    user = create_user()
    await sign_in(user, FATOU)
    await user.open("/chiffres")

    await user.should_see(f"Sexe{NBSP}: 14 personnes")
    await user.should_see("masqué")
    page = (await user.http_client.get("/chiffres?par=network")).text
    for word in (CAMILLE.family, CAMILLE.given, "Aaaaaa", "AAAAAA", "1992"):
        assert word not in page
    assert (await user.http_client.get("/chiffres/pseudonymes")).status_code == 403


async def test_professionals_found_by_the_centre_of_an_address(fatou: User, foundation: Acting) -> None:
    await fatou.open("/personnes?centre=creteil")

    await fatou.should_see("LEBRUN Marc")
    await fatou.should_not_see("SORIANO Anne")
    assert (await find_practitioners(foundation, organization="creteil")).total == 1
    assert buttons(fatou)
