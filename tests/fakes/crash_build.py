"""A small film, bought by processes that die: a real ledger, a real clip store, virtual time.

    build = CrashBuild(tmp_path)
    build.through(Point(3, Side.AFTER))         # dies there, is run again until there is no more
    assert build.wrong() == []

The shots `a` and `b` start from stills, `c` from the last frame of `a`.
"""

import json
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from fakes.crash import (
    API_CALLS,
    LEDGER_CALLS,
    STORE_CALLS,
    Point,
    Process,
    count_calls,
    crashes,
)
from fakes.provider import FakeProvider
from fakes.provider_script import Script
from fakes.virtual import VirtualClock, here, run_virtual
from storyboard.adapters.clips import FolderClips
from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.engine.buyer import Buyer
from storyboard.engine.buying import buy_plan
from storyboard.engine.poller import Poller
from storyboard.engine.ports import ClipStore
from storyboard.engine.shop import Shop, Till
from storyboard.engine.throttle import Throttle
from storyboard.model.attempt import Attempt, Caps
from storyboard.model.errors import EnvironmentFault
from storyboard.model.job import BINDING, OPEN, Adopted, Forgotten, State
from storyboard.model.money import MicroUsd, Millis
from storyboard.model.plan import Generate, Plan, PlannedShot, Reconcile, Resume, Reuse, Step, Why
from storyboard.model.request import ClipKey, ClipRequest, clip_key

__all__ = ["CrashBuild"]

T = TypeVar("T")

_MODEL: Final = "openai/sora-2/image-to-video"
_PRICE: Final = MicroUsd(400_000)
_LEDGER: Final = "ledger.db"
_PAUSE: Final = 5.0
"""Seconds until a process that ended is started again."""
_MOST_RUNS: Final = 4
"""After this many without a crash, what is not done waits for a person."""


class CrashBuild:
    """The same build, run again and again; `left` is what a person had to settle on the way."""

    def __init__(
        self,
        folder: Path,
        *,
        history_inputs: bool = True,
        script: Callable[[], Script] = dict,
        buyer: Callable[[Shop], Buyer] = Buyer,
    ) -> None:
        self._folder = folder
        self._clock = VirtualClock()
        self.provider = FakeProvider(
            self._clock,
            latency=6.0,
            listing_lag=15.0,
            history_inputs=history_inputs,
            script=script(),
        )
        self._requests = _film()
        self._store = FolderClips(
            folder / "clips", {clip_key(each): each for each in self._requests.values()}
        )
        self._buyer = buyer
        self._passed = 0.0
        self._wrong: list[str] = []
        self.runs = 0
        self.deaths = 0
        self.left: list[Attempt] = []

    def calls(self) -> int:
        """Return how many outside calls a first run makes that nothing stops."""
        return count_calls(self.run)

    def through(self, *points: Point) -> None:
        """Die at each point in turn, one run for each, then run until all is done."""
        for point in points:
            self.deaths += crashes(self.run, point)
            self._compare()
        self._to_the_end()
        while settled := self._virtually(self._settled_by_hand):
            self.left += settled
            self._to_the_end()

    def wrong(self) -> list[str]:
        """Return what is not as it has to be at the end, and what never may have been on the way.

        A clip for every shot, paid for exactly once; a ledger that never claims a clip that is not
        in the store, and always counts what was taken.
        """
        paid = self.provider.paid_by_payload()
        twice = [f"paid {count} times: {order}" for order, count in paid.items() if count > 1]
        missing = [f"no clip: {shot}" for shot, key in self._keys() if not self._store.find(key)]
        return self._wrong + twice + missing + self._not_followed()

    def run(self, process: Process) -> None:
        """Run the build once, as a process."""
        self.runs += 1
        self._virtually(partial(self._build, process))

    async def _build(self, process: Process) -> None:
        with self._opened() as opened:
            plan = self._plan(opened)
            shop = self._shop(process, opened)
            await buy_plan(plan, shop, film="film.yaml", buyer=self._buyer(shop))

    def _shop(self, process: Process, opened: SqliteLedger) -> Shop:
        clock = process.port(self._clock)
        api = process.port(self.provider, API_CALLS)
        store = process.port(self._store, STORE_CALLS)
        return Shop(
            api=api,
            ledger=process.port(opened, LEDGER_CALLS),
            store=store,
            clock=clock,
            pictures=_Pictures(store),
            inspect=lambda clip, request: (),
            caps=Caps(),
            listen=_ignore,
            poller=Poller(api.look, clock),
            throttle=Throttle(10, 100, clock),
            books=here,
            blocking=here,
            decoding=here,
            till=Till(_ignore),
        )

    def _plan(self, ledger: SqliteLedger) -> Plan:
        length = Millis(4000)
        shots = (
            PlannedShot(
                name, "s", _MODEL, self._step(key, ledger), length, length, request, key, _PRICE
            )
            for (name, request), (_, key) in zip(self._requests.items(), self._keys(), strict=True)
        )
        return Plan("film.yaml", tuple(shots), Millis(12000))

    def _step(self, key: ClipKey, ledger: SqliteLedger) -> Step:
        """Decide as the planner does."""
        past = ledger.attempt_for(key)
        if self._store.find(key) is not None:
            return Reuse()
        if past is not None and past.job.state in {State.INTENT, State.UNKNOWN}:
            return Reconcile(past.id)
        if past is not None and past.job.state in BINDING and past.job.prediction is not None:
            return Resume(past.job.prediction)
        return Generate(Why.NEW, _PRICE)

    def _to_the_end(self) -> None:
        for _ in range(_MOST_RUNS):
            self.run(Process())
            if self._compare():
                break

    def _compare(self) -> bool:
        """Tell whether all is done; note a clip the ledger makes up, or money it leaves out."""
        with self._opened() as ledger:
            attempts, counted = ledger.attempts(), ledger.spent().counted
        if counted < self.provider.settled():
            self._wrong.append(f"{self.provider.settled()} taken, and {counted} counted")
        owned = [each.order for each in attempts if each.job.state is State.OWNED]
        self._wrong += [
            f"owned, and not in the store: {order.shot}"
            for order in owned
            if self._store.find(order.key) is None
        ]
        is_open = any(each.job.state in OPEN for each in attempts)
        return not is_open and {order.key for order in owned} >= {key for _, key in self._keys()}

    def _not_followed(self) -> list[str]:
        """Return the shots whose clip is not that of the one order the ledger owns for it."""
        wrong = []
        with self._opened() as ledger:
            for shot, key in self._keys():
                clip, attempt = self._store.find(key), ledger.attempt_for(key)
                prediction = attempt.job.prediction if attempt is not None else None
                if clip is None or attempt is None or prediction is None:
                    continue
                if attempt.job.state is not State.OWNED:
                    wrong.append(f"kept, and {attempt.job.state}: {shot}")
                elif Path(clip.path).read_bytes() != self.provider.clip(prediction):
                    wrong.append(f"another order's clip: {shot}")
        return wrong

    async def _settled_by_hand(self) -> list[Attempt]:
        """Do what a person does about unclear attempts, who looks at the provider's own pages."""
        with self._opened() as ledger:
            left = [each for each in ledger.open_attempts() if each.job.state is State.UNKNOWN]
            for attempt in left:
                sent = json.loads(attempt.order.payload)
                made = [each for each in self.provider.charges if each.inputs == sent]
                ledger.record(attempt.id, Adopted(made[0].prediction) if made else Forgotten())
        return left

    def _virtually(self, main: Callable[[], Awaitable[T]]) -> T:
        async def run() -> T:
            try:
                return await main()
            finally:
                self._passed = self._clock.monotonic()

        return run_virtual(run, since=self._passed + _PAUSE)

    def _opened(self) -> SqliteLedger:
        return SqliteLedger(self._folder / _LEDGER, self._clock.now, f"run-{self.runs}")

    def _keys(self) -> list[tuple[str, ClipKey]]:
        return [(name, clip_key(request)) for name, request in self._requests.items()]


class _Pictures:
    """Stills that are always there, and the frames of clips that are in the store."""

    def __init__(self, store: ClipStore) -> None:
        self._store = store

    def file(self, reference: str, request: ClipRequest, /) -> str:
        kind, _, address = reference.partition(":")
        if kind == "clip" and self._store.find(ClipKey(address.partition("#")[0])) is None:
            message = f"{reference} is not there"
            raise EnvironmentFault(message)
        return f"pictures/{reference}.png"


def _film() -> dict[str, ClipRequest]:
    first = _request("a", "sha256:aa")
    return {
        "a": first,
        "b": _request("b", "sha256:bb"),
        "c": _request("c", f"clip:{clip_key(first)}#last"),
    }


def _request(prompt: str, picture: str) -> ClipRequest:
    inputs = (("duration", 4), ("image", picture), ("prompt", prompt))
    return ClipRequest(_MODEL, inputs, Millis(4000), pictures=("image",))


def _ignore(_: object) -> None:
    pass
