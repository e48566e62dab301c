"""Ten users of one dashboard at once, each with a socket of their own, as browsers have."""

import asyncio
import http.client
import json
import re
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

sys.path.insert(0, str(Path(__file__).parent))

from app_server import dashboard

PRESET = "thermal-wall"  # quick to compute
USERS = 10


class User:
    """The browser's side of Bokeh's protocol: header, metadata and content of each message."""

    def __init__(self, socket: WebSocketClientConnection) -> None:
        self.socket = socket
        self.parts: dict[str, str] = {}

    @classmethod
    async def of(cls, url: str) -> "User":
        """A user who has loaded the page."""
        token = re.search(r'"token":"([^"]+)"', await asyncio.to_thread(_page, url))
        assert token is not None
        asked = HTTPRequest(
            f"ws://{urlsplit(url).netloc}/ws",
            headers={"Origin": url.rstrip("/")},
            connect_timeout=60,
            request_timeout=60,
        )
        user = cls(await websocket_connect(asked, subprotocols=["bokeh", token[1]]))
        await user.hear("ACK")
        await user.send("PULL-DOC-REQ", {})
        page = await user.hear("PULL-DOC-REPLY")
        user.parts = {root["attributes"].get("name"): root["id"] for root in page["doc"]["roots"]}
        return user

    async def send(self, kind: str, content: Any) -> None:
        for part in ({"msgid": "1", "msgtype": kind}, {}, content):
            await self.socket.write_message(json.dumps(part))

    async def hear(self, kind: str, word: str = "") -> Any:
        """The content of the next message of a kind that has a word in it."""
        while True:
            header, _, content = [str(await self.socket.read_message()) for _ in range(3)]
            assert header != "None", "the server has closed the socket"
            said = json.loads(header)
            for _ in range(2 * said.get("num_buffers", 0)):
                await self.socket.read_message()
            if said["msgtype"] == kind and word in content:
                return json.loads(content)

    async def ask(self, part: str, *message: tuple[str, Any]) -> None:
        """Let a part of the page send its message."""
        said = {"type": "map", "entries": message}
        values = {"type": "map", "entries": [["model", {"id": self.parts[part]}], ["data", said]]}
        event = {"type": "event", "name": "data_event", "values": values}
        sent = {"kind": "MessageSent", "msg_type": "bokeh_event", "msg_data": event}
        await self.send("PATCH-DOC", {"events": [sent]})


def _page(url: str) -> str:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=120)
    connection.request("GET", "/")
    page = connection.getresponse().read().decode()
    connection.close()
    return page


async def use(user: User, value: float) -> str:
    """Move a value and ask at once for the design's text."""
    key = "qubit.frequency"
    for step in range(20):
        await user.ask("form", ("type", "change"), ("count", step), ("values", [[key, 6 + step]]))
    await user.ask("form", ("type", "change"), ("count", 20), ("values", [[key, value]]))
    await user.ask("toolbar", ("type", "text"), ("whole", False))
    answer = await user.hear("PATCH-DOC", "base = ")
    return json.dumps(answer, ensure_ascii=False)


async def all_together(url: str) -> list[str]:
    users = [await User.of(url) for _ in range(USERS)]
    found = await asyncio.gather(*(use(user, 5 + n / 10) for n, user in enumerate(users)))
    for user in users:
        user.socket.close()
    return found


def test_ten_users_at_once_each_find_their_own_values() -> None:
    with dashboard(PRESET, seconds=120) as (url, process):
        found = asyncio.run(asyncio.wait_for(all_together(url), 200))
        assert process.poll() is None
    for n, text in enumerate(found):
        assert re.findall(r"frequency = \\+\"([^\\]+)", text) == [f"{5 + n / 10} GHz"]
