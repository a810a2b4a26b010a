"""Who calls whom in the portal's rooms, read from the source: enough to say which functions a verb passes through."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(slots=True)
class Module:
    """Names of one module: its functions, and what it imports, each as "portal.people.scope:id_of" or a module's name."""

    name: str
    functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef] = field(default_factory=dict)
    imported: dict[str, str] = field(default_factory=dict)
    exported: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    modules: dict[str, Module]

    @classmethod
    def read(cls, package: str = "portal") -> "Source":
        found: dict[str, Module] = {}
        for file in sorted((ROOT / package).rglob("*.py")):
            parts = file.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found[name] = _module(name, ast.parse(file.read_text(encoding="utf-8")))
        return cls(found)

    def verbs(self, room: str) -> Iterator[str]:
        """Public coroutines of a room whose first parameter is `acting`, as "portal.people.finding:find_patients"."""
        for name in self.modules[room].exported:
            at = self.resolve(f"{room}:{name}")
            node = self.function(at) if at else None
            if isinstance(node, ast.AsyncFunctionDef) and [one.arg for one in node.args.args[:1]] == ["acting"]:
                yield str(at)

    def function(self, at: str) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        module, _, name = at.partition(":")
        return self.modules[module].functions.get(name) if module in self.modules else None

    def resolve(self, at: str) -> str | None:
        """Where a name is really defined, followed through the packages that pass it on."""
        for _ in range(5):
            module, _, name = at.partition(":")
            if module not in self.modules:
                return None
            if name in self.modules[module].functions:
                return at
            target = self.modules[module].imported.get(name)
            if target is None or ":" not in target:
                return None
            at = target
        return None

    def reached(self, verb: str) -> set[str]:
        """Every function of the portal that a verb may call, itself too."""
        found, waiting = set[str](), [verb]
        while waiting:
            at = waiting.pop()
            node = self.function(at)
            if at in found or node is None:
                continue
            found.add(at)
            waiting += self._called(self.modules[at.partition(":")[0]], node)
        return found

    def _called(self, module: Module, node: ast.AST) -> Iterator[str]:
        for each in ast.walk(node):
            name: str | None = None
            if isinstance(each, ast.Name):
                name = f"{module.name}:{each.id}"
            elif isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
                target = module.imported.get(each.value.id, "")
                whole = target.replace(":", ".")
                name = f"{whole}:{each.attr}" if whole in self.modules else None
            if name and (at := self.resolve(name)):
                yield at


def _module(name: str, tree: ast.Module) -> Module:
    module = Module(name)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                module.imported[alias.asname or alias.name] = f"{node.module}:{alias.name}"
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            module.functions[node.name] = node
        elif isinstance(node, ast.ClassDef):
            module.functions |= {
                one.name: one for one in node.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
            }
        elif isinstance(node, ast.Assign) and any(getattr(one, "id", "") == "__all__" for one in node.targets):
            module.exported = tuple(ast.literal_eval(node.value))
    return module
