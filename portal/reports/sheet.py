"""The page that all papers share: language, title, typeface, what stands at the head and the foot of each sheet. Pure."""

from collections.abc import Iterable

from markupsafe import Markup

from portal.i18n import Texts

STYLE = """
@page { size: A4; margin: 22mm 18mm 20mm; @top-left { content: string(head); font: 9pt Atkinson; color: #45565A; }
  @bottom-left { content: string(foot); font: 9pt Atkinson; color: #45565A; }
  @bottom-right { content: counter(page) " / " counter(pages); font: 9pt Atkinson; color: #45565A; } }
html { font: 11pt/1.45 Atkinson; color: #1B2B2E; }
h1 { font-size: 19pt; line-height: 1.2; margin: 0 0 4mm; } h2 { font-size: 14pt; margin: 8mm 0 3mm; break-after: avoid; border-bottom: .4pt solid #78847F; padding-bottom: 1mm; }
h3 { font-size: 11.5pt; margin: 5mm 0 1.5mm; break-after: avoid; } p { margin: 0 0 2mm; } .soft { color: #45565A; } .small { font-size: 9.5pt; }
.head { string-set: head content(); } .foot { string-set: foot content(); } .head, .foot { position: absolute; left: -200mm; font-size: 1pt; }
.question { break-inside: avoid; margin: 0 0 5mm; } .question > p:first-child { font-weight: 650; margin-bottom: 1.5mm; }
ul.marks { list-style: none; margin: 0; padding: 0; } ul.marks li { margin: 0 0 1.2mm; padding-left: 7mm; text-indent: -7mm; }
ul.marks.line li { display: inline-block; margin-right: 8mm; }
.box { display: inline-block; width: 3.6mm; height: 3.6mm; border: .8pt solid #1B2B2E; margin-right: 3mm; vertical-align: -.5mm; } .round { border-radius: 50%; }
.write { border-bottom: .6pt dotted #1B2B2E; height: 8mm; } .short { display: inline-block; width: 45mm; }
.scale { border-bottom: 1pt solid #1B2B2E; height: 6mm; margin: 2mm 0 1mm; border-left: 1pt solid #1B2B2E; border-right: 1pt solid #1B2B2E; } .ends { display: flex; justify-content: space-between; }
table { width: 100%; border-collapse: collapse; } th, td { text-align: left; vertical-align: top; padding: 1.8mm 2mm; border-bottom: .4pt solid #B9C0BC; } th { font-weight: 500; width: 58%; } td { font-weight: 600; }
td.told { font-weight: 400; } td .soft { font-weight: 400; } .lead { margin-bottom: 4mm; } .source { margin-top: 5mm; } .legal { font-size: 9pt; color: #45565A; border-left: 1.2pt solid #B9C0BC; padding-left: 3mm; }
.signed { break-inside: avoid; margin-top: 6mm; } .signed img { display: block; width: 60mm; }
table.results th { width: 30%; } table.matrix th { width: 40%; } table.matrix td { text-align: center; }
"""


def sheet(t: Texts, title: str, body: Iterable[Markup], *, head: str, foot: str) -> str:
    """A whole document. `head` and `foot` stand on every page."""
    shape = Markup(
        '<!doctype html><html lang="{}"><head><meta charset="utf-8"><title>{}</title><style>{}</style></head>'
        '<body><p class="head">{}</p><p class="foot">{}</p>{}</body></html>'
    )
    return str(shape.format(t.locale, title, Markup(STYLE), head, foot, join(body)))  # noqa: S704 – our own style


def h(template: str, /, *args: object) -> Markup:
    """HTML from a template of ours; each argument is escaped unless it is HTML already."""
    return Markup(template).format(*args)  # noqa: S704 – templates are literals of this product


def join(parts: Iterable[Markup | str]) -> Markup:
    return Markup("").join(parts)
