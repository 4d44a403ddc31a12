"""Jinja in a sandbox of our own: strict about names, closed to Python, bounded in its work."""

from collections.abc import Callable, MutableMapping
from fractions import Fraction
from functools import partial
from types import MethodType
from typing import Any, Final

from jinja2 import (
    BaseLoader,
    Environment,
    StrictUndefined,
    Template,
    UndefinedError,
    nodes,
    pass_context,
)
from jinja2.environment import TemplateModule
from jinja2.runtime import BlockReference, Context, LoopContext, Macro, TemplateReference, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment, safe_range
from jinja2.utils import Joiner, Namespace, missing

from storyboard.compiler.prompts.filters import LIST_FILTERS, TEXT_FILTERS, other_filters, spoken
from storyboard.compiler.prompts.guard import GUARDS, guard
from storyboard.compiler.prompts.meter import Meter, Refused, calculate
from storyboard.compiler.prompts.views import FIELDS

__all__ = ["GLOBALS", "PromptEnvironment", "UnknownName", "template_name"]

_JINJA_FILTERS: Final = (
    *("d", "default", "first", "last", "length", "map", "reject", "rejectattr", "reverse"),
    *("select", "selectattr", "sort", "unique"),
)
_JINJA_TESTS: Final = (
    *("defined", "undefined", "none", "string", "number", "odd", "even", "divisibleby"),
    *("in", "eq", "ne", "lt", "le", "gt", "ge"),
)
_OPEN: Final = (
    LoopContext,
    Namespace,
    TemplateReference,
    TemplateModule,
    BlockReference,
    Undefined,
)
_CALLABLE: Final = (Macro, BlockReference, Joiner)
_STEPS_A_TEMPLATE: Final = 20

GLOBALS: Final[dict[str, Any]] = {"joiner": Joiner, "namespace": Namespace, "range": safe_range}
"""The functions a template may call, besides its own macros."""


class UnknownName(UndefinedError):
    """A name or field that does not exist was used; `owner` is what it was looked for in."""

    def __init__(self, owner: object, name: object, message: str) -> None:
        super().__init__(message)
        self.owner = None if owner is missing else owner
        self.name = name if isinstance(name, str) else None


class _Unknown(StrictUndefined):
    """An undefined value that says which name it was when it is used."""

    __slots__ = ()

    def __init__(
        self,
        hint: str | None = None,
        obj: object = missing,
        name: str | None = None,
        exc: Callable[..., Any] = UndefinedError,  # noqa: ARG002  Jinja passes it
    ) -> None:
        super().__init__(hint, obj, name, partial(UnknownName, obj, name))  # type: ignore[arg-type]  # only ever called


class PromptEnvironment(ImmutableSandboxedEnvironment):
    """The environment of one film's prompts; `meter` bounds what its templates may do."""

    intercepted_binops = frozenset({"+", "-", "*", "/", "//", "**", "%"})

    def __init__(self, loader: BaseLoader, meter: Meter, rate: Fraction) -> None:
        super().__init__(
            loader=loader,
            undefined=_Unknown,
            finalize=_printable,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        self.meter = meter
        self._ready: dict[str, Template] = {}
        self.concat = meter.together  # type: ignore[method-assign]  # Jinja types it as `"".join`
        self.globals = dict(GLOBALS)
        filters = {name: self.filters[name] for name in _JINJA_FILTERS} | other_filters(rate)
        self.filters = {name: meter.metered(each) for name, each in filters.items()}
        self.filters |= {name: meter.metered_text(each) for name, each in TEXT_FILTERS.items()}
        self.filters |= {name: meter.metered_texts(each) for name, each in LIST_FILTERS.items()}
        self.filters |= _guards(meter)
        tests: dict[str, Any] = {name: self.tests[name] for name in _JINJA_TESTS}
        tests["phrase"] = _is_phrase
        self.tests = {name: meter.metered(each) for name, each in tests.items()}

    def compile_tree(self, tree: nodes.Template, name: str) -> Template:
        """Compile a parsed template, with the guards put in that make it pay for its work."""
        code = Environment.compile(self, guard(tree), name)
        return Template.from_code(self, code, dict(self.globals))

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002  Jinja's own signature
    ) -> Template:
        """Return a template by name; a part included by a thousand prompts is looked up once."""
        if isinstance(name, Template):
            return name
        if parent is not None:
            name = self.join_path(name, parent)
        ready = self._ready.get(name)
        if ready is None:
            ready = self._ready[name] = super().get_template(name, None, globals)
        return ready

    def join_path(self, template: object, parent: str) -> str:  # noqa: ARG002  Jinja's own signature
        """Name a template that another one includes or extends; each use is paid for."""
        self.meter.spend(_STEPS_A_TEMPLATE)
        if not isinstance(template, str):
            message = "a template is named by a text"
            raise Refused(message)
        return template_name(template)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401, ARG002  Jinja's own signature
        self.meter.weigh(left)
        self.meter.weigh(right)
        return calculate(operator, left, right)

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401  Jinja's own signature
        """Look up a field: those of the film's views, and what Jinja's own values need."""
        fields = FIELDS.get(type(obj))
        if fields is not None:
            if attribute in fields:
                return getattr(obj, attribute)
        elif isinstance(obj, _OPEN):
            return super().getattr(obj, attribute)
        elif isinstance(obj, dict) and attribute in obj:
            return obj[attribute]
        return self.undefined(obj=obj, name=attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401  Jinja's own signature
        if isinstance(argument, str):
            return self.getattr(obj, argument)
        if isinstance(obj, Undefined) or isinstance(argument, Undefined):
            return spoken(obj if isinstance(obj, Undefined) else argument)  # which says so
        if not isinstance(argument, (int, slice)) or not isinstance(obj, (str, tuple, list, dict)):
            message = "only a list, a text or a mapping has items"
            raise Refused(message)
        self.meter.weigh(obj if isinstance(argument, slice) else argument)
        try:
            return obj[argument]
        except LookupError:
            return self.undefined(f"there is no item {argument}", obj)

    def call(self, context: Context, obj: Any, /, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  Jinja's own signature
        if isinstance(obj, Undefined):
            return obj()
        if not self.is_safe_callable(obj):
            message = "a template cannot call this"
            raise Refused(message, "use a filter: {{ shot.action | upper }}")
        for value in (*args, *kwargs.values()):
            self.meter.weigh(value)
        return super().call(context, obj, *args, **kwargs)

    def is_safe_callable(self, obj: Any) -> bool:  # noqa: ANN401  Jinja's own signature
        loop_method = isinstance(obj, MethodType) and isinstance(obj.__self__, LoopContext)
        return loop_method or isinstance(obj, _CALLABLE) or obj in GLOBALS.values()


def template_name(written: str) -> str:
    """Return the name a template goes by: `cinematic` for cinematic.j2."""
    return written.removesuffix(".j2")


def _printable(value: object) -> object:
    return value if isinstance(value, (str, Undefined)) else spoken(value)


def _is_phrase(value: object) -> bool:
    """Tell whether a description can follow `is`: a grey kitten, the last of them, two men."""
    first = spoken(value).partition(" ")[0]
    return first in {"a", "an", "the", "one", "two", "three", "four", "five", "six"}


def _guards(meter: Meter) -> dict[str, Callable[..., Any]]:
    """Return the filters that only `guard` can write into a template."""

    @pass_context
    def spend(context: Context, steps: int) -> str:  # noqa: ARG001  so Jinja cannot fold it away
        meter.spend(steps)
        return ""

    def concatenated(values: tuple[object, ...]) -> str:
        for value in values:
            meter.weigh(value)
        return meter.together([str(_printable(value)) for value in values])

    return {GUARDS.spend: spend, GUARDS.take: meter.take, GUARDS.join: concatenated}
