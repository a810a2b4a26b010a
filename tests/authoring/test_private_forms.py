"""Forms that may not be published: a folder outside the repository, whose files come before the public ones."""

from pathlib import Path

import pytest

from portal.authoring import AuthoringError, Catalogue

ROOT = Path(__file__).parents[2]
PUBLIC = ROOT / "content" / "questionnaires"
LICENSED = """
code: MADRS
version: "{version}"
title: {{fr: MADRS complète, en: Full MADRS}}
category: hetero
audience: [professional]
licence: permission
copyright: Les auteurs.
items:
  - id: items
    text: {{fr: Questions, en: Questions}}
    items:
      - {{id: q1, type: integer, min: 0, max: 6, required: true, text: {{fr: Première, en: First}}}}
scores:
  - {{id: total, title: {{fr: Score total MADRS, en: MADRS total score}}, sum: [q1]}}
"""


@pytest.mark.parametrize("version", ["1.0.0", "2.0.0"])
def test_a_licensed_text_takes_the_place_of_the_form_that_records_results_only(tmp_path: Path, version: str):
    (tmp_path / "MADRS.yaml").write_text(LICENSED.format(version=version), "utf-8")
    catalogue = Catalogue.load(PUBLIC, private=tmp_path)
    form = catalogue.by_code("MADRS")
    assert form is not None
    assert form.title("en") == "Full MADRS"
    assert form.scores[0].code == Catalogue.load(PUBLIC).codes["MADRS"].scores[0].code
    assert len({each.canonical for each in catalogue.shelf}) == len(catalogue.shelf)


def test_a_private_form_that_cannot_be_read_stops_the_start_and_names_its_place(tmp_path: Path):
    (tmp_path / "BROKEN.yaml").write_text("code: BROKEN\nversion: [1]\n", "utf-8")
    with pytest.raises(AuthoringError, match=r"BROKEN\.yaml"):
        Catalogue.load(PUBLIC, private=tmp_path)
