"""Model cards: a card's tree, held against the published schema, becomes the model as data."""

from collections.abc import Iterator
from collections.abc import Mapping as Table
from dataclasses import replace
from typing import cast

from storyboard.compiler.fields import Fields
from storyboard.compiler.schema.check import check_schema
from storyboard.model.card import (
    AnyLength,
    CardInput,
    ImageLimits,
    Lengths,
    ListedLengths,
    ModelCard,
    PriceRow,
    Status,
)
from storyboard.model.diagnostic import Code, Diagnostic, Outcome, failed
from storyboard.model.money import Millis, micro_usd
from storyboard.model.tree import Mapping, Scalar, Sequence, find, plain, span_of

__all__ = ["parse_card"]

_MOST_LENGTHS = 10_000


def parse_card(node: Mapping, schema: Table[str, object], origin: str) -> Outcome[ModelCard]:
    """Make a model of a card; whatever is wrong with it is a `bad-card` finding with its place."""
    findings = tuple(replace(each, code=Code.BAD_CARD) for each in check_schema(node, schema))
    if not findings:
        findings = tuple(_unfounded(node))
    return failed(*findings) if findings else Outcome(_card(node, origin))


def _card(node: Mapping, origin: str) -> ModelCard:
    card = Fields(node)
    return ModelCard(
        id=card.need("id"),
        title=card.need("title"),
        provider=card.need("provider"),
        status=cast("Status", card.need("status")),
        lengths=_lengths(node),
        inputs=tuple(_input(Fields(each)) for each in _mappings(node, "inputs")),
        prices=tuple(_price(Fields(each)) for each in _mappings(node, "prices")),
        source=card.need("source"),
        checked=card.need("checked"),
        image=_image(card.fields("image")),
        prompt_limit=card.whole("prompt_limit"),
        sizes=tuple(_size(text) for text in card.texts("sizes")),
        fps=card.texts("fps"),
        sound=card.flag("sound") if "sound" in node.nodes else True,
        typical_latency=_millis(node, "typical_latency", "seconds"),
        notice=card.text("notice"),
        alternatives=card.texts("alternatives"),
        origin=origin,
    )


def _unfounded(node: Mapping) -> Iterator[Diagnostic]:
    """Find what a schema cannot see: a range the wrong way round, a price on no input."""
    shortest, longest = _millis(node, "lengths", "from"), _millis(node, "lengths", "to")
    step = _millis(node, "lengths", "step")
    if shortest is not None and longest is not None:
        if longest < shortest:
            message = "the longest length is shorter than the shortest"
            yield Diagnostic(Code.BAD_CARD, message, span_of(node, "lengths", "to"))
        elif step is not None and (longest - shortest) // max(step, 1) >= _MOST_LENGTHS:
            message = "the step makes more lengths than anybody sells"
            yield Diagnostic(Code.BAD_CARD, message, span_of(node, "lengths", "step"))
    names = {Fields(each).need("name") for each in _mappings(node, "inputs")}
    for row in _mappings(node, "prices"):
        when = Fields(row).fields("when").node
        for name in when.nodes:
            if name not in names:
                message = f"a price depends on `{name}`, which is no input of the model"
                advice = "its inputs are: " + ", ".join(sorted(names))
                yield Diagnostic(Code.BAD_CARD, message, when.keys[name].span, advice)


def _lengths(node: Mapping) -> Lengths:
    if isinstance(listed := node.nodes["lengths"], Sequence):
        each = (_millis(node, "lengths", index) for index in range(len(listed.nodes)))
        return ListedLengths(tuple(sorted({length for length in each if length is not None})))
    shortest = _millis(node, "lengths", "from") or Millis(0)
    longest = _millis(node, "lengths", "to") or Millis(0)
    step = _millis(node, "lengths", "step")
    if step is None:
        return AnyLength(shortest, longest)
    return ListedLengths(tuple(Millis(at) for at in range(shortest, longest + 1, max(step, 1))))


def _input(fields: Fields) -> CardInput:
    return CardInput(
        name=fields.need("name"),
        type=fields.need("type"),
        source=fields.text("source"),
        required=fields.flag("required"),
        default=plain(fields.node.nodes["default"]) if "default" in fields.node.nodes else None,
        enum=tuple(plain(each) for each in _nodes(fields.node, "enum")),
        minimum=_number(fields.node, "minimum"),
        maximum=_number(fields.node, "maximum"),
    )


def _price(fields: Fields) -> PriceRow:
    dollars = fields.node.nodes["per_second"]
    # By its value, not its spelling: 0x1 is a number too. A short decimal survives being a float.
    amount = dollars.value if isinstance(dollars, Scalar) else None
    return PriceRow(micro_usd(amount or 0), fields.fields("when").pairs())


def _image(fields: Fields) -> ImageLimits:
    return ImageLimits(
        formats=fields.texts("formats"),
        smallest_side=fields.whole("smallest_side"),
        largest_bytes=fields.whole("largest_bytes"),
        narrowest=_number(fields.node, "narrowest"),
        widest=_number(fields.node, "widest"),
    )


def _size(text: str) -> tuple[int, int]:
    width, height = text.split("x")
    return int(width), int(height)


def _nodes(node: Mapping, name: str) -> tuple[Scalar | Sequence | Mapping, ...]:
    listed = node.nodes.get(name)
    return listed.nodes if isinstance(listed, Sequence) else ()


def _mappings(node: Mapping, name: str) -> Iterator[Mapping]:
    return (each for each in _nodes(node, name) if isinstance(each, Mapping))


def _number(node: Mapping, *steps: str | int) -> float | None:
    found = find(node, *steps)
    value = found.value if isinstance(found, Scalar) else None
    return value if isinstance(value, (int, float)) else None


def _millis(node: Mapping, *steps: str | int) -> Millis | None:
    seconds = _number(node, *steps)
    return None if seconds is None else Millis(round(seconds * 1000))
