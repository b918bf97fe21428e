#!/usr/bin/env python3
"""Compare our graph of an account with PMapper's: whatever PMapper has must be in ours, or be a mistake of PMapper's.

    judge.py PMAPPER_DIR [OUR_DIR] --facts FILE     both folders hold graph/edges.json and graph/nodes.json

Without OUR_DIR it only says what PMapper found, and whether the model of its rules finds the same. Exit code 1: something is unexplained.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter, deque
from itertools import combinations
from pathlib import Path
from typing import Any

from model import MISTAKES, Model
from policy import Unsupported

Pair = tuple[str, str]


class Graph:
    """The edges and nodes of one export."""

    def __init__(self, folder: Path) -> None:
        self.edges: list[dict[str, Any]] = json.loads((folder / "graph" / "edges.json").read_text())
        self.nodes = {node["arn"]: node for node in json.loads((folder / "graph" / "nodes.json").read_text())}
        self.by_pair: dict[Pair, set[str]] = {}
        self.certain: set[Pair] = set()
        for edge in self.edges:
            pair = (edge["source"], edge["destination"])
            self.by_pair.setdefault(pair, set()).add(edge["short_reason"])
            if edge.get("certain", True):
                self.certain.add(pair)

    def is_admin(self, arn: str) -> bool:
        return bool(self.nodes.get(arn, {}).get("is_admin"))

    def reaches_admin(self, arn: str) -> bool:
        """Whether it is an administrator, can become one, or has a way to one."""
        queue, seen = deque([arn]), {arn}
        while queue:
            here = queue.popleft()
            node = self.nodes.get(here, {})
            if node.get("is_admin") or node.get("can_become_admin"):
                return True
            for source, destination in self.by_pair:
                if source == here and destination not in seen:
                    seen.add(destination)
                    queue.append(destination)
        return False


def explain(model: Model, gone: Any) -> str | None:
    """The fewest mistakes without which PMapper would not say so; at most two, or all of them together."""
    names = list(MISTAKES)
    for count in (1, 2):
        for chosen in combinations(names, count):
            if gone(model.without(*chosen)):
                return " + ".join(chosen)
    return "several together" if gone(model.without(*names)) else None


def pair_gone(pair: Pair) -> Any:
    return lambda model: not model.edges(model.nodes[pair[0]], model.nodes[pair[1]])


def admin_gone(arn: str) -> Any:
    return lambda model: not model.admin(model.nodes[arn])


def explained(model: Model, gone: Any) -> str | None:
    """As `explain`, but only where the model agrees with PMapper in the first place."""
    try:
        return None if gone(model) else explain(model, gone)
    except Unsupported as error:
        print(f"  the judge cannot tell: {error}")
        return None


def check_model(model: Model, theirs: Graph) -> None:
    """How far the model can be trusted: its edges and administrators against PMapper's own."""
    differ = []
    for source in model.nodes.values():
        if model.admin(source) != source["is_admin"]:
            differ.append(f"administrator {name(source['arn'])}: model {model.admin(source)}")
        for destination in model.nodes.values():
            pair = (source["arn"], destination["arn"])
            wanted, found = theirs.by_pair.get(pair, set()), model.edges(source, destination)
            if wanted != found:
                differ.append(f"{show(pair)}: PMapper {sorted(wanted)}, model {sorted(found)}")
    print(f"model of PMapper's rules: {len(differ)} differences" + "".join(f"\n  {line}" for line in differ[:20]))


def name(arn: str) -> str:
    return arn.split(":", 5)[-1]


def show(pair: Pair) -> str:
    return f"{name(pair[0])} -> {name(pair[1])}"


def summary(title: str, graph: Graph) -> str:
    reasons = Counter(edge["short_reason"] for edge in graph.edges)
    admins = sum(graph.is_admin(arn) for arn in graph.nodes)
    counts = ", ".join(f"{reason} {count}" for reason, count in sorted(reasons.items()))
    return f"{title}: {len(graph.edges)} edges of {len(graph.by_pair)} pairs, {admins} administrators ({counts})"


def judge_edges(model: Model, theirs: Graph, ours: Graph) -> int:
    """Prints what became of PMapper's edges; returns how many are unexplained."""
    both, possible, implied, rules, unexplained = 0, 0, 0, Counter(), []
    for pair, reasons in sorted(theirs.by_pair.items()):
        if pair in ours.by_pair:
            both += 1
            possible += pair not in ours.certain
        elif ours.is_admin(pair[0]):
            implied += 1  # an administrator reaches everybody; no edge says so
        elif rule := explained(model, pair_gone(pair)):
            rules[rule] += 1
            verbose(f"  {show(pair)} ({', '.join(sorted(reasons))}): {rule}")
        else:
            unexplained.append(f"  {show(pair)}: PMapper has {', '.join(sorted(reasons))}")
    print(f"pairs in both: {both} ({possible} of them only possible in ours); from administrators of ours: {implied}")
    print(f"pairs of PMapper's only: {sum(rules.values())} are its mistakes, {len(unexplained)} are unexplained")
    for rule, count in sorted(rules.items()):
        print(f"  {count:4} {rule}" + (f": {MISTAKES[rule]}" if rule in MISTAKES else ""))
    for line in unexplained:
        print(line)
    return len(unexplained)


def judge_admins(model: Model, theirs: Graph, ours: Graph) -> int:
    unexplained = 0
    for arn in sorted(theirs.nodes):
        if arn not in ours.nodes:
            print(f"  {name(arn)} is missing")
            unexplained += 1
        elif theirs.is_admin(arn) and not ours.reaches_admin(arn):
            rule = explained(model, admin_gone(arn))
            print(f"  administrator of PMapper's only: {name(arn)}: {rule or 'UNEXPLAINED'}")
            unexplained += rule is None
        elif ours.is_admin(arn) and not theirs.is_admin(arn):
            print(f"  administrator of ours only: {name(arn)}")
    return unexplained


def show_only_ours(theirs: Graph, ours: Graph) -> None:
    """Techniques that PMapper does not know, and edges that it does not see."""
    only: dict[str, list[str]] = {}
    for edge in ours.edges:
        pair = (edge["source"], edge["destination"])
        if pair not in theirs.by_pair and not theirs.is_admin(pair[0]):
            sure = "certain" if edge.get("certain", True) else "possible"
            only.setdefault(edge["short_reason"], []).append(f"{show(pair)} ({sure})")
    print(f"edges only in ours: {sum(len(edges) for edges in only.values())}")
    for reason, edges in sorted(only.items()):
        print(f"  {len(edges):4} {reason}")
        for line in sorted(edges)[:10]:
            verbose(f"       {line}")


def verbose(line: str) -> None:
    if os.environ.get("VERBOSE"):
        print(line)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pmapper", type=Path)
    parser.add_argument("ours", type=Path, nargs="?")
    parser.add_argument("--facts", type=Path, required=True, help="what seed.py wrote")
    args = parser.parse_args()
    theirs = Graph(args.pmapper)
    model = Model(args.pmapper, json.loads(args.facts.read_text()))
    print(summary("PMapper", theirs))
    check_model(model, theirs)
    if args.ours is None:
        return 0
    ours = Graph(args.ours)
    print(summary("ours", ours))
    unexplained = judge_edges(model, theirs, ours) + judge_admins(model, theirs, ours)
    show_only_ours(theirs, ours)
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
