"""The audit trail on screen: filtered, without a name of a patient, and as CSV."""

from nicegui import ui
from nicegui.testing import User

from components.form import DropDown, TextField
from pages.base import Site
from portal import audit
from portal.accounts import people
from portal.acting import Acting
from tests.cast import ANNE, CAMILLE, MARC
from tests.pages.admin.conftest import press
from tests.pages.conftest import account_id


async def looked(site: Site) -> Acting:
    """Anne has read Camille's record; Marc was refused."""
    anne = site.portal.acting(await people.actor(site.door, account_id(ANNE)))
    await audit.record(anne, audit.Action.READ, "patient:read", patient="camille")
    marc = site.portal.acting(await people.actor(site.door, account_id(MARC)))
    refused = audit.Outcome.REFUSED
    await audit.record(marc, audit.Action.READ, "patient:read", patient="camille", outcome=refused, reason="test")
    return anne


async def filtered(user: User, **wanted: str) -> None:
    with user:
        fields = [one for one in ui.context.client.elements.values() if isinstance(one, TextField | DropDown)]
        by_name = {one.item.link_id.removeprefix("log-"): one for one in fields}
        for name, text in wanted.items():
            widget = by_name[name]
            await (widget.enter(text) if isinstance(widget, TextField) else widget.choose(text))
    await press(user, "Afficher")


async def test_each_look_stands_with_its_person_and_a_pseudonym(fatou: User, site: Site) -> None:
    await looked(site)
    await fatou.open("/journal")

    await fatou.should_see("SORIANO Anne")
    await fatou.should_see("01-CAMI")
    await fatou.should_see("Refusé")
    await fatou.should_not_see(CAMILLE.family)


async def test_lines_are_filtered_by_person_patient_and_outcome(fatou: User, site: Site) -> None:
    await looked(site)
    await fatou.open("/journal")
    await filtered(fatou, person="lebrun", patient="01-CAMI", outcome="4")
    await fatou.should_see("LEBRUN Marc")
    await fatou.should_not_see("SORIANO Anne")

    await filtered(fatou, person="personne de ce nom", patient="", outcome="")
    await fatou.should_see("Rien de noté")
    await filtered(fatou, person="", patient="9999999999")
    await fatou.should_see("Aucun patient n’a ce Fondacode.")


async def test_the_same_lines_leave_as_csv_with_references_only(fatou: User, site: Site) -> None:
    await looked(site)

    answer = await fatou.http_client.get("/journal.csv?person=Practitioner/anne&action=R&since=2026-12-02")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")
    head, *lines = answer.text.removeprefix("\ufeff").splitlines()
    assert head.startswith("recorded;who;account")
    assert [line.split(";")[1] for line in lines] == ["Practitioner/anne"]
    assert CAMILLE.family not in answer.text


async def test_nobody_else_downloads_it(user: User, sign_in, site: Site) -> None:
    assert (await user.http_client.get("/journal.csv")).status_code == 303
    await sign_in(user, ANNE)
    assert (await user.http_client.get("/journal.csv")).status_code == 403
