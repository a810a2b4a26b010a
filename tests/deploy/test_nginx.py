"""The proxy's configuration in a real nginx, before a small application that says what it was told. Skipped without nginx."""

import asyncio
import os
import shutil
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect

from .conftest import DEPLOY

NGINX = shutil.which("nginx") or ("/usr/sbin/nginx" if Path("/usr/sbin/nginx").exists() else "")
HOST = "portail.test"


async def say(request: Request) -> JSONResponse:
    size = len(await request.body())
    headers = {"Strict-Transport-Security": "max-age=1"}
    return JSONResponse({"path": request.url.path, "size": size, "headers": dict(request.headers)}, headers=headers)


async def echo(websocket: WebSocket) -> None:
    await websocket.accept()
    await websocket.send_text(await websocket.receive_text())
    await websocket.close()


@dataclass(frozen=True, slots=True)
class Proxy:
    clear: str
    secure: str
    trust: ssl.SSLContext

    def get(self, path: str, **more: object) -> httpx.Response:
        with httpx.Client(base_url=self.secure, verify=self.trust, timeout=30) as http:
            return http.request(str(more.pop("method", "GET")), path, **more)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    if not NGINX:
        pytest.skip("there is no nginx on this machine")
    folder = tmp_path_factory.mktemp("nginx")
    folder.chmod(0o755)
    current = folder / "letsencrypt/current"
    environment = {**os.environ, "PORTAL_HOSTNAME": HOST}
    script = (DEPLOY / "certbot/certificates.sh").read_text().replace("/etc/letsencrypt/current", str(current))
    subprocess.run(["sh", "-c", script, "sh", "first"], env=environment, check=True)
    routes = [Route("/{path:path}", say, methods=["GET", "POST"]), WebSocketRoute("/_nicegui_ws/socket.io/", echo)]
    running = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), host="127.0.0.1", port=0, log_level="warning"))
    upstream = threading.Thread(target=lambda: asyncio.run(running.serve()), daemon=True)
    upstream.start()
    while not running.started:
        upstream.join(0.02)
    port, clear, secure = running.servers[0].sockets[0].getsockname()[1], free_port(), free_port()
    config = folder / "nginx.conf"
    config.write_text(rendered(folder, current, port, clear, secure))
    checked = subprocess.run([NGINX, "-t", "-c", config], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    nginx = subprocess.Popen([NGINX, "-c", config, "-g", "daemon off;"])
    while nginx.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", secure)) == 0:
                break
    trust = ssl.create_default_context(cafile=str(current / "fullchain.pem"))
    trust.check_hostname = False
    yield Proxy(f"http://127.0.0.1:{clear}", f"https://127.0.0.1:{secure}", trust)
    nginx.terminate()
    nginx.wait()
    running.should_exit = True
    upstream.join()


def rendered(folder: Path, current: Path, port: int, clear: int, secure: int) -> str:
    """The template as the image's start renders it, on ports and paths of this test."""
    text = (DEPLOY / "nginx/portal.conf.template").read_text("utf-8")
    for old, new in {
        "${PORTAL_HOSTNAME}": HOST,
        "portal:8080": f"127.0.0.1:{port}",
        "listen 80 default_server": f"listen 127.0.0.1:{clear} default_server",
        "listen 443 ssl default_server": f"listen 127.0.0.1:{secure} ssl default_server",
        "/etc/letsencrypt/current": str(current),
        "/var/log/nginx/error.log": str(folder / "error.log"),
    }.items():
        assert old in text, old
        text = text.replace(old, new)
    older = (
        subprocess.run([NGINX, "-v"], capture_output=True, text=True, check=False).stderr
        < "nginx version: nginx/1.25.1"
    )
    kept = [
        line
        for line in text.splitlines()
        if "listen [::]" not in line and not (older and line.strip() == "http2 on;")  # a directive since 1.25.1
    ]
    temporary = "".join(
        f"  {kind}_temp_path {folder}/{kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    body = "\n".join(kept)
    user = "user root;\n" if os.geteuid() == 0 else ""  # whose alone the folder is
    return f"{user}pid {folder}/pid;\nerror_log {folder}/start.log;\nevents {{}}\nhttp {{\n{temporary}{body}\n}}\n"


def test_in_clear_one_is_sent_to_the_secure_address(proxy):
    answer = httpx.get(f"{proxy.clear}/connexion?retour=/accueil")
    assert (answer.status_code, answer.headers["location"]) == (308, f"https://{HOST}/connexion?retour=/accueil")


@pytest.mark.parametrize("path", ["/connexion", "/fhir/Patient", "/demo/outbox", "/fhir-anything"])
def test_every_answer_has_the_headers_that_protect_once(proxy, path):
    answer = proxy.get(path)
    assert answer.headers.get_list("strict-transport-security") == ["max-age=63072000; includeSubDomains"]
    assert answer.headers.get_list("x-content-type-options") == ["nosniff"]
    assert answer.headers.get_list("referrer-policy") == ["same-origin"]
    assert "1." not in answer.headers.get("server", "")


@pytest.mark.parametrize("path", ["/fhir/Patient", "/fhir", "/demo/outbox"])
def test_no_way_leads_to_records_or_to_the_demonstrations_messages(proxy, path):
    assert proxy.get(path).status_code == 404


def test_what_visitors_say_of_their_address_is_replaced(proxy):
    said = {
        "X-Forwarded-For": "10.0.0.1",
        "X-Forwarded-Host": "elsewhere.test",
        "Forwarded": "for=10.0.0.1",
        "Host": "elsewhere.test",
    }
    told = proxy.get("/connexion", headers=said).json()["headers"]
    assert told["x-forwarded-for"] == "127.0.0.1"
    assert told["x-forwarded-proto"] == "https"
    assert told["host"] == HOST
    assert "forwarded" not in told
    assert "x-forwarded-host" not in told


async def test_a_pages_socket_passes(proxy):
    address = proxy.secure.replace("https", "wss") + "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
    async with connect(address, ssl=proxy.trust, proxy=None) as opened:
        await opened.send("bonjour")
        assert await opened.recv() == "bonjour"


def test_a_file_of_twenty_megabytes_passes_and_thirty_do_not(proxy):
    assert proxy.get("/envoi", method="POST", content=b"x" * 20_000_000).json()["size"] == 20_000_000
    assert proxy.get("/envoi", method="POST", content=b"x" * 30_000_000).status_code == 413


def test_one_address_cannot_hammer_at_the_doors(proxy):
    with httpx.Client(base_url=proxy.secure, verify=proxy.trust, timeout=30) as http:
        answers = [http.get("/auth/enter").status_code for _ in range(80)]
    assert answers[0] == 200
    assert 429 in answers


def test_health_is_told_on_the_machine_itself(proxy):
    assert proxy.get("/healthz").status_code == 200


def test_old_protocols_are_refused(proxy):
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    host, port = proxy.secure.removeprefix("https://").split(":")
    with socket.create_connection((host, int(port))) as plain, pytest.raises((ssl.SSLError, ConnectionError)):
        context.wrap_socket(plain)
