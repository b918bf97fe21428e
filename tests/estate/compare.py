#!/usr/bin/env python3
"""Judge a collected account-data folder: every call of its manifests is made again with boto3 and must give what is stored."""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, unquote_plus

from botocore import xform_name

from connect import Accounts
from stored import ALWAYS_DROPPED, Answer, ask, canonical

REDACTED = "**REDACTED**"
OUTCOMES = {"value", "empty", "partial", "not_collected", "skipped"}
WITH_FILE = {"value", "partial"}

# Values that differ from call to call: service, operation, JSON pointer, why.
VOLATILE: list[tuple[str, str, str, str]] = [
    ("sts", "GetCallerIdentity", r"/(UserId|Arn)", "the session has another name here"),
    ("iam", "GenerateCredentialReport", r"/(State|Description)", "the first call starts the report, later ones find it ready"),
    ("iam", "GetAccountAuthorizationDetails", r"/RoleDetailList/\d+/RoleLastUsed/LastUsedDate", "each of our calls uses the role"),
    ("iam", "GetRole", r"/Role/RoleLastUsed/LastUsedDate", "each of our calls uses the role"),
    ("rds", "DescribeDBInstances", r"/DBInstances/\d+/LatestRestorableTime", "moto says: now"),
    ("rds", "DescribeDBClusters", r"/DBClusters/\d+/LatestRestorableTime", "moto says: now"),
    ("efs", "DescribeFileSystems", r"/FileSystems/\d+/SizeInBytes/Timestamp", "moto says: now"),
    ("athena", "ListWorkGroups", r"/WorkGroups/\d+/CreationTime", "moto says: now"),
    ("ses", "GetSendStatistics", r"/SendDataPoints/\d+/Timestamp", "moto says: now"),
    ("ecs", "DescribeTasks", r"/tasks/\d+/lastStatus", "moto moves a task on with each call"),
    ("acm", "ListCertificates", r"/CertificateSummaryList/\d+/.*", "moto issues a certificate a minute after it was asked for"),
    ("acm", "DescribeCertificate", r"/Certificate/.*", "moto issues a certificate a minute after it was asked for"),
    ("cloudtrail", "GetTrailStatus", r"/Latest\w+", "moto says: now"),
    ("iot", "DescribeEndpoint", r"/endpointAddress", "moto makes up another one each time"),
    ("iot", "GetRegistrationCode", r"/registrationCode", "moto makes up another one each time"),
]
# More failures of moto's own than this are ours.
MOST_SHAKY = 3
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00")


@dataclass
class Verdict:
    """What was found in one account."""

    compared: int = 0
    differing: int = 0
    redacted: int = 0
    ignored: int = 0
    shaky: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)


@dataclass
class Judged:
    """What was found in one call."""

    differences: list[str] = field(default_factory=list)
    redacted: int = 0
    ignored: int = 0
    shaky: bool = False


def short(value: Any) -> str:
    """A value on one line."""
    line = json.dumps(value, sort_keys=True, default=str)
    return line if len(line) <= 300 else f"{line[:297]}..."


def differences(ours: Any, theirs: Any, pointer: str = "") -> Iterator[tuple[str, Any, Any]]:
    """JSON pointers at which two values differ, with both values; a missing one is `...`."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key in sorted(ours.keys() | theirs.keys()):
            below = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
            if key not in ours or key not in theirs:
                yield below, ours.get(key, ...), theirs.get(key, ...)
            else:
                yield from differences(ours[key], theirs[key], below)
    elif isinstance(ours, list) and isinstance(theirs, list):
        for index in range(max(len(ours), len(theirs))):
            one = ours[index] if index < len(ours) else ...
            other = theirs[index] if index < len(theirs) else ...
            if one is ... or other is ...:
                yield f"{pointer}/{index}", one, other
            else:
                yield from differences(one, other, f"{pointer}/{index}")
    elif isinstance(ours, bool) != isinstance(theirs, bool) or ours != theirs:
        yield pointer, ours, theirs


def volatile(call: dict[str, Any], pointer: str, one: Any, other: Any) -> bool:
    """Whether a difference there says nothing; a time must still be a time."""
    listed = any(
        call["service"] == service and call["operation"] == operation and re.fullmatch(pattern, pointer)
        for service, operation, pattern, _ in VOLATILE
    )
    if not listed or one is ... or other is ...:
        return listed and call["operation"] == "GenerateCredentialReport"
    return type(one) is type(other) and (not TIMESTAMP.fullmatch(str(other)) or bool(TIMESTAMP.fullmatch(str(one))))


def compare_values(call: dict[str, Any], ours: Any, answer: Answer, with_secrets: bool, judged: Judged) -> None:
    """Compare a stored answer with boto3's."""
    theirs = {key: value for key, value in answer.value.items() if key not in answer.loose}
    if isinstance(ours, dict):
        for key in sorted(ours.keys() & ALWAYS_DROPPED):
            judged.differences.append(f"/{key}: stored, but must be dropped")
        ours = {key: value for key, value in ours.items() if key not in answer.loose | ALWAYS_DROPPED}
    for pointer, one, other in differences(ours, theirs):
        if volatile(call, pointer, one, other):
            judged.ignored += 1
        elif isinstance(one, str) and REDACTED in one and isinstance(other, str) and not with_secrets:
            judged.redacted += 1
        else:
            one_text, other_text = ("(absent)" if side is ... else short(side) for side in (one, other))
            judged.differences.append(f"{pointer or '/'}: stored {one_text}, boto3 {other_text}")


def compare_errors(call: dict[str, Any], answer: Answer, judged: Judged) -> None:
    """A call that has no answer in the folder must fail with boto3 too, and in the same way."""
    if not answer.code and call.get("code") == "UnreadableAnswer":
        # A thread of moto's met a backend that another was still making: HTTP 500 without an error of AWS's, once.
        judged.shaky = True
    elif not answer.code:
        judged.differences.append(f"outcome {call['outcome']} ({call.get('code')}), but boto3 gets an answer: {short(answer.value)}")
    elif answer.exact and answer.code != call.get("code"):
        judged.differences.append(f"error {call.get('code')!r}, boto3 {answer.code!r}: {answer.message[:200]}")


def check_file(call: dict[str, Any], folder: Path, judged: Judged) -> Any:
    """Bytes, hash and form of the stored file; its content, None without one."""
    path = folder / call["file"]
    if call["outcome"] not in WITH_FILE:
        if path.is_file():
            judged.differences.append(f"a file exists although the outcome is {call['outcome']}")
        return None
    if not path.is_file():
        judged.differences.append("the file is missing")
        return None
    raw = path.read_bytes()
    if len(raw) != call.get("bytes"):
        judged.differences.append(f"{len(raw)} bytes, the manifest says {call.get('bytes')}")
    if hashlib.sha256(raw).hexdigest() != call.get("sha256"):
        judged.differences.append("the hash is not the manifest's")
    try:
        value = json.loads(raw)
    except ValueError as error:
        judged.differences.append(f"no JSON: {error}")
        return None
    if canonical(value) != raw:
        judged.differences.append("the bytes are not in the canonical form (4 spaces, sorted keys, ASCII, no final newline)")
    return value


def check_entry(call: dict[str, Any], judged: Judged) -> bool:
    """Whether a manifest entry can be used, and where its file must lie."""
    missing = {"service", "request", "operation", "region", "parameters", "file", "outcome"} - call.keys()
    if missing or call["outcome"] not in OUTCOMES:
        judged.differences.append(f"bad manifest entry: lacks {sorted(missing)}, outcome {call.get('outcome')!r}")
        return False
    if xform_name(call["operation"]).replace("_", "-") != call["request"]:
        judged.differences.append(f"request {call['request']!r} is not operation {call['operation']!r}")
    start = f"{call['region']}/{call['service']}-{call['request']}"
    file = call["file"]
    of_row = call["outcome"] == "skipped" and file == start
    if not of_row and file not in (f"{start}.json", "describe-regions.json") and not file.startswith(f"{start}/"):
        judged.differences.append(f"the file does not lie at {start}")
    if any(quote_plus(unquote_plus(part)) != part for part in file.split("/")):
        judged.differences.append("a component of the file name is not quoted")
    return True


def is_row(call: dict[str, Any]) -> bool:
    """Whether an entry stands for a whole row of the table whose parameters could not be had: no call was made."""
    folder = f"{call.get('region')}/{call.get('service')}-{call.get('request')}"
    return call.get("file") == folder and call.get("outcome") == "not_collected" and call.get("attempts") == 0


def judge(call: dict[str, Any], folder: Path, manifest: dict[str, Any], accounts: Accounts) -> Judged:
    """One call."""
    judged = Judged()
    if is_row(call):
        if not call.get("code"):
            judged.differences.append("a row without calls does not say why")
        return judged
    if not check_entry(call, judged):
        return judged
    ours = check_file(call, folder, judged)
    if call["outcome"] == "skipped":
        enabled = {region["name"] for region in manifest.get("regions", []) if region.get("status") != "not-opted-in"}
        if call["region"] in enabled and accounts.offers(call["service"], call["region"]):
            judged.differences.append("skipped, although the region is enabled and offers the service")
        return judged
    try:
        client = accounts.client(manifest["account"]["id"], call["region"], call["service"])
    except Exception as error:  # noqa: BLE001
        judged.differences.append(f"boto3 has no client: {error}")
        return judged
    answer = ask(client, call["operation"], call["parameters"])
    if call["outcome"] in ("empty", "not_collected"):
        compare_errors(call, answer, judged)
    elif answer.value is None or (answer.code and call["outcome"] == "value"):
        judged.differences.append(f"stored an answer, but boto3 fails: {answer.code}: {answer.message[:200]}")
    elif ours is not None:
        compare_values(call, ours, answer, manifest.get("with_secrets", False), judged)
        if call.get("pages", answer.pages) != answer.pages and call["outcome"] == "value":
            judged.differences.append(f"{call.get('pages')} pages, boto3 {answer.pages}")
    return judged


def name_of(call: dict[str, Any]) -> str:
    """The call, for people."""
    parameters = call.get("parameters")
    return f"{call.get('region')} {call.get('service')}.{call.get('operation')}({short(parameters) if parameters else ''})"


def strays(folder: Path, calls: list[dict[str, Any]]) -> list[str]:
    """Files that no call claims, and files that several do."""
    claimed = Counter(call.get("file") for call in calls if call.get("outcome") in WITH_FILE)
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {"manifest.json"}
    messages = [f"{file}: not in the manifest" for file in sorted(found - claimed.keys())]
    return messages + [f"{file}: written by {number} calls" for file, number in sorted(claimed.items()) if number > 1]


def judge_account(folder: Path, accounts: Accounts, jobs: int, limit: int) -> Verdict:
    """All calls of one account; prints what differs."""
    verdict = Verdict()
    manifest = json.loads((folder / "manifest.json").read_bytes())
    if manifest.get("format") != "cloudmapper-manifest/1":
        print(f"{folder.name}: manifest format {manifest.get('format')!r}")
        verdict.differing += 1
    calls = manifest["calls"]
    for message in strays(folder, calls):
        print(f"{folder.name}: {message}")
        verdict.differing += 1
    with ThreadPoolExecutor(jobs) as pool:
        results = pool.map(lambda call: judge(call, folder, manifest, accounts), calls)
        for call, judged in zip(calls, results, strict=True):
            verdict.outcomes[call.get("outcome", "?")] += 1
            verdict.compared += call.get("outcome") != "skipped" and not is_row(call)
            verdict.redacted += judged.redacted
            verdict.ignored += judged.ignored
            verdict.shaky += judged.shaky
            if judged.shaky:
                print(f"{folder.name}: {name_of(call)}: moto failed, and answers now")
            if judged.differences:
                verdict.differing += 1
                print(f"{folder.name}: {name_of(call)}\n  {folder / str(call.get('file'))}")
                for line in judged.differences[:limit]:
                    print(f"    {line}")
                if len(judged.differences) > limit:
                    print(f"    … and {len(judged.differences) - limit} more")
    return verdict


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--endpoint", required=True, help="the server that was collected from")
    parser.add_argument("--account-data", required=True, type=Path, help="the folder that `collect` wrote")
    parser.add_argument("--accounts", help="comma list of account folders; all that have a manifest otherwise")
    parser.add_argument("--jobs", type=int, default=4, help="calls at a time")
    parser.add_argument("--limit", type=int, default=20, help="differences to print for one call")
    args = parser.parse_args()
    names = args.accounts.split(",") if args.accounts else sorted(path.parent.name for path in args.account_data.glob("*/manifest.json"))
    if not names:
        print(f"no manifest.json under {args.account_data}")
        return 1
    accounts = Accounts(args.endpoint)
    total = Verdict()
    for name in names:
        verdict = judge_account(args.account_data / name, accounts, args.jobs, args.limit)
        outcomes = ", ".join(f"{number} {outcome}" for outcome, number in sorted(verdict.outcomes.items()))
        print(f"{name}: {verdict.compared} calls compared, {verdict.differing} differ, {verdict.redacted} redacted ({outcomes})")
        for key in ("compared", "differing", "redacted", "ignored", "shaky"):
            setattr(total, key, getattr(total, key) + getattr(verdict, key))
    print(f"{total.ignored} volatile values ignored")
    print(f"{total.compared} calls compared, {total.differing} differ, {total.redacted} redacted")
    return 1 if total.differing or total.shaky > MOST_SHAKY or not total.compared else 0


if __name__ == "__main__":
    sys.exit(main())
