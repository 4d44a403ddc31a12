"""What a template sees of a film: plain texts, absent ones empty, the trade's words as phrases.

Ids, tags and notes are not here, so no template can send them. docs/templates.md lists every field.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from storyboard.model.money import Millis

__all__ = [
    "FIELDS",
    "LISTS",
    "ROOTS",
    "CameraView",
    "FilmView",
    "LineView",
    "LocationView",
    "PersonView",
    "SceneView",
    "ShotView",
    "SoundView",
]


@dataclass(frozen=True, slots=True)
class FilmView:
    """The film."""

    title: str
    language: str


@dataclass(frozen=True, slots=True)
class SceneView:
    """The scene the shot is in."""

    heading: str
    time_of_day: str


@dataclass(frozen=True, slots=True)
class ShotView:
    """What is seen in the shot."""

    number: int
    action: str
    beats: tuple[str, ...]
    look: str
    mood: str
    lighting: str
    palette: tuple[str, ...]
    duration: Millis


@dataclass(frozen=True, slots=True)
class PersonView:
    """Someone who is seen in the shot."""

    name: str
    description: str
    voice: str


@dataclass(frozen=True, slots=True)
class LocationView:
    """Where the shot is."""

    description: str
    ambience: str
    lighting: str


@dataclass(frozen=True, slots=True)
class CameraView:
    """How the shot is taken."""

    text: str
    size: str
    composition: str
    angle: str
    move: str
    support: str
    lens: str
    depth_of_field: str
    aperture: str
    filter: str


@dataclass(frozen=True, slots=True)
class LineView:
    """One line of dialogue, and how it is said."""

    speaker: str
    text: str
    delivery: str
    parenthetical: str
    voice: str


@dataclass(frozen=True, slots=True)
class SoundView:
    """What is heard beside the words."""

    text: str
    ambience: str
    effects: tuple[str, ...]
    foley: str
    room_tone: str
    music: str
    quiet: str


ROOTS: Mapping[str, type] = {
    "camera": CameraView,
    "characters": PersonView,
    "dialogue": LineView,
    "film": FilmView,
    "location": LocationView,
    "scene": SceneView,
    "shot": ShotView,
    "sound": SoundView,
}
"""The names a template may use, and what each is."""

LISTS = frozenset({"characters", "dialogue"})
"""Those of them that are lists of such a view."""

FIELDS: Mapping[type, frozenset[str]] = {
    view: frozenset(each.name for each in fields(view)) for view in ROOTS.values()
}
"""The fields of each of them."""
