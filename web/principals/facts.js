// Pieces of the details: a principal as a link, a step with its reasons. Everything becomes text nodes.

import { el, plural } from "../common/dom.js";
import { iconPath } from "./draw.js";
import { standing } from "./words.js";

export function sureTag(certain) {
  return el("span", { class: certain ? "tag certain" : "tag possible" }, certain ? "certain" : "possible");
}

export function standingTag(filter, at) {
  const state = standing(filter, at);
  if (state.words === "" || filter.graph.nodes[at].kind === "admin") return null;
  return el("span", { class: `tag ${state.tone}` }, state.words.replace(/, if$/, " under conditions"));
}

// Only addresses of AWS and others that are encrypted; anything else is shown as text.
function sourceLink(address) {
  let url = null;
  try {
    url = new URL(address);
  } catch {
    return null;
  }
  if (url.protocol !== "https:" || url.username !== "") return null;
  return el("a", { href: url.href, target: "_blank", rel: "noopener noreferrer" }, `What AWS says: ${url.hostname}`);
}

export class Facts {
  constructor(app) {
    this.app = app;
    this.graph = app.graph;
  }

  link(at, whole) {
    const node = this.graph.nodes[at];
    return el("button", { type: "button", class: "link", title: node.arn, onclick: () => this.app.choose(at) }, el("img", { src: this.app.resolve(iconPath(node.kind)), alt: "", width: 18, height: 18 }), el("span", {}, whole ? node.name : node.short));
  }

  items(title, texts) {
    return texts.length === 0 ? null : el("div", { class: "why" }, el("h4", {}, title), el("ul", {}, texts.slice(0, 100).map((text) => el("li", {}, text))));
  }

  // Why an edge is there, and what removes it.
  reasons(edge) {
    const { graph } = this;
    const technique = graph.techniques[graph.technique[edge]];
    const detail = graph.details(edge);
    const source = graph.nodes[graph.from[edge]];
    const parts = [];
    if (graph.via[edge] !== -1) parts.push(el("p", {}, "By way of ", this.link(graph.via[edge], true)));
    if (detail) {
      parts.push(this.items("Only if", detail.conditions), this.items("Not known", detail.doubts));
      if (detail.steps.length > 0) parts.push(el("div", { class: "why" }, el("h4", {}, "Allowed by"), el("ol", { class: "checks" }, detail.steps.map((step) => this.check(step, source)))));
    }
    const link = sourceLink(technique.source);
    if (technique.fix) parts.push(el("div", { class: "why fix" }, el("h4", {}, "To prevent it"), el("p", {}, technique.fix)));
    if (link || technique.id) parts.push(el("p", { class: "soft" }, link, link ? " · " : null, technique.id));
    return parts.filter(Boolean);
  }

  check(step, source) {
    const sure = step.verdict === "allowed";
    return el("li", {},
      step.who && step.who !== source.arn ? el("div", { class: "soft" }, `asked by ${step.who}`) : null,
      el("code", { class: "action" }, step.action), step.resource ? [" on ", el("code", {}, step.resource)] : null, " ", sure ? null : el("span", { class: "tag possible" }, step.verdict || "unknown"),
      step.because.length > 0 ? el("div", { class: "soft" }, step.because.slice(0, 20).join("; ")) : null);
  }

  // One way as steps in words. What else leads from one to the next is said as well.
  hop(hop, number) {
    const { graph } = this;
    const [edge, ...others] = hop.edges;
    const technique = graph.techniques[graph.technique[edge]];
    const other = [...new Set(others.map((one) => graph.techniques[graph.technique[one]].label))].filter((label) => label !== technique.label);
    const implied = graph.technique[edge] === graph.administrator;
    const target = graph.nodes[hop.to];
    const more = el("details", { class: "reasons" }, el("summary", {}, implied ? "Why" : "Why, and what prevents it"));
    more.addEventListener("toggle", () => {
      if (more.open && more.childElementCount === 1) more.append(...this.reasons(edge));
    });
    const detail = graph.details(edge);
    return el("li", { "data-step": number },
      el("div", { class: "hop" }, this.link(hop.from), implied ? " is " : " becomes ", target.kind === "admin" ? el("button", { type: "button", class: "link", onclick: () => this.app.choose(hop.to) }, el("span", {}, target.name)) : this.link(hop.to), " ", sureTag(graph.certain[edge])),
      implied ? null : el("div", {}, el("strong", {}, technique.label), `: it ${technique.name}`),
      detail && detail.conditions.length > 0 ? el("div", { class: "soft" }, `if ${detail.conditions.slice(0, 4).join(" and ")}`) : null,
      detail && detail.doubts.length > 0 ? el("div", { class: "soft" }, `not known: ${detail.doubts.slice(0, 4).join("; ")}`) : null,
      other.length > 0 ? el("div", { class: "soft" }, `also by ${other.slice(0, 6).join(", ")}${other.length > 6 ? ` and ${plural(other.length - 6, "other")}` : ""}`) : null,
      more);
  }
}
