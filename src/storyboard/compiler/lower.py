"""Turns the checked tree into the film it means: short forms spelled out, defaults inherited."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from storyboard.compiler import lower_post as post
from storyboard.compiler.fields import Fields, Times, beside
from storyboard.compiler.inherit import inherited_shot, overlay, with_variant
from storyboard.model.delivery import picture_size
from storyboard.model.diagnostic import Code, Diagnostic, Outcome
from storyboard.model.money import Millis, micro_usd
from storyboard.model.story import (
    OVERLAPPING,
    Budget,
    Camera,
    Character,
    Film,
    Format,
    ImageFile,
    ImageFrom,
    ImageSource,
    ImageUrl,
    Line,
    Location,
    Origin,
    Scene,
    Shot,
    Sound,
    Transition,
    Trim,
)
from storyboard.model.tree import Mapping, Node, Scalar, Sequence, find
from storyboard.model.vocabulary import (
    ANGLE,
    COMPOSITION,
    DELIVERY,
    LIGHTING,
    MOVE,
    SIZE,
    SPEED,
    SUPPORT,
    TRANSITION,
)

__all__ = ["DEFAULT_DURATION", "DEFAULT_MODEL", "DEFAULT_TEMPLATE", "lower", "picture_format"]

DEFAULT_MODEL = "openai/sora-2/image-to-video"
DEFAULT_TEMPLATE = "cinematic"
DEFAULT_DURATION = Millis(4000)
_DEFAULT_OVERLAP = Millis(500)
_SLOWEST, _FASTEST = 1, 120
_STRAIGHT = frozenset({"cut", "smash", "match"})
_URL = re.compile(r"https?://", re.IGNORECASE)
_RATES = {
    "23.976": "24000/1001",
    "23.98": "24000/1001",
    "29.97": "30000/1001",
    "59.94": "60000/1001",
}
_ABOVE_LINE = ("characters", "location", "lighting")


def lower(root: Mapping, *, variant: str | None = None) -> Outcome[Film]:
    """Make the film of a tree that the schema has passed; paths in it are as shown to people."""
    lowering = _Lowering()
    film = lowering.film(with_variant(root, variant), variant)
    return Outcome(film, tuple(lowering.findings))


def picture_format(aspect: str, resolution: str, fps: str) -> Format:
    """Return the film's format from its words."""
    rate = Fraction(_RATES.get(fps, fps))
    return Format(*picture_size(aspect, resolution), rate, aspect, resolution)


@dataclass(slots=True)
class _Lowering:
    """One walk over one film; collects what the schema could not see in a single value."""

    findings: list[Diagnostic] = field(default_factory=list)
    times: Times = field(default_factory=Times)
    addresses: dict[str, str] = field(default_factory=dict)

    def film(self, root: Mapping, variant: str | None) -> Film:
        fields = Fields(root)
        shape = picture_format(*self._format(fields.fields("format")))
        if not _SLOWEST <= shape.fps <= _FASTEST:
            place = fields.fields("format").node.nodes["fps"].span
            message = f"a film cannot run at {shape.fps} frames a second"
            advice = f"`fps` is from {_SLOWEST} to {_FASTEST}, most often 24, 25 or 30"
            self.findings.append(Diagnostic(Code.WRONG_VALUE, message, place, advice))
        self.times = Times(shape.fps, self.findings)
        self.addresses.update(_addresses(root))
        budget, mix = fields.fields("budget"), fields.fields("mix")
        limit = budget.text("cost")
        return Film(
            title=fields.need("title"),
            format=shape,
            model=fields.text("model") or DEFAULT_MODEL,
            template=fields.text("template") or DEFAULT_TEMPLATE,
            scenes=tuple(self._scenes(root)),
            origin=Origin(root.span, root),
            fallback=fields.texts("fallback"),
            budget=Budget(
                micro_usd(limit) if limit is not None else None, self.times.read(budget, "runtime")
            ),
            language=fields.text("language") or "en",
            characters=tuple(_characters(fields)),
            locations=tuple(_locations(fields)),
            variants=tuple(fields.fields("variants").node.nodes),
            variant=variant,
            music=post.music(mix, self.times),
            loudness=post.loudness(mix),
            title_card=post.title_card(fields, self.times),
            credits=post.credit_card(fields, self.times),
            metadata=post.metadata(fields),
        )

    def _format(self, fields: Fields) -> tuple[str, str, str]:
        return (
            fields.text("aspect") or "16:9",
            fields.text("resolution") or "720p",
            fields.text("fps") or "24",
        )

    def _scenes(self, root: Mapping) -> Iterable[Scene]:
        listed = root.nodes.get("scenes")
        if isinstance(listed, Sequence):
            for node in listed.nodes:
                if isinstance(node, Mapping):
                    yield self._scene(root, node)
        elif isinstance(root.nodes.get("shots"), Sequence):
            yield self._scene(root, root, unnamed=True)

    def _scene(self, root: Mapping, node: Mapping, *, unnamed: bool = False) -> Scene:
        fields = Fields(node)
        name = "film" if unnamed else fields.need("id")
        shots = node.nodes.get("shots")
        listed = shots.nodes if isinstance(shots, Sequence) else ()
        inherited = inherited_shot(root, None if unnamed else node, _ABOVE_LINE)
        return Scene(
            id=name,
            shots=tuple(
                self._shot(name, overlay(inherited, shot))
                for shot in listed
                if isinstance(shot, Mapping)
            ),
            origin=Origin(node.span, node),
            heading=None if unnamed else fields.text("heading"),
            location=None if unnamed else fields.text("location"),
            time_of_day=None if unnamed else fields.text("time_of_day"),
            notes=None if unnamed else fields.text("notes"),
        )

    def _shot(self, scene: str, node: Mapping) -> Shot:
        fields = Fields(node)
        dialogue = tuple(_lines(node.nodes.get("dialogue")))
        duration = self.times.read(fields, "duration")
        return Shot(
            id=fields.need("id"),
            scene=scene,
            duration=DEFAULT_DURATION if duration is None else duration,
            model=fields.text("model") or DEFAULT_MODEL,
            template=fields.text("template") or DEFAULT_TEMPLATE,
            origin=Origin(node.span, node),
            fallback=fields.texts("fallback"),
            image=self._image(node.nodes.get("image")),
            end_image=self._image(node.nodes.get("end_image")),
            action=fields.text("action"),
            sound=_sound(fields.fields("sound")),
            dialogue=dialogue,
            camera=_camera(fields.fields("camera")),
            lighting=_lighting(fields.text("lighting")),
            look=fields.text("look"),
            mood=fields.text("mood"),
            palette=fields.texts("palette"),
            characters=_present(fields.texts("characters"), dialogue),
            location=fields.text("location"),
            trim=self._trim(fields),
            handles=self.times.read(fields, "handles") or Millis(0),
            transition=self._transition(fields.fields("transition")),
            speed=post.speed(fields),
            hold=self.times.read(fields, "hold") or Millis(0),
            focus=post.focus(fields),
            mix=post.shot_mix(fields.fields("mix"), self.times),
            takes=fields.whole("takes") or 1,
            skip=fields.flag("skip"),
            tags=fields.texts("tags"),
            notes=fields.text("notes"),
            seed=fields.whole("seed"),
            inputs=fields.fields("inputs").pairs(),
        )

    def _image(self, node: Node | None) -> ImageSource | None:
        match node:
            case Scalar(value=str() as text) if _URL.match(text):
                return ImageUrl(text)
            case Scalar(value=str() as text):
                return ImageFile(beside(node.path, text))
            case Mapping():
                fields = Fields(node)
                shot, frame = fields.need("from"), fields.text("frame")
                first = frame == "first"
                return ImageFrom(self.addresses.get(shot, shot), "first" if first else "last")
            case _:
                return None

    def _trim(self, fields: Fields) -> Trim | None:
        if "trim" not in fields.node.nodes:
            return None
        trim = fields.fields("trim")
        return Trim(self.times.read(trim, "in") or Millis(0), self.times.read(trim, "out"))

    def _transition(self, fields: Fields) -> Transition:
        kind = TRANSITION.canonical(fields.text("type") or "cut")
        default = Millis(0) if kind in _STRAIGHT else _DEFAULT_OVERLAP
        duration = self.times.read(fields, "duration")
        straight = kind in _STRAIGHT
        return Transition(kind, default if duration is None or straight else duration)


def _characters(fields: Fields) -> Iterable[Character]:
    for name, each in fields.named("characters", short_form="description"):
        yield Character(
            id=name,
            name=each.text("name") or name.replace("-", " ").replace("_", " ").title(),
            description=each.text("description") or "",
            origin=Origin(each.node.span, each.node),
            voice=each.text("voice"),
            notes=each.text("notes"),
        )


def _locations(fields: Fields) -> Iterable[Location]:
    for name, each in fields.named("locations", short_form="description"):
        yield Location(
            id=name,
            description=each.text("description") or "",
            origin=Origin(each.node.span, each.node),
            ambience=each.text("ambience"),
            lighting=_lighting(each.text("lighting")),
            notes=each.text("notes"),
        )


def _addresses(root: Mapping) -> Iterable[tuple[str, str]]:
    """Yield every SCENE/SHOT with the id of the shot it means."""
    scenes = root.nodes.get("scenes")
    for scene in scenes.nodes if isinstance(scenes, Sequence) else ():
        shots = find(scene, "shots")
        for shot in shots.nodes if isinstance(shots, Sequence) else ():
            if isinstance(scene, Mapping) and isinstance(shot, Mapping):
                name = Fields(shot).need("id")
                yield f"{Fields(scene).need('id')}/{name}", name


def _camera(fields: Fields) -> Camera:
    return Camera(
        text=fields.text("text"),
        size=fields.word("size", SIZE),
        composition=fields.word("composition", COMPOSITION),
        angle=fields.word("angle", ANGLE),
        moves=tuple(MOVE.canonical(move) for move in fields.texts("move")),
        speed=fields.word("speed", SPEED),
        support=fields.word("support", SUPPORT),
        lens=_lens(fields),
        depth_of_field=fields.text("depth_of_field"),
        aperture=fields.text("aperture"),
        filter=fields.text("filter"),
    )


def _lens(fields: Fields) -> str | None:
    """A bare number is a focal length in millimetres."""
    lens = fields.text("lens")
    return f"{lens} mm" if lens and re.fullmatch(r"\d+(\.\d+)?", lens) else lens


def _lighting(text: str | None) -> str | None:
    """A word of the enum becomes its phrase; anything else is prose already."""
    if text is None:
        return None
    return LIGHTING.phrases.get(LIGHTING.canonical(text), text)


def _sound(fields: Fields) -> Sound:
    return Sound(
        text=fields.text("text"),
        ambience=fields.text("ambience"),
        effects=fields.texts("effects"),
        foley=fields.text("foley"),
        music=fields.text("music"),
        room_tone=fields.text("room_tone"),
    )


def _lines(node: Node | None) -> Iterable[Line]:
    for each in node.nodes if isinstance(node, Sequence) else (node,):
        if isinstance(each, Scalar) and isinstance(each.value, str):
            yield Line(each.value)
        elif isinstance(each, Mapping):
            fields = Fields(each)
            yield Line(
                text=fields.need("line"),
                character=fields.text("character"),
                delivery=DELIVERY.canonical(fields.text("delivery") or "on-screen"),
                parenthetical=fields.text("parenthetical"),
            )


def _present(listed: tuple[str, ...], dialogue: tuple[Line, ...]) -> tuple[str, ...]:
    """Everyone in the picture: those listed, then those who speak on screen."""
    speakers = (line.character for line in dialogue if line.delivery == "on-screen")
    return tuple(dict.fromkeys((*listed, *(name for name in speakers if name))))


assert OVERLAPPING.isdisjoint(_STRAIGHT)  # noqa: S101  a transition is either shared or straight
