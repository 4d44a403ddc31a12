"""Lowers what is decided after shooting: speed, focus, sound, cards. No model is sent any of it."""

from collections.abc import Iterator
from fractions import Fraction

from storyboard.compiler.fields import Fields, Times
from storyboard.compiler.inherit import spelled_out
from storyboard.model.money import Millis
from storyboard.model.post import Card, Credit, Loudness, Mix, Music, Track
from storyboard.model.tree import Mapping, Node, Scalar, Sequence

__all__ = [
    "credit_card",
    "focus",
    "loudness",
    "metadata",
    "music",
    "shot_mix",
    "speed",
    "title_card",
]

_TITLE_TIME = Millis(3000)
_CREDITS_TIME = Millis(2000)
_CREDIT_TIME = Millis(500)
_SHORTEST_CREDITS = Millis(3000)
_MIDDLE = 0.5
_ACROSS = {"left": 0.0, "right": 1.0}
_DOWN = {"top": 0.0, "bottom": 1.0}


def speed(fields: Fields) -> Fraction:
    """Return a shot's speed, from a number or a percentage."""
    text = fields.text("speed") or "1"
    return Fraction(text[:-1].strip()) / 100 if text.endswith("%") else Fraction(text)


def focus(fields: Fields) -> tuple[float, float]:
    """Return the point that a reframed picture keeps, across and down, each from 0 to 1."""
    if word := fields.text("focus"):
        across = (_ACROSS[part] for part in word.split("-") if part in _ACROSS)
        down = (_DOWN[part] for part in word.split("-") if part in _DOWN)
        return next(across, _MIDDLE), next(down, _MIDDLE)
    point = fields.fields("focus")
    x, y = point.number("x"), point.number("y")
    return _MIDDLE if x is None else x, _MIDDLE if y is None else y


def shot_mix(fields: Fields, times: Times) -> Mix:
    """Return what becomes of a shot's sound, from its `mix`."""
    return Mix(
        lead=_time(fields, "lead", times),
        trail=_time(fields, "trail", times),
        gain=_decibels(fields, "gain"),
        mute=fields.flag("mute"),
        tracks=tuple(_tracks(fields.node.nodes.get("tracks"), times)),
    )


def _tracks(node: Node | None, times: Times) -> Iterator[Track]:
    for fields in _listed(node, "file"):
        yield Track(
            path=fields.path("file"),
            at=_time(fields, "at", times),
            gain=_decibels(fields, "gain"),
            role="voice-over" if fields.text("role") == "voice-over" else "effect",
        )


def music(mix: Fields, times: Times) -> Music | None:
    """Return the film's music; None where there is none, or it was switched off."""
    fields = _spelled(mix.node.nodes.get("music"), "file")
    if fields is None:
        return None
    usual = Music("")
    return Music(
        path=fields.path("file"),
        gain=_decibels(fields, "gain", usual.gain),
        duck=_decibels(fields, "duck", usual.duck),
        offset=_time(fields, "start", times),
        fade_in=_time(fields, "fade_in", times, usual.fade_in),
        fade_out=_time(fields, "fade_out", times, usual.fade_out),
    )


def loudness(mix: Fields) -> Loudness:
    """Return how loud the film is; `false` and "off" leave every sound as it came."""
    peak = mix.number("true_peak", "dBTP")
    usual = Loudness()
    true_peak = usual.true_peak if peak is None else peak
    match mix.text("loudness"):
        case None:
            return Loudness(usual.target, true_peak)
        case "off" | "False":  # a text field reads YAML's `false` so
            return Loudness(None, true_peak)
        case _:
            return Loudness(mix.number("loudness", "LUFS"), true_peak)


def title_card(film: Fields, times: Times) -> Card | None:
    """Return the card before the first shot, with the film's own title unless it has another."""
    fields = _card(film, "title_card")
    if fields is None:
        return None
    return Card(
        id="title",
        duration=_time(fields, "duration", times, _TITLE_TIME),
        heading=fields.text("title") or film.need("title"),
        text=fields.text("subtitle"),
    )


def credit_card(film: Fields, times: Times) -> Card | None:
    """Return the card after the last shot; the more lines, the longer it stands."""
    fields = _card(film, "credits")
    if fields is None:
        return None
    listed = _listed(fields.node.nodes.get("lines"), "name")
    lines = tuple(Credit(each.need("name"), each.text("role")) for each in listed)
    usual = max(_SHORTEST_CREDITS, Millis(_CREDITS_TIME + len(lines) * _CREDIT_TIME))
    return Card(
        id="credits",
        duration=_time(fields, "duration", times, usual),
        heading=fields.text("heading"),
        credits=lines,
    )


def _card(film: Fields, name: str) -> Fields | None:
    node = film.node.nodes.get(name)
    spelled = None if node is None else spelled_out(name, node)
    return Fields(spelled) if isinstance(spelled, Mapping) else None


def metadata(film: Fields) -> tuple[tuple[str, str], ...]:
    """Return what players are told of the film, in the order written."""
    fields = film.fields("metadata")
    return tuple((name, fields.need(name)) for name in fields.node.nodes)


def _listed(node: Node | None, short_form: str) -> list[Fields]:
    """Read a list's mappings; a plain string in it fills the field `short_form`."""
    nodes = node.nodes if isinstance(node, Sequence) else ()
    return [fields for each in nodes if (fields := _spelled(each, short_form))]


def _spelled(node: Node | None, short_form: str) -> Fields | None:
    if isinstance(node, Scalar) and isinstance(node.value, str):
        node = Mapping({short_form: node}, {}, node.path, node.start, node.end)
    return Fields(node) if isinstance(node, Mapping) else None


def _time(fields: Fields, name: str, times: Times, usual: Millis = Millis(0)) -> Millis:
    time = times.read(fields, name)
    return usual if time is None else time


def _decibels(fields: Fields, name: str, usual: float = 0.0) -> float:
    gain = fields.number(name, "dB")
    return usual if gain is None else gain
