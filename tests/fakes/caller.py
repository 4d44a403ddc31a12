"""A client of the simulator as plain as can be: it sends what it is told and hides nothing."""

import contextlib
from collections.abc import Iterator
from typing import Any

import httpx

from fakes.simulator import HandClock, RunningSimulator, simulated, stub_clip
from storyboard.simulator.clips import Renderer
from storyboard.simulator.clock import Clock
from storyboard.simulator.settings import SimulatorSettings

__all__ = ["IMAGE", "SEEDANCE", "SORA", "SORA_PRO", "Caller", "called", "with_key"]

SORA = "openai/sora-2/image-to-video"
SORA_PRO = "openai/sora-2/image-to-video-pro"
SEEDANCE = "bytedance/seedance-2.0/image-to-video"
IMAGE = "https://example.com/still.png"
_API = "/api/v3"


class Caller:
    """Calls the API with one key."""

    def __init__(self, simulator: RunningSimulator, client: httpx.Client, key: str | None) -> None:
        self.simulator = simulator
        self.client = client
        self._headers = {} if key is None else {"Authorization": f"Bearer {key}"}

    def get(self, path: str) -> httpx.Response:
        return self.client.get(_API + path, headers=self._headers)

    def post(self, path: str, body: object) -> httpx.Response:
        return self.client.post(_API + path, json=body, headers=self._headers)

    def plain(self, method: str, url: str, **request: Any) -> httpx.Response:
        """Send a request without a key."""
        return self.client.request(method, url, **request)

    def submit(self, model: str = SORA, **inputs: object) -> httpx.Response:
        """Order a clip; an input of None is left out."""
        whole = {"image": IMAGE, "prompt": "A cat sits.", "duration": 4, **inputs}
        return self.post(
            f"/{model}", {name: value for name, value in whole.items() if value is not None}
        )

    def order(self, model: str = SORA, **inputs: object) -> str:
        """Order a clip and return the prediction's id."""
        taken: str = self.submit(model, **inputs).raise_for_status().json()["data"]["id"]
        return taken

    def look(self, prediction: str) -> dict[str, Any]:
        """Return how a prediction stands."""
        answer = self.get(f"/predictions/{prediction}/result").raise_for_status()
        stands: dict[str, Any] = answer.json()["data"]
        return stands

    def wait(self, prediction: str) -> dict[str, Any]:
        """Look until a prediction has ended; its clip may still be with the renderer."""
        while (stands := self.look(prediction))["status"] in ("created", "processing"):
            pass
        return stands

    def history(self, **body: object) -> list[dict[str, Any]]:
        """Return the items of a page of the history."""
        answer = self.post("/predictions", {"page": 1, "page_size": 100, **body})
        items: list[dict[str, Any]] = answer.raise_for_status().json()["data"]["items"]
        return items

    def rows(self, **body: object) -> list[dict[str, Any]]:
        """Return the rows of a page of the billing search."""
        answer = self.post("/billings/search", {"page": 1, "page_size": 100, **body})
        items: list[dict[str, Any]] = answer.raise_for_status().json()["data"]["items"]
        return items

    def balance(self) -> float:
        """Return what is left, in dollars."""
        left: float = self.get("/balance").raise_for_status().json()["data"]["balance"]
        return left

    def ticket(self, content: bytes, name: str = "still.png") -> dict[str, Any]:
        """Ask for a ticket to upload `content`."""
        answer = self.post("/media/uploads", {"filename": name, "size": len(content)})
        given: dict[str, Any] = answer.raise_for_status().json()["data"]
        return given

    def upload(self, content: bytes, name: str = "still.png") -> str:
        """Upload `content` and return its address."""
        ticket = self.ticket(content, name)
        upload = ticket["upload"]
        self.plain("PUT", upload["url"], headers=upload["headers"], content=content)
        address: str = ticket["download_url"]
        return address


def with_key(call: Caller, key: str) -> Caller:
    """Return a caller of the same simulator with another key."""
    return Caller(call.simulator, call.client, key)


@contextlib.contextmanager
def called(
    settings: SimulatorSettings | None = None,
    render: Renderer = stub_clip,
    clock: Clock | None = None,
    key: str | None = "a-key",
) -> Iterator[Caller]:
    """Run a simulator, on a clock that stands still without another, and call it."""
    with (
        simulated(settings, render, clock or HandClock()) as simulator,
        httpx.Client(base_url=simulator.base_url, timeout=30, verify=False) as client,
    ):
        yield Caller(simulator, client, key)
