#!/usr/bin/env python3
"""Add to a collected account-data folder what AWS would have answered and moto cannot. Do it after compare.py, never before."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from enrichment import identity, services
from enrichment.folder import Folder


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("account_data", type=Path, help="account-data, or one account's folder in it")
    args = parser.parse_args()
    paths = (
        [args.account_data]
        if (args.account_data / "manifest.json").is_file()
        else sorted(path.parent for path in args.account_data.glob("*/manifest.json"))
    )
    if not paths:
        print(f"no manifest.json in {args.account_data}")
        return 1
    for path in paths:
        folder = Folder(path)
        services.enrich(folder)
        identity.enrich(folder)
        folder.save()
        print(f"{folder.name}: {folder.changed} answers written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
