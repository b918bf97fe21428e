"""Calling moto, and keeping count of what it refuses."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from connect import Accounts

from .expected import EXPECTED
from .names import ACCOUNT_NAMES, PRIMARY


@dataclass
class Failure:
    """One call that did not work, and where."""

    where: str
    call: str
    message: str

    def expected(self) -> bool:
        """Whether the reason stands in `expected.EXPECTED`."""
        return any(self.call == call and text in self.message for call, text in EXPECTED)


@dataclass
class Estate:
    """The server and everything that went wrong."""

    endpoint: str
    small: bool = False
    calls: int = 0
    failures: list[Failure] = field(default_factory=list)
    organization: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.accounts = Accounts(self.endpoint)
        self.accounts.events.register_first("before-parameter-build", self._tokens)

    def _tokens(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        """Idempotency tokens that count instead of being random."""
        for name in model.idempotent_members:
            params.setdefault(name, str(uuid.UUID(int=self.calls)))

    def note(self, where: str, call: str, error: BaseException) -> None:
        """Keep a failure; the seed goes on."""
        message = re.sub(r"\s+", " ", f"{type(error).__name__}: {error}")[:240]
        self.failures.append(Failure(where, call, message))


@dataclass
class Place:
    """One account in one region: what an area of the seed works with."""

    estate: Estate
    account: str
    region: str
    ids: dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The account's name."""
        return ACCOUNT_NAMES[self.account]

    @property
    def primary(self) -> bool:
        """Whether this is the region that also gets what is made once in an account."""
        return self.region == PRIMARY

    def bulk(self, number: int) -> int:
        """How many of something that only has to be many."""
        return min(number, 3) if self.estate.small else number

    def call(self, service: str, operation: str, **parameters: Any) -> dict[str, Any]:
        """Call `service.operation`; an empty answer when it failed."""
        self.estate.calls += 1
        try:
            client = self.estate.accounts.client(self.account, self.region, service)
            return getattr(client, operation)(**parameters)
        except Exception as error:  # noqa: BLE001 - a server in development fails in any way it likes
            self.estate.note(f"{self.name}/{self.region}", f"{service}.{operation}", error)
            return {}

    def get(self, path: str, service: str, operation: str, **parameters: Any) -> str:
        """Call and take one value out of the answer: `Vpc.VpcId`, `Instances.0.InstanceId`; "" when absent."""
        return pick(self.call(service, operation, **parameters), path)

    def arn(self, service: str, resource: str, regional: bool = True) -> str:
        """The ARN of something of this account."""
        return f"arn:aws:{service}:{self.region if regional else ''}:{self.account}:{resource}"

    def role(self, name: str) -> str:
        """The ARN of a role of this account."""
        return f"arn:aws:iam::{self.account}:role/{name}"

    def run(self, *steps: Callable[[Place], None]) -> None:
        """Run steps; one that breaks is a failure, not the end."""
        for step in steps:
            try:
                step(self)
            except Exception as error:  # noqa: BLE001
                self.estate.note(f"{self.name}/{self.region}", f"{step.__module__}.{step.__name__}", error)


def pick(value: Any, path: str) -> Any:
    """The value at a dotted path, "" where there is none."""
    for part in path.split("."):
        try:
            value = value[int(part)] if isinstance(value, list) else value[part]
        except (KeyError, IndexError, TypeError):
            return ""
    return value


def tags(**pairs: str) -> list[dict[str, str]]:
    """Tags as most services want them."""
    return [{"Key": key.replace("_", ":"), "Value": value} for key, value in pairs.items()]


def policy(*statements: dict[str, Any]) -> str:
    """A policy document."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    """An Allow statement of an identity policy, or of a resource policy with `Principal=`."""
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(principal: Any, action: str = "sts:AssumeRole", **more: Any) -> str:
    """A trust policy with one statement."""
    return policy({"Effect": "Allow", "Principal": principal, "Action": action, **more})
