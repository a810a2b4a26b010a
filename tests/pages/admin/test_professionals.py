"""Professionals in the hands of an administrator: found, invited, given roles, closed; and only those who are theirs."""

from nicegui.testing import User

from components.dialogs import CommentDialog
from components.form import DropDown, TextField
from pages.base import Site
from pages.fields import AskDialog
from portal.access import Role
from portal.accounts import people, sessions
from portal.accounts.invitations import Standing, invitations
from portal.acting import Acting
from portal.people import link_practitioner, positions
from portal.trials import arc_trials
from tests.cast import ANNE, INES, PAULINE
from tests.pages.admin.conftest import agree, buttons, press
from tests.pages.conftest import SignIn, account_id


async def enter(user: User, **answers: object) -> None:
    """Fills fields of the newest dialog by their names."""
    with user:
        opened = [one for one in user.find(kind=AskDialog).elements if one.is_open]
        dialog = max(opened, key=lambda one: one.id)
        for name, answer in answers.items():
            widget = dialog.fields.widgets[name]
            if isinstance(widget, TextField):
                await widget.enter(str(answer))
            elif isinstance(widget, DropDown):
                await widget.choose(str(answer))
            else:
                await widget.choose(answer)
        await dialog.accept()


async def test_everybody_is_listed_with_what_they_do_where(fatou: User) -> None:
    await fatou.open("/personnes")

    await fatou.should_see("SORIANO Anne")
    await fatou.should_see("Psychiatre")
    await fatou.should_see("Centre expert de Créteil (démonstration)")


async def test_an_invited_professional_is_told_and_stands_among_the_invitations(
    fatou: User, foundation: Acting
) -> None:
    await fatou.open("/personnes")
    await press(fatou, "Inviter un professionnel")
    await enter(
        fatou,
        family="Noyer",
        given="Jeanne",
        email="jeanne.noyer@example.fr",
        role="nurse",
        organizations="montpellier",
    )

    (one,) = await invitations(foundation)
    assert (one.contact, one.role, one.standing) == ("jeanne.noyer@example.fr", Role.NURSE, Standing.WAITING)
    await fatou.open("/demandes")
    await fatou.should_see("jeanne.noyer@example.fr")
    await fatou.should_see("Pas encore de réponse")


async def test_a_role_is_added_changed_and_ended(fatou: User, foundation: Acting) -> None:
    await fatou.open("/personnes/ines")
    await press(fatou, "Ajouter un rôle")
    await enter(fatou, role="psychologist", organizations="creteil")
    held = {(one.role, one.organization) for one in await positions(foundation, "ines") if one.active}
    assert held == {(Role.NURSE, "montpellier"), (Role.PSYCHOLOGIST, "creteil")}

    await fatou.open("/personnes/ines")
    await press(fatou, "Modifier Psychologue, Centre expert de Créteil (démonstration)")
    await enter(fatou, role="care-coordinator")
    await fatou.open("/personnes/ines")
    await press(fatou, "Terminer Coordination des soins, Centre expert de Créteil (démonstration)")
    await agree(fatou, "Terminer le rôle")

    assert [one.role for one in await positions(foundation, "ines") if one.active] == [Role.NURSE]
    await fatou.open("/personnes/ines")
    await fatou.should_see("2 anciens rôles")


async def test_an_associate_is_given_a_study_and_loses_it(fatou: User, foundation: Acting) -> None:
    await fatou.open("/personnes/pauline")
    await press(fatou, "Attribuer une étude")
    await enter(fatou, arc="emma")
    assert await arc_trials(foundation.service, "pauline") == {"ebipolar", "emma"}

    await fatou.open("/personnes/pauline")
    with fatou:
        withdraw = next(label for label in buttons(fatou) if label.startswith("Retirer") and "eBipolar" in label)
    await press(fatou, withdraw)
    assert await arc_trials(foundation.service, "pauline") == {"emma"}


async def test_a_closed_account_is_signed_out_everywhere_and_opens_again(
    fatou: User, create_user, sign_in: SignIn, site: Site, foundation: Acting
) -> None:
    other = create_user()
    await sign_in(other, ANNE)
    await fatou.open("/personnes/anne")
    await press(fatou, "Fermer le compte")
    with fatou:
        dialog = next(iter(fatou.find(kind=CommentDialog).elements))
        await dialog.field.enter("A quitté le centre")
        await dialog.accept()

    assert await sessions.sessions_of(site.door, account_id(ANNE)) == []
    gone = await other.http_client.get("/patients")
    assert gone.status_code == 303
    await fatou.open("/personnes/anne")
    await fatou.should_see("A quitté le centre")
    await press(fatou, "Rouvrir le compte")
    assert (await people.actor(site.door, account_id(ANNE))).role is Role.PSYCHIATRIST


async def test_one_session_is_ended_and_the_others_live(fatou: User, create_user, sign_in: SignIn, site: Site) -> None:
    for _ in range(2):
        await sign_in(create_user(), ANNE)
    await fatou.open("/personnes/anne")
    await press(fatou, "Déconnecter Test")

    assert len(await sessions.sessions_of(site.door, account_id(ANNE))) == 1


async def test_nobody_is_offered_to_change_their_own_account(fatou: User) -> None:
    await fatou.open("/personnes/fatou")

    await fatou.should_see("C’est votre propre compte")
    assert not {label for label in buttons(fatou) if label.startswith(("Terminer", "Modifier", "Ajouter", "Fermer"))}


async def test_an_organisation_s_administrator_sees_its_people_only(nadege: User) -> None:
    await nadege.open("/personnes")

    await nadege.should_see("KACI Inès")
    await nadege.should_not_see("LEBRUN Marc")
    refused = await nadege.http_client.get("/personnes/marc")
    assert refused.status_code == 403
    for path in ("/centres", "/etudes", "/chiffres", "/journal", "/messages"):
        assert (await nadege.http_client.get(path)).status_code == 403


async def test_an_organisation_s_administrator_offers_no_role_of_the_foundation(nadege: User) -> None:
    await nadege.open("/personnes/ines")
    await press(nadege, "Ajouter un rôle")
    with nadege:
        dialog = max(nadege.find(kind=AskDialog).elements, key=lambda one: one.id)
        offered = {option.code for option in dialog.fields.widgets["role"].item.options}
        centres = {option.code for option in dialog.fields.widgets["organizations"].item.options}
    assert "admin" not in offered
    assert centres == {"montpellier"}


async def test_who_also_works_elsewhere_is_closed_by_the_foundation_only(nadege: User, foundation: Acting) -> None:
    await link_practitioner(foundation, "ines", "creteil", Role.NURSE)
    await nadege.open("/personnes/ines")

    await nadege.should_see("Cette personne travaille aussi ailleurs")
    assert "Fermer le compte" not in buttons(nadege)


async def test_professionals_and_patients_find_no_administration(user: User, sign_in: SignIn) -> None:
    for person in (ANNE, INES, PAULINE):
        await sign_in(user, person)
        for path in ("/personnes", "/demandes", "/suivis", "/centres", "/chiffres"):
            assert (await user.http_client.get(path)).status_code == 403
