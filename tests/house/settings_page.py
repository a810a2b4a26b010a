"""Writes docs/settings.md out of portal/settings.py: `python -m tests.house.settings_page`."""

from pathlib import Path

from pydantic import AliasChoices

from portal.settings import Settings

PAGE = Path(__file__).parents[2] / "docs/settings.md"
HEAD = """# Settings

Every setting comes from the environment. This page is written by `python -m tests.house.settings_page`, from portal/settings.py.

| variable | without it | what it does |
|---|---|---|
"""


def render() -> str:
    rows: list[str] = []
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        names = [str(one) for one in alias.choices] if isinstance(alias, AliasChoices) else [f"PORTAL_{name.upper()}"]
        default = str(field.get_default(call_default_factory=True)).strip("*") or "–"
        rows.append(f"| {', '.join(f'`{one}`' for one in names)} | {default} | {field.description} |")
    return HEAD + "\n".join(rows) + "\n"


if __name__ == "__main__":
    PAGE.write_text(render(), "utf-8")
