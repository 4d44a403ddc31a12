"""Everything about the simulator that can be set, in values that never change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from types import MappingProxyType

from storyboard.simulator.catalogue import CATALOGUE, MicroUsd, Model
from storyboard.simulator.clock import Seconds
from storyboard.simulator.faults import Faults

__all__ = ["LEVELS", "AccountTerms", "Durations", "Level", "SimulatorSettings"]


@dataclass(frozen=True, slots=True)
class Level:
    """What an account may do: videos submitted a minute, and made at once."""

    name: str
    per_minute: int
    at_once: int


LEVELS: Mapping[str, Level] = MappingProxyType(
    {
        each.name: each
        for each in (
            Level("bronze", 5, 3),
            Level("silver", 60, 100),
            Level("gold", 600, 2000),
            Level("ultra", 5000, 5000),
        )
    }
)


_BALANCE = MicroUsd(100_000_000)


@dataclass(frozen=True, slots=True)
class AccountTerms:
    """An account: its key, its level, what it has, and whether it may do anything at all."""

    key: str
    level: Level = LEVELS["bronze"]
    balance: MicroUsd = _BALANCE
    allowed: bool = True


@dataclass(frozen=True, slots=True)
class Durations:
    """How long things take at the provider; `SimulatorSettings.speed` divides them all."""

    shortest_latency: Seconds = 60
    longest_latency: Seconds = 127
    minute: Seconds = 60  # the window of the limit on submissions
    refund_delay: Seconds = 60
    listing_lag: Seconds = 0
    retention: Seconds = 7 * 24 * 3600  # of predictions, clips and uploads
    ticket_life: Seconds = 3600
    hang: Seconds = 120  # longer than any client waits for an answer
    slow: Seconds = 8  # shorter than any client gives up
    retry_after: Seconds = 1  # in a 429 that is a fault; 0 at high speeds

    def at_speed(self, speed: float) -> "Durations":
        """Return these durations as they pass on a clock that runs `speed` times as fast."""
        return replace(
            self, **{each.name: getattr(self, each.name) / speed for each in fields(self)}
        )


@dataclass(frozen=True, slots=True)
class SimulatorSettings:
    """What is simulated.

    Without `accounts`, any key opens an account with `level` and `balance`; with them, others are
    refused. Moments are real, durations are divided by `speed`: a client's own clock always agrees.
    """

    accounts: tuple[AccountTerms, ...] = ()
    level: Level = LEVELS["bronze"]
    balance: MicroUsd = _BALANCE
    durations: Durations = Durations()
    speed: float = 1.0
    weather: str = "calm"  # or breezy, or stormy
    seed: int = 0
    faults: Faults = field(default_factory=Faults)
    catalogue: tuple[Model, ...] = CATALOGUE
    removed: frozenset[str] = frozenset()  # models that are listed no more, and answer 404
    unrefunded: frozenset[str] = frozenset()  # fates that cost, such as failed-1200
    history_inputs: bool = True  # whether the history shows inputs when asked to
    retry_after: bool = True  # whether the limit on submissions says how long to wait
    no_credit_status: int = 400  # the live one is not known; 402 is the other candidate
    upload_limit: int = 200 * 1024 * 1024  # bytes
    upload_quota: int | None = None  # uploads of one account; 429 beyond
    folder: str | None = None  # for clips and uploads; a temporary one without it
