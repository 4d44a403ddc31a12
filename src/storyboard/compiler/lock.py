"""The lock file as text: read with findings that say where it is wrong, written the same each time.

Slates stand in the order of their ids and takes in that of their numbers, a field to a line: moving
a shot changes nothing in the file, and a new take is lines added in one place, which git can merge.
"""

import re
from collections.abc import Iterator
from collections.abc import Mapping as Table
from dataclasses import replace
from datetime import UTC, datetime

import yaml

from storyboard.compiler.fields import Fields
from storyboard.compiler.schema.check import check_schema
from storyboard.compiler.syntax.parser import parse
from storyboard.model.diagnostic import Code, Diagnostic, Outcome, failed
from storyboard.model.lock import Lock, Slate, Take
from storyboard.model.money import Millis, decimal_usd, micro_usd
from storyboard.model.request import ClipKey
from storyboard.model.source import Source, Span
from storyboard.model.tree import Mapping, Node, Plain, Scalar, Sequence, span_of

__all__ = ["read_lock", "write_lock"]

_HEAD = (
    "# Which clips the film is made of, take by take. storyboard writes this file: commit it, and\n"
    "# choose takes with `storyboard circle`.\n"
)
_VERSION = 1
_MARKER = re.compile(r"^(<{7}|={7}|>{7})( |$)", re.MULTILINE)
_PLAIN = re.compile(r"(?=.*[abcdf])[0-9a-f]{64}|[A-Za-z_][\w./-]*", re.ASCII)
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


class _Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # C or not
    """Writes texts so that no reader of YAML takes one for a number, a date or a yes."""


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = _PLAIN.fullmatch(text) is not None and text.lower() not in _WORDS
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=None if plain else "'")


_Dumper.add_representer(str, _text)


def read_lock(source: Source, schema: Table[str, object]) -> Outcome[Lock]:
    """Read a lock file; whatever is wrong with it is a `bad-lock` finding with its place."""
    parsed = parse(source)
    if parsed.value is None or parsed.diagnostics:
        return failed(*(_worded(each, source) for each in parsed.diagnostics))
    findings = tuple(_newer(parsed.value))
    findings = findings or tuple(check_schema(parsed.value, schema))
    findings = findings or tuple(_unfounded(parsed.value))
    if findings:
        return failed(*(replace(each, code=Code.BAD_LOCK) for each in findings))
    return Outcome(Lock(tuple(_slates(parsed.value))))


def write_lock(lock: Lock) -> str:
    """Write a lock file, the same text for the same lock."""
    slates = sorted(lock.slates, key=lambda slate: slate.shot)
    shots = {slate.shot: _slate_value(slate) for slate in slates}
    value = {"lock": _VERSION, "shots": shots}
    text: str = yaml.dump(
        value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000, indent=2
    )
    return _HEAD + text


def _worded(finding: Diagnostic, source: Source) -> Diagnostic:
    """Say of a file that git could not merge that it is one."""
    marker = _MARKER.search(source.text)
    if marker is None:
        return replace(finding, code=Code.BAD_LOCK)
    advice = "keep the takes of both sides, and give the later one the next number"
    message = "git left this file unmerged"
    span = Span(source.path, marker.start(), marker.end())
    return replace(finding, code=Code.BAD_LOCK, message=message, span=span, help=advice)


def _newer(root: Node) -> Iterator[Diagnostic]:
    """Find that another version of this program has written a lock: it is not to be mended."""
    node = root.nodes.get("lock") if isinstance(root, Mapping) else None
    version = node.value if isinstance(node, Scalar) else None
    if isinstance(version, int) and version > _VERSION:
        advice = f"it has version {version} and this one knows {_VERSION}: install the newer one"
        message = "this lock was written by a newer storyboard"
        yield Diagnostic(Code.BAD_LOCK, message, span_of(root, "lock"), advice)


def _unfounded(root: Mapping) -> Iterator[Diagnostic]:
    """Find what a schema cannot see: a number given twice, a circle around no take, no such day."""
    for shot, node in _slate_nodes(root):
        fields = Fields(node)
        numbers = [Fields(take).whole("take") for take in _take_nodes(node)]
        highest = max(filter(None, numbers), default=0)
        for index, take in enumerate(_take_nodes(node)):
            if _moment(Fields(take).need("bought_at")) is None:
                place = span_of(node, "takes", index, "bought_at")
                yield Diagnostic(Code.BAD_LOCK, "there is no such day", place)
        given: set[int | None] = set()
        for index, number in enumerate(numbers):
            if number in given:
                place = span_of(node, "takes", index, "take")
                message = f'"{shot}" has two takes with the number {number}'
                advice = f"give the later one the number {highest + 1}"
                yield Diagnostic(Code.BAD_LOCK, message, place, advice)
            given.add(number)
        circled = fields.whole("circled")
        if circled is not None and circled not in given:
            message = f'take {circled} of "{shot}" is circled, and there is no such take'
            advice = "write the number of one of its takes, or take the line away"
            yield Diagnostic(Code.BAD_LOCK, message, span_of(node, "circled"), advice)


def _slates(root: Mapping) -> Iterator[Slate]:
    for shot, node in _slate_nodes(root):
        fields = Fields(node)
        takes = sorted(map(_take, _take_nodes(node)), key=lambda take: take.number)
        key = fields.text("circled_for")
        circled_for = None if key is None else ClipKey(key)
        yield Slate(shot, tuple(takes), fields.whole("circled"), circled_for)


def _take(node: Mapping) -> Take:
    fields = Fields(node)
    return Take(
        number=fields.whole("take") or 1,
        key=ClipKey(fields.need("key")),
        sha256=fields.need("clip"),
        model=fields.need("model"),
        length=Millis(round((fields.number("seconds") or 0) * 1000)),
        price=micro_usd(fields.need("price_usd")),
        bought_at=_moment(fields.need("bought_at")) or datetime.min.replace(tzinfo=UTC),
        seen=fields.text("seen"),
        prediction=fields.text("prediction"),
        instead_of=None if (own := fields.text("instead_of")) is None else ClipKey(own),
    )


def _slate_value(slate: Slate) -> dict[str, Plain]:
    circle: dict[str, Plain] = {}
    if slate.circled is not None:
        circle = {"circled": slate.circled, "circled_for": slate.circled_for}
    takes = sorted(slate.takes, key=lambda take: take.number)
    return {**circle, "takes": [_take_value(take) for take in takes]}


def _take_value(take: Take) -> dict[str, Plain]:
    seconds = take.length / 1000
    substitute: dict[str, Plain] = {}
    if take.instead_of is not None:
        substitute = {"instead_of": take.instead_of}
    return {
        "take": take.number,
        "key": take.key,
        "clip": take.sha256,
        "model": take.model,
        "seen": take.seen,
        "seconds": int(seconds) if seconds.is_integer() else seconds,
        "price_usd": decimal_usd(take.price),
        "prediction": take.prediction,
        "bought_at": take.bought_at.astimezone(UTC).isoformat(timespec="seconds"),
        **substitute,
    }


def _moment(written: str) -> datetime | None:
    try:
        return datetime.fromisoformat(written).astimezone(UTC)
    except ValueError:
        return None


def _slate_nodes(root: Mapping) -> Iterator[tuple[str, Mapping]]:
    shots = root.nodes.get("shots")
    if isinstance(shots, Mapping):
        for shot, node in shots.nodes.items():
            if isinstance(node, Mapping):
                yield shot, node


def _take_nodes(node: Mapping) -> Iterator[Mapping]:
    takes = node.nodes.get("takes")
    if isinstance(takes, Sequence):
        yield from (each for each in takes.nodes if isinstance(each, Mapping))
