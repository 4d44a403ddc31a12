"""The difference as Markdown: a comment on a pull request that each push writes anew.

A storyboard may come from a stranger, so nothing of it is Markdown or HTML here: it stands in code
spans, in code elements and in fenced blocks, where GitHub makes no link, no mention and no picture.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from urllib.parse import quote

from storyboard.model.difference import Difference, FieldChange, MaxIncrease, ShotChange
from storyboard.report.cells import harmless
from storyboard.report.diff_words import (
    changed_names,
    cost_line,
    cost_of,
    counts_line,
    mark_of,
    over_limit,
    runs_of,
    runtime_line,
    to_buy_line,
    value_of,
    what_became,
)

__all__ = ["LONGEST", "render_diff_markdown"]

LONGEST = 62_000
"""How many bytes a comment comes to at most; GitHub takes 65,536 characters of all of them."""

_FOR_FIELDS = 15_000
_FOR_ROWS = 30_000
_FOR_THE_REST = 100
_LONGEST_NAME = 120
_LONGEST_VALUE = 300
_LONGEST_BLOCK = 6_000
_BACKTICKS = re.compile("`+")
_HEADINGS = ("| | shot | what | cost | screen time |", "|---|---|---|--:|--:|")


def render_diff_markdown(
    difference: Difference, limit: MaxIncrease | None = None, *, prompts: bool = True
) -> str:
    """Write the comment; its first line is the same for each version of the same film."""
    told = [shot for shot in difference.shots if not shot.same]
    details = [block for shot in told for block in _details(shot, prompts=prompts)]
    text = "".join(f"{line}\n" for line in _head(difference, limit))
    text = _within(_FOR_FIELDS, text, [*_film_fields(difference.fields)], "fields")
    text = _within(_FOR_ROWS, text, [*_rows(told)], "shots")
    return _within(LONGEST, text, details, "shots in detail")


def _within(most: int, text: str, parts: Sequence[str], what: str) -> str:
    """Add parts as long as the text stays within `most` bytes, then say how many are left."""
    kept, size = [text], len(text.encode())
    for number, part in enumerate(parts):
        size += len(part.encode())
        if size > most - _FOR_THE_REST:
            kept.append(f"\n… and {len(parts) - number} more {what}.\n")
            break
        kept.append(part)
    return "".join(kept)


def _head(difference: Difference, limit: MaxIncrease | None) -> Iterator[str]:
    # Two hyphens would end the comment that a bot finds this by.
    film = quote(harmless(difference.film), safe="/").replace("--", "-%2D")
    yield f"<!-- storyboard diff: {film} -->"
    yield f"### {_code(difference.title or difference.film)}"
    yield ""
    yield f"{_code(difference.film)}: {_code(difference.before)} → {_code(difference.after)}"
    yield ""
    runtime = runtime_line(difference.runtime_before, difference.runtime_after)
    yield f"**{_sentence(counts_line(difference))}** Film: {runtime}."
    yield f"Cost: {_money(cost_line(difference))}."
    if to_buy := to_buy_line(difference):
        yield f"To buy: {_money(to_buy)}."
    if limit is not None and limit.exceeded(difference):
        yield ""
        yield f"**{_money(_sentence(over_limit(difference, limit.most(difference))))}**"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _money(text: str) -> str:
    """Keep amounts from being read as formulas, which GitHub sets between dollar signs."""
    return text.replace("$", "\\$")


def _film_fields(fields: Iterable[FieldChange]) -> Iterator[str]:
    lead = "\n"
    for each in fields:
        before, after = _code(value_of(each.before)), _code(value_of(each.after))
        yield f"{lead}- {_code(each.name)}: {before} → {after}\n"
        lead = ""


def _rows(shots: Iterable[ShotChange]) -> Iterator[str]:
    lead = "\n" + "".join(f"{line}\n" for line in _HEADINGS)
    for shot in shots:
        what = _cell(what_became(shot))
        cells = (_cell(mark_of(shot)), _cell(shot.id), what, _money(cost_of(shot)), runs_of(shot))
        yield f"{lead}| {' | '.join(cells)} |\n"
        lead = ""


def _details(shot: ShotChange, *, prompts: bool) -> Iterator[str]:
    """Yield what changed in a shot, folded away, as a diff of fields and prompt."""
    lines = [line for each in shot.fields for line in _field_lines(each)]
    if prompts and shot.prompt:
        lines += ["@@ prompt @@", *(line for line in shot.prompt if not line.startswith("@@"))]
    if lines:
        names = ", ".join(changed_names(shot))
        summary = f"<code>{_html(shot.id)}</code> <code>{_html(names)}</code>"
        block = _fenced([harmless(line) for line in lines])
        yield f"\n<details><summary>{summary}</summary>\n\n{block}\n\n</details>\n"


def _field_lines(change: FieldChange) -> Iterator[str]:
    for sign, text in (("-", change.before), ("+", change.after)):
        for line in (text or "").splitlines():
            yield f"{sign} {change.name}: {line}"


def _fenced(lines: list[str]) -> str:
    """Put lines into a block that none of them can end; each begins with a sign of a diff."""
    text = "\n".join(lines)
    if len(text) > _LONGEST_BLOCK:
        text = f"{text[:_LONGEST_BLOCK]}…"
    fence = "`" * max(3, _longest_run(text) + 1)
    return f"{fence}diff\n{text}\n{fence}"


def _code(text: str) -> str:
    """Write a text as code, in which nothing is markup."""
    shown = harmless(text)
    if len(shown) > _LONGEST_VALUE:
        shown = f"{shown[:_LONGEST_VALUE]}…"
    fence = "`" * (_longest_run(shown) + 1)
    # A space at each end is not shown, and keeps backticks of the text from those of the fence.
    space = " " if not shown or shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{space}{shown}{space}{fence}"


def _cell(text: str) -> str:
    """Write a text as code in a table, where even there a bar would begin the next cell."""
    return _code(text[:_LONGEST_NAME].replace("|", "¦"))


def _html(text: str) -> str:
    return escape(harmless(text[:_LONGEST_NAME]))


def _longest_run(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0)
