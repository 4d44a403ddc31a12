"""Mia's body in the poses of the film: every pose is drawn from the far side to the near side."""

from drawing.curves import ellipse, smooth, trace
from drawing.kitten_head import WHITE, Face, draw_head
from drawing.kitten_parts import bars, combed, draw_paw, draw_sole, draw_tail, limb, trunk
from drawing.pen import Pen
from drawing.yarn import draw_ball, draw_thread

__all__ = ["draw_crouching", "draw_hugging", "draw_running", "draw_sitting"]


def draw_sitting(pen: Pen, face: Face, *, tilt: float = 0, lifted: bool = False) -> None:
    """Draw Mia sitting, seen from the front; the origin is the floor between her paws."""
    draw_tail(pen, trace("52,-22 96,-10 112,-24 104,-52 86,-62"))
    body = trunk(
        pen,
        trace(
            "0,-170 44,-150 66,-100 82,-44 78,-8 40,4 0,6 -40,4 -78,-8 -82,-44 -66,-100 -44,-150"
        ),
        90,
        light=(0, -130),
    )
    bars(
        pen,
        [
            [(side * 90, y), (side * 70, y + 4), (side * 48, y - 3)]
            for side in (-1, 1)
            for y in (-96, -70, -44)
        ],
        body,
    )
    for side in (-1, 1):
        haunch = trunk(
            pen,
            [
                (side * 84, -58),
                (side * 98, -26),
                (side * 90, -2),
                (side * 56, 4),
                (side * 34, -8),
                (side * 44, -44),
            ],
            90,
            light=(side * 70, -60),
            seed=15,
        )
        bars(
            pen,
            [[(side * 100, y), (side * 84, y - 4), (side * 66, y + 2)] for y in (-42, -24)],
            haunch,
            9,
        )
        draw_paw(pen.at(side * 62, -4, mirror=side < 0), 24)
    for side in (-1, 1):
        if lifted and side > 0:
            limb(pen, trace("30,-88 56,-74 74,-92 80,-116"), [44, 38, 33, 28])
            draw_paw(pen.at(82, -122, 1, -62), 20)
            continue
        limb(pen, [(side * 28, -92), (side * 29, -50), (side * 25, -10)], [44, 40, 34])
        draw_paw(pen.at(side * 25, -4, mirror=side < 0).at(-4, 0), 22)
    pen.stroke(trace("0,-60 1,-30 0,-6"), [4, 6, 4], "#3a3640", feather=2, opacity=0.7)
    bib = smooth(
        trace("0,-166 38,-146 46,-112 26,-78 8,-46 0,-38 -8,-46 -26,-78 -46,-112 -38,-146"),
        closed=True,
    )
    pen.fringe(bib, WHITE, 15, lean=0.2, seed=6)
    patch = pen.fill(bib, WHITE, feather=2)
    pen.fur(patch, "#b4acb0", 160, combed(90), 22, opacity=0.4, seed=5)
    pen.fur(patch, "#ffffff", 200, combed(90), 20, opacity=0.7, seed=4)
    pen.fill(
        ellipse(0, -148, 60, 20), "#4a4450", feather=12, opacity=0.5, mode="multiply", clip=body
    )
    draw_head(pen.at(0, -222, 1, tilt), face)


def draw_crouching(pen: Pen, face: Face) -> None:
    """Draw Mia low on the floor and ready to leap, facing right; the origin is under her belly."""
    draw_tail(
        pen,
        trace("-150,-92 -196,-122 -214,-172 -186,-206 -168,-190"),
        (24, 26, 24, 20, 10),
    )
    limb(pen, trace("-96,-70 -66,-30 -84,-12"), [60, 44, 30], far=True)
    limb(pen, trace("80,-56 140,-24 196,-14"), [44, 36, 30], far=True)
    draw_paw(pen.at(206, -12), 21, far=True)
    body = trunk(
        pen,
        trace(
            "-170,-70 -162,-128 -112,-156 -50,-132 20,-104 74,-110 112,-84 110,-40 70,-14 "
            "0,-8 -90,-6 -148,-22"
        ),
        180,
        light=(-60, -130),
    )
    bars(
        pen,
        [
            [(x, y - 60), (x - 8, y - 20), (x + 2, y + 20), (x - 4, y + 44)]
            for x, y in ((-34, -84), (-2, -76), (30, -70), (-66, -92))
        ],
        body,
    )
    pen.fill(
        ellipse(20, -6, 130, 26), "#575060", feather=12, opacity=0.7, mode="multiply", clip=body
    )
    thigh = trunk(
        pen,
        trace("-164,-74 -142,-124 -92,-122 -60,-76 -62,-28 -92,-8 -142,-12"),
        110,
        light=(-110, -96),
        seed=17,
    )
    bars(
        pen,
        [[(-176, y), (-140, y - 10), (-108, y + 2), (-84, y + 14)] for y in (-84, -62, -40)],
        thigh,
        11,
    )
    limb(pen, trace("-122,-18 -90,-12 -66,-10"), [26, 26, 24], bars=0)
    draw_paw(pen.at(-52, -10), 21)
    limb(pen, trace("76,-64 96,-24 162,-12"), [56, 42, 32])
    draw_paw(pen.at(176, -9), 23)
    pen.fill(
        ellipse(104, -64, 46, 40), "#4a4450", feather=14, opacity=0.55, mode="multiply", clip=body
    )
    draw_head(pen.at(112, -114, 0.92, 4), face)


def draw_running(pen: Pen, face: Face) -> None:
    """Draw Mia at full stretch, running to the right; the origin is the floor below her belly."""
    draw_tail(
        pen,
        trace("-138,-104 -186,-122 -232,-112 -270,-132 -292,-160"),
        (22, 24, 23, 20, 9),
    )
    limb(pen, trace("-104,-84 -150,-54 -176,-62 -206,-40"), [62, 38, 28, 24], far=True)
    draw_paw(pen.at(-216, -32, 1, 40), 18, far=True)
    limb(pen, trace("84,-92 136,-78 176,-86 204,-80"), [46, 36, 30, 26], far=True)
    draw_paw(pen.at(216, -78, 1, -6), 20, far=True)
    body = trunk(
        pen,
        trace(
            "-152,-92 -138,-130 -84,-142 -10,-128 60,-134 104,-118 120,-82 94,-54 40,-52 "
            "-30,-62 -84,-52 -132,-60"
        ),
        180,
        light=(-20, -150),
    )
    bars(
        pen,
        [
            [(x, y - 60), (x - 10, y - 24), (x - 2, y + 8), (x - 10, y + 34)]
            for x, y in ((-56, -86), (-24, -80), (8, -78), (40, -80))
        ],
        body,
    )
    pen.fill(ellipse(0, -50, 120, 16), WHITE, feather=8, opacity=0.5, mode="atop", clip=body)
    thigh = trunk(
        pen,
        trace("-152,-96 -128,-130 -86,-124 -66,-88 -84,-52 -128,-50"),
        140,
        light=(-110, -120),
        seed=19,
    )
    bars(pen, [[(-160, y), (-130, y - 8), (-96, y + 4)] for y in (-104, -84, -66)], thigh, 10)
    limb(pen, trace("-112,-74 -140,-34 -172,-34 -196,-10"), [52, 36, 28, 25])
    draw_paw(pen.at(-200, -2, 1, 30), 20)
    limb(pen, trace("84,-82 122,-50 164,-46 190,-34"), [54, 40, 32, 28])
    draw_paw(pen.at(204, -28, 1, 12), 22)
    pen.fill(
        ellipse(112, -92, 40, 40), "#4a4450", feather=14, opacity=0.5, mode="multiply", clip=body
    )
    draw_head(pen.at(140, -150, 0.88, 0), face)


def draw_hugging(pen: Pen) -> None:
    """Draw the kitten on her back with the ball between her paws."""
    draw_tail(pen, trace("-190,150 -290,170 -340,110 -330,40 -290,20"), (44, 50, 48, 40, 22))
    body = trunk(
        pen,
        trace("-120,-40 -220,20 -250,110 -200,200 0,226 170,200 210,110 130,0"),
        100,
    )
    bars(pen, [[(-270, y), (-222, y - 8), (-180, y + 12)] for y in (60, 100, 140)], body, 18)
    draw_thread(pen, trace("80,226 180,246 280,226 380,250 480,232 560,246 720,258"), 12)
    draw_ball(pen.at(10, 128), 136, spin=14)
    for side in (-1, 1):
        limb(
            pen,
            [(side * 104, 10), (side * 176 + 6, 84), (side * 112 + 12, 128)],
            [96, 80, 58],
            bars=2,
        )
        draw_paw(pen.at(side * 92 + 12, 132, 2, side * 16, mirror=side > 0), 21)
        draw_sole(pen.at(side * 128 + 10, 228, 1, side * 20), 54)
    pen.fill(
        ellipse(4, 18, 150, 40),
        "#2a1a24",
        feather=16,
        opacity=0.55,
        mode="multiply",
        clip=pen.canvas.shape(),
    )
    draw_head(
        pen.at(0, -120, 1.72, -9),
        Face(turn=0.12, mouth="mew", look=(0.25, -0.1), pupil=1.1, seed=9),
    )
