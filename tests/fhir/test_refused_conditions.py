"""A condition that does not hold: somebody changed it, or several match. What one does next is not the same."""

import httpx
import pytest

from portal.chance import SeededChance
from portal.errors import MultipleMatches, VersionConflict
from portal.fhir import Transport


def refusing(code: str) -> Transport:
    outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": code}]}
    http = httpx.AsyncClient(transport=httpx.MockTransport(lambda _request: httpx.Response(412, json=outcome)))
    return Transport(base="http://record/fhir", http=http, chance=SeededChance(1))


@pytest.mark.parametrize(("code", "error"), [("conflict", VersionConflict), ("multiple-matches", MultipleMatches)])
async def test_a_transaction_tells_which_of_its_conditions_failed(code: str, error: type[Exception]) -> None:
    transport = refusing(code)
    with pytest.raises(error):
        await transport.send("POST", "", authorization="Bearer x", data={"resourceType": "Bundle"})
    await transport.close()
