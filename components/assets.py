"""The portal's static files: one stylesheet, one small script, two fonts. Read once, compressed once, cached for a year.

Their address holds a digest of their content, so a new version is fetched at once and an old one never again.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import FastAPI, Request, Response

FOLDER = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".woff2": "font/woff2",
    ".txt": "text/plain; charset=utf-8",
}
FOREVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, kw_only=True, slots=True)
class Asset:
    media_type: str
    plain: bytes
    packed: bytes  # gzip; empty for what is compressed already


@dataclass(frozen=True, kw_only=True, slots=True)
class Assets:
    """Every file by name, and the digest of them all."""

    digest: str
    files: dict[str, Asset]

    def url(self, name: str) -> str:
        return f"/assets/{self.digest}/{name}"


@cache
def assets() -> Assets:
    """Reads the folder `static`. The sheets of `static/css` become one `portal.css`, in the order of their names."""
    contents = {path.name: path.read_bytes() for path in sorted(FOLDER.glob("*.js"))}
    contents |= {path.name: path.read_bytes() for path in sorted((FOLDER / "fonts").iterdir())}
    contents["portal.css"] = b"".join(path.read_bytes() for path in sorted((FOLDER / "css").glob("*.css")))
    digest = hashlib.sha256(b"".join(name.encode() + data for name, data in sorted(contents.items()))).hexdigest()[:12]
    return Assets(digest=digest, files={name: _asset(name, data) for name, data in contents.items()})


def mount_static(app: FastAPI) -> None:
    """Serves the files under `/assets/<digest>/`. Call it before NiceGUI is mounted on `/`."""
    found = assets()

    def serve(digest: str, name: str, request: Request) -> Response:
        asset = found.files.get(name)
        if asset is None or digest != found.digest:
            return Response(status_code=404)
        headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
        if asset.packed and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(asset.packed, media_type=asset.media_type, headers=headers | {"Content-Encoding": "gzip"})
        return Response(asset.plain, media_type=asset.media_type, headers=headers)

    app.add_api_route("/assets/{digest}/{name}", serve, methods=["GET"], include_in_schema=False)


def _asset(name: str, data: bytes) -> Asset:
    suffix = Path(name).suffix
    return Asset(
        media_type=TYPES[suffix],
        plain=data,
        packed=b"" if suffix == ".woff2" else gzip.compress(data, 9, mtime=0),
    )
