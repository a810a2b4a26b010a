"""Providers as their documentation describes them, on the loopback. Every request is checked against the documented form;
what is not so is answered as the provider would, and noted in `wrong`, so that a test fails even if the sender did not mind.
"""

import asyncio
import base64
import json
import re
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any
from urllib.parse import parse_qsl

Answer = tuple[int, dict[str, Any] | str]


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Provider:
    """`accepted` are the messages taken; `answers` are given first, one a request, instead of taking the message."""

    address: str = ""
    accepted: list[dict[str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    requests: int = 0

    def insist(self, what: str, *, on: bool) -> None:
        if not on:
            self.wrong.append(what)


@asynccontextmanager
async def http_server(answer: Callable[[Request], Answer]) -> AsyncIterator[str]:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii").split("\r\n")
        method, path, _version = head[0].split(" ")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        status, said = answer(Request(method, path, headers, body))
        told = said.encode() if isinstance(said, str) else json.dumps(said).encode()
        writer.write(f"HTTP/1.1 {status} X\r\ncontent-length: {len(told)}\r\nconnection: close\r\n\r\n".encode() + told)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@asynccontextmanager
async def postmark(token: str) -> AsyncIterator[Provider]:
    """https://postmarkapp.com/developer/api/email-api: POST /email."""
    one = Provider()
    required, allowed = (
        {"From", "To", "Subject", "TextBody", "MessageStream"},
        {"Cc", "Bcc", "Tag", "HtmlBody", "ReplyTo", "Headers", "TrackOpens", "TrackLinks", "Metadata", "Attachments"},
    )

    def answer(request: Request) -> Answer:
        one.requests += 1
        if request.headers.get("x-postmark-server-token") != token:
            return 401, {"ErrorCode": 10, "Message": "No Account or Server API tokens were supplied"}
        one.insist("POST /email", on=(request.method, request.path) == ("POST", "/email"))
        one.insist("Content-Type", on=request.headers.get("content-type", "").startswith("application/json"))
        one.insist("Accept", on=request.headers.get("accept") == "application/json")
        one.insist("no second way to sign in", on="authorization" not in request.headers)
        sent = json.loads(request.body.decode("utf-8"))
        one.insist("fields", on=required <= sent.keys() <= required | allowed)
        one.insist("texts", on=all(isinstance(sent[name], str) and sent[name] for name in required))
        one.insist("TrackOpens", on=isinstance(sent.get("TrackOpens", False), bool))
        one.insist("TrackLinks", on=sent.get("TrackLinks", "None") in {"None", "HtmlAndText", "HtmlOnly", "TextOnly"})
        one.insist("lengths", on=len(sent["Subject"]) <= 2000 and len(sent["TextBody"]) <= 5 * 1024 * 1024)
        if one.answers:
            return one.answers.pop(0)
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.\w+", sent["To"]):
            return 422, {"ErrorCode": 300, "Message": "Invalid email request"}
        one.accepted.append(sent)
        return 200, {"To": sent["To"], "MessageID": "b7bc2f4a", "ErrorCode": 0, "Message": "OK"}

    async with http_server(answer) as address:
        one.address = address
        yield one


@asynccontextmanager
async def twilio(account: str, token: str) -> AsyncIterator[Provider]:
    """https://www.twilio.com/docs/messaging/api/message-resource: POST /2010-04-01/Accounts/{Sid}/Messages.json."""
    one = Provider()
    basic = "Basic " + base64.b64encode(f"{account}:{token}".encode()).decode()

    def answer(request: Request) -> Answer:
        one.requests += 1
        if request.headers.get("authorization") != basic:
            return 401, {"code": 20003, "message": "Authenticate", "status": 401}
        path = f"/2010-04-01/Accounts/{account}/Messages.json"
        one.insist("POST on the account's messages", on=(request.method, request.path) == ("POST", path))
        kind = request.headers.get("content-type", "")
        one.insist("a form", on=kind == "application/x-www-form-urlencoded")
        pairs = parse_qsl(request.body.decode("ascii"), keep_blank_values=True, strict_parsing=True)
        sent = dict(pairs)
        one.insist("each field once", on=len(pairs) == len(sent))
        one.insist("fields", on={"To", "Body"} <= sent.keys() <= {"To", "Body", "From", "MessagingServiceSid"})
        one.insist("one sender", on=("From" in sent) != ("MessagingServiceSid" in sent))
        one.insist("number in E.164", on=bool(re.fullmatch(r"\+[1-9]\d{6,14}", sent["To"])))
        one.insist("at most 1600 letters", on=0 < len(sent["Body"]) <= 1600)
        if one.answers:
            return one.answers.pop(0)
        one.accepted.append(sent)
        return 201, {"sid": "SM1", "status": "queued", "to": sent["To"], "error_code": None}

    async with http_server(answer) as address:
        one.address = address
        yield one


@dataclass
class MailServer:
    """RFC 5321, as far as a client that behaves needs it. `refuse` maps a command to the line it is answered with."""

    username: str = ""
    password: str = ""
    secure: ssl.SSLContext | None = None
    refuse: dict[str, str] = field(default_factory=dict)
    letters: list[tuple[str, list[str], EmailMessage]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    port: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        signed_in, secured, sender = not self.username, False, ""
        to: list[str] = []

        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        await say("220 mail.test ESMTP")
        while line := (await reader.readline()).decode("utf-8").rstrip("\r\n"):
            self.heard.append(line)
            verb, rest = line.split(" ")[0].upper(), line.partition(" ")[2]
            if verb in self.refuse:
                await say(self.refuse[verb])
            elif verb == "EHLO":
                offered = ["8BITMIME"] + (["AUTH PLAIN"] if self.username else [])
                offered += ["STARTTLS"] if self.secure and not secured else []
                for name in offered:
                    await say(f"250-{name}")
                await say("250 SIZE 10000000")
            elif verb == "STARTTLS" and self.secure:
                await say("220 go ahead")
                await writer.start_tls(self.secure)
                secured = True
            elif verb == "AUTH":
                wanted = base64.b64encode(f"\0{self.username}\0{self.password}".encode()).decode()
                signed_in = rest == f"PLAIN {wanted}"
                await say("235 welcome" if signed_in else "535 5.7.8 not you")
            elif verb in {"MAIL", "RCPT", "DATA"} and not signed_in:
                await say("530 5.7.0 sign in first")
            elif verb == "MAIL":
                sender, to = rest[rest.index("<") + 1 : rest.index(">")], []
                await say("250 ok")
            elif verb == "RCPT":
                to.append(rest[rest.index("<") + 1 : rest.index(">")])
                await say("250 ok")
            elif verb == "DATA":
                await say("354 go on")
                raw = await reader.readuntil(b"\r\n.\r\n")
                letter = message_from_bytes(raw[:-5].replace(b"\r\n..", b"\r\n."), policy=policy.default)
                self.letters.append((sender, to, letter))  # type: ignore[arg-type]
                await say(self.refuse.get(".", "250 queued"))
            elif verb in {"RSET", "NOOP"}:
                await say("250 ok")
            elif verb == "QUIT":
                await say("221 bye")
                break
            else:
                await say("502 what?")
        writer.close()


@asynccontextmanager
async def mail_server(**given: Any) -> AsyncIterator[MailServer]:
    one = MailServer(**given)
    server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
    one.port = server.sockets[0].getsockname()[1]
    async with server:
        yield one
