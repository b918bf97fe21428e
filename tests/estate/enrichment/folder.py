"""One account's folder and its manifest: reading answers, putting answers in."""

from __future__ import annotations

import datetime
import hashlib
import json
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

from botocore import xform_name

from stored import canonical

WITH_FILE = {"value", "partial"}


class Folder:
    """A collected account. Every change goes through `put`, so that the manifest stays true."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.manifest: dict[str, Any] = json.loads((path / "manifest.json").read_bytes())
        self.name: str = self.manifest["account"]["name"]
        self.account: str = self.manifest["account"]["id"]
        self.calls: list[dict[str, Any]] = self.manifest["calls"]
        self.changed = 0

    def now(self) -> datetime.datetime:
        """When the collection started: all made-up dates count from there, so that the result depends on the folder alone."""
        started = datetime.datetime.fromisoformat(self.manifest["started"])
        return started.replace(microsecond=0).astimezone(datetime.UTC)

    def before(self, days: float) -> str:
        """A time some days before the collection."""
        return (self.now() - datetime.timedelta(days=days)).isoformat()

    def digest(self, text: str, below: int) -> int:
        """A number that depends on the text only."""
        return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % below

    def entries(self, service: str, operation: str) -> list[dict[str, Any]]:
        """The manifest's entries of one operation."""
        return [call for call in self.calls if (call["service"], call["operation"]) == (service, operation)]

    def regions(self, service: str, operation: str) -> list[str]:
        """Regions in which the operation was tried, or else those that answered for VPCs."""
        tried = [call["region"] for call in self.entries(service, operation) if call["outcome"] != "skipped"]
        found = tried or [call["region"] for call in self.entries("ec2", "DescribeVpcs") if call["outcome"] == "value"]
        return sorted(set(found))

    def answers(self, service: str, operation: str) -> list[tuple[dict[str, Any], Any]]:
        """Stored answers with their manifest entries."""
        return [
            (call, json.loads((self.path / call["file"]).read_bytes()))
            for call in self.entries(service, operation)
            if call["outcome"] in WITH_FILE and (self.path / call["file"]).is_file()
        ]

    def put(self, region: str, service: str, operation: str, value: Any, parameters: dict[str, Any] | None = None) -> None:
        """Store an answer: over the entry of the same call where there is one, else as a new entry."""
        parameters = parameters or {}
        wanted = (service, operation, region, parameters)
        call = next(
            (call for call in self.calls if tuple(call[key] for key in ("service", "operation", "region", "parameters")) == wanted), None
        )
        if call is None:
            request = xform_name(operation).replace("_", "-")
            where = f"{region}/{service}-{request}"
            file = "/".join([where, *(quote_plus(str(value)) for value in parameters.values())]) if parameters else f"{where}.json"
            call = {
                "service": service,
                "request": request,
                "operation": operation,
                "region": region,
                "parameters": parameters,
                "file": file,
            }
            call |= {"time": self.manifest["started"], "attempts": 1}
            self.calls.append(call)
        self.store(call, value)

    def store(self, call: dict[str, Any], value: Any) -> None:
        """Write the file of a manifest entry and say so in the entry."""
        raw = canonical(value)
        path = self.path / call["file"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
        call |= {"outcome": "value", "pages": 1, "sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)}
        call.pop("code", None)
        call.pop("message", None)
        self.changed += 1

    def save(self) -> None:
        """Write the manifest in the form it had."""
        path = self.path / "manifest.json"
        compact = b"\n" not in path.read_bytes().strip()
        text = json.dumps(self.manifest, separators=(",", ":")) if compact else json.dumps(self.manifest, indent=4, sort_keys=True)
        path.write_text(text)
