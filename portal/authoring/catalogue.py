"""The forms that the portal offers: every file of `content/questionnaires`, read once at start."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from portal.authoring.reading import load_form
from portal.sdc import Form, compile_form


@dataclass(frozen=True, kw_only=True, slots=True)
class Catalogue:
    """Forms by code (`PHQ9`) and by canonical (`url|version`, or `url` for the newest version)."""

    forms: tuple[Form, ...]
    codes: Mapping[str, Form]
    canonicals: Mapping[str, Form]

    @classmethod
    def load(cls, folder: Path) -> "Catalogue":
        """Reads `*.yaml`, `*.yml` and `*.json`, in the order of their names. Raises `AuthoringError` at the first that cannot
        be read, so that a portal never starts with half of its forms.
        """
        files = sorted(each for each in folder.iterdir() if each.suffix in (".yaml", ".yml", ".json"))
        return cls.of(compile_form(load_form(each)) for each in files)

    @classmethod
    def of(cls, forms: Iterable[Form]) -> "Catalogue":
        ordered = tuple(sorted(forms, key=lambda form: (form.code, _order(form.version))))
        canonicals = {form.canonical: form for form in ordered} | {form.url: form for form in ordered}
        return cls(forms=ordered, codes={form.code: form for form in ordered}, canonicals=canonicals)

    def by_code(self, code: str) -> Form | None:
        """The newest version of an instrument."""
        return self.codes.get(code)

    def by_canonical(self, canonical: str) -> Form | None:
        """Exactly that version, or the newest when the canonical names none."""
        return self.canonicals.get(canonical)

    def __iter__(self) -> Iterator[Form]:
        return iter(self.codes.values())


def _order(version: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdigit() else 0 for part in version.split("."))
