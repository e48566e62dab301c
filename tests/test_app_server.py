"""The dashboard's server: who can reach it, and what it makes of hostile requests."""

import http.client
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from qubudget.app.server import MOST_MESSAGE, is_home, origins

sys.path.insert(0, str(Path(__file__).parent))

from app_server import CODE, dashboard

PRESET = "thermal-wall"  # quick to compute


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with dashboard(PRESET) as (address, _):
        yield address


def get(url: str, path: str, **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    # putrequest sends the path as it stands, without tidying "..".
    connection.putrequest("GET", path, skip_host="Host" in headers)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    body = answer.read().decode("utf-8", errors="replace")
    connection.close()
    return answer.status, body


def test_it_listens_on_this_machine_only(url: str) -> None:
    assert urlsplit(url).hostname == "127.0.0.1"
    port = urlsplit(url).port
    assert port is not None
    # The whole of 127.0.0.0/8 is this machine: a server on all addresses would answer here too.
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.2", port), 5):
        pass


def test_another_address_is_warned_of() -> None:
    with dashboard(PRESET, "--address", "127.0.0.1") as (_, process):
        process.terminate()
        assert "warning" not in process.communicate(timeout=20)[1]
    with dashboard(PRESET, "--address", "0.0.0.0") as (_, process):
        process.terminate()
        assert (
            "warning: 0.0.0.0 can be reached from other machines"
            in process.communicate(timeout=20)[1]
        )


def test_only_pages_of_the_machine_itself_may_talk_to_it() -> None:
    assert origins("127.0.0.1", 80) == ["127.0.0.1:80", "localhost:80"]
    assert origins("192.0.2.7", 80) == ["127.0.0.1:80", "192.0.2.7:80", "localhost:80"]
    assert origins("::1", 80) == ["127.0.0.1:80", "localhost:80"]
    assert "*" not in "".join(origins("0.0.0.0", 80))
    assert [is_home(a) for a in ("127.0.0.2", "::1", "192.0.2.7", "example.org")] == [
        True, True, False, False,
    ]  # fmt: skip


def handshake(url: str, origin: str) -> http.client.HTTPConnection:
    """A websocket's request of a page of ``origin``, with a token that the server has given."""
    token = re.search(r'"token":"([^"]+)"', get(url, "/")[1])
    assert token is not None
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Origin": origin,
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": f"bokeh, {token[1]}",
    }
    connection.request("GET", "/ws", headers=headers)
    return connection


@pytest.mark.parametrize("origin", ["http://example.org", "http://127.0.0.1:1", "null", "OWN"])
def test_a_page_of_another_host_is_refused(url: str, origin: str) -> None:
    own = origin == "OWN"
    with closing(handshake(url, url.rstrip("/") if own else origin)) as connection:
        answer = connection.getresponse()
        answer.close()
    assert answer.status == (101 if own else 403)


def test_a_message_that_is_too_large_ends_its_sender_alone(url: str) -> None:
    with closing(handshake(url, url.rstrip("/"))) as connection:
        assert connection.sock.recv(20).startswith(b"HTTP/1.1 101")
        size = MOST_MESSAGE + 1
        # One text frame (RFC 6455, section 5.2), its mask all zeros.
        connection.sock.sendall(b"\x81\xff" + size.to_bytes(8, "big") + bytes(4))
        with suppress(ConnectionError):
            connection.sock.sendall(b"x" * size)
        with suppress(ConnectionError):
            while connection.sock.recv(65536):
                pass
    assert get(url, "/")[0] == 200


@pytest.mark.parametrize(
    "path",
    [
        "/static/../../../../../../etc/passwd",
        "/static/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/static/extensions/panel/../../../../../../../../etc/passwd",
        "/static/extensions/panel/..%2f..%2f..%2f..%2f..%2f..%2f..%2f..%2fetc/passwd",
        "/components/qubudget.app.widgets/Toolbar/_esm/../../../../../../etc/passwd",
        "/components/os/path/__file__/os.py",
        "//etc/passwd",
    ],
)
def test_no_path_leads_to_files_of_the_machine(url: str, path: str) -> None:
    status, body = get(url, path)
    assert status >= 400
    assert "root:" not in body
    assert "import os" not in body


def test_the_page_names_no_other_host(url: str) -> None:
    status, page = get(url, "/")
    assert status == 200
    loaded = re.findall(r"""(?:src|href)\s*=\s*["']([^"']+)["']""", page)
    assert loaded
    assert not [link for link in loaded if re.match(r"(https?:)?//", link)]
    assert "Content-Security-Policy" in page
    # With another name in the request it still names no host but the one that was asked.
    assert "example.org" not in get(url, "/", Host="example.org")[1]


def test_a_port_in_use_is_said_in_one_line(url: str) -> None:
    port = str(urlsplit(url).port)
    done = subprocess.run(
        [sys.executable, "-c", CODE, "serve", PRESET, "--port", port, "--no-show"],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2
    assert f"127.0.0.1:{port}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("address", ["192.0.2.1", "no-such-host.invalid"])  # RFC 5737 and 2606
@pytest.mark.parametrize("port", ["0", "5006"])
def test_an_address_of_another_machine_is_said_in_one_line(address: str, port: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE, "serve", PRESET, "--address", address, "--port", port,
         "--no-show"],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 2
    assert f"--address: given {address} (" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_command_loads_no_panel_before_it_runs() -> None:
    code = "import sys; import qubudget.commands.dashboard; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"panel", "bokeh", "tornado", "pydantic", "numpy"} & set(done.stdout.split())
