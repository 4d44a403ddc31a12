"""Recognises camera moves in prose: which are named, and which word of the vocabulary is meant."""

import re

__all__ = ["move_meant", "moves_named"]

_MOVES = {
    "pan": r"\b(?:whip[- ])?pan(?:s|ning)?\b",
    "tilt": r"\btilt(?:s|ing)?\b",
    "zoom": r"(?<!\bdolly[- ])\bzoom(?:s|ing)?\b",
    "dolly zoom": r"\bdolly[- ]zoom(?:s|ing)?\b",
    "push": r"\bpush(?:es|ing)?[- ]in\b|(?<!\ba )(?<!\bthe )\bdoll(?:y|ies|ying)\b(?![- ]zoom)",
    "pull": r"\bpull(?:s|ing)?[- ](?:out|back)\b",
    "truck": r"\btruck(?:s|ing)? (?:left|right)\b|\bcrab(?:s|bing)?\b",
    "crane": r"\bcran(?:e|es|ing) (?:up|down)\b|\bpedestal(?:s)?\b",
    "arc": r"\barc(?:s|ing)?\b|\borbit(?:s|ing)?\b",
    "roll": r"\bcamera rolls?\b",
}
_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _MOVES.items()}
_WORDS = {
    "dolly zoom": "dolly-zoom",
    "push": "push-in",
    "pull": "pull-out",
    "roll": "roll",
}
# The direction a move has in prose, and the one it is given where the prose does not say.
_DIRECTIONS = {
    "pan": ("right", "left"),
    "tilt": ("up", "down"),
    "zoom": ("in", "out"),
    "truck": ("right", "left"),
    "crane": ("up", "down"),
    "arc": ("right", "left"),
}


def moves_named(text: str) -> tuple[str, ...]:
    """Name the moves that a description of the camera asks for."""
    return tuple(name for name, pattern in _PATTERNS.items() if pattern.search(text))


def move_meant(text: str) -> str | None:
    """Return the vocabulary's word for the first move in a description, None without one."""
    found = [(match.start(), name) for name in _PATTERNS if (match := _PATTERNS[name].search(text))]
    if not found:
        return None
    start, name = min(found)
    if name not in _DIRECTIONS:
        return _WORDS[name]
    if re.match(r"whip", text[start:], re.IGNORECASE):
        return "whip-pan"
    usual, other = _DIRECTIONS[name]
    direction = other if re.search(rf"\b{other}\b", text[start:], re.IGNORECASE) else usual
    return f"{name}-{direction}"
