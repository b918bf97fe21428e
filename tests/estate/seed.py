#!/usr/bin/env python3
"""Fill a moto server with the estate of one company: four accounts in up to three regions."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from pathlib import Path

from seed import (
    balancers,
    compute,
    containers,
    data,
    dns,
    edge,
    escalation,
    governance,
    iam,
    messaging,
    network,
    observe,
    organization,
    serverless,
    sharing,
    storage,
    streams,
)
from seed.base import Estate, Place
from seed.names import ACCOUNT_NAMES, MANAGEMENT, PRIMARY, REGIONS

AREAS = [
    iam,
    escalation,
    network,
    storage,
    messaging,
    compute,
    balancers,
    data,
    streams,
    serverless,
    containers,
    dns,
    edge,
    observe,
    governance,
]


def build(estate: Estate) -> dict[str, str]:
    """Seed everything; returns the ids that the server gave the accounts, by name. The content goes to the estate's own ids in any case."""
    ids = organization.create(Place(estate, MANAGEMENT, PRIMARY))
    places = [Place(estate, account, region) for account in REGIONS for region in regions(account, estate.small)]
    for place in places:
        for area in AREAS:
            place.run(area.seed)
    sharing.seed({(place.account, place.region): place for place in places})
    return ids


def regions(account: str, small: bool) -> list[str]:
    """The account's regions; one only in a small estate."""
    return REGIONS[account][:1] if small else REGIONS[account]


def summary(estate: Estate, seconds: float) -> int:
    """Print what failed; 1 when something failed that is not expected."""
    counted = Counter((failure.expected(), failure.call, failure.message) for failure in estate.failures)
    places: dict[tuple[str, str], str] = {(failure.call, failure.message): failure.where for failure in estate.failures}
    for (expected, call, message), number in sorted(counted.items()):
        word = "expected" if expected else "FAILED"
        print(f"{word}: {number} x {call} (last in {places[call, message]}): {message}")
    bad = sum(number for (expected, _, _), number in counted.items() if not expected)
    print(f"{estate.calls} calls in {seconds:.1f} s, {len(estate.failures)} failed, {bad} of them not expected")
    return 1 if bad else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--endpoint", required=True, help="the server's address, as serve.py prints it")
    parser.add_argument("--small", action="store_true", help="one region in each account and no bulk")
    parser.add_argument("--out", type=Path, help="write the accounts' names and ids to this JSON file")
    args = parser.parse_args()
    estate = Estate(args.endpoint, args.small)
    started = time.monotonic()
    ids = build(estate)
    if args.out:
        args.out.write_text(json.dumps({name: number for number, name in ACCOUNT_NAMES.items()}, indent=2) + "\n")
    wrong = {name: number for name, number in ids.items() if ACCOUNT_NAMES.get(number) != name}
    if wrong:
        print(f"FAILED: the server chose other account ids: {wrong}; use serve.py")
    return max(summary(estate, time.monotonic() - started), 1 if wrong else 0)


if __name__ == "__main__":
    sys.exit(main())
