"""The simulator as a web server: its addresses, and a socket that only this machine can reach."""

import asyncio
import contextlib
import ipaddress
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.routing import Route
from uvicorn.protocols.http.h11_impl import H11Protocol

from storyboard.simulator import books, media, orders
from storyboard.simulator.admin import ADMIN_PATH, admin_page
from storyboard.simulator.clips import Renderer
from storyboard.simulator.clock import Clock, SystemClock
from storyboard.simulator.faces import LINE
from storyboard.simulator.faults import Endpoint
from storyboard.simulator.gate import Handler, Subject, gated
from storyboard.simulator.provider import Provider
from storyboard.simulator.settings import SimulatorSettings

__all__ = ["Simulator", "create_app", "serve"]

_KEEP_ALIVE = 75
"""Seconds that an idle connection is kept: no client should meet a closed one by chance."""
_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
_ADDRESSES: tuple[tuple[str, str, Endpoint, Handler, Subject], ...] = (
    ("GET", "/models", Endpoint.MODELS, books.models, orders.about_the_account),
    ("GET", "/balance", Endpoint.BALANCE, books.balance, orders.about_the_account),
    ("POST", "/model/price", Endpoint.PRICE, books.price, orders.about_the_account),
    ("POST", "/model/pricing", Endpoint.PRICE, books.pricing, orders.about_the_account),
    ("POST", "/billings/search", Endpoint.BILLINGS, books.billings, orders.about_the_account),
    ("POST", "/media/uploads", Endpoint.TICKET, media.ticket, orders.about_the_account),
    ("POST", "/media/upload/binary", Endpoint.BINARY, media.binary, orders.about_the_account),
    ("POST", "/predictions", Endpoint.HISTORY, orders.history, orders.about_the_account),
    ("POST", "/predictions/delete", Endpoint.DELETE, orders.delete, orders.about_the_account),
    ("GET", "/predictions/{id}/result", Endpoint.LOOK, orders.look, orders.about_the_prediction),
    ("GET", "/predictions/{id}", Endpoint.LOOK, orders.look, orders.about_the_prediction),
    ("POST", "/{model_id:path}", Endpoint.SUBMIT, orders.submit, orders.about_the_order),
)
_FILES: tuple[tuple[str, str, Endpoint, Handler, Subject], ...] = (
    ("PUT", "/uploads/{token}/{name}", Endpoint.PUT, media.put, media.about_the_token),
    ("GET", "/uploads/{token}/{name}", Endpoint.UPLOADED, media.uploaded, media.about_the_token),
    ("GET", "/outputs/{id}/{name}", Endpoint.DOWNLOAD, media.download, orders.about_the_prediction),
)


def create_app(settings: SimulatorSettings, render: Renderer, clock: Clock) -> Starlette:
    """Return the simulator as an application; its `state.provider` is the provider behind it."""
    folder = Path(settings.folder or tempfile.mkdtemp(prefix="storyboard-simulator-"))
    folder.mkdir(parents=True, exist_ok=True)
    executor = ThreadPoolExecutor(os.cpu_count(), "render")
    provider = Provider(settings, render, clock, executor, folder)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        executor.shutdown(cancel_futures=True)
        if settings.folder is None:
            shutil.rmtree(folder, ignore_errors=True)

    routes = [
        Route(prefix + path, gated(provider, endpoint, handler, subject), methods=[method])
        for prefix, addresses in (("/api/v3", _ADDRESSES), ("", _FILES))
        for method, path, endpoint, handler, subject in addresses
    ]
    own = Route(ADMIN_PATH, admin_page(provider))
    doorman = Middleware(TrustedHostMiddleware, allowed_hosts=_LOOPBACK, www_redirect=False)
    app = Starlette(routes=[own, *routes], middleware=[doorman], lifespan=lifespan)
    app.state.provider = provider
    return app


class Simulator:
    """A simulator on a socket: connections wait from the start, and are served by `run`.

    Raises ValueError for a host that others could reach, OSError for a port that is taken.
    """

    def __init__(
        self,
        settings: SimulatorSettings,
        render: Renderer,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        clock: Clock | None = None,
    ) -> None:
        if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
            message = f"the simulator serves this machine alone, not {host}"
            raise ValueError(message)
        self._socket = _listening(host, port)
        app = create_app(settings, render, clock or SystemClock())
        self.provider: Provider = app.state.provider
        self._shown_host = f"[{host}]" if ":" in host else host
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                http=_Line,
                ws="none",
                lifespan="on",
                log_config=None,
                log_level="critical",
                access_log=False,
                timeout_graceful_shutdown=0,
                timeout_keep_alive=_KEEP_ALIVE,
            )
        )

    @property
    def base_url(self) -> str:
        """The address to give to a client."""
        return f"http://{self._shown_host}:{self._socket.getsockname()[1]}"

    def run(self) -> None:
        """Serve until `stop`, or until the process is interrupted."""
        self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """Let `run` return soon; may be called from another thread."""
        self._server.should_exit = True


def serve(
    settings: SimulatorSettings,
    render: Renderer,
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    clock: Clock | None = None,
    on_ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve until interrupted; `on_ready` is told the base URL, for port 0 takes any free port."""
    simulator = Simulator(settings, render, host, port, clock=clock)
    on_ready(simulator.base_url)
    with contextlib.suppress(KeyboardInterrupt):
        simulator.run()


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    It names its protocol: asyncio sends small packets at once on such sockets alone, and without it
    every answer is 40 ms late.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere it would let two servers share a port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(1024)
    except OSError:
        listening.close()
        raise
    return listening


class _Line(H11Protocol):
    """HTTP that leaves the connection where a fault can cut it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.app_state = {**self.app_state, LINE: transport}
