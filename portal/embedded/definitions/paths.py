"""Compiles the FHIRPath of a SearchParameter into plain JSON steps, so that indexing a resource needs no expression engine.

A compiled path is a list of steps; a step is a JSON key (`"name"`, choices already spelt out: `"valueQuantity"`),
`["=", key, value]` (keep elements whose key has that value), `["#", n]` (nth element), `["only", Type]` (keep references
to that type) or `["exists"]` (true unless the value is false). One expression gives several paths: one per union branch
and per type of a choice.
"""

import re
from typing import Any

from portal.types import Json

Step = str | list[Any]
Path = list[Step]

_TOKEN = re.compile(r"\s*(\.|\[\d+\]|[A-Za-z_][\w-]*\((?:[^()']|'[^']*'|\([^()]*\))*\)|[A-Za-z_][\w-]*)")


def compile_expression(expression: str, base: str, owners: Json) -> list[Path]:
    """Paths of `expression` that start at `base` (or at Resource), in the order written, without repetition."""
    found: list[Path] = []
    for branch in _branches(expression):
        for path in _compile_branch(branch, base, owners):
            if path not in found:
                found.append(path)
    return found


def owner_of(path: Path, base: str, owners: Json) -> str:
    """The type, or backbone, that a path of keys leads to."""
    for step in path:
        base = owners[base][step]["t"]
    return base


def _branches(expression: str) -> list[str]:
    return [part.strip() for part in re.split(r"\|(?![^(]*\))", expression) if part.strip()]


def _compile_branch(branch: str, base: str, owners: Json) -> list[Path]:
    if " and " in branch:  # Patient.deceased.exists() and Patient.deceased != false
        name = branch.partition(".exists()")[0]
        return [[*path, ["exists"]] for path in _compile_branch(name, base, owners)]
    cast = re.fullmatch(r"\((.+?) as (\w+)\)(.*)", branch)
    if cast:
        branch = f"{cast[1]}.as({cast[2]}){cast[3]}"
    else:
        branch = re.sub(r"^(\S+) as (\w+)$", r"\1.as(\2)", branch.strip("()") if branch.startswith("(") else branch)
    tokens = [t for t in _TOKEN.findall(branch) if t != "."]
    elements: Json = owners.get(base, {})
    if tokens and (tokens[0] in elements or any(e.get("choice") == tokens[0] for e in elements.values())):
        tokens.insert(0, base)
    if not tokens or tokens[0] not in {base, "Resource", "DomainResource"}:
        return []
    states: list[tuple[Path, str]] = [([], base)]
    for i, token in enumerate(tokens[1:], start=1):
        wanted = re.fullmatch(r"as\((\w+)\)", tokens[i + 1]) if i + 1 < len(tokens) else None
        states = [state for path, owner in states for state in _advance(path, owner, token, wanted, owners)]
    return [path for path, _ in states]


def _advance(path: Path, owner: str, token: str, wanted: re.Match[str] | None, owners: Json) -> list[tuple[Path, str]]:
    if token.startswith("as("):
        return [(path, owner)]
    if token.startswith("["):
        return [([*path, ["#", int(token[1:-1])]], owner)]
    only = re.fullmatch(r"where\(resolve\(\) is (\w+)\)", token)
    if only:
        return [([*path, ["only", only[1]]], owner)]
    equal = re.fullmatch(r"where\(([\w.]+)\s*=\s*'([^']*)'\)", token)
    if equal:
        return [([*path, ["=", equal[1], equal[2]]], owner)]
    if "(" in token:
        raise ValueError(token)
    elements: Json = owners.get(owner, {})
    if token in elements:
        return [([*path, token], elements[token]["t"])]
    choices = [(key, e) for key, e in elements.items() if e.get("choice") == token]
    if wanted:
        choices = [(key, e) for key, e in choices if e["t"].lower() == wanted[1].lower()]
    if choices:
        return [([*path, key], e["t"]) for key, e in choices]
    return [] if elements else [([*path, token], "")]
