"""From an element to the elements below it, on plain JSON and on typed nodes.

A step takes the run, the current `$this` and a collection, and gives a collection. On plain JSON a choice element is
found by its possible keys, and a primitive that has extensions but no value appears as a node, so that it still exists.
The `value` of a primitive is its value without the extensions.
"""

from collections.abc import Callable
from typing import Any

from portal.fhirpath.model import Element, Model
from portal.fhirpath.quantity import Quantity
from portal.fhirpath.run import Run
from portal.fhirpath.values import Collection, Node, system
from portal.types import Json

Step = Callable[[Run, Collection, Collection], Collection]

TYPED = 4
"""What a typed node costs, where an item of plain JSON costs 1."""


def raw_member(model: Model, name: str) -> Step:
    choices = model.choice_keys.get(name)
    sibling = f"_{name}"

    def plain(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        c.left -= len(v)
        out: Collection = []
        for d in v:
            if type(d) is dict:
                found = d.get(name)
                if found is not None:
                    if type(found) is list:
                        out += found if None not in found else _valueless(found, d.get(sibling))
                    else:
                        out.append(found)
                elif sibling in d:
                    out += _nodes(None, d[sibling], "")
            elif type(d) is Quantity:
                out += _of_quantity(d, name)
        return out

    if not choices:
        return plain

    own = name == "value"

    def choice(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        c.left -= len(v)
        out: Collection = []
        for d in v:
            if type(d) is dict:
                found = d.get(name)
                if found is None:
                    for key in d:
                        if key in choices:
                            found = d[key]
                            break
                        if key[0] == "_" and (key[1:] in choices or key == sibling) and key[1:] not in d:
                            out += _nodes(None, d[key], choices.get(key[1:], ""))
                            break
                    else:
                        continue
                if type(found) is list:
                    out += found
                elif found is not None:
                    out.append(found)
            elif type(d) is Quantity:
                out += _of_quantity(d, name)
            elif own and type(d) is not Node:
                out.append(d)
        return out

    return choice


def _of_quantity(quantity: Quantity, name: str) -> Collection:
    """FHIRPath's own quantities have the elements of FHIR's."""
    found = quantity.as_json().get(name)
    return [] if found is None else [found]


def _valueless(values: Collection, siblings: Any) -> Collection:
    beside: Collection = siblings if isinstance(siblings, list) else []
    return [
        value if value is not None else Node(None, "", beside[i])
        for i, value in enumerate(values)
        if value is not None or (i < len(beside) and beside[i] is not None)
    ]


def _nodes(value: Any, sibling: Any, type_name: str) -> Collection:
    """One node for each value or sibling; primitives and their siblings stand in parallel arrays."""
    if isinstance(value, list) or isinstance(sibling, list):
        values: Collection = value if isinstance(value, list) else []
        beside: Collection = sibling if isinstance(sibling, list) else []
        nodes: Collection = []
        for i in range(max(len(values), len(beside))):
            one = values[i] if i < len(values) else None
            other = beside[i] if i < len(beside) else None
            if one is not None or other is not None:
                nodes.append(Node(one, type_name, other))
        return nodes
    return [Node(value, type_name, sibling)]


def typed_member(model: Model, name: str) -> Step:
    known: dict[str, Element | None] = {}
    sibling = f"_{name}"

    def step(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        c.left -= TYPED * len(v)
        out: Collection = []
        for node in v:
            if type(node) is not Node:
                if type(node) is Quantity:
                    out += _of_quantity(node, name)
                elif name == "value":
                    out.append(node)
                continue
            value = node.value
            if type(value) is dict:
                type_name = node.type
                if type_name not in known:
                    known[type_name] = model.element(type_name, name) if type_name else None
                element = known[type_name]
                if element is None or element.choice or element.own_type is None or sibling in value:
                    _below(model, value, name, type_name, element, out)
                    continue
                found = value.get(name)
                if type(found) is list:
                    own = element.own_type
                    out += [Node(one, own) for one in found if one is not None]
                elif found is not None:
                    out.append(Node(found, element.own_type))
            elif name == "value":
                out += [] if value is None else [system(node)]
            elif type(node.sibling) is dict and name in {"id", "extension"}:
                _below(model, node.sibling, name, "Element", model.element("Element", name), out)
        return out

    return step


def _below(model: Model, value: Json, name: str, type_name: str, element: Element | None, out: Collection) -> None:
    """What stands under the key of an element, or under the one key of a choice that is there."""
    if element is None:
        if type_name not in model.parents:
            out += _guess(model, value, name)
        return
    for key, child_type in element.keys.items():
        found = value.get(key)
        if found is not None or f"_{key}" in value:
            out += wrap(model, found, value.get(f"_{key}"), child_type)
            if element.choice:
                return


def wrap(model: Model, value: Any, sibling: Any, type_name: str) -> Collection:
    """Nodes for what stands under a key; a resource bears its own type."""
    if type(value) is dict:
        return [Node(value, _own_type(model, value, type_name))]
    if type(value) is list and sibling is None:
        return [
            Node(one, _own_type(model, one, type_name) if type(one) is dict else type_name)
            for one in value
            if one is not None
        ]
    if value is None and sibling is None:
        return []
    return _nodes(value, sibling, type_name)


def _own_type(model: Model, value: Json, type_name: str) -> str:
    own = value.get("resourceType")
    if own and own in model.parents and type_name in {"", "Resource", "DomainResource"}:
        return own
    return type_name


def _guess(model: Model, value: Json, name: str) -> Collection:
    """Below an element of unknown type: by the key, or by the key of a choice, which tells the type."""
    types = model.names.get(name, frozenset())
    if name in value or f"_{name}" in value:
        return wrap(model, value.get(name), value.get(f"_{name}"), next(iter(types)) if len(types) == 1 else "")
    for key, type_name in model.choice_keys.get(name, {}).items():
        if key in value or f"_{key}" in value:
            return wrap(model, value.get(key), value.get(f"_{key}"), type_name)
    return []


def raw_children(model: Model) -> Step:  # noqa: ARG001
    def children(c: Run, t: Collection, v: Collection) -> Collection:
        out: Collection = []
        for item in v:
            if type(item) is dict:
                for key, value in item.items():
                    if key[0] == "_":
                        if key[1:] not in item:
                            out += _nodes(None, value, "")
                    elif type(value) is list:
                        out += value if None not in value else _valueless(value, item.get(f"_{key}"))
                    elif key != "resourceType":
                        out.append(value)
            elif type(item) is Node and type(item.sibling) is dict:
                out += children(c, t, [item.sibling])
        c.spend(len(out))
        return out

    return children


def typed_children(model: Model) -> Step:
    def by_key(type_name: str) -> dict[str, str]:
        return {key: child for element in model.elements(type_name).values() for key, child in element.keys.items()}

    known: dict[str, dict[str, str]] = {}

    def step(c: Run, t: Collection, v: Collection) -> Collection:  # noqa: ARG001
        out: Collection = []
        for item in v:
            out += children(item)
        c.spend(2 * TYPED * len(out))
        return out

    def children(item: Any) -> Collection:
        if type(item) is not Node:
            return []
        out: Collection = []
        value, type_name = item.value, item.type
        if type(value) is not dict:
            value, type_name = item.sibling, "Element"
            if type(value) is not dict:
                return out
        types = known.get(type_name)
        if types is None:
            types = known[type_name] = by_key(type_name) if type_name else {}
        for key, found in value.items():
            if key == "resourceType":
                continue
            if key[0] == "_":
                key = key[1:]
                if key in value:
                    continue
                found = None
            child = types.get(key)
            if child is None and type_name not in model.parents:
                out += _guess(model, value, key)
            else:
                out += wrap(model, found, value.get(f"_{key}"), child or "")
        return out

    return step


def descendants(children: Step) -> Step:
    def step(c: Run, t: Collection, v: Collection) -> Collection:
        out: Collection = []
        todo = v
        while todo:
            todo = children(c, t, [item for item in todo if type(item) is dict or type(item) is Node])
            out += todo
        return out

    return step


def extensions(model: Model, item: Any, url: str, *, typed: bool) -> Collection:
    """The extensions of one url on an element, on its value's sibling for a primitive; all of them when repeated."""
    value = item
    if type(item) is Node:
        value = item.value if type(item.value) is dict else item.sibling
    if type(value) is not dict:
        return []
    found = [e for e in value.get("extension", ()) if type(e) is dict and e.get("url") == url]
    return wrap(model, found, None, "Extension") if typed else found
