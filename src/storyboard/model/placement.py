"""Where each shot and card stands in the film, in its time, and what its two ends are spent on.

Checks and the cutting room ask the same questions of it, so a film that passes can be cut.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from storyboard.model.money import Millis, frames
from storyboard.model.post import Card
from storyboard.model.story import OVERLAPPING, Film, Shot

__all__ = ["Placement", "placements"]

_DIPS = frozenset({"dip-to-black", "dip-to-white"})
_STRAIGHT = frozenset({"cut", "smash", "match", "fade-out"})
_CARD_FADE = Millis(500)
_SECOND = 1000
_NOTHING = Fraction(0)

_Item = Shot | Card
_Join = tuple[str, Fraction]
_Span = tuple[Millis, Millis]
_NOWHERE: _Span = (Millis(0), Millis(0))


@dataclass(frozen=True, slots=True)
class Placement:
    """A shot or card from `start` to `end` of the film, all in milliseconds.

    `kind` is the join before it and `opening` what that takes of its time, `fade_out` its own end
    and `leaving` what the next join takes. `before` and `after` are how much film there is beside
    it to be heard in, no more than one neighbour; `unseen_before` and `unseen_after` how much of
    its clip lies there, at its speed.
    """

    item: _Item
    start: Millis
    end: Millis
    kind: str
    opening: Fraction
    fade_out: Millis
    leaving: Fraction
    before: Millis
    after: Millis
    unseen_before: Millis
    unseen_after: Millis

    @property
    def lead_room(self) -> Millis:
        """How long its sound can be heard before its picture."""
        return min(self.before, self.unseen_before)

    @property
    def trail_room(self) -> Millis:
        """How long its sound can be heard after its picture."""
        return min(self.after, self.unseen_after)

    @property
    def spent(self) -> Fraction:
        """How much of its time the transitions at its two ends take."""
        return self.opening + self.fade_out + self.leaving

    @property
    def fits(self) -> bool:
        """Whether it is seen by itself, between the transitions at its ends, or just not."""
        return self.spent <= max(0, self.end - self.start)

    def moves(self, rate: Fraction) -> bool:
        """Tell whether it moves, before any hold, for a frame at least."""
        still = self.end - (self.item.hold if isinstance(self.item, Shot) else 0)
        if still - self.start >= _SECOND:  # no rate is below a frame a second
            return True
        whole = (still - self.start) * rate >= _SECOND
        return whole and frames(Millis(still), rate) > frames(self.start, rate)


def placements(film: Film) -> tuple[Placement, ...]:
    """Place everything that is shown, in order: title card, shots, credits."""
    items = _items(film)
    joins = [_join(item, before) for before, item in zip([None, *items], items, strict=False)]
    clock, spans = 0, list[_Span]()
    for item, (kind, opening) in zip(items, joins, strict=True):
        start = int(clock - opening) if kind in OVERLAPPING else clock
        clock = start + _length(item)
        spans.append((Millis(start), Millis(clock)))
    befores, afters = (_NOWHERE, *spans), (*spans[1:], (Millis(clock), Millis(clock)))
    rows = zip(items, joins, (*joins[1:], None), befores, spans, afters, strict=False)
    return tuple(_place(*row) for row in rows)


def _items(film: Film) -> Sequence[_Item]:
    return [each for each in (film.title_card, *film.shown, film.credits) if each is not None]


def _length(item: _Item) -> Millis:
    return item.screen_time if isinstance(item, Shot) else item.duration


def _join(item: _Item, before: _Item | None) -> _Join:
    """Return the kind of the join before an item, and the milliseconds it takes of the item.

    A dip is half on either side of the join, and whole where the film begins with it. What is first
    or follows a card has no picture to overlap: it comes up from black.
    """
    if isinstance(item, Card):
        return "fade-in", Fraction(_card_fade(item))
    kind, duration = item.transition.kind, Fraction(item.transition.duration)
    if kind in _STRAIGHT or not duration:
        return "cut", _NOTHING
    if kind in _DIPS and before is not None:
        return kind, duration / 2
    if kind in OVERLAPPING and not isinstance(before, Shot):
        return "fade-in", duration
    return kind, duration


def _card_fade(card: Card) -> Millis:
    return min(_CARD_FADE, Millis(card.duration // 2))


def _place(
    item: _Item, join: _Join, next_join: _Join | None, before: _Span, span: _Span, after: _Span
) -> Placement:
    """Put together what is known of an item and of its neighbours."""
    next_kind, next_opening = next_join or ("cut", _NOTHING)
    unseen = _unseen(item)
    return Placement(
        item=item,
        start=span[0],
        end=span[1],
        kind=join[0],
        opening=join[1],
        fade_out=_fade_out(item, dips=next_kind in _DIPS),
        leaving=next_opening if next_kind in _DIPS or next_kind in OVERLAPPING else _NOTHING,
        before=Millis(max(0, span[0] - max(0, before[0]))),
        after=Millis(max(0, after[1] - span[1])),
        unseen_before=unseen[0],
        unseen_after=unseen[1],
    )


def _fade_out(item: _Item, *, dips: bool) -> Millis:
    if isinstance(item, Card):
        return Millis(0) if dips else _card_fade(item)
    return item.transition.duration if item.transition.kind == "fade-out" else Millis(0)


def _unseen(item: _Item) -> tuple[Millis, Millis]:
    """Return how much of a clip lies before and after what is shown of it, at the shot's speed.

    A sound ends where its last picture is held: then nothing of it comes after.
    """
    if isinstance(item, Card):
        return Millis(0), Millis(0)
    before = item.handles + (item.trim.start if item.trim else 0)
    after = 0 if item.hold else item.clip_time - before - item.used_time
    if not before and not after:
        return Millis(0), Millis(0)
    return Millis(int(before / item.speed)), Millis(max(0, int(after / item.speed)))
