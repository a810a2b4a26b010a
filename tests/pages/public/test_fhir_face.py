"""The demonstration's FHIR face opens to its token and to nobody else."""

from portal.app import FACE_TOKEN


async def test_without_a_token_nothing_is_read(user):
    assert (await user.http_client.get("/fhir/Patient")).status_code == 401


async def test_with_the_folders_token_records_are_read(user, settings):
    token = (settings.data_dir / FACE_TOKEN).read_text()
    answer = await user.http_client.get("/fhir/Patient", headers={"Authorization": f"Bearer {token}"})
    assert answer.json()["resourceType"] == "Bundle"


async def test_an_altered_token_is_refused(user, settings):
    token = (settings.data_dir / FACE_TOKEN).read_text()[:-1] + "~"
    answer = await user.http_client.get("/fhir/Patient", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 401
