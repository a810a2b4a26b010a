"""Which questions an expression can look at, by linkId, within the tree of one form.

Reading too much costs time; reading too little would leave a score stale, so doubt counts as reading.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.fhirpath import Dependencies


@dataclass(frozen=True, kw_only=True, slots=True)
class Tree:
    """The linkIds of a form: for each item, those beneath it."""

    below: Mapping[str, frozenset[str]]
    everything: frozenset[str]


def questions_read(found: Dependencies, owner: str, tree: Tree) -> frozenset[str]:
    """LinkIds whose answers matter to an expression that stands on item `owner` (empty: on the whole response)."""
    if found.whole or (found.context and not owner):
        return tree.everything
    reads = set(found.link_ids & tree.everything)
    for link_id in tuple(reads):
        reads |= tree.below[link_id]
    if found.context:
        reads |= tree.below[owner] | {owner}
    return frozenset(reads)
