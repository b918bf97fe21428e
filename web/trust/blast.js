// How far somebody who holds an account gets from there, hop by hop, as far as the edges tell.
//
// whole   by certain ways to become administrator all along: whoever holds the first account holds this one
// part    by a role that is no administrator, or by something that is only possible: what that role may do next is not known here
// touched only things in it can be read, changed, used, or its network can be reached: it leads no further

import { isMutual, isNetwork } from "./words.js";

export const LEVELS = ["whole", "part", "touched"];
const LEVEL_NAMES = { whole: "all of it", part: "a part of it", touched: "things in it" };

export function levelName(level) {
  return LEVEL_NAMES[level] ?? "";
}

// Gives Map(node → {level, hops, edges}); `edges` are those that lead there.
export function blastRadius(sieve, start, overNetwork) {
  const { nodes, edges } = sieve.network;
  const reached = new Map([[start, { level: "whole", hops: 0, edges: [] }]]);
  const out = (at) => sieve.on(nodes[at].out.map((edge) => edges[edge]));
  // From those given, nearest first; each new one is asked in its turn if the level leads on.
  const spread = (sources, level, leadsOn, fits, around) => {
    const rounds = [];
    const put = (at, hops) => (rounds[hops] ??= []).push(at);
    for (const at of sources) put(at, reached.get(at).hops);
    for (let hops = 0; hops < rounds.length; hops += 1) {
      for (const at of rounds[hops] ?? []) {
        for (const edge of around(at)) {
          if (!fits(edge)) continue;
          const to = edge.from === at ? edge.to : edge.from;
          const known = reached.get(to);
          if (known && (known.level !== level || known.hops !== hops + 1)) continue;
          if (known) known.edges.push(edge);
          else {
            reached.set(to, { level, hops: hops + 1, edges: [edge] });
            if (leadsOn) put(to, hops + 1);
          }
        }
      }
    }
  };
  const held = () => [...reached].filter(([, { level }]) => level !== "touched").map(([at]) => at);
  spread([start], "whole", true, (edge) => edge.access === "admin" && edge.certain, out);
  spread(held(), "part", true, (edge) => edge.access === "admin" || edge.access === "iam", out);
  const both = (at) => [...out(at), ...sieve.on(nodes[at].in.map((edge) => edges[edge])).filter((edge) => isMutual(edge.access))];
  spread(held(), "touched", false, (edge) => edge.access !== "admin" && edge.access !== "iam" && (overNetwork || !isNetwork(edge.access)), both);
  return reached;
}
