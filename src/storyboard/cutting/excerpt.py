"""An excerpt: some shots of a film as a film of their own, that can be cut wherever it was."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from storyboard.model.placement import Placement, placements
from storyboard.model.story import Film, Shot, Transition

__all__ = ["excerpt"]


def excerpt(film: Film, chosen: AbstractSet[str]) -> Film:
    """Return the film of the chosen shots alone, in film order: the others skipped, no cards.

    A shot keeps its transition, from whatever now comes before it. Where there is no room for that
    beside its new neighbours it becomes a cut, and sound leads and trails as far as they last.
    """
    before = {shot.id: last for last, shot in _pairs(film.shown)}
    alone = replace(film, title_card=None, credits=None)
    alone = _with(alone, {s.id: replace(s, skip=True) for s in film.shots if s.id not in chosen})
    moved = {
        shot.id
        for last, shot in _pairs(alone.shown)
        if last != before[shot.id] or (last is None and film.title_card)
    }
    squeezed = (shot for shot in _squeezed(alone) if shot.id in moved)
    alone = _with(alone, {s.id: replace(s, transition=Transition()) for s in squeezed})
    return _with(alone, {placed.item.id: _heard(placed) for placed in placements(alone)})


def _pairs(shots: Sequence[Shot]) -> Iterator[tuple[str | None, Shot]]:
    """Yield each shot with the id of the one before it, the first with None."""
    return zip([None, *(shot.id for shot in shots)], shots, strict=False)


def _with(film: Film, shots: dict[str, Shot]) -> Film:
    """Return the film with other shots in the place of those of their ids."""
    scenes = (
        replace(scene, shots=tuple(shots.get(shot.id, shot) for shot in scene.shots))
        for scene in film.scenes
    )
    return replace(film, scenes=tuple(scenes))


def _squeezed(film: Film) -> Iterator[Shot]:
    """Yield the shots whose way in is a join that one of its two sides has no room for."""
    placed = placements(film)
    for number, each in enumerate(placed):
        sides = placed[max(0, number - 1) : number + 1]
        if isinstance(each.item, Shot) and each.opening and not all(side.fits for side in sides):
            yield each.item


def _heard(placed: Placement) -> Shot:
    """Return a shot whose sound leads and trails no further than there is room."""
    shot = placed.item
    assert isinstance(shot, Shot)  # noqa: S101  an excerpt has no cards
    mix = replace(
        shot.mix,
        lead=min(shot.mix.lead, placed.lead_room),
        trail=min(shot.mix.trail, placed.trail_room),
    )
    return replace(shot, mix=mix)
