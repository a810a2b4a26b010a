"""What a file is, by its content: its name and what the browser says of it may be anything."""

from portal.sdc import FormItem

PDF, JPEG, PNG, WEBP, TEXT = "application/pdf", "image/jpeg", "image/png", "image/webp", "text/plain"
KINDS = (PDF, JPEG, PNG, WEBP, TEXT)
"""Kinds that are taken: what a browser shows by itself, without running anything of it."""

MOST = 10_000_000  # bytes
_START = 1024


def kind_of(content: bytes) -> str | None:
    """The MIME type of this content; None for anything that is not one of KINDS."""
    if content[:_START].lstrip().startswith(b"%PDF-") and b"%%EOF" in content[-2048:]:
        return PDF
    if content.startswith(b"\xff\xd8\xff"):
        return JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    return TEXT if _is_text(content) else None


def limit_of(item: FormItem) -> int:
    """The most bytes that a file given for this question may have."""
    return min(MOST, int(item.max_size)) if item.max_size is not None else MOST


def _is_text(content: bytes) -> bool:
    """Words in UTF-8. A page of markup is none: a browser could take it for a page of this site."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return False
    readable = all(sign.isprintable() or sign in "\n\r\t\u00a0" for sign in text)
    return bool(text.strip()) and readable and not text.lstrip().startswith(("<", "%PDF"))
