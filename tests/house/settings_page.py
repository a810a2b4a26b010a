"""Writes docs/settings.md out of portal/settings.py and portal/environment.py: `python -m tests.house.settings_page`."""

from pathlib import Path

from pydantic import SecretStr

from portal.environment import DATABASE, NOT_USED, former_names, own_names
from portal.settings import Settings

PAGE = Path(__file__).parents[2] / "docs/settings.md"
HEAD = """# Settings

Every setting comes from the environment. Each variable also works as `NAME_FILE`: the path of a file that holds the value, as mounted secrets are. An empty variable counts as not set. Of several names the first that is set decides; those in the second line of a cell are the names of the deployment before this one.

This page is written by `python -m tests.house.settings_page`, from portal/settings.py and portal/environment.py.

| variable | without it | what it does |
|---|---|---|
"""
TAIL = """
## Variables of the former deployment that change nothing any more

The portal does not read them; `portal check` names those that are still set.

| variable | why |
|---|---|
"""


def render() -> str:
    rows: list[str] = []
    for name, field in Settings.model_fields.items():
        former = former_names(name)
        if name == "database_url":
            former.append(" + ".join(DATABASE))
        names = ", ".join(f"`{one}`" for one in own_names(name, field))
        older = "<br>" + ", ".join(f"`{one}`" for one in former) if former else ""
        default = field.get_default(call_default_factory=True)
        shown = default.get_secret_value() if isinstance(default, SecretStr) else str(default)
        rows.append(f"| {names}{older} | {shown or '–'} | {field.description} |")
    unused = [f"| `{name}` | {why} |" for name, why in NOT_USED.items()]
    return HEAD + "\n".join(rows) + "\n" + TAIL + "\n".join(unused) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), "utf-8")
