"""Patterns that forms write all the time, on plain JSON, done without building collections on the way.

Each gives exactly what the general way gives (the tests compare them); where that is not certain there is no shortcut.
"""

from collections.abc import Callable
from typing import Any

from portal.fhirpath.errors import FhirPathError
from portal.fhirpath.model import Model
from portal.fhirpath.navigation import Step
from portal.fhirpath.run import Run
from portal.fhirpath.syntax import Binary, Call, Expr, Literal, Member
from portal.fhirpath.values import Collection, Node
from portal.types import Json

Predicate = Callable[[Json], bool]


def predicate(node: Expr, model: Model) -> Predicate | None:
    """Whether a criterion is true of an element: texts compared with literals, joined by `and` and `or`."""
    one_of = _texts_of(node, model)
    if one_of:
        return _is_one_of(*one_of)
    match node:
        case Binary(op="and" | "or" as op):
            parts = [predicate(part, model) for part in _parts(node, op)]
            tests = [test for test in parts if test]
            if len(tests) < len(parts):
                return None
            return _all(tests) if op == "and" else _any(tests)
        case Call(base=Member(base=None, name=name), name="startsWith", args=(Literal(value=str() as prefix),)):
            return _starts(name, prefix) if name in model.texts else None
        case _:
            return None


def _parts(node: Expr, op: str) -> list[Expr]:
    """The operands of `a or b or c`."""
    parts: list[Expr] = []
    while isinstance(node, Binary) and node.op == op:
        parts.append(node.right)
        node = node.left
    return [node, *reversed(parts)]


def _texts_of(node: Expr, model: Model) -> tuple[str, frozenset[str]] | None:
    """`linkId = 'a'`, `linkId = 'a' or linkId = 'b'`, `linkId in ('a' | 'b')`: the name and the texts."""
    names: set[str] = set()
    texts: set[str] = set()
    for part in _parts(node, "or"):
        match part:
            case Binary(op="=" | "in" as op, left=Member(base=None, name=name), right=right):
                literals = _parts(right, "|") if op == "in" else [right]
            case _:
                return None
        names.add(name)
        for literal in literals:
            if not isinstance(literal, Literal) or type(literal.value) is not str:
                return None
            texts.add(literal.value)
    (name,) = names if len(names) == 1 else ("",)
    return (name, frozenset(texts)) if name in model.texts else None


def _is_one_of(name: str, texts: frozenset[str]) -> Predicate:
    """A text in a list of one equals the text; several texts equal none."""
    if len(texts) == 1:
        (text,) = texts
        wanted = (text, [text])
        return lambda d: d.get(name) in wanted

    def test(d: Json) -> bool:
        value = d.get(name)
        if type(value) is str:
            return value in texts
        return type(value) is list and len(value) == 1 and type(value[0]) is str and value[0] in texts

    return test


def _all(tests: list[Predicate]) -> Predicate:
    if len(tests) == 2:
        a, b = tests
        return lambda d: a(d) and b(d)
    return lambda d: all(test(d) for test in tests)


def _any(tests: list[Predicate]) -> Predicate:
    if len(tests) == 2:
        a, b = tests
        return lambda d: a(d) or b(d)
    return lambda d: any(test(d) for test in tests)


def _starts(name: str, prefix: str) -> Predicate:
    def test(d: Json) -> bool:
        value = d.get(name)
        if type(value) is str:
            return value.startswith(prefix)
        if value is None or value == []:
            return False
        raise FhirPathError("startsWith() wants one text.")

    return test


def filtered(node: Expr, model: Model) -> Step | None:
    """`where(…)` with such a criterion."""
    one_of = _texts_of(node, model)
    if one_of and len(one_of[1]) == 1:
        name, (text,) = one_of
        return _with_text(name, text) if name in model.single_texts else _with_only_text(name, text)
    test = predicate(node, model)
    return _passing(test) if test else None


def _with_text(name: str, text: str) -> Step:
    def step(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        c.left -= len(v)
        return [d for d in v if type(d) is dict and d.get(name) == text]

    return step


def _with_only_text(name: str, text: str) -> Step:
    wanted = (text, [text])

    def step(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        c.left -= len(v)
        return [d for d in v if type(d) is dict and d.get(name) in wanted]

    return step


def _passing(test: Predicate) -> Step:
    def step(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        c.left -= 2 * len(v)
        return [d for d in v if type(d) is dict and test(d)]

    return step


def member_extension(model: Model, name: str, url: str) -> Step:
    """`name.extension(url)`: the element's own extensions, or those that stand beside a primitive."""
    keys = (name, *(key for key in model.choice_keys.get(name, {}) if key != name))

    def step(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        c.left -= len(v)
        out: Collection = []
        for d in v:
            if type(d) is dict:
                for key in keys if len(keys) < len(d) else [k for k in _bare(d) if k in keys]:
                    found = d.get(key)
                    if type(found) is dict:
                        out += [e for e in found.get("extension", ()) if e.get("url") == url]
                        break
                    if found is not None or f"_{key}" in d:
                        _beside(found, d.get(f"_{key}"), url, out)
                        break
        return out

    return step


def _bare(element: Json) -> list[str]:
    return [key[1:] if key[0] == "_" else key for key in element]


def _beside(found: Any, sibling: Any, url: str, out: Collection) -> None:
    for group in (found, sibling):
        for one in group if type(group) is list else (group,):
            if type(one) is dict:
                out += [e for e in one.get("extension", ()) if e.get("url") == url]


def choice_of_type(model: Model, before: Expr | None, name: str, type_name: str) -> frozenset[str] | None:
    """The JSON keys under which `before.name` is of the type, or None when plain JSON does not tell."""
    choices = model.choice_keys.get(name)
    if not choices or type_name.startswith("System."):
        return None
    owners: frozenset[str] | None = None
    if isinstance(before, Member):
        owners = frozenset((before.name,)) if before.name in model.own else model.names.get(before.name)
    for owner in owners or model.own:
        element = model.element(owner, name)
        if element and not element.choice and any(_kept(model, own, type_name) for own in element.keys.values()):
            return None
    return frozenset(key for key, own in choices.items() if _kept(model, own, type_name))


def _kept(model: Model, own: str, type_name: str) -> bool:
    return own == type_name or (not model.is_primitive(own) and model.derives(own, type_name))


def by_keys(keys: frozenset[str]) -> Step:
    """`value.ofType(Coding)`: what stands under one of the keys."""
    if len(keys) == 1:
        (key,) = keys
        sibling = f"_{key}"

        def one(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
            c.left -= len(v)
            out: Collection = []
            for d in v:
                if type(d) is dict:
                    found = d.get(key)
                    if found is not None:
                        out.append(found)
                    elif sibling in d:
                        out.append(Node(None, "", d[sibling]))
            return out

        return one

    def several(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        c.left -= len(v)
        out: Collection = []
        for d in v:
            if type(d) is dict:
                for key in keys:
                    if key in d:
                        out.append(d[key])
                    elif f"_{key}" in d:
                        out.append(Node(None, "", d[f"_{key}"]))
        return out

    return several
