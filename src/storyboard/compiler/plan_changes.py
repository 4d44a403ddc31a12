"""Says what has changed since a plan was saved: in its source, its pictures, its cards, its clips.

What was bought since is no change, and neither is what only looks different in the source: a shot
is compared by its fields as they hold, and a file by its bytes.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict

from storyboard.compiler.difference import compare
from storyboard.compiler.edition_fields import IMAGE_CONTENT
from storyboard.model.card import AnyLength, Lengths, ModelCard, model_name
from storyboard.model.difference import Change, FieldChange, ShotChange
from storyboard.model.money import show_seconds, show_usd
from storyboard.model.plan import Blocked, Generate, Plan, PlannedShot, Why
from storyboard.model.request import ClipKey, ClipRequest
from storyboard.model.saved import Basis, Part, SavedOrder, SavedPlan

__all__ = ["card_fields", "changes_of_orders", "changes_of_source", "clips_of", "lost_clips"]

_NO_MATTER = frozenset({"notes", "tags"})
"""Fields that neither an order nor the film holds."""
_PICTURES = frozenset({"image", "end_image"})
_CONTENTS = frozenset({IMAGE_CONTENT, f"end_{IMAGE_CONTENT}"})
_NOTES_OF_CARDS = frozenset({"id", "title", "source", "checked", "notice", "origin"})
"""What a card says that changes no order: where and when it was looked up, and remarks."""
_CLIP = "clip:"


def card_fields(card: ModelCard) -> dict[str, str]:
    """Return what a card says of what is ordered and at what price, field by field, as text."""
    said = {
        name: json.dumps(value, sort_keys=True)
        for name, value in asdict(card).items()
        if name not in _NOTES_OF_CARDS | {"lengths", "inputs", "prices"}
    }
    said["lengths"] = _lengths(card.lengths)
    said |= {f"inputs.{e.name}": json.dumps(asdict(e), sort_keys=True) for e in card.inputs}
    for row in card.prices:
        when = ", ".join(f"{name} {value}" for name, value in row.when)
        said[f"price ({when})" if when else "price"] = f"{show_usd(row.per_second)} a second"
    return said


def _lengths(lengths: Lengths) -> str:
    if isinstance(lengths, AnyLength):
        return f"{show_seconds(lengths.shortest)} to {show_seconds(lengths.longest)}"
    return ", ".join(show_seconds(length) for length in lengths.lengths)


def clips_of(request: ClipRequest) -> tuple[ClipKey, ...]:
    """Return the clips that an order's pictures are frames of."""
    pictures = (str(value) for name, value in request.inputs if name in request.pictures)
    named = (text for text in pictures if text.startswith(_CLIP))
    return tuple(ClipKey(text.removeprefix(_CLIP).partition("#")[0]) for text in named)


def changes_of_source(saved: Basis, today: Basis) -> Iterator[str]:
    """Yield what is different in what a plan was made from, a sentence each."""
    difference = compare("", saved.edition, today.edition)
    for field in difference.fields:
        if not _same_file(field, saved.sounds, today.sounds):
            yield f"the film: {field.name} changed"
    for shot in difference.shots:
        yield from _shot(shot, saved, today)
    for kind in ("stills", "sounds"):
        before, now = getattr(saved, kind), getattr(today, kind)
        yield from (f"{path} has other bytes" for path in _other_bytes(before, now))
    for model, said in saved.cards.items():
        yield from _card(model, said, today.cards.get(model))


def _shot(shot: ShotChange, saved: Basis, today: Basis) -> Iterator[str]:
    if shot.change in {Change.ADDED, Change.REMOVED}:
        yield f"{shot.id} is {'new' if shot.change is Change.ADDED else 'gone'}"
        return
    if shot.renamed_from is not None:
        yield f"{shot.id} was called {shot.renamed_from}"
    if shot.moved_from is not None:
        yield f"{shot.id} has moved"
    names = [each.name for each in shot.fields if _matters(each, shot, saved, today)]
    if names:
        yield f"{shot.id}: {', '.join(names)} changed"
    elif shot.remade and not any(each.name in _CONTENTS for each in shot.fields):
        yield f"{shot.id} asks for another clip"


def _matters(field: FieldChange, shot: ShotChange, saved: Basis, today: Basis) -> bool:
    """Tell whether a field makes a difference that no other sentence names."""
    if field.name in _NO_MATTER:
        return False
    if field.name == "template":  # the same text under another name
        return shot.remade
    if field.name in _PICTURES:
        return not _same_file(field, saved.stills, today.stills)
    if field.name in _CONTENTS:  # the bytes of a still are told under its path
        picture = field.name.removesuffix(IMAGE_CONTENT) + "image"
        stayed = all(each.name != picture for each in shot.fields)
        return not (stayed and str(field.after).startswith("sha256:"))
    return not _same_file(field, saved.sounds, today.sounds)


def _same_file(field: FieldChange, before: Mapping[str, str], now: Mapping[str, str]) -> bool:
    """Tell whether a field names a file that only lies elsewhere."""
    digest = before.get(field.before or "")
    return digest is not None and digest == now.get(field.after or "")


def _other_bytes(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    return (path for path in before if path in now and before[path] != now[path])


def _card(model: str, before: Mapping[str, str], now: Mapping[str, str] | None) -> Iterator[str]:
    name = model_name(model)
    if now is None:
        yield f"there is no card of {name} any more"
        return
    changed = [each for each in {**before, **now} if before.get(each) != now.get(each)]
    for each in changed:
        if each.startswith("price"):
            when = each.removeprefix("price")
            costs, instead = now.get(each, "nothing known"), before.get(each, "nothing known")
            yield f"{name} costs {costs} instead of {instead.removesuffix(' a second')}{when}"
    others = [each for each in changed if not each.startswith("price")]
    if others:
        yield f"the card of {name} changed: {', '.join(others)}"


def changes_of_orders(saved: SavedPlan, plan: Plan) -> Iterator[str]:
    """Yield which orders of today's plan the saved one does not have, or not at that price.

    One that was to be made and is owned, under way or blocked now is no change.
    """
    places = _Places(saved, plan)
    for part, order, was in _pairs(saved, plan):
        if isinstance(order.step, Generate) and order.cost:
            yield from _to_buy(part, order, was, places)
    yield from _blocked(saved, plan)


def lost_clips(saved: SavedPlan, plan: Plan) -> Iterator[str]:
    """Yield what has to be made anew although its shot asks for what it did."""
    for part, order, was in _pairs(saved, plan):
        made = isinstance(order.step, Generate) and order.step.why is not Why.CHANGED
        if made and order.cost and was is not None and not was.to_make:
            yield _anew(part, order, was)
    yield from _blocked(saved, plan)


def _pairs(saved: SavedPlan, plan: Plan) -> Iterator[tuple[Part, PlannedShot, SavedOrder | None]]:
    listed = {order.part: order for order in saved.orders}
    for order in plan.orders:
        part = Part(order.id, order.request.take)
        yield part, order, listed.get(part)


def _blocked(saved: SavedPlan, plan: Plan) -> Iterator[str]:
    for part, order, was in _pairs(saved, plan):
        if isinstance(order.step, Blocked) and was is not None and was.step == "reuse":
            yield f"{part} is not owned any more: {order.step.reason}"


def _to_buy(
    part: Part, order: PlannedShot, was: SavedOrder | None, places: "_Places"
) -> Iterator[str]:
    cost = show_usd(order.cost)
    if was is None:
        yield f"{part} is to be bought ({cost}), and was not"
    elif not was.to_make:
        yield _anew(part, order, was)
    elif order.model not in was.prices:
        yield f"{part} is to be made by {model_name(order.model)}, and was not"
    elif order.cost > was.prices[order.model]:
        yield f"{part} costs {cost} instead of {show_usd(was.prices[order.model])}"
    elif not places.same(order, was):
        another = "starts from another clip" if was.starts_from else "asks for another clip"
        yield f"{part} {another}"


def _anew(part: Part, order: PlannedShot, was: SavedOrder) -> str:
    why = order.step.why if isinstance(order.step, Generate) else None
    if why is Why.CHANGED:
        reason = "it asks for another clip"
    elif why is Why.FAILED_BEFORE or was.step in {"resume", "reconcile"}:
        reason = "its order brought no clip"
    else:
        reason = "its clip is gone" if was.step == "reuse" else "it was not to be ordered"
    return f"{part} has to be made anew ({show_usd(order.cost)}): {reason}"


class _Places:
    """Knows of both plans which take of which shot a clip is.

    A shot that starts from another one's clip is another order once a fallback has made that clip:
    it is held to be the same while it starts from the same take of the same shot.
    """

    def __init__(self, saved: SavedPlan, plan: Plan) -> None:
        self._was = {key: order for order in saved.orders for key in order.keys}
        self._now = {
            offer.key: (Part(order.id, offer.request.take), offer.request)
            for order in plan.orders
            for offer in (*order.asked, *order.offers)
        }

    def same(self, order: PlannedShot, was: SavedOrder) -> bool:
        """Tell whether an order starts from what it was to start from."""
        if any(offer.key in was.keys for offer in order.offers):
            return True
        return self._alike(clips_of(order.request), was.starts_from)

    def _alike(self, now: tuple[ClipKey, ...], before: tuple[ClipKey, ...]) -> bool:
        return (
            bool(now)
            and len(now) == len(before)
            and all(self._same_clip(*pair) for pair in zip(now, before, strict=True))
        )

    def _same_clip(self, now: ClipKey, before: ClipKey) -> bool:
        if now == before:
            return True
        was, found = self._was.get(before), self._now.get(now)
        if was is None or found is None or was.part != found[0]:
            return False
        if now in was.keys:
            return True
        return self._alike(clips_of(found[1]), was.starts_from)
