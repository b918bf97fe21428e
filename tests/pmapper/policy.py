"""Policy documents against one request, as far as the judge needs it: what is not here is an error, not a guess."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

Context = dict[str, str]
Statement = dict[str, Any]


class Unsupported(Exception):
    """A policy uses something that the judge cannot tell about."""


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(document: dict[str, Any]) -> list[Statement]:
    return listed(document["Statement"])


@lru_cache(maxsize=65536)
def glob(pattern: str, text: str, any_case: bool) -> bool:
    """`*` and `?` over the whole text."""
    expression = re.escape(pattern).replace(r"\*", ".*").replace(r"\?", ".")
    return re.fullmatch(expression, text, re.IGNORECASE | re.DOTALL if any_case else re.DOTALL) is not None


def fill(pattern: str, context: Context) -> str:
    for key, value in context.items():
        pattern = pattern.replace("${" + key + "}", value)
    return pattern


def applies(statement: Statement, action: str, resource: str, context: Context, *, any_case: bool) -> bool:
    """Whether a statement is about this request. `any_case`: resources of other case match too."""
    if "Action" in statement:
        if not any(glob(pattern, action, True) for pattern in listed(statement["Action"])):
            return False
    elif any(glob(pattern, action, True) for pattern in listed(statement["NotAction"])):
        return False
    if "Resource" in statement:
        if not any(glob(fill(pattern, context), resource, any_case) for pattern in listed(statement["Resource"])):
            return False
    elif "NotResource" in statement and any(glob(fill(p, context), resource, any_case) for p in listed(statement["NotResource"])):
        return False
    return holds(statement.get("Condition", {}), context)


def holds(condition: dict[str, Any], context: Context) -> bool:
    present = {key.lower(): value for key, value in context.items()}
    return all(
        test(operator, present.get(key.lower()), [str(value) for value in listed(values)])
        for operator, block in condition.items()
        for key, values in block.items()
    )


def test(operator: str, value: str | None, wanted: list[str]) -> bool:
    """One key of a condition; a key that is absent meets only `IfExists`, `Null` and the negated operators."""
    name = operator.removesuffix("IfExists")
    if name == "Null":
        return any((value is None) == (text.lower() == "true") for text in wanted)
    negated = "Not" in name
    if value is None:
        return negated or name != operator
    positive = name.replace("Not", "")
    if positive not in COMPARE:
        raise Unsupported(f"condition operator `{operator}`")
    met = any(COMPARE[positive](text, value) for text in wanted)
    return met != negated


COMPARE = {
    "StringEquals": lambda text, value: text == value,
    "StringEqualsIgnoreCase": lambda text, value: text.lower() == value.lower(),
    "StringLike": lambda text, value: glob(text, value, False),
    "ArnEquals": lambda text, value: glob(text, value, False),
    "ArnLike": lambda text, value: glob(text, value, False),
    "Bool": lambda text, value: text.lower() == value.lower(),
    "NumericLessThan": lambda text, value: float(value) < float(text),
}


def matching(documents: Iterable[dict[str, Any]], effect: str, action: str, resource: str, context: Context, *, any_case: bool) -> bool:
    """Whether some statement with this effect is about the request."""
    return any(
        statement["Effect"] == effect and applies(statement, action, resource, context, any_case=any_case)
        for document in documents
        for statement in statements(document)
    )
