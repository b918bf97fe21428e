#!/usr/bin/env python3
"""Writes docs/checks.md, the table of all checks of `audit`, from data/checks/*.yaml.

    tests/docs/checks.py            writes it
    tests/docs/checks.py --check    writes nothing; exit code 1 if it is not as it would be written
"""

import difflib
import pathlib
import sys

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
TARGET = ROOT / "docs/checks.md"
SEVERITIES = ["Critical", "High", "Medium", "Low", "Info"]
FRAMEWORKS = ["cis-aws-5.0", "cis-aws-6.0"]

HEAD = """\
# All checks

`cloudmapper audit` asks these {count} checks: {severities}. `cloudmapper explain ID` tells what one looks for, why, and what to do;
[audit.md](audit.md) tells how to use them. The last columns are the controls of the CIS AWS Foundations Benchmark that a check is about.

This page is made by `tests/docs/checks.py` from `data/checks/`.

| Check | Severity | What it finds | CIS 5.0 | CIS 6.0 |
|---|---|---|---|---|
"""


def cell(text):
    """Text that a table and Markdown leave as it is."""
    for sign in "\\|*_<>[]`":
        text = text.replace(sign, "\\" + sign)
    return text


def row(check):
    controls = [", ".join(check.get("compliance", {}).get(name, [])) for name in FRAMEWORKS]
    link = f"[`{check['id']}`](../data/checks/{check['id']}.yaml)"
    return "| " + " | ".join([link, check["severity"], cell(check["title"]), *controls]) + " |\n"


def page():
    # The base loader keeps `1.10` a text; as a number it would be 1.1.
    paths = sorted((ROOT / "data/checks").glob("*.yaml"))
    checks = [yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader) for path in paths]
    checks.sort(key=lambda check: (SEVERITIES.index(check["severity"]), check["id"]))
    counts = [f"{sum(check['severity'] == name for check in checks)} {name}" for name in SEVERITIES]
    severities = ", ".join(counts[:-1]) + " and " + counts[-1]
    return HEAD.format(count=len(checks), severities=severities) + "".join(map(row, checks))


def main():
    new = page()
    if sys.argv[1:] != ["--check"]:
        TARGET.write_text(new, encoding="utf-8")
        return 0
    old = TARGET.read_text(encoding="utf-8") if TARGET.exists() else ""
    if old == new:
        return 0
    changes = list(difflib.unified_diff(old.splitlines(), new.splitlines(), "docs/checks.md", "as it should be", n=0, lineterm=""))
    print("\n".join(changes[:20]))
    print("docs/checks.md is not up to date: run tests/docs/checks.py")
    return 1


if __name__ == "__main__":
    sys.exit(main())
