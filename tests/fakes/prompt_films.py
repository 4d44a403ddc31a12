"""Small films and template folders for the tests of prompts, made without reading any YAML."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

from storyboard.compiler.prompts.render import render_prompts
from storyboard.model.diagnostic import Diagnostic
from storyboard.model.money import Millis
from storyboard.model.source import Source, Span
from storyboard.model.story import (
    Camera,
    Character,
    Film,
    Format,
    Line,
    Location,
    Origin,
    Scene,
    Shot,
    Sound,
)

__all__ = [
    "BEN",
    "FULL",
    "MIA",
    "NOWHERE",
    "PARLOUR",
    "SHIPPED",
    "Templates",
    "film_of",
    "found",
    "shot_of",
    "text_of",
]

NOWHERE = Origin(Span("film.yaml", 0, 0))
MIA = Character(
    "mia",
    "Mia",
    "a grey tabby kitten with a white chin",
    NOWHERE,
    voice="high and playful",
    notes="a secret of Mia's",
)
BEN = Character("ben", "Ben", "Old clockmaker, brass spectacles.", NOWHERE)
PARLOUR = Location(
    "parlour",
    "a candle-lit Victorian parlour",
    NOWHERE,
    ambience="a grandfather clock ticks",
    notes="a secret of the parlour's",
)
FULL: Mapping[str, Any] = {
    "action": "The kitten pounces on the yarn, tumbles, and hugs it. Mr. Whiskers looks up.",
    "look": "warm tungsten, 35 mm, shallow depth of field",
    "mood": "playful",
    "palette": ("amber", "walnut", "cream"),
    "lighting": "low-key",
    "location": "parlour",
    "camera": Camera(
        size="cu",
        angle="low",
        moves=("push-in",),
        speed="slow",
        support="handheld",
        lens="35",
        depth_of_field="shallow",
    ),
    "sound": Sound(ambience="the clock", effects=("soft pats of paws",)),
    "dialogue": (
        Line("Mrow! Mrow!", "mia", parenthetical="(delighted)"),
        Line("Who is there", "ben", "v.o."),
    ),
    "tags": ("a-secret-tag",),
    "notes": "a secret of the shot's",
}
"""A shot with something in every field that a prompt may show."""

_FOLDER = Path(__file__).parents[2] / "templates"


@dataclass(frozen=True, slots=True)
class Templates:
    """Templates from a dict, before those of `below`."""

    texts: Mapping[str, str]
    below: "Templates | None" = None
    asked: list[str] = field(default_factory=list)

    def get(self, name: str) -> Source | None:
        self.asked.append(name)
        if name in self.texts:
            return Source(f"templates/{name}.j2", self.texts[name])
        return self.below.get(name) if self.below else None

    def names(self) -> tuple[str, ...]:
        return (*self.texts, *(self.below.names() if self.below else ()))


SHIPPED = Templates({each.stem: each.read_text("utf-8") for each in _FOLDER.glob("*.j2")})
"""The templates that come with storyboard."""


def shot_of(name: str = "pounce", **fields: Any) -> Shot:
    """Make a shot with those fields."""
    given: dict[str, Any] = {
        "id": name,
        "scene": "parlour",
        "duration": Millis(8000),
        "model": "a/model",
        "template": "cinematic",
        "origin": NOWHERE,
    }
    return Shot(**(given | fields))


def film_of(*shots: Shot, scene: Mapping[str, Any] | None = None, **fields: Any) -> Film:
    """Make a film of one scene with those shots, Mia, Ben and the parlour."""
    given: dict[str, Any] = {
        "title": "The Yarn",
        "format": Format(1280, 720, Fraction(24), "16:9", "720p"),
        "model": "a/model",
        "template": "cinematic",
        "scenes": (Scene("parlour", shots, NOWHERE, **(scene or {})),),
        "origin": NOWHERE,
        "characters": (MIA, BEN),
        "locations": (PARLOUR,),
    }
    return Film(**(given | fields))


def text_of(template: str, **fields: Any) -> str:
    """Render one shot through a template written here, over those that are shipped."""
    templates = Templates({"mine": template}, SHIPPED)
    outcome = render_prompts(film_of(shot_of(template="mine", **fields)), templates)
    assert outcome.value is not None, outcome.diagnostics
    return outcome.value[0].text


def found(template: str, *, shots: int = 1, **others: str) -> tuple[Diagnostic, ...]:
    """Return the findings for a template written here, called `mine`, among others."""
    film = film_of(*(shot_of(f"shot-{number}", template="mine") for number in range(shots)))
    return render_prompts(film, Templates({"mine": template, **others}, SHIPPED)).diagnostics
