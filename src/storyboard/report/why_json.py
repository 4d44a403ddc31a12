"""Why a build would do what it does, for programs, in the shape of schemas/why.schema.json."""

from collections.abc import Sequence

from storyboard.model.money import MicroUsd, decimal_usd
from storyboard.model.reason import InputChange, Reason
from storyboard.report.document import write_json
from storyboard.report.plan_json import order_value
from storyboard.report.takes_json import take_value

__all__ = ["SCHEMA", "render_why_json"]

SCHEMA = "storyboard/why-1"


def render_why_json(film: str, reasons: Sequence[Reason]) -> str:
    """Write what is done about each shot and why; money is in decimal strings."""
    document = {
        "schema": SCHEMA,
        "film": film,
        "shots": [_reason(each) for each in reasons],
        "cost_usd": decimal_usd(MicroUsd(sum(each.cost for each in reasons))),
    }
    return write_json(document)


def _reason(reason: Reason) -> dict[str, object]:
    return {
        **order_value(reason.shot),
        "reason": reason.why,
        "against": None if reason.against is None else take_value(reason.against),
        "recorded": reason.recorded,
        "renamed_from": reason.renamed_from,
        "inputs": [_input(each) for each in reason.inputs],
        "prompt": list(reason.prompt),
        "takes": [order_value(each) for each in reason.takes],
    }


def _input(change: InputChange) -> dict[str, object]:
    return {
        "name": change.name,
        "before": change.before,
        "after": change.after,
        "path": change.path,
        "size_before": change.size_before,
        "size_after": change.size_after,
        "start": change.start,
    }
