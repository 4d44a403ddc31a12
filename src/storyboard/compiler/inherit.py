"""What a shot inherits: film, scene, then its own fields, merged as trees so places survive."""

from collections.abc import Iterable

from storyboard.model.tree import Mapping, Node, Scalar, Sequence, find

__all__ = ["inherited_shot", "overlay", "spelled_out", "with_variant"]

_FROM_FILM = ("model", "fallback", "template", "look", "palette")
_MERGED = frozenset({"camera", "sound", "inputs", "mix"})
_MERGED_IN_VARIANTS = ("format", "budget", "defaults", "title_card", "credits", "metadata")
_SHORT_FORMS = {"camera": "text", "sound": "text", "transition": "type", "title_card": "title"}
_LISTS = {"credits": "lines"}
_VARIANT_OWN = frozenset({"shots"})


def overlay(base: Mapping, over: Mapping) -> Mapping:
    """Put the fields of `over` on `base`; camera, sound, inputs and mix merge field by field.

    The result stands where `over` stands, and each field keeps the place it was written at.
    """
    nodes = dict(base.nodes)
    for name, written in over.nodes.items():
        node = spelled_out(name, written)
        beneath = nodes.get(name)
        if name in _MERGED and isinstance(beneath, Mapping) and isinstance(node, Mapping):
            node = overlay(beneath, node)
        nodes[name] = node
    return over._replace(nodes=nodes, keys=base.keys | over.keys)


def inherited_shot(root: Mapping, scene: Mapping | None, from_scene: Iterable[str]) -> Mapping:
    """Make the shot that a scene's shots start from: film fields and defaults, then the scene's."""
    shot = _pick(root, _FROM_FILM)
    layers = [find(root, "defaults")]
    if scene is not None:
        layers += [_pick(scene, from_scene), find(scene, "defaults")]
    for layer in layers:
        if isinstance(layer, Mapping):
            shot = overlay(shot, layer)
    return shot


def with_variant(root: Mapping, name: str | None) -> Mapping:
    """Put a variant's fields on the film, and its overrides of shots on those shots."""
    variant = find(root, "variants", name) if name else None
    if not isinstance(variant, Mapping):
        return root
    film = _pick(variant, (key for key in variant.nodes if key not in _VARIANT_OWN))
    merged = overlay(root, film)._replace(path=root.path, start=root.start, end=root.end)
    for field in _MERGED_IN_VARIANTS:
        under, over = _spelled(root, field), _spelled(variant, field)
        if isinstance(under, Mapping) and isinstance(over, Mapping):
            merged.nodes[field] = overlay(_all_spelled_out(under), over)
    overrides = find(variant, "shots")
    return _override(merged, overrides) if isinstance(overrides, Mapping) else merged


def _override(root: Mapping, overrides: Mapping) -> Mapping:
    nodes = dict(root.nodes)
    if isinstance(scenes := nodes.get("scenes"), Sequence):
        nodes["scenes"] = scenes._replace(
            nodes=tuple(
                _override(each, overrides) if isinstance(each, Mapping) else each
                for each in scenes.nodes
            )
        )
    if isinstance(shots := nodes.get("shots"), Sequence):
        scene = _text(root, "id")
        changed = tuple(_one(each, scene, overrides) for each in shots.nodes)
        nodes["shots"] = shots._replace(nodes=changed)
    return root._replace(nodes=nodes)


def _one(shot: Node, scene: str, overrides: Mapping) -> Node:
    """Put on a shot what a variant says of it, under its id or under SCENE/SHOT."""
    name = _text(shot, "id")
    for address in (name, f"{scene}/{name}"):
        over = overrides.nodes.get(address)
        if isinstance(shot, Mapping) and isinstance(over, Mapping):
            merged = overlay(_all_spelled_out(shot), over)
            shot = merged._replace(path=shot.path, start=shot.start, end=shot.end)
    return shot


def _text(node: Node, name: str) -> str:
    found = find(node, name)
    return str(found.value) if isinstance(found, Scalar) else ""


def _all_spelled_out(node: Mapping) -> Mapping:
    return overlay(node._replace(nodes={}, keys={}), node)


def spelled_out(name: str, node: Node) -> Node:
    """Turn a short form, a plain string, a list or `true`, into the mapping it stands for."""
    if isinstance(node, Scalar) and name in _SHORT_FORMS and node.value is not False:
        inner: dict[str, Node] = {} if node.value is True else {_SHORT_FORMS[name]: node}
        return Mapping(inner, {}, node.path, node.start, node.end)
    if isinstance(node, Sequence) and name in _LISTS:
        return Mapping({_LISTS[name]: node}, {}, node.path, node.start, node.end)
    return node


def _spelled(node: Mapping, name: str) -> Node | None:
    found = node.nodes.get(name)
    return None if found is None else spelled_out(name, found)


def _pick(node: Mapping, names: Iterable[str]) -> Mapping:
    names = [name for name in names if name in node.nodes]
    return node._replace(
        nodes={name: node.nodes[name] for name in names},
        keys={name: node.keys[name] for name in names if name in node.keys},
    )
