"""Compares two editions of a film: which shots changed, in what, and what that costs.

A shot is first known by its id. One that is on one side only is the same as one on the other side
that asks for the same clip: it was renamed, and its history follows it.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff

from storyboard.compiler.edition_fields import IMAGE_CONTENT
from storyboard.model.difference import Change, Difference, FieldChange, ShotChange
from storyboard.model.edition import Edition, EditionShot
from storyboard.model.money import MicroUsd
from storyboard.model.plan import Plan
from storyboard.model.request import ClipKey
from storyboard.model.tree import Plain

__all__ = ["compare", "prompt_diff"]

_PROMPT = "prompt"
_CONTEXT = 1
_HEADER = 2

_NOT_ORDERED = frozenset(
    {
        "fallback",
        "focus",
        "hold",
        "mix",
        "notes",
        "speed",
        "tags",
        "takes",
        "transition",
        "trim",
    }
)
"""The fields that no order holds: what they change is in the cut, or nowhere."""

_NOT_SAID = _NOT_ORDERED | {
    "end_image",
    f"end_{IMAGE_CONTENT}",
    "handles",
    "image",
    IMAGE_CONTENT,
    "inputs",
    "model",
    "seed",
}
"""The fields that no template sees; all others may change a prompt."""

_SAID_OF_THE_FILM = frozenset({"language", "title"})


@dataclass(frozen=True, slots=True)
class _Match:
    """What the two versions have in common: by a new shot's id, the old shot that it was.

    `still` are the new ids of those that stand where they stood among the others.
    """

    was: Mapping[str, EditionShot]
    still: frozenset[str]


def compare(film: str, before: Edition, after: Edition, plan: Plan | None = None) -> Difference:
    """Say what changed from one edition to the other; `plan` is what a build of the new one does.

    A clip that only the new edition asks for is counted at the first shot that asks for it.
    """
    match = _matched(before, after)
    fields = tuple(_changed_fields(before.fields, after.fields))
    steps = {shot.id: shot.step for shot in plan.shots} if plan is not None else {}
    said = any(each.name in _SAID_OF_THE_FILM for each in fields)
    had = {clip for shot in before.shots for clip in shot.clips}
    changes: dict[str, ShotChange] = {}
    for shot in after.shots:
        new = len({*shot.clips} - had)
        had.update(shot.clips)
        old = match.was.get(shot.id)
        changed = tuple(_what_changed(old, shot, film_said=said)) if old is not None else ()
        changes[shot.id] = ShotChange(
            id=shot.id,
            scene=shot.scene,
            change=_change(old, shot, changed),
            remade=old is not None and shot.base not in old.clips,
            renamed_from=old.id if old is not None and old.id != shot.id else None,
            moved_from=old.scene if old is not None and shot.id not in match.still else None,
            fields=changed,
            prompt=_prompt_diff(old, shot),
            price_before=old.cost if old is not None else None,
            price_after=shot.cost,
            runs_before=old.runs if old is not None else None,
            runs_after=shot.runs,
            clips=new,
            cost=MicroUsd(new * shot.price),
            step=steps.get(shot.id),
        )
    return Difference(
        film=film,
        before=before.name,
        after=after.name,
        shots=tuple(_in_film_order(before, after, match, changes)),
        fields=fields,
        price_before=before.price,
        price_after=after.price,
        runtime_before=before.runtime,
        runtime_after=after.runtime,
        to_buy=plan.cost if plan is not None else None,
        title=(after.fields or {}).get("title"),
    )


def _matched(before: Edition, after: Edition) -> _Match:
    by_id = {shot.id: shot for shot in before.shots}
    ids = {shot.id for shot in after.shots}
    left: dict[ClipKey, list[EditionShot]] = {}
    for shot in before.shots:
        if shot.id not in ids:
            for clip in shot.clips:
                left.setdefault(clip, []).append(shot)
    was: dict[str, EditionShot] = {}
    taken: set[str] = set()
    for shot in after.shots:
        candidates = [by_id[shot.id]] if shot.id in by_id else left.get(shot.base, [])
        old = next((each for each in candidates if each.id not in taken), None)
        if old is not None:
            was[shot.id] = old
            taken.add(old.id)
    if not (before.ordered and after.ordered):
        return _Match(was, frozenset(was))
    return _Match(was, _still(before, after, was))


def _still(before: Edition, after: Edition, was: Mapping[str, EditionShot]) -> frozenset[str]:
    """Find the most shots that keep their scene and their order; all others have moved."""
    place = {shot.id: index for index, shot in enumerate(before.shots)}
    stayed = [shot for shot in after.shots if shot.id in was and was[shot.id].scene == shot.scene]
    rising = _longest_rising([place[was[shot.id].id] for shot in stayed])
    return frozenset(stayed[index].id for index in rising)


def _longest_rising(numbers: Sequence[int]) -> list[int]:
    """Return the indexes of a longest rising subsequence of different numbers."""
    ends: list[int] = []  # the least number that ends a subsequence of each length
    tails: list[int] = []  # where that number is
    earlier: list[int] = []  # what comes before each number in its subsequence
    for index, number in enumerate(numbers):
        length = bisect_left(ends, number)
        earlier.append(tails[length - 1] if length else -1)
        ends[length : length + 1] = [number]
        tails[length : length + 1] = [index]
    found: list[int] = []
    index = tails[-1] if tails else -1
    while index >= 0:
        found.append(index)
        index = earlier[index]
    return found[::-1]


def _change(old: EditionShot | None, shot: EditionShot, changed: Sequence[FieldChange]) -> Change:
    if old is None:
        return Change.ADDED
    return Change.CHANGED if changed or shot.base not in old.clips else Change.KEPT


def _what_changed(old: EditionShot, shot: EditionShot, *, film_said: bool) -> Iterator[FieldChange]:
    """Yield the fields that changed and, where none explains the new order, what else did.

    A prompt that changed although nothing did that is said in it was written by another template,
    unless the film's own words changed (`film_said`).
    """
    fields = list(_changed_fields(old.fields, shot.fields))
    yield from fields
    if old.made_from is None or shot.made_from is None or shot.base in old.clips:
        return
    roots = {each.name.partition(".")[0] for each in fields}
    if roots <= _NOT_SAID and old.made_from.get(_PROMPT) != shot.made_from.get(_PROMPT):
        yield FieldChange(_PROMPT if film_said else "template text", None, None)
    if roots <= _NOT_ORDERED:
        ordered = _changed_fields(_inputs(old.made_from), _inputs(shot.made_from))
        yield from (FieldChange(f"order.{e.name}", e.before, e.after) for e in ordered)


def _inputs(made_from: Mapping[str, Plain]) -> dict[str, str]:
    return {name: str(value) for name, value in made_from.items() if name != _PROMPT}


def _changed_fields(
    before: Mapping[str, str] | None, after: Mapping[str, str] | None
) -> Iterator[FieldChange]:
    if before is None or after is None or before == after:
        return
    for name in _merged(before, after):
        if before.get(name) != after.get(name):
            yield FieldChange(name, before.get(name), after.get(name))


def _prompt_diff(old: EditionShot | None, shot: EditionShot) -> tuple[str, ...]:
    """Compare what is sent; of a lock nobody knows it."""
    if old is None or old.made_from is None:
        return ()
    return prompt_diff(_prompt(old), _prompt(shot))


def prompt_diff(before: str, after: str) -> tuple[str, ...]:
    """Compare two prompts line by line, as a unified diff without its header."""
    lines = unified_diff(before.splitlines(), after.splitlines(), n=_CONTEXT, lineterm="")
    return tuple(lines)[_HEADER:]


def _prompt(shot: EditionShot | None) -> str:
    return str((shot.made_from or {}).get(_PROMPT, "")) if shot is not None else ""


def _in_film_order(
    before: Edition, after: Edition, match: _Match, changes: Mapping[str, ShotChange]
) -> Iterator[ShotChange]:
    """Yield scene by scene what became of each shot; a removed one after what it followed."""
    new_id = {old.id: new for new, old in match.was.items()}
    lines: dict[str, list[str]] = {}
    gone: dict[str, ShotChange] = {}
    for shot in before.shots:
        scene = lines.setdefault(shot.scene, [])
        if shot.id not in new_id:
            gone[shot.id] = _removed(shot)
            scene.append(shot.id)
        elif before.ordered and new_id[shot.id] in match.still:
            scene.append(new_id[shot.id])
    now: dict[str, list[str]] = {}
    for shot in after.shots:
        now.setdefault(shot.scene, []).append(shot.id)
    scenes = _merged(lines, now) if before.ordered else list(dict.fromkeys((*now, *lines)))
    for scene_id in scenes:
        for shot_id in _merged(lines.get(scene_id, ()), now.get(scene_id, ())):
            yield gone[shot_id] if shot_id in gone else changes[shot_id]


def _removed(shot: EditionShot) -> ShotChange:
    return ShotChange(
        id=shot.id,
        scene=shot.scene,
        change=Change.REMOVED,
        price_before=shot.cost,
        runs_before=shot.runs,
    )


def _merged(before: Iterable[str], after: Iterable[str]) -> list[str]:
    """Return the names of `after` in their order, each that is gone behind what it followed."""
    now = list(after)
    there = set(now)
    behind: dict[str | None, list[str]] = {}
    anchor: str | None = None
    for name in before:
        if name in there:
            anchor = name
        else:
            behind.setdefault(anchor, []).append(name)
    merged = behind.get(None, [])
    for name in now:
        merged += (name, *behind.get(name, ()))
    return merged
