"""Films that are really bought, from a simulator: a project, the command, and the books afterwards.

    with simulated(shop(weather="stormy", seed=7), film_clip) as simulator:
        film = write_film(tmp_path / "project", shots=12)
        ...  # build it, with environment(simulator.base_url)
        books = read_books(simulator.report())
        assert books.wrong(shots=12) == []

What is sold are clips of one second that are a few pixels large: only the money counts here.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PIL import Image

from storyboard.adapters.ledger.database import SqliteLedger
from storyboard.app.clock import SystemClock
from storyboard.model.attempt import Attempt
from storyboard.simulator.catalogue import Input, MicroUsd, Model
from storyboard.simulator.settings import LEVELS, SimulatorSettings

__all__ = [
    "KEY",
    "MODEL",
    "SPARE",
    "SPEED",
    "Books",
    "add_books",
    "attempts",
    "environment",
    "files_with",
    "read_books",
    "shop",
    "state_folder",
    "write_film",
]

KEY: Final = "7f3a91c4e2-the-key-of-a-rehearsal-that-nobody-may-see"
MODEL: Final = "tiny/image-to-video"
SPARE: Final = "tiny/spare"
SPEED: Final = 200.0
"""How many times as fast as real; what the machine itself needs for its work stays real."""

_PRICES: Final[Mapping[str, int]] = {MODEL: 100_000, SPARE: 150_000}
_MADE: Final = frozenset({"completed", "longer", "wrong-size", "other-model"})
_COLOURS: Final = ("crimson", "teal", "gold", "orchid")
_CARD: Final = """\
id: {model}
title: A tiny model
provider: wavespeed
status: active
lengths: [1]
inputs:
  - {{name: image, type: string, source: image, required: true}}
  - {{name: prompt, type: string, source: prompt, required: true}}
  - {{name: duration, type: integer, source: duration, enum: [1]}}
prices: [{{per_second: "{dollars:.2f}"}}]
sizes: [128x72]
sound: true
source: a test
checked: "2026-11-22"
"""
_FILM: Final = """\
storyboard: 1
title: A rehearsal
format: {{aspect: "16:9", resolution: 480p, fps: 12}}
model: {model}
fallback: [{fallback}]
defaults: {{duration: 1s}}
shots:
"""


def shop(**changes: Any) -> SimulatorSettings:
    """Return a simulator's settings: it sells the two tiny models to accounts of any size."""
    inputs = (
        Input("image", "string", required=True),
        Input("prompt", "string", required=True),
        Input("duration", "integer", enum=(1,), default=1),
        Input("resolution", "string", enum=("72p",), default="72p"),
    )
    catalogue = tuple(Model(name, inputs, {"": MicroUsd(price)}) for name, price in _PRICES.items())
    return SimulatorSettings(
        **{"level": LEVELS["ultra"], "speed": SPEED, "catalogue": catalogue, **changes}
    )


def write_film(
    folder: Path, *, shots: int, repeats: int = 0, fallback: bool = False, level: str = "ultra"
) -> Path:
    """Write a project with one film; its last `repeats` shots are its first ones once more."""
    (folder / "cards").mkdir(parents=True)
    for name, price in _PRICES.items():
        card = _CARD.format(model=name, dollars=price / 1e6)
        (folder / "cards" / f"{name.replace('/', '-')}.yaml").write_text(card)
    (folder / "storyboard.toml").write_text(f'[account]\nlevel = "{level}"\n')
    for number, colour in enumerate(_COLOURS):
        Image.new("RGB", (640, 360), colour).save(folder / f"{number}.png")
    text = _FILM.format(model=MODEL, fallback=SPARE if fallback else "")
    for number in range(shots):
        same = number % (shots - repeats)
        action = f"The cat jumps on box number {same}."
        text += f"  - {{id: s{number}, image: {same % len(_COLOURS)}.png, action: {action}}}\n"
    film = folder / "film.yaml"
    film.write_text(text)
    return film


def environment(base_url: str, speed: float = SPEED) -> dict[str, str]:
    """Return the variables that make a build one of a rehearsal."""
    return {
        "WAVESPEED_BASE_URL": base_url,
        "WAVESPEED_API_KEY": KEY,
        "STORYBOARD_REHEARSAL_SPEED": f"{speed:g}",
    }


def files_with(text: str, *folders: Path) -> list[Path]:
    """Return the files below some folders that hold a text, whatever else they are."""
    every = (path for folder in folders for path in folder.rglob("*") if path.is_file())
    return [path for path in every if text.encode() in path.read_bytes()]


def state_folder(film: Path, base_url: str) -> Path:
    """Return where a project keeps what it bought at an address: its ledger and its clips."""
    place = base_url.rpartition("/")[2].replace(":", "-")
    return film.parent / ".storyboard" / "rehearsals" / place


def attempts(film: Path, base_url: str) -> tuple[Attempt, ...]:
    """Return what the rehearsal's ledger says; nothing where there is none yet."""
    path = state_folder(film, base_url) / "ledger.db"
    if not path.exists():
        return ()
    with SqliteLedger(path, SystemClock().now, run="") as ledger:
        return ledger.attempts()


@dataclass(frozen=True, slots=True)
class Books:
    """What the provider took and gave back, in millionths of a dollar.

    `due` are refunds of failed orders that have not come yet. `kept` counts by prompt the orders
    that cost: those that made a clip; `worth` is what they cost if each was bought once.
    """

    charged: int
    refunded: int
    due: int
    orders: int
    kept: Mapping[str, int]
    worth: int

    def wrong(self, *, shots: int) -> list[str]:
        """Say what is not as it should be where so many distinct shots were bought."""
        found = [f"{count} clips of {prompt!r}" for prompt, count in self.kept.items() if count > 1]
        if len(self.kept) != shots:
            found.append(f"{len(self.kept)} shots were bought, not {shots}")
        if self.charged - self.refunded - self.due != self.worth:
            found.append(f"the sums do not agree: {self}")
        return found

    def __str__(self) -> str:
        sums = (self.charged, self.refunded, self.due, self.worth)
        charged, refunded, due, worth = (f"${amount / 1e6:.2f}" for amount in sums)
        return (
            f"{self.orders} orders, {charged} charged - {refunded} refunded - {due} refund due"
            f" = {worth} for {len(self.kept)} distinct shots"
        )


def add_books(several: Sequence[Books]) -> Books:
    """Add the books of several films up; a shot of one is never a shot of another."""
    return Books(
        charged=sum(each.charged for each in several),
        refunded=sum(each.refunded for each in several),
        due=sum(each.due for each in several),
        orders=sum(each.orders for each in several),
        kept={
            f"{number}: {prompt}": count
            for number, each in enumerate(several)
            for prompt, count in each.kept.items()
        },
        worth=sum(each.worth for each in several),
    )


def read_books(report: Mapping[str, Any]) -> Books:
    """Add up what the simulator's own page says; each distinct shot is worth its price once."""
    back = Counter(row["prediction"] for row in report["refunds"])
    orders = report["predictions"]
    made = [each for each in orders if each["fate"] in _MADE]
    failed = [each for each in orders if each["fate"] not in _MADE]
    prices = {each["inputs"]["prompt"]: _PRICES[each["model"]] for each in made}
    return Books(
        charged=sum(row["price_micro_usd"] for row in report["charges"]),
        refunded=sum(row["price_micro_usd"] for row in report["refunds"]),
        due=sum(each["price_micro_usd"] for each in failed if not back[each["id"]]),
        orders=len(orders),
        kept=Counter(each["inputs"]["prompt"] for each in made),
        worth=sum(prices.values()),
    )
