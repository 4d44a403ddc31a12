"""A model as data: what it takes, sells and costs, and where it stands in its life."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from storyboard.model.money import MicroUsd, Millis
from storyboard.model.tree import Plain

__all__ = [
    "AnyLength",
    "CardInput",
    "ImageLimits",
    "Lengths",
    "ListedLengths",
    "ModelCard",
    "PriceRow",
    "Status",
    "length_to_buy",
    "model_name",
    "price",
]

_KINDS = ("image-to-video", "text-to-video")

Status: TypeAlias = Literal["active", "unstable", "retired"]


@dataclass(frozen=True, slots=True)
class ListedLengths:
    """The model sells these lengths and no others, shortest first."""

    lengths: tuple[Millis, ...]


@dataclass(frozen=True, slots=True)
class AnyLength:
    """The model makes any length, from `shortest` to `longest`."""

    shortest: Millis
    longest: Millis


Lengths: TypeAlias = ListedLengths | AnyLength


@dataclass(frozen=True, slots=True)
class CardInput:
    """One input of the model, and the field of ours it is filled from (None: only by `inputs:`)."""

    name: str
    type: str
    source: str | None = None
    required: bool = False
    default: Plain = None
    enum: tuple[Plain, ...] = ()
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class PriceRow:
    """Micro-dollars a second, when every input in `when` has the value beside it."""

    per_second: MicroUsd
    when: tuple[tuple[str, Plain], ...] = ()


@dataclass(frozen=True, slots=True)
class ImageLimits:
    """What the model accepts as a still: pixels, bytes, and ratios of width over height."""

    formats: tuple[str, ...] = ()
    smallest_side: int | None = None
    largest_bytes: int | None = None
    narrowest: float | None = None
    widest: float | None = None


@dataclass(frozen=True, slots=True)
class ModelCard:
    """Everything storyboard knows of one model; `source` and `checked` say from where and when."""

    id: str
    title: str
    provider: str
    status: Status
    lengths: Lengths
    inputs: tuple[CardInput, ...]
    prices: tuple[PriceRow, ...]
    source: str
    checked: str
    image: ImageLimits = ImageLimits()
    prompt_limit: int | None = None
    sizes: tuple[tuple[int, int], ...] = ()
    fps: tuple[str, ...] = ()
    sound: bool = True
    typical_latency: Millis | None = None
    notice: str | None = None
    alternatives: tuple[str, ...] = ()
    origin: str = "built in"

    @property
    def free(self) -> bool:
        return bool(self.prices) and all(row.per_second == 0 for row in self.prices)


def length_to_buy(card: ModelCard, wanted: Millis) -> Millis | None:
    """Return the shortest length the model sells that covers the wanted one; None if none does."""
    match card.lengths:
        case ListedLengths(lengths):
            return next((length for length in lengths if length >= wanted), None)
        case AnyLength(shortest, longest):
            return max(shortest, wanted) if wanted <= longest else None


def price(card: ModelCard, length: Millis, inputs: dict[str, Plain]) -> MicroUsd | None:
    """Return what a clip of that length costs with those inputs; None when no price row fits."""
    for row in card.prices:
        if all(inputs.get(name) == value for name, value in row.when):
            return MicroUsd(row.per_second * length // 1000)
    return None


def model_name(model: str) -> str:
    """Shorten a model's id to what tells it apart: `openai/sora-2/image-to-video` is `sora-2`."""
    _, *parts = model.split("/")
    for kind in _KINDS:
        parts = [part.replace(kind, "") for part in parts]
    return "".join(parts) or model
