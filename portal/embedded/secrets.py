"""Passwords and secrets are kept as digests, in the forms that Aidbox uses, from the moment they are written."""

import base64
import hashlib
import hmac

from portal.chance import Chance
from portal.types import Json

_COST = {"n": 2**15, "r": 8, "p": 1}
_PARAMETERS = "f0801"
_MEMORY = 64 * 1024 * 1024


def protect(chance: Chance, type_: str, resource: Json) -> Json:
    """The resource with its password (User) or secret (Client) digested; one that is a digest already is kept."""
    if type_ == "User" and isinstance(resource.get("password"), str) and not resource["password"].startswith("$s0$"):
        return {**resource, "password": hash_password(chance, resource["password"])}
    if type_ == "Client" and isinstance(resource.get("secret"), str) and not resource["secret"].startswith("$sha256$"):
        return {**resource, "secret": hash_secret(resource["secret"])}
    return resource


def hash_password(chance: Chance, password: str) -> str:
    salt = hashlib.sha256(chance.token().encode()).digest()[:16]
    digest = _scrypt(password, salt, 32)
    return f"$s0${_PARAMETERS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"


def password_fits(stored: object, password: str) -> bool:
    parts = stored.split("$") if isinstance(stored, str) else []
    if len(parts) != 5 or parts[1:3] != ["s0", _PARAMETERS]:
        return False
    try:
        salt, digest = base64.b64decode(parts[3], validate=True), base64.b64decode(parts[4], validate=True)
    except ValueError:
        return False
    return bool(digest) and hmac.compare_digest(_scrypt(password, salt, len(digest)), digest)


def hash_secret(secret: str) -> str:
    """For secrets of full length only (clients' secrets, tokens), which need no slow digest."""
    return f"$sha256${hashlib.sha256(secret.encode()).hexdigest()}"


def secret_fits(stored: object, secret: str) -> bool:
    return isinstance(stored, str) and hmac.compare_digest(stored.encode(), hash_secret(secret).encode())


def _scrypt(password: str, salt: bytes, length: int) -> bytes:
    return hashlib.scrypt(password.encode(), salt=salt, **_COST, maxmem=_MEMORY, dklen=length)
