"""What is in deploy/, read."""

import io
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"


SUBSTITUTED = re.compile(r"\$\{([A-Z_]+):([-+])([^}]*)\}")


def substituted(text: str, variables: Mapping[str, str]) -> str:
    """`${NAME:-otherwise}` and `${NAME:+instead}` as a compose engine writes them; an empty variable counts as not set."""

    def value(found: re.Match[str]) -> str:
        given, kind, other = variables.get(found[1], ""), found[2], found[3]
        return (other if given else "") if kind == "+" else given or other

    return SUBSTITUTED.sub(value, text)


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    """With anchors and merges resolved, variables as they are written."""
    found: dict[str, Any] = YAML(typ="safe").load(io.StringIO((DEPLOY / "compose.yaml").read_text("utf-8")))
    return found


@pytest.fixture(scope="session")
def examples() -> dict[str, str]:
    """The variables of env.example."""
    lines = (DEPLOY / "env.example").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line))
