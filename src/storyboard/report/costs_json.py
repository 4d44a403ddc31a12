"""Costs for programs: one JSON object in the shape of schemas/costs.schema.json."""

from storyboard.model.attempt import Attempt
from storyboard.model.money import decimal_usd
from storyboard.report.costs import Costs, Sums
from storyboard.report.document import usd_or_null, write_json

__all__ = ["SCHEMA", "render_costs_json"]

SCHEMA = "storyboard/costs-1"


def render_costs_json(costs: Costs) -> str:
    """Write the sums and what is not settled; money is in decimal strings."""
    against = costs.against
    document = {
        "schema": SCHEMA,
        "film": costs.film,
        "month": costs.month,
        "by": str(costs.by),
        "rehearsal": costs.rehearsal or None,
        "rows": [{"name": name, **_sums(sums)} for name, sums in costs.rows.items()],
        "total": _sums(costs.total),
        "billed_otherwise": [_attempt(each) for each in costs.unlike],
        "refunds_awaited": [_attempt(each) for each in costs.refunds_awaited],
        "without_bill": costs.without_bill,
        "project_month": {
            "month": against.month,
            "spent_usd": decimal_usd(against.spending.taken),
            "reserved_usd": decimal_usd(against.spending.reserved),
            "limit_usd": usd_or_null(against.limit),
        },
    }
    return write_json(document)


def _sums(sums: Sums) -> dict[str, object]:
    return {
        "orders": sums.orders,
        "estimate_usd": decimal_usd(sums.estimate),
        "bills": sums.bills,
        "billed_usd": decimal_usd(sums.billed),
        "refunded_usd": decimal_usd(sums.refunded),
        "reserved_usd": decimal_usd(sums.reserved),
        "spent_usd": decimal_usd(sums.spent),
    }


def _attempt(attempt: Attempt) -> dict[str, object]:
    return {
        "attempt": attempt.id,
        "shot": attempt.order.shot,
        "film": attempt.order.film,
        "prediction": attempt.job.prediction,
        "estimate_usd": decimal_usd(attempt.order.price),
        "billed_usd": usd_or_null(attempt.job.billed),
    }
