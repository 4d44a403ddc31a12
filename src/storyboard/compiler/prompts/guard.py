"""Rewrites a parsed template so that what Jinja does unseen is counted: loops, `~`, `==`.

Each rewrite wraps an expression in a filter whose name no template can spell.
"""

from typing import Final, NamedTuple, cast

from jinja2 import TemplateSyntaxError, nodes
from jinja2.visitor import NodeTransformer

__all__ = ["GUARDS", "guard", "size"]


class _Guards(NamedTuple):
    """The names the guard filters go by."""

    spend: str = "#spend"
    take: str = "#take"
    join: str = "#join"


GUARDS: Final = _Guards()

_NODES_A_STEP: Final = 8
_CHARACTERS_A_STEP: Final = 64
_DEEPEST: Final = 100


def guard(tree: nodes.Template) -> nodes.Template:
    """Put the guards into a tree; TemplateSyntaxError for what no prompt needs."""
    _refuse(tree)
    _Guard().visit(tree)
    return tree


def _refuse(tree: nodes.Template) -> None:
    for node in tree.find_all(nodes.Node):
        reason = _refusal(node)
        if reason is not None:
            raise TemplateSyntaxError(reason, node.lineno)


def _refusal(node: nodes.Node) -> str | None:
    """Return why a node has no place in a prompt: each of these would go past the guards."""
    match node:
        case nodes.For(recursive=True):
            return "a prompt has no recursive loops"
        case nodes.Call() if node.dyn_args or node.dyn_kwargs:
            return "arguments are written out, not spread with `*`"
        case nodes.Pair() if not isinstance(node.key, nodes.Const):
            return "the key of a mapping is a plain text or number"
        case nodes.ScopedEvalContextModifier():
            return "a prompt is plain text: there is nothing to escape"
        case _:
            return None


class _Guard(NodeTransformer):
    """Visits each node once, inside out."""

    def visit_For(self, node: nodes.For) -> nodes.For:  # noqa: N802  named by Jinja's visitor
        self.generic_visit(node)
        node.iter = _filtered(GUARDS.take, cast("nodes.Expr", node.iter))
        _pay(node.body, node)
        return node

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802
        self.generic_visit(node)
        return _filtered(GUARDS.join, nodes.Tuple(node.nodes, "load", lineno=node.lineno))

    def visit_Compare(self, node: nodes.Compare) -> nodes.Compare:  # noqa: N802
        self.generic_visit(node)
        node.expr = _filtered(GUARDS.take, node.expr)
        for operand in node.ops:
            operand.expr = _filtered(GUARDS.take, operand.expr)
        return node

    def _visit_body(
        self, node: nodes.Template | nodes.Block | nodes.Macro | nodes.CallBlock
    ) -> nodes.Node:
        self.generic_visit(node)
        _pay(node.body, node)
        return node

    visit_Template = visit_Block = visit_Macro = visit_CallBlock = _visit_body  # noqa: N815


def _filtered(name: str, node: nodes.Expr) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _pay(body: list[nodes.Node], owner: nodes.Node) -> None:
    """Make a body pay, each time it runs, for the nodes and the text that stand in it."""
    steps = 1 + size(body) // _NODES_A_STEP
    statement = nodes.ExprStmt(
        _filtered(GUARDS.spend, nodes.Const(steps, lineno=owner.lineno)), lineno=owner.lineno
    )
    body.insert(0, statement)


def size(body: list[nodes.Node]) -> int:
    """Count the nodes of a body, its plain text by length; TemplateSyntaxError if too deep."""
    count = 0
    pending = [(node, 1) for node in body]
    while pending:
        node, depth = pending.pop()
        count += 1
        if depth > _DEEPEST:
            message = "it is nested too deeply"
            raise TemplateSyntaxError(message, node.lineno)
        if isinstance(node, nodes.TemplateData):
            count += len(node.data) * _NODES_A_STEP // _CHARACTERS_A_STEP
        pending.extend((child, depth + 1) for child in node.iter_child_nodes())
    return count
