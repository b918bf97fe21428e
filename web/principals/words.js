// What is said of principals, groups and steps, in few words. Texts only.

import { plural } from "../common/dom.js";
import { kindName } from "./graph.js";

export function stepsWords(steps) {
  return plural(steps, "step");
}

// "37 roles", "12 principals": what a group holds.
export function membersWords(graph, members) {
  const kinds = new Set(members.map((at) => graph.nodes[at].kind));
  const one = kinds.size === 1 ? [...kinds][0] : "";
  return `${members.length.toLocaleString("en")} ${one ? kindName(one, members.length) : "principals"}`;
}

// How near it is to an administrator: a tone for the picture, and words.
export function standing(filter, at) {
  const node = filter.graph.nodes[at];
  if (node.kind === "admin") return { tone: "admin", sign: "star", words: "" };
  if (node.admin === "yes") return { tone: "admin", sign: "star", words: "administrator" };
  if (node.admin === "if") return { tone: "admin", sign: "star-if", words: "administrator, if" };
  const steps = filter.steps[at];
  const plain = node.kind === "service" ? "service" : "plain";
  if (steps <= 0) return { tone: plain, sign: "", words: "" };
  const sure = node.escalates === "certain";
  return { tone: "escalate", sign: sure ? "up" : "up-if", words: sure ? stepsWords(steps) : `possibly ${stepsWords(steps)}` };
}

export function standingLong(filter, at) {
  const node = filter.graph.nodes[at];
  const steps = filter.steps[at];
  if (node.kind === "admin") return "Stands for all rights in the account";
  if (node.admin === "yes") return "Administrator";
  if (node.admin === "if") return "Administrator under conditions";
  if (steps > 0) return node.escalates === "certain" ? `Can become administrator in ${stepsWords(steps)}` : `Can possibly become administrator in ${stepsWords(steps)}`;
  if (node.escalates !== "no") return "Can become administrator, but not with these filters";
  return "Cannot become administrator by a known step";
}

// Labels of the techniques of some edges, most frequent first.
export function techniqueLabels(graph, edges) {
  const counts = new Map();
  for (const edge of edges) {
    const { label } = graph.techniques[graph.technique[edge]];
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([label]) => label);
}

export function shortList(names, most = 2) {
  return names.length <= most ? names.join(", ") : `${names.slice(0, most).join(", ")} +${names.length - most}`;
}

export function lineLabel(graph, line) {
  const labels = shortList(techniqueLabels(graph, line.edges));
  return line.edges.length > 1 && line.bundle ? `${labels} ×${line.edges.length.toLocaleString("en")}` : labels;
}
