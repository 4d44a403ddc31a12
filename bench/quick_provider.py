"""A provider that takes next to no time of its own, so that a bench of the client measures that.

Run as `python bench/quick_provider.py LATENCY`: it prints its base URL, answers the few requests a
calm build makes (price, balance, upload, order, look, download), and at Ctrl-C prints how many
connections it was asked over. It checks nothing; the simulator is the one that does.
"""

import asyncio
import contextlib
import json
import re
import socket
import sys
import time
from collections.abc import Callable

CLIP = bytes(4) + b"ftypisom" + bytes(64 * 1024)
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Provider:
    """Every order, and when it was taken."""

    def __init__(self, latency: float) -> None:
        self.base_url = ""
        self.connections = 0
        self.taken: dict[str, float] = {}
        self._latency = latency

    def answer(self, method: str, path: str) -> bytes:
        """Return the whole answer to a request."""
        if path.startswith("/outputs/"):
            return _reply(CLIP, "video/mp4")
        if method == "PUT":
            return _reply(b"")
        api = path.removeprefix("/api/v3/")
        if api in self._fixed():
            return _data(self._fixed()[api])
        if api.startswith("predictions/"):
            return self._look(api.split("/")[1])
        prediction = f"{len(self.taken):032x}"
        self.taken[prediction] = time.monotonic()
        return _data({"id": prediction, "status": "created"})

    def _fixed(self) -> dict[str, dict[str, object]]:
        still = f"{self.base_url}/uploads/still.png"
        upload = {"method": "PUT", "url": still, "headers": {}}
        return {
            "balance": {"balance": 1_000_000},
            "model/price": {"price": 0.4, "discounted_price": 0.4, "currency": "USD"},
            "media/uploads": {"upload": upload, "download_url": still},
        }

    def _look(self, prediction: str) -> bytes:
        if time.monotonic() < self.taken[prediction] + self._latency:
            return _data({"id": prediction, "status": "processing", "outputs": []})
        outputs = [f"{self.base_url}/outputs/{prediction}/1.mp4"]
        return _data({"id": prediction, "status": "completed", "outputs": outputs})


def _data(data: dict[str, object]) -> bytes:
    return _reply(json.dumps({"code": 200, "message": "success", "data": data}).encode())


def _reply(body: bytes, kind: str = "application/json") -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Line(asyncio.Protocol):
    """One connection: requests with a length, one after the other."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._read = b""
        self._write: Callable[[bytes], None] = lambda _: None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._provider.connections += 1
        self._write = transport.write

    def data_received(self, data: bytes) -> None:
        self._read += data
        while (end := self._read.find(b"\r\n\r\n")) >= 0:
            head = self._read[:end]
            length = _LENGTH.search(head)
            whole = end + 4 + (int(length[1]) if length else 0)
            if len(self._read) < whole:
                return
            self._read = self._read[whole:]
            method, path, _ = head.partition(b"\r\n")[0].decode().split(" ")
            self._write(self._provider.answer(method, path))


async def serve(latency: float) -> None:
    """Serve until interrupted."""
    provider = Provider(latency)
    # A socket that names its protocol, or small packets wait for 40 ms.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    provider.base_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Line(provider), sock=listening, backlog=1024)
    print(provider.base_url, flush=True)
    try:
        await server.serve_forever()
    finally:
        print(json.dumps({"connections": provider.connections, "cpu": time.process_time()}))


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(float(sys.argv[1])))
