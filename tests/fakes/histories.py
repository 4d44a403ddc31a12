"""What a film's history has to cost: a small model of takes, locks and clones, and of nothing else.

    model = Model(shots=4)
    model.edit("s0", 7)
    assert model.to_buy(clone, retake="s0") == {...}

It is written from docs/takes.md and shares no code with the planner: a clip is what it was asked
with and the number of its take, so what has to be bought is a difference of sets.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias, TypeVar

__all__ = ["Asked", "Clip", "CloneModel", "FilmModel", "Need", "ShotModel", "SlateModel", "merged"]

T = TypeVar("T")


class Asked(NamedTuple):
    """What a shot asks for: its action, by number, and its picture: a still, or a clip's frame."""

    action: int
    picture: "int | Clip"


class Clip(NamedTuple):
    """A clip that can be paid for: what was asked, and which take of that."""

    asked: Asked
    take: int


@dataclass(frozen=True)
class ShotModel:
    """A shot as the film has it; `start` is the place of the shot that it starts from."""

    id: str
    action: int
    takes: int = 1
    start: int | None = None


@dataclass(frozen=True)
class SlateModel:
    """A shot's takes as the lock has them, in order, and its circle: for what it was drawn."""

    clips: tuple[Clip, ...]
    circled: Clip | None = None
    circled_for: Asked | None = None


Slates: TypeAlias = Mapping[str, SlateModel]


class Need(NamedTuple):
    """What there is to get for a shot: its shown take, and all takes that have to be bought."""

    asked: Asked
    shown: Clip
    buys: frozenset[Clip]


@dataclass
class FilmModel:
    """The film as its source has it; every clone has the same source."""

    shots: list[ShotModel]

    def change(self, place: int, **changes: object) -> None:
        self.shots[place] = replace(self.shots[place], **changes)  # type: ignore[arg-type]


@dataclass
class CloneModel:
    """A folder with the film: what its lock knows, and what it has bought itself.

    `booked` are by clip the shots of the orders in its ledger.
    """

    film: FilmModel
    lock: dict[str, SlateModel] = field(default_factory=dict)
    own: set[Clip] = field(default_factory=set)
    booked: dict[Clip, str] = field(default_factory=dict)

    @property
    def known(self) -> set[Clip]:
        return self.own | {clip for slate in self.lock.values() for clip in slate.clips}

    def slate(self, shot: ShotModel, asked: Asked) -> tuple[str, SlateModel] | None:
        """Return what the lock has of a shot, also under the id that it had before."""
        if shot.id in self.lock:
            return shot.id, self.lock[shot.id]
        ids = {each.id for each in self.film.shots}
        for name, slate in self.lock.items():
            if name not in ids and Clip(asked, 1) in slate.clips:
                return name, slate
        return None

    def need(self, place: int, retakes: frozenset[str] = frozenset()) -> Need:
        """Settle a shot, after the one that it starts from."""
        shot = self.film.shots[place]
        start = None if shot.start is None else self.need(shot.start, retakes).shown
        asked = Asked(shot.action, shot.action if start is None else start)
        has = {clip.take for clip in self.known if clip.asked == asked}
        lacking = [take for take in range(1, 99) if take not in has]
        buys = lacking[: max(0, shot.takes - len(has))]
        if shot.id in retakes and has and not buys:
            buys = [max(has) + 1]
        found = self.slate(shot, asked)
        if found is not None and found[1].circled_for == asked and found[1].circled is not None:
            circled = found[1].circled
            if circled.asked != asked:  # kept in spite of an edit: one more only if asked for
                buys = buys[:1] if shot.id in retakes else []
            return Need(asked, circled, frozenset(Clip(asked, take) for take in buys))
        newest = Clip(asked, max({*has, *buys}))
        return Need(asked, newest, frozenset(Clip(asked, take) for take in buys))

    def to_buy(
        self, only: Iterable[int] | None = None, retakes: frozenset[str] = frozenset()
    ) -> set[Clip]:
        """Return what a build pays for: the chosen shots', and what they start from and lacks."""
        places = range(len(self.film.shots)) if only is None else only
        needs = {place: self.need(place, retakes) for place in range(len(self.film.shots))}
        found = {clip for place in places for clip in needs[place].buys}
        for place in places:
            start = self.film.shots[place].start
            waits = needs[place].buys
            if start is not None and waits and needs[start].shown in needs[start].buys:
                found.add(needs[start].shown)
        return found

    def order(self, clips: Iterable[Clip]) -> None:
        """Note what was paid for, each clip for the first shot that asks for it."""
        for place in reversed(range(len(self.film.shots))):
            asked = self.need(place).asked
            mine = {clip: self.film.shots[place].id for clip in clips if clip.asked == asked}
            self.booked.update(mine)
        self.own |= set(clips)

    def record(self, *, anew: bool = True) -> None:
        """Write every take that is owned into the lock; a renamed shot takes its slate along.

        Takes that no shot asks for any more come first, under the shots they were bought for.
        """
        needs = [self.need(place) for place in range(len(self.film.shots))]
        found = [
            self.slate(shot, need.asked) for shot, need in zip(self.film.shots, needs, strict=True)
        ]
        names = {}
        before = dict(self.lock)
        for shot, each in zip(self.film.shots, found, strict=True):
            if each is not None:
                names[each[0]] = shot.id
                self.lock[shot.id] = each[1]
        for name in names.keys() - {shot.id for shot in self.film.shots}:
            del self.lock[name]
        if not anew:
            return
        known = {clip for slate in before.values() for clip in slate.clips}
        asked = {need.asked for need in needs}
        for clip, shot_id in sorted(self.booked.items()):
            if clip not in known and clip.asked not in asked:
                self._add(
                    shot_id if shot_id in names.values() else names.get(shot_id, shot_id), clip
                )
        for shot, need in zip(self.film.shots, needs, strict=True):
            for clip in sorted(clip for clip in self.own if clip.asked == need.asked):
                self._add(shot.id, clip)

    def _add(self, shot: str, clip: Clip) -> None:
        slate = self.lock.get(shot, SlateModel(()))
        if clip not in slate.clips:
            self.lock[shot] = replace(slate, clips=(*slate.clips, clip))


def merged(
    base: Mapping[str, T],
    ours: Mapping[str, T],
    theirs: Mapping[str, T],
    both: Callable[[T, T], T],
) -> dict[str, T]:
    """Merge slates as git does: who has changed one wins, and `both` joins what both changed."""
    found: dict[str, T] = {}
    for name in sorted({*base, *ours, *theirs}):
        was, mine, other = base.get(name), ours.get(name), theirs.get(name)
        if mine in (other, was) or other == was:
            kept = other if mine == was else mine
        else:
            kept = both(mine, other) if mine is not None and other is not None else mine or other
        if kept is not None:
            found[name] = kept
    return found
