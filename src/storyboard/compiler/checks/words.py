"""Words that models obey badly: more than one camera move or setup in one shot."""

import re
from collections.abc import Iterator

from storyboard.compiler.checks.subject import Subject
from storyboard.compiler.moves import moves_named
from storyboard.model.diagnostic import Code, Diagnostic
from storyboard.model.source import Span
from storyboard.model.story import Shot
from storyboard.model.vocabulary import MOVE

__all__ = ["CHECKS"]

_NEW_SETUP = re.compile(r"\b(?:cut(?:s|ting)? to|smash to|we then see|new angle)\b", re.IGNORECASE)


def one_move(subject: Subject) -> Iterator[Diagnostic]:
    """A shot has one camera move: models blur two of them into neither."""
    for shot in subject.film.shown:
        named = _moves(shot)
        if len(named) > 1:
            message = f'"{shot.id}" asks for {len(named)} camera moves: {", ".join(named)}'
            advice = "keep one move, and make the other a shot of its own"
            yield Diagnostic(Code.SEVERAL_MOVES, message, _camera_place(shot), advice)


def one_setup(subject: Subject) -> Iterator[Diagnostic]:
    """A shot has one camera setup: a cut inside it is two shots."""
    for shot in subject.film.shown:
        found = _NEW_SETUP.search(shot.action or "")
        if found:
            message = f'"{shot.id}" has more than one setup: its action says "{found[0]}"'
            advice = "make each setup a shot of its own; two short clips obey better than one long"
            place = shot.origin.at("action")
            yield Diagnostic(Code.SEVERAL_MOVES, message, place, advice)


def _moves(shot: Shot) -> tuple[str, ...]:
    if len(shot.camera.moves) > 1:
        return shot.camera.moves
    said = (*(MOVE.phrases.get(move, "") for move in shot.camera.moves), shot.camera.text or "")
    return moves_named(". ".join(said))


def _camera_place(shot: Shot) -> Span:
    return shot.origin.at("camera", "move" if len(shot.camera.moves) > 1 else "text")


CHECKS = (one_move, one_setup)
