"""The record's tabs: identity first, calm when empty, what is written here is drawn here."""

from nicegui.testing import User

from portal.acting import Acting
from tests.pages.conftest import reads
from tests.pages.practitioner.conftest import CAMILLE, press, sampled, takes_lithium


async def test_empty_record_says_what_will_appear(anne: User) -> None:
    await anne.open(CAMILLE)
    await anne.should_see("Pas encore de ligne de vie")
    await anne.open(f"{CAMILLE}/traitements")
    await anne.should_see("Aucun traitement n’est noté.")
    await anne.open(f"{CAMILLE}/biologie")
    await anne.should_see("Pas encore de biologie")
    await anne.open(f"{CAMILLE}/questionnaires")
    await anne.should_see("Rien n’est demandé en ce moment.")


async def test_every_tab_names_the_patient(anne: User) -> None:
    for tab in ("", "/traitements", "/biologie", "/biologie/nouveau", "/questionnaires"):
        await anne.open(f"{CAMILLE}{tab}")
        await anne.should_see("ROUVIÈRE")
        await anne.should_see("Fondacode")


async def test_record_of_another_centre_says_nothing_of_the_patient(marc: User) -> None:
    for tab in ("", "/traitements", "/biologie", "/questionnaires"):
        answer = await marc.http_client.get(f"{CAMILLE}{tab}")
        assert answer.status_code == 403
        assert "Ce dossier n’est pas dans vos centres." in answer.text
        assert "ROUVI" not in answer.text


async def test_unknown_record_looks_like_another_centre_s(marc: User) -> None:
    known, unknown = [await marc.http_client.get(f"/patients/{who}") for who in ("camille", "nobody")]
    assert (known.status_code, unknown.status_code) == (403, 403)


async def test_lithium_above_its_range_is_to_read_until_seen(anne: User, doctor: Acting) -> None:
    await takes_lithium(doctor)
    await sampled(doctor, "1.28")
    await anne.open(CAMILLE)
    await anne.should_see("Lithium 1,28 mmol/L")
    await press(anne, "J’ai vu")
    await press(anne, "Vu")
    await anne.open("/a-faire")
    await anne.should_see("Rien à faire aujourd’hui")


async def test_alert_waits_on_the_to_do_page(anne: User, doctor: Acting) -> None:
    await sampled(doctor, "1.28")
    reads(anne, "en")
    await anne.open("/a-faire")
    await anne.should_see("ROUVIÈRE Camille")
    await anne.should_see("Lithium 1.28 mmol/L")


async def test_biology_shows_value_range_and_words(anne: User, doctor: Acting) -> None:
    await sampled(doctor, "0.81")
    await anne.open(f"{CAMILLE}/biologie")
    await anne.should_see("0,60 – 1,20")
    await anne.should_see("dans la fourchette")
    await anne.should_see("à jeun, Laboratoire du CHU")


async def test_life_chart_has_its_table_twin(anne: User, doctor: Acting) -> None:
    await takes_lithium(doctor)
    await sampled(doctor, "0.81")
    await anne.open(CAMILLE)
    await anne.should_see("Humeur, traitements, lithium")
    await press(anne, "Voir en tableau")
    await anne.should_see("1\u00a0000\u00a0mg")
    await anne.should_see("Lithium dans le sang")
