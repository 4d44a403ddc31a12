"""The plan as people and programs read it."""

import dataclasses
import json
from datetime import UTC, datetime

import pytest

from storyboard.compiler.steps import BOUGHT_ELSEWHERE
from storyboard.model.attempt import Cap
from storyboard.model.diagnostic import Code, Diagnostic
from storyboard.model.estimate import Estimate, Limit, Retries
from storyboard.model.lock import Take
from storyboard.model.money import MicroUsd, Millis, micro_usd
from storyboard.model.plan import (
    Blocked,
    Generate,
    Offer,
    Plan,
    PlannedShot,
    Reconcile,
    Resume,
    Reuse,
    Why,
)
from storyboard.model.request import ClipKey, ClipRequest, clip_key
from storyboard.report.cells import width_of
from storyboard.report.plan_json import render_plan_json
from storyboard.report.plan_text import render_plan_text
from storyboard.report.plan_totals import model_name

SORA = "openai/sora-2/image-to-video"


def shot(name, step, model=SORA, scene="parlour"):
    request = ClipRequest(model, (("prompt", name),), Millis(8000))
    return PlannedShot(
        f"{scene}/{name}",
        scene,
        model,
        step,
        Millis(7500),
        Millis(8000),
        request,
        clip_key(request),
    )


def generate(dollars, why=Why.NEW, *changed):
    return Generate(why, micro_usd(dollars), changed)


MIXED = Plan(
    "film.yaml",
    (
        shot("pounce", Reuse()),
        shot("hug", generate("0.80", Why.CHANGED, "prompt", "image")),
        shot("gate", generate("2.40"), "bytedance/seedance-2.0-fast/image-to-video", "garden"),
        shot("bee", Resume("p-1"), scene="garden"),
        shot("wasp", Reconcile("a-1"), scene="garden"),
    ),
    Millis(37_500),
    micro_usd(6),
    Millis(60_000),
    Millis(250_000),
)


def text(plan, width=80):
    return render_plan_text(plan, colour=False, width=width)


def test_a_plan_shows_every_shot_with_its_step_reason_and_price():
    """Scenes head their shots; each row says what happens, with what, for how long and how much."""
    assert text(MIXED) == (
        "film.yaml\n"
        "\n"
        "parlour\n"
        "  pounce  = cached                           sora-2             7.5s → 8s      -\n"
        "  hug     ~ generate (changed: prompt, ima…"
        "  sora-2             7.5s → 8s  $0.80\n"
        "\n"
        "garden\n"
        "  gate    + generate (new)                   seedance-2.0-fast  7.5s → 8s  $2.40\n"
        "  bee     > resume                           sora-2             7.5s → 8s      -\n"
        "  wasp    ? reconcile                        sora-2             7.5s → 8s      -\n"
        "\n"
        "shots     2 to generate, 1 cached, 1 to resume, 1 to reconcile\n"
        "cost      $3.20 of $6.00\n"
        "film      0:38 of 1:00\n"
        "ready in  about 5 min on a bronze account\n"
    )


def test_a_plan_over_budget_names_the_dearest_shots_first():
    """Over the budget, the shots that cost most are listed, dearest first, and the rest counted."""
    prices = ("1", "3", "2", "5", "4", "0.5", "0.25")
    shots = tuple(shot(f"s{price}", generate(price)) for price in prices)
    shown = text(Plan("film.yaml", shots, Millis(1000), micro_usd(10)))
    assert "cost      $15.75, over the budget of $10.00 by $5.75\n" in shown
    listed = shown.partition("What costs most:\n")[2].split()
    assert [word for word in listed if word.startswith("$")] == [
        "$5.00", "$4.00", "$3.00", "$2.00", "$1.00",
    ]  # fmt: skip
    assert shown.endswith("  and 2 more\n")


def test_a_film_over_its_limit_says_by_how_much():
    """A film longer than its limit says so where its running time stands."""
    shown = text(dataclasses.replace(MIXED, runtime=Millis(70_000)))
    assert "film      1:10, over the limit of 1:00 by 0:10\n" in shown


def test_a_free_plan_says_free():
    """What costs nothing is called free, and no account is named."""
    plan = Plan("f", (shot("a", generate("0"), "animatic"),), Millis(1), wall_clock=Millis(400))
    shown = text(plan)
    assert "animatic  7.5s → 8s  free\n" in shown
    assert "cost      free\n" in shown
    assert "ready in  about 1 s\n" in shown


def test_without_limits_none_is_shown():
    """Without a budget the price stands alone, and so does the running time."""
    plan = dataclasses.replace(MIXED, budget_cost=None, budget_runtime=None)
    assert "cost      $3.20, no budget set\n" in text(plan)
    assert "film      0:38\n" in text(plan)


def test_nothing_to_do_costs_nothing_and_takes_no_time():
    """A plan that only reuses has no price and no waiting time."""
    shown = text(Plan("f", (shot("a", Reuse()),), Millis(8000)))
    assert "shots     1 cached\ncost      nothing\nfilm      0:08\n" in shown
    assert "ready in" not in shown


def test_an_empty_plan_has_totals():
    """A plan without shots is shown too."""
    assert text(Plan("f", (), Millis(0))) == (
        "f\n\nshots     none\ncost      nothing\nfilm      0:00\n"
    )


@pytest.mark.parametrize(
    ("models", "said"),
    [
        ((SORA,), "unknown: no card says how long sora-2 takes"),
        ((SORA, "animatic"), "unknown: not every card says how long its model takes"),
    ],
)
def test_an_unknown_waiting_time_is_called_unknown(models, said):
    """Without a latency on the card no figure is made up."""
    shots = tuple(shot(f"s{model[0]}", generate("1"), model) for model in models)
    assert f"ready in  {said}\n" in text(Plan("f", shots, Millis(1)))


@pytest.mark.parametrize(
    ("duration", "said"),
    [(20_000, "20 s"), (90_001, "2 min"), (3_600_000, "60 min"), (5_400_001, "2 h")],
)
def test_waiting_times_are_rough_and_rounded_up(duration, said):
    """Seconds, minutes or hours, as a person would say it."""
    plan = dataclasses.replace(MIXED, wall_clock=Millis(duration))
    assert f"about {said} on a bronze account\n" in text(plan)


@pytest.mark.parametrize("width", [80, 100])
def test_long_words_give_way_to_the_width(width):
    """However long ids, reasons and model names are, no row is wider than the page."""
    step = generate("12.34", Why.CHANGED, *(f"a_long_input_{n}" for n in range(9)))
    long = shot("猫" * 30, step, "somebody/" + "m" * 60 + "/image-to-video", "s" * 120)
    plan = Plan("f" * 200, (long, shot("a", Reuse())), Millis(1))
    table = text(plan, width).partition("\nshots  ")[0]
    assert max(map(width_of, table.splitlines())) <= width
    assert "$12.34" in table
    assert "generate (chang" in table


def test_names_from_a_file_cannot_control_the_terminal():
    """Control characters in the film's name, ids and inputs are shown as signs."""
    step = generate("1", Why.CHANGED, "\x1b[2J")
    shown = text(Plan("\x1b]0;x\x07", (shot("\x1b[31m", step),), Millis(1)))
    assert "\x1b" not in shown
    assert "\x07" not in shown


def test_colour_changes_no_word():
    """With colour the rows stand where they stood."""
    coloured = render_plan_text(MIXED, colour=True, width=80)
    pieces = [piece.partition("m")[2] for piece in f"0m{coloured}".split("\x1b[")]
    lines = "".join(pieces).splitlines()
    assert [line.rstrip() for line in lines] == text(MIXED).splitlines()


@pytest.mark.parametrize(
    ("model", "short"),
    [
        (SORA, "sora-2"),
        ("openai/sora-2/image-to-video-pro", "sora-2-pro"),
        ("bytedance/seedance-2.0-fast/image-to-video", "seedance-2.0-fast"),
        ("animatic", "animatic"),
        ("mine/image-to-video", "mine/image-to-video"),
    ],
)
def test_model_names_are_short_and_tell_models_apart(model, short):
    """The vendor and the kind of model are left out, unless nothing else is there."""
    assert model_name(model) == short


def test_json_has_exactly_the_keys_of_the_schema():
    """The document's keys are those promised, money is in strings and times are in milliseconds."""
    warning = Diagnostic(Code.NOT_YET, "later")
    document = json.loads(render_plan_json(MIXED, [warning], {}))
    assert list(document) == [
        "schema", "film", "shots", "takes", "totals", "budget", "estimate", "findings",
    ]  # fmt: skip
    assert document["schema"] == "storyboard/plan-1"
    assert document["film"] == "film.yaml"
    assert document["shots"][1] == {
        "id": "parlour/hug",
        "scene": "parlour",
        "step": "generate",
        "why": "changed",
        "changed": ["prompt", "image"],
        "model": SORA,
        "wanted_ms": 7500,
        "bought_ms": 8000,
        "cost_usd": "0.80",
        "key": MIXED.shots[1].key,
        "blocked": None,
        "fallbacks": [],
        "take": 1,
        "number": None,
        "stands_in": None,
        "retake": False,
    }
    assert [each["why"] for each in document["shots"]] == [None, "changed", "new", None, None]
    assert document["totals"] == {
        "cost_usd": "3.20",
        "most_usd": "3.20",
        "spent_usd": "0.00",
        "runtime_ms": 37_500,
        "generate": 2,
        "reuse": 1,
        "resume": 1,
        "reconcile": 1,
        "blocked": 0,
        "wall_clock_s": 250.0,
    }
    assert document["budget"] == {"cost_usd": "6.00", "runtime_ms": 60_000}
    assert document["findings"][0]["code"] == "not-yet"


def test_json_says_null_for_what_is_not_known():
    """No budget and no estimate are nulls, not zeroes."""
    document = json.loads(render_plan_json(Plan("f", (), MicroUsd(0)), (), {}))
    assert document["budget"] == {"cost_usd": None, "runtime_ms": None}
    assert document["totals"]["wall_clock_s"] is None


def offered(name, price):
    request = shot(name, Reuse()).request
    return Offer(SORA, Millis(8000), request, shot(name, Reuse()).key, micro_usd(price))


def test_fallbacks_are_priced_before_anything_is_spent():
    """The most that a build may cost stands under what it is to cost, and in the JSON."""
    dear = dataclasses.replace(shot("a", generate("0.80")), fallbacks=(offered("b", "1.92"),))
    cheap = dataclasses.replace(shot("c", generate("0.80")), fallbacks=(offered("d", "0.10"),))
    plan = Plan("f", (dear, cheap), Millis(1))
    assert "at most   $2.72, if fallbacks have to make every shot\n" in text(plan)
    document = json.loads(render_plan_json(plan, (), {}))
    assert document["totals"]["most_usd"] == "2.72"
    assert document["shots"][0]["fallbacks"] == [
        {"model": SORA, "bought_ms": 8000, "cost_usd": "1.92"}
    ]


def test_a_blocked_shot_says_why_and_costs_nothing():
    """It waits for a person; the count stands among the others."""
    plan = Plan("f", (shot("a", Blocked("bought, and lost: gone", micro_usd("0.80"))),), Millis(1))
    shown = text(plan)
    assert "! blocked (bought, and lost: gone)" in shown
    assert "shots     1 blocked\ncost      nothing\n" in shown
    document = json.loads(render_plan_json(plan, (), {}))
    assert document["shots"][0]["blocked"] == "bought, and lost: gone"
    assert document["totals"]["blocked"] == 1


def test_what_was_spent_before_counts_against_the_budget():
    """A film's budget is for all its builds together; a build that costs nothing is never over."""
    plan = Plan("f", (shot("a", generate("4")),), Millis(1), micro_usd(6), spent=micro_usd(3))
    assert plan.over_budget
    assert "cost      $4.00 beside $3.00 spent, over the budget of $6.00 by $1.00\n" in text(plan)
    free = dataclasses.replace(plan, shots=(shot("a", Reuse()),), spent=micro_usd(7))
    assert not free.over_budget


TAKE = Take(
    1, ClipKey("a" * 64), "b" * 64, SORA, Millis(8000), micro_usd("0.80"),
    datetime(2026, 11, 22, tzinfo=UTC),
)  # fmt: skip


def test_further_takes_stand_under_their_shot():
    """Each with its own step and price; the totals count every order."""
    first, other = shot("a", Reuse()), shot("b", Reuse())
    second = dataclasses.replace(first.request, take=2)
    take = dataclasses.replace(first, step=generate("0.80", Why.RETAKE), request=second, called=2)
    plan = Plan("f", (first, other), Millis(1), takes=(take,))
    shown = text(plan).splitlines()
    assert [line[: len("    take 2")].rstrip() for line in shown[3:6]] == [
        "  a", "    take 2", "  b",
    ]  # fmt: skip
    assert "+ generate (retake)" in shown[4]
    assert shown[4].endswith("$0.80")
    assert "shots     1 to generate, 2 cached" in shown
    document = json.loads(render_plan_json(plan, (), {}))
    (value,) = document["takes"]
    assert (value["id"], value["take"], value["retake"]) == ("parlour/a", 2, True)
    assert [each["take"] for each in document["shots"]] == [1, 1]


def test_a_shot_of_a_later_take_says_which_it_is():
    """Where several takes are to be made, no row may be taken for another's."""
    first = shot("a", generate("0.80"))
    newest = dataclasses.replace(
        first, request=dataclasses.replace(first.request, take=2), called=2
    )
    shown = text(Plan("f", (newest,), Millis(1), takes=(first,))).splitlines()
    assert [line[:12] for line in shown[3:5]] == ["  a (take 2)", "    take 1  "]
    assert "  a  " in text(Plan("f", (newest,), Millis(1)))


def test_a_stale_shot_says_which_take_stands_in():
    """The film keeps it until its own is bought."""
    changed = dataclasses.replace(
        shot("a", generate("0.80", Why.CHANGED, "prompt")), stands_in=TAKE
    )
    plan = Plan("f", (changed,), Millis(1))
    assert "~ generate (changed: prompt; take 1 stands in)" in text(plan, 100)
    assert json.loads(render_plan_json(plan, (), {}))["shots"][0]["stands_in"] == 1


def test_what_was_bought_elsewhere_is_fetched_or_says_what_to_do():
    """A clone knows from the lock that it was paid for, and does not pay again unasked."""
    fetched = dataclasses.replace(shot("a", Resume("p-1")), number=1)
    gone = shot("b c", Blocked(BOUGHT_ELSEWHERE, micro_usd("0.80")))
    shown = text(Plan("my film.yaml", (fetched, gone), Millis(1)), 100)
    assert "> fetch" in shown
    assert "shots     1 to fetch, 1 blocked" in shown
    assert "! blocked (bought, and not on this machine)" in shown
    assert shown.endswith(
        "Bought elsewhere: copy .storyboard/clips/ from where that was, or buy again with\n"
        "  storyboard build 'my film.yaml' --again 'parlour/b c'  ($0.80)\n"
    )
    assert "Bought elsewhere" not in text(MIXED)


def estimated(high="4.14", rates=((SORA, 23, 20),), limits=()):
    return Estimate(
        micro_usd("3.20"),
        None if high is None else micro_usd(high),
        tuple(Retries(*each) for each in rates),
        tuple(Limit(cap, micro_usd(amount), micro_usd(left)) for cap, amount, left in limits),
    )


OTHER = "bytedance/seedance-2.0/image-to-video"
FAR = " (to $4.14 with retries as in this project so far:"


@pytest.mark.parametrize(
    ("estimate", "said"),
    [
        (
            estimated(),
            f"{FAR} 1.15 orders a clip)",
        ),
        (
            estimated(rates=((OTHER, 10, 5), (SORA, 23, 20))),
            f"{FAR} 2.00 orders a clip of seedance-2.0, 1.15 orders a clip of sora-2)",
        ),
        (estimated(None, ((SORA, 4, 4),)), " (with retries: no history yet)"),
        (
            estimated(None, ((OTHER, 1, 1), (SORA, 23, 20))),
            " (with retries: no history of seedance-2.0 yet)",
        ),
        (
            estimated("3.20", ((SORA, 9, 9),)),
            " (so far in this project no order had to be repeated)",
        ),
    ],
)
def test_the_cost_says_what_it_may_come_to_with_retries(estimate, said):
    """A range, and what it is told from; nothing is made up where nothing is known."""
    shown = render_plan_text(MIXED, colour=False, width=80, estimate=estimate)
    assert f"cost      $3.20 of $6.00{said}\n" in shown


def test_the_limits_say_which_is_the_tightest():
    """The film's stands beside the cost; a limit that is passed or in danger is named."""
    limits = ((Cap.FILM, "6", "6"), (Cap.RUN, "4", "4"), (Cap.MONTH, "50", "3"))
    shown = render_plan_text(MIXED, colour=False, width=80, estimate=estimated(limits=limits))
    assert (
        "limits    $4.00 for this run, $3.00 left of $50.00 for this month;"
        " the month's limit is the tightest\n"
        "          the plan is over the month's limit\n"
        "          with retries it may pass the run's limit; the build then stops before it does\n"
    ) in shown
    assert "limits" not in render_plan_text(MIXED, colour=False, width=80, estimate=estimated())


def test_the_estimate_is_told_to_programs_too():
    """With the counts behind the rate, so that they can judge it."""
    estimate = estimated(limits=((Cap.RUN, "4", "4"),))
    told = json.loads(render_plan_json(MIXED, (), {}, estimate))["estimate"]
    assert told == {
        "low_usd": "3.20",
        "high_usd": "4.14",
        "retries": [{"model": SORA, "orders": 23, "clips": 20, "orders_per_clip": 1.15}],
        "limits": [
            {
                "cap": "run",
                "limit_usd": "4.00",
                "left_usd": "4.00",
                "over": False,
                "endangered": True,
            }
        ],
        "tightest": "run",
    }


def test_of_many_clips_that_were_bought_elsewhere_a_few_are_named():
    """The last line says what all of them would cost."""
    gone = Blocked(BOUGHT_ELSEWHERE, micro_usd("0.80"))
    shown = text(Plan("f", tuple(shot(f"s{n}", gone) for n in range(7)), Millis(1)), 100)
    assert shown.count("--again") == 5
    assert shown.endswith("  and 2 more; all of them anew would cost $5.60\n")
