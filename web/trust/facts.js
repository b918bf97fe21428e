// Pieces of the details: an account as a link, an edge with its reasons. Everything becomes text nodes.

import { el, oneLine, plural, visibleText } from "../common/dom.js";
import { accessName, accountKind, isMutual } from "./words.js";

const PART = 40;
const REASONS_MOST = 12;
const JSON_MOST = 40000;

export function accessTag(access) {
  return el("span", { class: `tag access ${access}` }, accessName(access));
}

export function possibleTag(certain) {
  return certain ? null : el("span", { class: "tag possible" }, "possible");
}

// A list that is made as long as somebody asks for more.
export function growing(rows, draw, part = PART) {
  const list = el("ul", { class: "growing" });
  const more = el("button", { type: "button", class: "quiet", onclick: () => add() });
  let shown = 0;
  const add = () => {
    list.append(...rows.slice(shown, shown + part).map((row) => el("li", {}, draw(row))));
    shown = Math.min(rows.length, shown + part);
    more.hidden = shown >= rows.length;
    more.textContent = `Show more (${(rows.length - shown).toLocaleString("en")})`;
  };
  add();
  return [list, more];
}

export class TrustFacts {
  constructor(app) {
    this.app = app;
    this.network = app.network;
  }

  link(at) {
    const node = this.network.nodes[at];
    return el("button", { type: "button", class: "link", title: oneLine(`${node.shownId}, ${accountKind(node.kind)}`), onclick: () => this.app.choose(at) }, this.app.pictures.element(node), el("span", {}, node.name));
  }

  // "Datadog: administrator, S3", with buttons to each edge.
  neighbour(at, edges) {
    return [this.link(at), el("span", { class: "ways" }, edges.flatMap((edge) => [this.edgeButton(edge), " "]))];
  }

  edgeButton(edge) {
    return el("button", { type: "button", class: `tag access ${edge.access}${edge.certain ? "" : " perhaps"}`, title: `${edge.certain ? "" : "possible; "}${edge.services.join(", ")}: show why`, onclick: () => this.app.chooseEdge(edge) }, accessName(edge.access), edge.certain ? null : " ?");
  }

  // Resources and reasons of an edge, the first ones at once.
  reasons(edge) {
    const reasons = this.network.reasons(edge);
    if (reasons.length === 0) return [el("p", { class: "soft" }, "The data give no reasons.")];
    return growing(reasons, (reason) => this.reason(reason), REASONS_MOST);
  }

  reason(reason) {
    const parts = [
      el("div", { class: "resource" }, el("code", {}, reason.resource || "no resource"), " ", possibleTag(reason.certain)),
      reason.why ? el("div", {}, reason.why) : null,
      reason.condition ? el("div", { class: "condition" }, reason.condition) : null,
      el("div", { class: "soft" }, [reason.service, reason.access && accessName(reason.access) !== "other" ? accessName(reason.access) : reason.access].filter(Boolean).join(" · ")),
    ];
    if (reason.file) parts.push(el("div", { class: "soft" }, el("code", { class: "file" }, reason.file), reason.pointer ? [" at ", el("code", { class: "file" }, reason.pointer)] : null, reason.within ? [", in the policy there at ", el("code", { class: "file" }, reason.within)] : null));
    if (reason.statement !== null) parts.push(this.json("Statement", reason.statement));
    if (reason.evidence !== null) parts.push(this.json("Evidence", reason.evidence));
    return el("div", { class: "reason" }, parts);
  }

  json(title, value) {
    const text = el("pre", { tabindex: "0", "aria-label": title });
    const box = el("details", { class: "statement" }, el("summary", {}, title), text);
    box.addEventListener("toggle", () => {
      if (!box.open || text.textContent !== "") return;
      const all = visibleText(typeof value === "string" ? value : JSON.stringify(value, null, 2));
      text.textContent = all.length > JSON_MOST ? `${all.slice(0, JSON_MOST)}\n… ${plural(all.length - JSON_MOST, "more character")}` : all;
    });
    return box;
  }

  // What one edge says, in a sentence.
  sentence(edge) {
    const [from, to] = [this.network.nodes[edge.from].name, this.network.nodes[edge.to].name];
    if (isMutual(edge.access)) return `${from} and ${to} are joined by ${accessName(edge.access)}.`;
    const words = { admin: "can become administrator of", iam: "can assume a role, which is no administrator, in", s3: "can change what is in S3 buckets of", s3_read: "can read from S3 buckets of", write: "can change things in", read: "can read things in", use: "can use things in", network: "can reach over the network" };
    return edge.certain ? `${from} ${words[edge.access]} ${to}.` : `${from} ${words[edge.access].replace(/^can/, "can possibly")} ${to}: it hangs on what the snapshots do not tell.`;
  }
}
