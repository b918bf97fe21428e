"""The stored form of an answer: what boto3 returned, as `account-data/` keeps it.

Not for reading: these functions only say what a file must hold and how its bytes must look.
"""

from __future__ import annotations

import base64
import copy
import datetime
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

# Dropped at the top level of every answer, whether or not the operation pages.
ALWAYS_DROPPED = {"ResponseMetadata", "Marker", "IsTruncated", "NextToken", "nextToken", "NextMarker", "nextMarker"}


@dataclass
class Answer:
    """What boto3 says to one call."""

    value: Any = None
    pages: int = 0
    code: str = ""
    message: str = ""
    exact: bool = True  # whether `code` is one that AWS could have sent
    loose: set[str] = field(default_factory=set)  # top-level keys that may stay or go


def canonical(value: Any) -> bytes:
    """The bytes of a stored file."""
    return json.dumps(value, indent=4, sort_keys=True).encode("ascii")


def normal(value: Any) -> Any:
    """JSON for what boto3 parsed: times in UTC, bytes as text, streams read."""
    if isinstance(value, dict):
        return {str(key): normal(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [normal(item) for item in value]
    if isinstance(value, datetime.datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=datetime.UTC)
        return aware.astimezone(datetime.UTC).isoformat()
    if isinstance(value, (bytes, bytearray)):
        return text(bytes(value))
    if hasattr(value, "read"):
        return text(value.read())
    return value


def text(raw: bytes) -> Any:
    """Bytes as text, marked base64 when they are none."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return {"$base64": base64.b64encode(raw).decode("ascii")}


def ask(client: Any, operation: str, parameters: dict[str, Any]) -> Answer:
    """Call, page to the end, and bring the answer into its stored form."""
    method = xform_name(operation)
    answer = Answer()
    dropped, answer.loose, keys = set(ALWAYS_DROPPED), set(), []
    if client.can_paginate(method):
        paginator = client.get_paginator(method)
        tokens, answer.loose, keys = paging(client, method)
        dropped |= tokens
        pages: Iterator[Any] = iter(paginator.paginate(**parameters))
    else:
        pages = iter([lambda: getattr(client, method)(**parameters)])
    try:
        for page in pages:
            page = page() if callable(page) else page
            answer.value = copy.deepcopy(page) if answer.value is None else merged(answer.value, page, keys)
            answer.pages += 1
    except ClientError as error:
        details = error.response.get("Error", {})
        answer.code, answer.message = str(details.get("Code", "")), str(details.get("Message", ""))
        # A crashed server sends HTML, and boto3 then takes the status for the code.
        answer.exact = not answer.code.isdigit()
    except Exception as error:  # noqa: BLE001 - boto3 has many ways to fail on what is no AWS answer
        answer.code, answer.message, answer.exact = type(error).__name__, str(error), False
    if answer.value is not None:
        answer.value = {key: normal(value) for key, value in answer.value.items() if key not in dropped}
    return answer


def paging(client: Any, method: str) -> tuple[set[str], set[str], list[list[str]]]:
    """Top-level keys that are pagination tokens, keys that say there is more, and the paths of the lists to join."""
    paginator = client.get_paginator(method)
    settings = paginator._pagination_cfg
    names: set[str] = set()
    for key in ("input_token", "output_token"):
        value = settings.get(key, [])
        for expression in value if isinstance(value, list) else [value]:
            names |= {part for part in re.split(r"\s*\|\|\s*", expression) if re.fullmatch(r"\w+", part)}
    more = {settings["more_results"]} if re.fullmatch(r"\w+", settings.get("more_results", "")) else set()
    keys = [parsed.expression.split(".") for parsed in paginator.result_keys]
    return names, more - ALWAYS_DROPPED, keys


def merged(first: dict[str, Any], page: dict[str, Any], keys: list[list[str]]) -> dict[str, Any]:
    """Add a further page to the first: lists and texts are joined, numbers added, the rest stays as it was."""
    for path in keys:
        more: Any = page
        for part in path:
            more = more.get(part) if isinstance(more, dict) else None
        if more is None:
            continue
        parent = first
        for part in path[:-1]:
            parent = parent.setdefault(part, {})
        last = path[-1]
        parent[last] = parent[last] + more if parent.get(last) is not None else more
    return first
