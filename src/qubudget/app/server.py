"""The dashboard's server: on this machine only unless asked, and nothing from elsewhere."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import logging
import signal
import socket
import sys
import webbrowser
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import panel
from bokeh.io import curdoc
from bokeh.settings import settings
from panel.io.server import get_server
from tornado.ioloop import IOLoop

from qubudget.app.jobs import Jobs
from qubudget.app.page import Page
from qubudget.design import Design
from qubudget.errors import DesignError, Problem
from qubudget.pipeline import Effort

HOME = "127.0.0.1"
PORT = 5006
MOST_MESSAGE = 3_000_000
"""Bytes of one message of a browser; a design has at most a third of that."""
NEXT_PAGE = 30.0
"""Seconds after which a page is made for the user to come."""


def origins(address: str, port: int) -> list[str]:
    """Hosts from whose pages a browser may talk to the server, each with its port.

    Only names of the machine itself: a page of any other host is refused.

    >>> origins("127.0.0.1", 5006)
    ['127.0.0.1:5006', 'localhost:5006']
    """
    hosts = {HOME, "localhost"}
    if not is_home(address):
        hosts |= {address}
        if address in ("0.0.0.0", "::"):
            name = socket.gethostname()
            with suppress(OSError):
                hosts |= {name, *socket.gethostbyname_ex(name)[2]}
            hosts -= {address}
    shown = (f"[{host}]" if ":" in host else host for host in sorted(hosts))
    return [f"{host}:{port}" for host in shown]


def is_home(address: str) -> bool:
    """Whether only this machine can reach an address.

    >>> is_home("127.0.0.1"), is_home("localhost"), is_home("0.0.0.0")
    (True, True, False)
    """
    if address == "localhost":
        return True
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def make_server(
    design: Design, jobs: Jobs, address: str, port: int, effort: Effort = "quick"
) -> Any:
    """A server, not listening to its loop yet, that gives every user a page of their own.

    Raises
    ------
    DesignError: the address or the port cannot be had.
    """
    try:
        port = port or free_port(address)
        pages = Pages(partial(Page, design, jobs, effort))
        return get_server(
            {"/": pages.template}, port=port, address=address, title="qubudget", start=False,
            show=False, websocket_origin=origins(address, port),
            websocket_max_message_size=MOST_MESSAGE,
            http_server_kwargs={"max_body_size": MOST_MESSAGE, "max_buffer_size": MOST_MESSAGE},
            keep_alive_milliseconds=20_000, unused_session_lifetime_milliseconds=20_000,
        )  # fmt: skip
    except OSError as error:
        problem = Problem("--port", f"{address}:{port} ({error.strerror})", "a free port")
        if error.errno != errno.EADDRINUSE:
            why = f"{address} ({error.strerror})"
            problem = Problem("--address", why, "an address of this machine, and a port it may use")
        raise DesignError("serve", [problem]) from error


class Pages:
    """A page for every user. One is made beforehand, the first at once: nobody waits for compilers.

    The next follows in a thread, half a minute after one was given away: while it is made, moves of
    all users take longer.
    """

    def __init__(self, make: Callable[[], Page]) -> None:
        self._make = make
        self._ready = [make()]

    def template(self) -> panel.Template:
        """A page in the document that is being made."""
        made = self._ready.pop() if self._ready else self._make()
        made.set_theme(panel.state.cookies.get("qubudget-theme") == "dark")
        made.attach(curdoc())
        IOLoop.current().call_later(NEXT_PAGE, self._make_next)
        return made.template()

    async def _make_next(self) -> None:
        if not self._ready:
            self._ready.append(await asyncio.to_thread(self._make))


def free_port(address: str) -> int:
    """A port that nobody listens on."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def serve(
    design: Design,
    address: str = HOME,
    port: int = PORT,
    show: bool = True,
    effort: Effort = "quick",
) -> None:
    """Serve the dashboard until it is interrupted.

    Parameters
    ----------
    design : what a new page starts from.
    address : where to listen; anything but this machine itself is warned of.
    port : 0 for any free one. show : open a browser.

    Raises
    ------
    DesignError: the address or the port cannot be had.
    """
    if not is_home(address):
        sys.stderr.write(
            f"warning: {address} can be reached from other machines; whoever reaches it can use "
            "this one's processor, and there is no password\n"
        )
    settings.perform_document_validation = False  # the tests do it
    for name in ("bokeh", "tornado", "panel"):
        logging.getLogger(name).setLevel(logging.ERROR)
    with Jobs() as jobs:
        server = make_server(design, jobs, address, port, effort)
        url = f"http://{f'[{address}]' if ':' in address else address}:{server.port}/"
        sys.stdout.write(f"qubudget on {url} (stop with Ctrl+C)\n")
        sys.stdout.flush()
        loop = server.io_loop
        if show:
            loop.add_callback(webbrowser.open, url)
        for ending in (signal.SIGINT, signal.SIGTERM):
            signal.signal(ending, lambda *_: loop.add_callback_from_signal(loop.stop))
        server.start()
        loop.start()
        server.stop()
