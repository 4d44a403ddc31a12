"""The models that the simulator sells: inputs, prices, frame sizes. Its own table, on purpose.

The client prices from its cards; where the two disagree, a rehearsal shows it before a real build.
Figures: docs of each model on wavespeed.ai, 2026-11-22; Seedance Fast is two thirds of Seedance.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NewType, TypeAlias

__all__ = ["CATALOGUE", "Input", "Inputs", "MicroUsd", "Model", "Problem", "dollars"]

MicroUsd = NewType("MicroUsd", int)
Inputs: TypeAlias = dict[str, Any]

_TYPES: Mapping[str, type[Any]] = {"string": str, "integer": int, "boolean": bool}
_PRICED = ("duration", "resolution")
_EVERY = ""
"""The key of a price that holds at every resolution."""


def dollars(amount: MicroUsd) -> float:
    """Return an amount as the API writes it."""
    return amount / 1_000_000


@dataclass(frozen=True, slots=True)
class Problem:
    """Why inputs are refused: 1400 for a missing one, 1401 for a wrong one."""

    code: int
    message: str


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a model."""

    name: str
    type: str
    required: bool = False
    enum: tuple[str | int, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    default: str | int | bool | None = None

    def problem(self, inputs: Inputs) -> Problem | None:
        """Return what is wrong with this input among `inputs`."""
        value = inputs.get(self.name)
        if value is None or value == "":
            return Problem(1400, f'field "{self.name}" is required') if self.required else None
        if type(value) is not _TYPES[self.type]:  # an int is no bool here, nor a bool an int
            return Problem(1401, f'field "{self.name}" must be of type {self.type}')
        if self.enum and value not in self.enum:
            return Problem(1401, f'field "{self.name}" must be one of {list(self.enum)}')
        low = value if self.minimum is None else self.minimum
        high = value if self.maximum is None else self.maximum
        if not low <= value <= high:
            return Problem(1401, f'field "{self.name}" must be from {low} to {high}')
        return None

    def schema(self) -> Mapping[str, object]:
        """Return the input as `/models` describes it."""
        limits = {
            "enum": list(self.enum) or None,
            "minimum": self.minimum,
            "maximum": self.maximum,
            "default": self.default,
        }
        stated = {name: limit for name, limit in limits.items() if limit is not None}
        return {"type": self.type, "title": self.name, "description": "", **stated}


@dataclass(frozen=True, slots=True)
class Model:
    """A model, and what a second of it costs by resolution."""

    id: str
    inputs: tuple[Input, ...]
    per_second: Mapping[str, MicroUsd]

    def problem(self, inputs: Inputs) -> Problem | None:
        """Return the first thing wrong with `inputs`; an input that is not known is let pass."""
        return next((found for each in self.inputs if (found := each.problem(inputs))), None)

    def completed(self, inputs: Inputs) -> Inputs:
        """Return the inputs with the defaults of those that were left out."""
        defaults = {each.name: each.default for each in self.inputs if each.default is not None}
        return {**defaults, **{name: value for name, value in inputs.items() if value is not None}}

    def price(self, inputs: Inputs) -> MicroUsd:
        """Return what a clip costs, by its length and resolution."""
        whole = self.completed(inputs)
        rate = self.per_second.get(str(whole.get("resolution", _EVERY)))
        return MicroUsd((rate or self.per_second[_EVERY]) * int(whole["duration"]))

    def floor(self) -> MicroUsd:
        """Return the base price, the least that a clip can cost."""
        length = next(each for each in self.inputs if each.name == "duration")
        shortest = length.minimum or min(int(each) for each in length.enum)
        return MicroUsd(min(self.per_second.values()) * shortest)

    def quote(self, inputs: Inputs) -> MicroUsd:
        """Return what the price endpoint says: the floor, unless it can tell the price."""
        wrong = any(each.problem(inputs) for each in self.inputs if each.name in _PRICED)
        known = inputs.get("duration") is not None and not wrong
        return self.price(inputs) if known else self.floor()

    def frame_size(self, inputs: Inputs, picture: tuple[int, int] | None) -> tuple[int, int]:
        """Return width and height in pixels; without `aspect_ratio` they follow the picture."""
        whole = self.completed(inputs)
        short = int(str(whole.get("resolution", "720p")).removesuffix("p"))
        across, down = self._aspect(whole, picture or (16, 9))
        scale = short / min(across, down)
        return _even(across * scale), _even(down * scale)

    def _aspect(self, inputs: Inputs, picture: tuple[int, int]) -> tuple[int, int]:
        ratio = next((each for each in self.inputs if each.name == "aspect_ratio"), None)
        if ratio is None:
            return (16, 9) if picture[0] >= picture[1] else (9, 16)
        wanted = inputs.get("aspect_ratio")
        offered = [_ratio(str(each)) for each in ratio.enum]
        return (
            _ratio(str(wanted)) if wanted else min(offered, key=lambda each: _apart(each, picture))
        )

    def shown(self, base_url: str) -> Mapping[str, object]:
        """Return the model as `/models` lists it."""
        request = {
            "type": "object",
            "required": [each.name for each in self.inputs if each.required],
            "x-order-properties": [each.name for each in self.inputs],
            "properties": {each.name: each.schema() for each in self.inputs},
        }
        schema = {
            "type": "model_run",
            "method": "POST",
            "server": base_url,
            "api_path": f"/api/v3/{self.id}",
            "request_schema": request,
        }
        return {
            "model_id": self.id,
            "name": self.id,
            "base_price": dollars(self.floor()),
            "description": "",
            "type": "image-to-video",
            "api_schema": {"api_schemas": [schema]},
        }


def _ratio(written: str) -> tuple[int, int]:
    across, _, down = written.partition(":")
    return int(across), int(down)


def _apart(one: tuple[int, int], other: tuple[int, int]) -> float:
    return abs(math.log(one[0] * other[1] / (one[1] * other[0])))


def _even(length: float) -> int:
    return round(length / 2) * 2


_STILL = Input("image", "string", required=True)
_PROMPT = Input("prompt", "string", required=True)
_SORA_LENGTH = Input("duration", "integer", enum=(4, 8, 12, 16, 20), default=4)
_SEEDANCE = (
    _PROMPT,
    _STILL,
    Input("last_image", "string"),
    Input("aspect_ratio", "string", enum=("16:9", "9:16", "4:3", "3:4", "1:1", "21:9")),
    Input("resolution", "string", enum=("480p", "720p", "1080p"), default="720p"),
    Input("duration", "integer", minimum=4, maximum=15, default=5),
    Input("generate_audio", "boolean", default=True),
    Input("enable_web_search", "boolean", default=False),
)


CATALOGUE: tuple[Model, ...] = (
    Model(
        "openai/sora-2/image-to-video",
        (_STILL, _PROMPT, _SORA_LENGTH),
        {_EVERY: MicroUsd(100_000)},
    ),
    Model(
        "openai/sora-2/image-to-video-pro",
        (
            _STILL,
            _PROMPT,
            Input("resolution", "string", enum=("720p", "1080p"), default="720p"),
            _SORA_LENGTH,
        ),
        {"720p": MicroUsd(300_000), "1080p": MicroUsd(500_000)},
    ),
    Model(
        "bytedance/seedance-2.0/image-to-video",
        _SEEDANCE,
        {"480p": MicroUsd(120_000), "720p": MicroUsd(240_000), "1080p": MicroUsd(360_000)},
    ),
    Model(
        "bytedance/seedance-2.0-fast/image-to-video",
        _SEEDANCE,
        {"480p": MicroUsd(80_000), "720p": MicroUsd(160_000), "1080p": MicroUsd(240_000)},
    ),
)
