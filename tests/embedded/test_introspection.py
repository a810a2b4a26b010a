"""Tokens signed by somebody else: whose are believed, and when."""

import json
from typing import Any

import httpx
import jwt
import pytest

from portal.clock import FixedClock
from portal.embedded import Backend

SECRET = "a shared secret that is long enough"


@pytest.fixture
async def believed(backend: Backend, root: httpx.AsyncClient, clock: FixedClock) -> Any:
    """Whether a token with those claims is alice's."""
    introspector = {"resourceType": "TokenIntrospector", "type": "jwt", "jwt": {"iss": "portal", "secret": SECRET}}
    assert (await root.put("TokenIntrospector/portal", json=introspector)).is_success
    assert (await root.put("User/alice", json={"resourceType": "User"})).is_success
    now = int(clock.now().timestamp())  # exp and nbf are told from now on

    def ask(**claims: Any) -> bool:
        whole = {"iss": "portal", "box_user": "alice", "exp": 300, **claims}
        for name in whole.keys() & {"exp", "nbf"}:
            whole[name] = now + whole[name] if isinstance(whole[name], int) else whole[name]
        token = jwt.api_jws.encode(json.dumps(whole).encode(), SECRET, algorithm="HS256")
        identity = backend.asgi.introspectors.identity(token)
        return identity is not None and identity.user_id == "alice"

    return ask


@pytest.mark.parametrize("claims", [{}, {"exp": 1}, {"nbf": 0}, {"aud": "records"}, {"box_user": None, "sub": "alice"}])
async def test_a_good_token_is_believed(believed: Any, claims: dict[str, Any]) -> None:
    assert believed(**claims)


@pytest.mark.parametrize(
    "claims",
    [{"exp": 0}, {"exp": -1}, {"exp": "later"}, {"nbf": 1}, {"nbf": "now"}, {"iss": "other"}, {"box_user": "bob"}],
)
async def test_any_other_is_not(believed: Any, claims: dict[str, Any]) -> None:
    assert not believed(**claims)
