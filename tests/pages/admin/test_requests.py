"""Who asks and waits, who was invited, what never arrived."""

import pytest
from nicegui.testing import User
from sqlalchemy import insert

from components.dialogs import CommentDialog
from pages.base import Site
from portal.access import Role
from portal.accounts import people
from portal.accounts.invitations import Standing, invitations, invite_practitioner
from portal.accounts.pending import pending
from portal.acting import Acting
from portal.db import pending_accounts, refusals
from portal.errors import NotFound
from portal.fhir import Transaction
from portal.notifications import latest
from portal.people import add_account, add_candidate
from tests.cast import NADEGE
from tests.pages.admin.conftest import agree, buttons, press
from tests.pages.admin.test_professionals import enter
from tests.pages.conftest import SignIn


@pytest.fixture
async def waiting(site: Site) -> str:
    """Jeanne Cerisier, an associate, says that she works in Montpellier; the id of her Practitioner."""
    return await asks(site, "Cerisier", "montpellier")


async def asks(site: Site, family: str, organization: str) -> str:
    service, write = site.portal.service(), Transaction()
    email = f"jeanne.{family.lower()}@example.fr"
    made = add_candidate(
        service, write, family=family, given="Jeanne", gender="female", role=Role.ARC, email=email, phone="+33639989001"
    )
    reference = f"Practitioner/{made}"
    user = add_account(
        service,
        write,
        reference=reference,
        role=Role.ARC,
        links=[],
        email=email,
        phone=None,
        password="girafe violette",
    )
    await service.service.commit(write)
    row = {
        "id": f"p-{family}",
        "user": user,
        "practitioner": made,
        "role": Role.ARC,
        "organization": organization,
        "other": "" if organization else "Clinique des Pins",
        "language": "fr",
        "asked": service.clock.now().isoformat(timespec="milliseconds"),
    }
    await service.db.write(lambda connection: connection.execute(insert(pending_accounts).values(**row)))
    return made


async def test_who_waits_is_accepted_with_a_role_in_a_centre(
    fatou: User, site: Site, foundation: Acting, waiting: str
) -> None:
    await fatou.open("/demandes")
    await fatou.should_see("CERISIER Jeanne")
    await press(fatou, "Accepter CERISIER Jeanne")
    await enter(fatou)

    assert await pending(foundation) == []
    await fatou.open(f"/personnes/{waiting}")
    await fatou.should_see("Compte accepté")
    await fatou.should_see("Centre expert de Montpellier (démonstration)")


async def test_who_is_refused_reads_why_and_is_erased(
    fatou: User, site: Site, foundation: Acting, waiting: str
) -> None:
    await fatou.open("/demandes")
    await press(fatou, "Refuser CERISIER Jeanne")
    with fatou:
        dialog = next(one for one in fatou.find(kind=CommentDialog).elements if one.is_open)
        await dialog.accept()  # without a word: nothing happens
        assert len(await pending(foundation)) == 1
        await dialog.field.enter("Nous ne vous connaissons pas.")
        await dialog.accept()

    assert await pending(foundation) == []
    with pytest.raises(NotFound):
        await foundation.service.read("Practitioner", waiting)


async def test_a_centre_that_is_not_in_the_list_is_the_foundation_s_affair(
    user: User, sign_in: SignIn, site: Site, foundation: Acting
) -> None:
    await asks(site, "Sapin", "")
    local = site.portal.acting(await people.actor(site.door, "u-nadege"))

    assert [one.place for one in await pending(foundation)] == ["Clinique des Pins"]
    assert await pending(local) == []
    await sign_in(user, NADEGE)
    await user.open("/demandes")
    await user.should_not_see("SAPIN")


async def test_an_invitation_is_sent_again_and_taken_back(fatou: User, foundation: Acting) -> None:
    await invite_practitioner(
        foundation,
        family="Noyer",
        given="Jeanne",
        email="jeanne.noyer@example.fr",
        role=Role.NURSE,
        organizations=["montpellier"],
    )
    await fatou.open("/demandes")
    await press(fatou, "Renvoyer à Jeanne NOYER")
    (one,) = await invitations(foundation)
    assert one.times_sent == 2

    await fatou.open("/demandes")
    await fatou.should_see("envoyée 2 fois")
    await press(fatou, "Annuler l’invitation de Jeanne NOYER")
    await agree(fatou, "Annuler l’invitation")
    (one,) = await invitations(foundation)
    assert one.standing is Standing.CANCELLED
    await fatou.open("/demandes")
    assert not {label for label in buttons(fatou) if "NOYER" in label}


async def test_what_was_refused_for_good_is_shown_without_a_whole_address(fatou: User, site: Site) -> None:
    await fatou.open("/messages")
    await fatou.should_see("Tous les messages arrivent")
    service = site.portal.service()
    row = {
        "kind": "email",
        "shown": "je•••••@example.fr",
        "about": "invitation",
        "cause": "smtp-550",
        "tries": 1,
        "at": service.clock.now().isoformat(timespec="milliseconds"),
    }
    await service.db.write(lambda connection: connection.execute(insert(refusals).values(**row)))

    await fatou.open("/messages")
    await fatou.should_see("je•••••@example.fr")
    await fatou.should_see("smtp-550")
    assert not await latest(service)
