"""The film as it was meant: scenes of shots, defaults inherited and references resolved."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal, TypeAlias

from storyboard.model.money import MicroUsd, Millis
from storyboard.model.post import Card, Loudness, Mix, Music
from storyboard.model.source import Span
from storyboard.model.tree import Mapping, Plain, find, span_of

__all__ = [
    "OVERLAPPING",
    "Budget",
    "Camera",
    "Character",
    "Film",
    "Format",
    "ImageFile",
    "ImageFrom",
    "ImageSource",
    "ImageUrl",
    "Line",
    "Location",
    "Origin",
    "Scene",
    "Shot",
    "Sound",
    "Transition",
    "Trim",
]

OVERLAPPING = frozenset({"dissolve", "wipe-left", "wipe-right", "wipe-up", "wipe-down"})
"""Transitions that show both pictures at once, so the film is shorter by their duration."""


class Origin:
    """Where a value was written: its own place, and by path the places of its fields.

    Inherited fields point at the default they came from. Only places inside one run matter, so
    a pickled origin keeps the value's own span and drops the tree under it.
    """

    __slots__ = ("_node", "span")

    def __init__(self, span: Span, node: Mapping | None = None) -> None:
        self.span = span
        self._node = node

    def at(self, *steps: str | int) -> Span:
        """Return the place of a field, or of its nearest ancestor that was written."""
        if self._node is None or not steps or steps[0] not in self._node.nodes:
            return self.span
        return span_of(self._node, *steps)

    def has(self, field_name: str) -> bool:
        """Tell whether the field was written here or inherited."""
        return self._node is not None and field_name in self._node.nodes

    def key(self, *steps: str) -> Span:
        """Return the place of a key, for findings about the field rather than its value."""
        parent = find(self._node, *steps[:-1]) if self._node is not None else None
        if isinstance(parent, Mapping) and steps[-1] in parent.keys:
            return parent.keys[steps[-1]].span
        return self.at(*steps)

    def entries(self, *steps: str) -> tuple[tuple[str, Span], ...]:
        """Return the keys of the mapping down that path, each with its place."""
        found = find(self._node, *steps) if self._node is not None else None
        if not isinstance(found, Mapping):
            return ()
        return tuple((name, key.span) for name, key in found.keys.items())

    def __reduce__(self) -> tuple[type["Origin"], tuple[Span]]:
        return (Origin, (self.span,))


@dataclass(frozen=True, slots=True)
class Format:
    """The film's picture: size in pixels and exact frames a second."""

    width: int
    height: int
    fps: Fraction
    aspect: str
    resolution: str

    @property
    def size(self) -> str:
        """The picture's size for people."""
        return f"{self.width}x{self.height}"

    @property
    def name(self) -> str:
        """What tells files of one format from those of another."""
        return f"{self.size}-{self.fps}".replace("/", "-")

    @property
    def ratio(self) -> float:
        return self.width / self.height


@dataclass(frozen=True, slots=True)
class Budget:
    """What the film may cost and how long it may run; None where no limit was given."""

    cost: MicroUsd | None = None
    runtime: Millis | None = None


@dataclass(frozen=True, slots=True)
class Character:
    """Someone in the film; the description is repeated word for word wherever they appear."""

    id: str
    name: str
    description: str
    origin: Origin = field(compare=False)
    voice: str | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class Location:
    """Somewhere in the film; the description is repeated word for word wherever it is shown."""

    id: str
    description: str
    origin: Origin = field(compare=False)
    ambience: str | None = None
    lighting: str | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class Camera:
    """How the shot is taken, in the trade's words; `text` is the short form, free prose."""

    text: str | None = None
    size: str | None = None
    composition: str | None = None
    angle: str | None = None
    moves: tuple[str, ...] = ()
    speed: str | None = None
    support: str | None = None
    lens: str | None = None
    depth_of_field: str | None = None
    aperture: str | None = None
    filter: str | None = None

    @property
    def move(self) -> str:
        """The first move, or `static`: one shot has one camera move."""
        return self.moves[0] if self.moves else "static"


@dataclass(frozen=True, slots=True)
class Sound:
    """What is heard beside the words; `text` is the short form, free prose."""

    text: str | None = None
    ambience: str | None = None
    effects: tuple[str, ...] = ()
    foley: str | None = None
    music: str | None = None
    room_tone: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of dialogue; `character` is an id of the film's, or None for a plain string."""

    text: str
    character: str | None = None
    delivery: str = "on-screen"
    parenthetical: str | None = None


@dataclass(frozen=True, slots=True)
class ImageFile:
    """A still in the project: `path` as shown to people, relative to where the command runs."""

    path: str


@dataclass(frozen=True, slots=True)
class ImageUrl:
    """A still on the web."""

    url: str


@dataclass(frozen=True, slots=True)
class ImageFrom:
    """A frame of another shot's clip: a chain."""

    shot: str
    frame: Literal["first", "last"] = "last"


ImageSource: TypeAlias = ImageFile | ImageUrl | ImageFrom


@dataclass(frozen=True, slots=True)
class Trim:
    """The part of the clip that is used: from `start` to `end`, None for the clip's own end."""

    start: Millis = Millis(0)
    end: Millis | None = None


@dataclass(frozen=True, slots=True)
class Transition:
    """How the film goes from the shot before into this one."""

    kind: str = "cut"
    duration: Millis = Millis(0)


@dataclass(frozen=True, slots=True)
class Shot:
    """One shot: what is seen and heard, how long, and how it is made.

    The id is unique in the film. `duration` is the time wanted of the clip, before `trim` takes its
    part; `handles` is spare time wanted at each end of it, never shown. What is left is shown at
    `speed` (2 is twice as fast), and its last frame held for `hold`. `focus` is what a reframed
    picture keeps, from 0 to 1 rightwards and downwards. `inputs` are model inputs that have no
    field of their own.
    """

    id: str
    scene: str
    duration: Millis
    model: str
    template: str
    origin: Origin = field(compare=False)
    fallback: tuple[str, ...] = ()
    image: ImageSource | None = None
    end_image: ImageSource | None = None
    action: str | None = None
    sound: Sound = Sound()
    dialogue: tuple[Line, ...] = ()
    camera: Camera = Camera()
    lighting: str | None = None
    look: str | None = None
    mood: str | None = None
    palette: tuple[str, ...] = ()
    characters: tuple[str, ...] = ()
    location: str | None = None
    trim: Trim | None = None
    handles: Millis = Millis(0)
    transition: Transition = Transition()
    speed: Fraction = Fraction(1)
    hold: Millis = Millis(0)
    focus: tuple[float, float] = (0.5, 0.5)
    mix: Mix = Mix()
    takes: int = 1
    skip: bool = False
    tags: tuple[str, ...] = ()
    notes: str | None = None
    seed: int | None = None
    inputs: tuple[tuple[str, Plain], ...] = ()

    @property
    def screen_time(self) -> Millis:
        """How long the shot is on screen, overlaps with its neighbours included."""
        return Millis(round(self.used_time / self.speed) + self.hold)

    @property
    def used_time(self) -> Millis:
        """How much of the clip is shown, at the clip's own speed."""
        if self.trim is None:
            return self.duration
        end = self.duration if self.trim.end is None else self.trim.end
        return Millis(end - self.trim.start)

    @property
    def clip_time(self) -> Millis:
        """How long a clip of the shot has to be: the duration wanted, with handles at both ends."""
        return Millis(self.duration + 2 * self.handles)


@dataclass(frozen=True, slots=True)
class Scene:
    """A run of shots in one place and time."""

    id: str
    shots: tuple[Shot, ...]
    origin: Origin = field(compare=False)
    heading: str | None = None
    location: str | None = None
    time_of_day: str | None = None
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class Film:
    """The whole film. `language` is a BCP 47 tag and decides how fast dialogue is spoken."""

    title: str
    format: Format
    model: str
    template: str
    scenes: tuple[Scene, ...]
    origin: Origin = field(compare=False)
    fallback: tuple[str, ...] = ()
    budget: Budget = Budget()
    language: str = "en"
    characters: tuple[Character, ...] = ()
    locations: tuple[Location, ...] = ()
    variants: tuple[str, ...] = ()
    variant: str | None = None
    music: Music | None = None
    loudness: Loudness = Loudness()
    title_card: Card | None = None
    credits: Card | None = None
    metadata: tuple[tuple[str, str], ...] = ()

    @property
    def shots(self) -> tuple[Shot, ...]:
        """Every shot in film order, skipped ones too."""
        return tuple(shot for scene in self.scenes for shot in scene.shots)

    @property
    def shown(self) -> tuple[Shot, ...]:
        """The shots that are in the film: those not skipped."""
        return tuple(shot for shot in self.shots if not shot.skip)

    @property
    def runtime(self) -> Millis:
        """How long the film runs: time on screen less what transitions overlap, and the cards."""
        shown = self.shown
        total = sum(shot.screen_time for shot in shown)
        overlaps = sum(
            shot.transition.duration for shot in shown[1:] if shot.transition.kind in OVERLAPPING
        )
        cards = sum(card.duration for card in (self.title_card, self.credits) if card)
        return Millis(total - overlaps + cards)

    def character(self, name: str) -> Character | None:
        return next((each for each in self.characters if each.id == name), None)

    def place(self, name: str | None) -> Location | None:
        return next((each for each in self.locations if each.id == name), None)
