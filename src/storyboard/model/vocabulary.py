"""The film trade's words that a storyboard may use, their aliases, and how a prompt says them.

Sources are listed in docs/vocabulary.md. The JSON Schema carries the same words; a test compares.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

__all__ = [
    "ANGLE",
    "COMPOSITION",
    "DELIVERY",
    "LIGHTING",
    "MOVE",
    "SIZE",
    "SPEED",
    "SUPPORT",
    "TRANSITION",
    "Words",
]


@dataclass(frozen=True, slots=True)
class Words:
    """An enum of the language: `phrases` by word for prompts, `aliases` from other spellings."""

    phrases: Mapping[str, str]
    aliases: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    def canonical(self, word: str) -> str:
        """Return the word that a spelling stands for; the spelling itself if unknown."""
        lowered = word.lower()
        return self.aliases.get(lowered, lowered)


SIZE = Words(
    {
        "ews": "extreme wide shot",
        "vws": "very wide shot",
        "ws": "wide shot",
        "fs": "full shot",
        "mls": "medium long shot",
        "ms": "medium shot",
        "mcu": "medium close-up",
        "cu": "close-up",
        "bcu": "big close-up",
        "ecu": "extreme close-up",
        "insert": "insert shot",
    },
    {
        "els": "ews",
        "ls": "ws",
        "mws": "mls",
        "vcu": "bcu",
        "xcu": "ecu",
        "ins": "insert",
        "wide": "ws",
        "full": "fs",
        "medium": "ms",
        "close-up": "cu",
        "extreme-wide": "ews",
        "extreme-close-up": "ecu",
        "cowboy": "mls",
    },
)
COMPOSITION = Words(
    {
        "single": "single",
        "two-shot": "two-shot",
        "three-shot": "three-shot",
        "group": "group shot",
        "ots": "over the shoulder",
        "pov": "point of view",
        "reverse": "reverse angle",
        "establishing": "establishing shot",
    },
    {"2s": "two-shot", "3s": "three-shot", "est": "establishing", "over-the-shoulder": "ots"},
)
ANGLE = Words(
    {
        "eye-level": "at eye level",
        "low": "from a low angle",
        "high": "from a high angle",
        "overhead": "from directly overhead",
        "worms-eye": "from a worm's-eye view",
        "dutch": "on a Dutch tilt",
        "shoulder-level": "at shoulder level",
        "hip-level": "at hip level",
        "ground-level": "at ground level",
        "aerial": "from the air",
    },
    {
        "birds-eye": "overhead",
        "bird's-eye": "overhead",
        "top-down": "overhead",
        "worm's-eye": "worms-eye",
        "canted": "dutch",
        "eye": "eye-level",
    },
)
MOVE = Words(
    {
        "static": "the camera holds still",
        "pan-left": "the camera pans left",
        "pan-right": "the camera pans right",
        "tilt-up": "the camera tilts up",
        "tilt-down": "the camera tilts down",
        "roll": "the camera rolls on its lens axis",
        "push-in": "the camera pushes in",
        "pull-out": "the camera pulls out",
        "truck-left": "the camera trucks left",
        "truck-right": "the camera trucks right",
        "pedestal-up": "the camera rises on a pedestal",
        "pedestal-down": "the camera lowers on a pedestal",
        "crane-up": "the camera cranes up",
        "crane-down": "the camera cranes down",
        "arc-left": "the camera arcs left around the subject",
        "arc-right": "the camera arcs right around the subject",
        "track": "the camera tracks with the subject",
        "follow": "the camera follows the subject",
        "zoom-in": "the lens zooms in",
        "zoom-out": "the lens zooms out",
        "dolly-zoom": "the camera makes a dolly zoom",
        "rack-focus": "the focus racks between planes",
        "whip-pan": "the camera whip-pans",
    },
    {
        "locked-off": "static",
        "locked": "static",
        "dolly-in": "push-in",
        "dolly-out": "pull-out",
        "pull-back": "pull-out",
        "crab-left": "truck-left",
        "crab-right": "truck-right",
        "boom-up": "pedestal-up",
        "boom-down": "pedestal-down",
        "jib-up": "crane-up",
        "jib-down": "crane-down",
        "orbit-left": "arc-left",
        "orbit-right": "arc-right",
        "tracking": "track",
    },
)
SUPPORT = Words(
    {
        "tripod": "on a tripod",
        "handheld": "handheld",
        "steadicam": "on a Steadicam",
        "gimbal": "on a gimbal",
        "dolly": "on a dolly",
        "crane": "on a crane",
        "drone": "from a drone",
    },
    {"sticks": "tripod", "hand-held": "handheld", "jib": "crane"},
)
SPEED = Words({"slow": "slowly", "medium": "steadily", "fast": "fast"})
LIGHTING = Words(
    {
        "high-key": "high-key lighting",
        "low-key": "low-key lighting",
        "natural": "natural light",
        "motivated": "motivated light",
        "practical": "practical lights in the frame",
        "silhouette": "subjects in silhouette",
        "backlit": "subjects lit from behind",
    },
)
TRANSITION = Words(
    {
        "cut": "cut",
        "dissolve": "dissolve",
        "fade-in": "fade in",
        "fade-out": "fade out",
        "dip-to-black": "dip to black",
        "dip-to-white": "dip to white",
        "wipe-left": "wipe left",
        "wipe-right": "wipe right",
        "wipe-up": "wipe up",
        "wipe-down": "wipe down",
        "smash": "smash cut",
        "match": "match cut",
    },
    {
        "cross-dissolve": "dissolve",
        "crossfade": "dissolve",
        "smash-cut": "smash",
        "match-cut": "match",
        "fade": "dip-to-black",
    },
)
DELIVERY = Words(
    {
        "on-screen": "on screen",
        "v.o.": "voice-over",
        "o.s.": "off screen",
        "o.c.": "off camera",
        "pre-lap": "heard before the picture changes",
    },
    {"vo": "v.o.", "os": "o.s.", "oc": "o.c.", "v/o": "v.o.", "o/s": "o.s.", "prelap": "pre-lap"},
)
