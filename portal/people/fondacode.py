"""The Fondacode: a patient's pseudonym. 2 digits of centre, 2 of network, 6 of luck. Made once, never changed."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from portal.chance import Chance
from portal.errors import PortalError
from portal.i18n import N_

NETWORKS: Mapping[str, str] = MappingProxyType(
    {"bipolar": "01", "schizophrenia": "02", "depression": "03", "asd": "04"}
)
"""Networks of expert centres, and the two digits that each gives to the Fondacode."""

MOST_TRIES = 100


class NoFreeFondacode(PortalError):
    default = N_("No free Fondacode was found for this centre. Call the support of the portal.")


async def free_fondacode(
    centre_code: str, network: str, *, chance: Chance, taken: Callable[[str], Awaitable[bool]]
) -> str:
    """Draws until `taken` says no, at most 100 times. `centre_code` is two digits, `network` a key of `NETWORKS`."""
    for _ in range(MOST_TRIES):
        code = f"{centre_code:0>2}{NETWORKS[network]}{chance.code(6)}"
        if not await taken(code):
            return code
    raise NoFreeFondacode


def spaced(code: str) -> str:
    """As people read it: 09 01 482 117."""
    return f"{code[:2]} {code[2:4]} {code[4:7]} {code[7:]}" if len(code) == 10 else code
