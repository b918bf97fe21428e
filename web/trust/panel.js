// The details: of an account, an edge, a group, a blast radius; and a summary when nothing is selected.

import { el, plural } from "../common/dom.js";
import { Details, factList, panelSection, panelTitle } from "../common/panel.js";
import { levelName, LEVELS } from "./blast.js";
import { accessTag, growing, possibleTag, TrustFacts } from "./facts.js";
import { safeAddress } from "./network.js";
import { ACCESSES, accessName, accessWords, accountKind, capital, hopWords, isMutual, serviceWords } from "./words.js";

export class TrustPanel extends Details {
  constructor(root, app) {
    super(root, app);
    Object.assign(this, { network: app.network, sieve: app.sieve, facts: new TrustFacts(app) });
  }

  show(content) {
    this.clear();
    if (content.kind === "node") this.node(content.at);
    else if (content.kind === "edges") this.edges(content.edges);
    else if (content.kind === "group") this.group(content.item);
    else if (content.kind === "blast") this.blast();
    else this.summary();
  }

  node(at) {
    const { app, network } = this;
    const node = network.nodes[at];
    this.add(panelTitle(node.name, capital(accountKind(node.kind)), app.pictures.element(node, 36)));
    this.add(el("p", { class: "buttons" }, this.button("Blast radius", () => app.blastFrom(at), true), this.button("Only its neighbours", () => app.focusOn(at))));
    const source = safeAddress(node.source);
    const path = network.path(node.group);
    this.add(factList([
      ["Id", el("code", {}, node.shownId)], ["Group", path.join(" › ")], ["Type", ["weboftrust_account", "known_account", "unknown_account", node.name].includes(node.type) ? "" : node.type],
      ["Known from", source ? el("a", { href: source.href, target: "_blank", rel: "noopener noreferrer" }, source.hostname) : node.kind === "vendor" ? "unconfirmed: no source is given" : ""],
    ]));
    if (node.kind === "unknown") this.add(el("p", { class: "hint" }, "Nobody has said whose account this is. If you know, give it a name in config.json."));
    if (node.kind === "configured") this.add(el("p", { class: "hint" }, "This account is in config.json, but there is no snapshot of it: whom it trusts is not known."));
    this.neighbours("Who gets in", at, "in");
    this.neighbours("Whom it gets into", at, "out");
    this.neighbours("Joined networks", at, "mutual");
    if (network.edgesOf(at, "in").length + network.edgesOf(at, "out").length + network.edgesOf(at, "mutual").length === 0) this.add(el("p", { class: "soft" }, "It trusts nobody here, and nobody here trusts it."));
    const own = (one) => one.account === node.shownId;
    this.open(network.everybody.filter(own), (one) => one.resource);
    this.deleted(network.dangling.filter(own), (one) => `${one.resource} names ${one.principal}`);
    const gaps = network.gaps.filter((gap) => gap.account === node.shownId || gap.account === node.name);
    if (gaps.length > 0) this.add(panelSection("Not seen", gaps.length, el("p", { class: "soft" }, "It may trust others by what is there."), growing(gaps, (gap) => gap.what, 10)));
  }

  neighbours(name, at, side) {
    const { network, sieve } = this;
    const all = network.edgesOf(at, side);
    const edges = sieve.on(all);
    if (all.length === 0) return;
    const others = this.byOther(edges, (edge) => (edge.from === at ? edge.to : edge.from));
    const hidden = all.length - edges.length;
    this.add(panelSection(name, others.length, others.length > 0 ? growing(others, ([other, some]) => this.facts.neighbour(other, some)) : null, hidden > 0 ? el("p", { class: "soft" }, `${plural(hidden, "edge")} left out by the filters.`) : null));
  }

  // [node, its edges], strongest access first.
  byOther(edges, other) {
    const { nodes } = this.network;
    const found = new Map();
    for (const edge of edges) found.set(other(edge), [...(found.get(other(edge)) ?? []), edge]);
    const rank = (some) => Math.min(...some.map((edge) => ACCESSES.indexOf(edge.access) + (edge.certain ? 0 : 0.5)));
    for (const some of found.values()) some.sort((a, b) => rank([a]) - rank([b]));
    return [...found].sort((a, b) => rank(a[1]) - rank(b[1]) || (nodes[a[0]].name < nodes[b[0]].name ? -1 : 1));
  }

  edges(edges) {
    const { network } = this;
    const [first] = edges;
    if (edges.some((edge) => edge.from !== first.from || edge.to !== first.to)) {
      this.bundle(edges);
      return;
    }
    const arrow = isMutual(first.access) ? "↔" : "→";
    this.add(panelTitle(`${network.nodes[first.from].name} ${arrow} ${network.nodes[first.to].name}`, [accessTag(first.access), " ", possibleTag(first.certain)]));
    this.add(el("p", { class: "sentence" }, this.facts.sentence(first)));
    this.add(factList([[isMutual(first.access) ? "One side" : "Who gets in", this.facts.link(first.from)], [isMutual(first.access) ? "Other side" : "Into", this.facts.link(first.to)], ["Services", serviceWords(edges, 12)]]));
    for (const edge of edges) this.add(panelSection("Resources and reasons", edge.raw.length, ...this.facts.reasons(edge)));
    const others = network.nodes[first.from].out.concat(network.nodes[first.from].in).map((at) => network.edges[at]).filter((edge) => !edges.includes(edge) && (edge.to === first.to || edge.from === first.to));
    if (others.length > 0) this.add(panelSection("Also between the two", others.length, growing(others, (edge) => [network.nodes[edge.from].name, isMutual(edge.access) ? " ↔ " : " → ", network.nodes[edge.to].name, " ", this.facts.edgeButton(edge)])));
  }

  // One line for several pairs: an end is a folded group.
  bundle(edges) {
    const { network } = this;
    const names = (end) => {
      const ends = new Set(edges.map((edge) => edge[end]));
      return ends.size === 1 ? network.nodes[[...ends][0]].name : plural(ends.size, "account");
    };
    this.add(panelTitle(`${names("from")} ${isMutual(edges[0].access) ? "↔" : "→"} ${names("to")}`, [accessTag(edges[0].access), ` ${plural(edges.length, "edge")}, ${edges.filter((edge) => edge.certain).length.toLocaleString("en")} certain`]));
    this.add(panelSection("Edges", edges.length, growing(edges, (edge) => [this.facts.link(edge.from), el("span", { class: "soft" }, isMutual(edge.access) ? " ↔ " : " → "), this.facts.link(edge.to), " ", this.facts.edgeButton(edge)])));
  }

  group(item) {
    const { app, network, sieve } = this;
    const members = new Set(item.members);
    this.add(panelTitle(item.title, plural(members.size, "account")));
    this.add(el("p", { class: "buttons" }, this.button("Open it", () => app.fold(item.key), true)));
    this.add(panelSection("Accounts", members.size, growing(item.members, (at) => this.facts.link(at), 15)));
    const on = network.edges.filter((edge) => sieve.edgeOn[edge.at]);
    const into = on.filter((edge) => members.has(edge.to) && !members.has(edge.from) && !isMutual(edge.access));
    const out = on.filter((edge) => members.has(edge.from) && !members.has(edge.to) && !isMutual(edge.access));
    this.outside("Who gets in", into, "from");
    this.outside("Whom they get into", out, "to");
    const within = on.filter((edge) => members.has(edge.from) && members.has(edge.to));
    if (within.length > 0) this.add(el("p", { class: "soft" }, `${plural(within.length, "edge")} within the group: ${accessWords(within)}.`));
  }

  outside(name, edges, end) {
    const others = this.byOther(edges, (edge) => edge[end]);
    if (others.length > 0) this.add(panelSection(name, others.length, growing(others, ([other, some]) => [this.facts.link(other), el("span", { class: "soft" }, ` ${accessWords(some)} · ${plural(some.length, "edge")}`)], 15)));
  }

  blast() {
    const { app, network } = this;
    const { start, overNetwork } = app.state;
    const { reached } = app.stage.scene;
    const node = network.nodes[start];
    const others = [...reached].filter(([at]) => at !== start);
    this.add(panelTitle(`Blast radius of ${node.name}`, `If somebody holds ${node.name}, as far as the snapshots tell`, app.pictures.element(node, 36)));
    this.add(el("ul", { class: "numbers" }, LEVELS.map((level) => el("li", { class: level }, el("strong", {}, others.filter(([, one]) => one.level === level).length.toLocaleString("en")), levelName(level)))));
    const box = el("input", { type: "checkbox", onchange: () => app.setOverNetwork(box.checked) });
    box.checked = overNetwork;
    this.add(el("label", { class: "check" }, box, el("span", {}, "Count joined networks as well")));
    if (others.length === 0) this.add(el("p", {}, this.sieve.isPlain ? "No account here trusts it." : "As the filters are, no account here trusts it."));
    const farthest = Math.max(...[...reached.values()].map((one) => one.hops));
    for (let hops = 1; hops <= farthest; hops += 1) {
      const some = others.filter(([, one]) => one.hops === hops).sort(([one, a], [other, b]) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) || (network.nodes[one].name < network.nodes[other].name ? -1 : 1));
      if (some.length > 0) this.add(panelSection(hopWords(hops), some.length, growing(some, ([at, one]) => [this.facts.link(at), " ", el("span", { class: `tag level ${one.level}` }, levelName(one.level)), el("div", { class: "soft ways" }, "from ", network.nodes[one.edges[0].from === at ? one.edges[0].to : one.edges[0].from].name, one.edges.length > 1 ? ` +${one.edges.length - 1}` : "", " ", this.facts.edgeButton(one.edges[0]))], 25)));
    }
    const organizations = network.nodes.filter((one) => one.kind === "organization").length;
    this.add(panelSection("How to read it", null, el("ul", { class: "bullets" },
      el("li", {}, el("strong", {}, "All of it"), ": administrator by certain ways all along."), el("li", {}, el("strong", {}, "A part of it"), ": a role that is no administrator, or a way that is only possible. What that role may do next is not looked at: the next hops are the most it could be."),
      el("li", {}, el("strong", {}, "Things in it"), ": data or resources alone. It leads no further."), organizations > 0 ? el("li", {}, "Trust in a whole organization is not followed: who belongs to it is not in these data.") : null, el("li", {}, "Ways inside of an account are in “Principals”."))));
  }

  summary() {
    const { network, sieve } = this;
    const { nodes } = network;
    const on = network.edges.filter((edge) => sieve.edgeOn[edge.at]);
    const foreign = on.filter((edge) => !nodes[edge.from].own && !nodes[edge.from].ours && nodes[edge.to].own && !isMutual(edge.access));
    const own = nodes.filter((node) => node.kind === "scanned").length;
    this.add(panelTitle("Who is trusted", `${plural(own, "account")} with a snapshot, ${plural(network.edges.length, "edge")}`));
    this.leftOut();
    const parties = (edges) => new Set(edges.map((edge) => edge.from)).size;
    const admins = foreign.filter((edge) => edge.access === "admin");
    const unknown = foreign.filter((edge) => nodes[edge.from].kind === "unknown");
    const strange = nodes.filter((node) => node.kind === "unknown" && sieve.nodeOn[node.at]).length;
    this.add(el("ul", { class: "numbers" },
      el("li", { class: "outside" }, el("strong", {}, parties(foreign).toLocaleString("en")), "outsiders get in"), el("li", { class: "whole" }, el("strong", {}, parties(admins).toLocaleString("en")), "as administrator"), el("li", { class: "strange" }, el("strong", {}, strange.toLocaleString("en")), strange === 1 ? "unknown account" : "unknown accounts")));
    this.open(network.everybody);
    this.parties("Outsiders as administrators", admins);
    this.parties("Unknown accounts that get in", unknown.filter((edge) => edge.access !== "admin"));
    const rest = foreign.filter((edge) => edge.access !== "admin" && nodes[edge.from].kind !== "unknown");
    this.parties("Other outsiders who get in", rest);
    const joined = on.filter((edge) => isMutual(edge.access) && !(nodes[edge.from].own && nodes[edge.to].own));
    if (joined.length > 0) this.add(panelSection("Networks joined with outsiders", joined.length, growing(joined, (edge) => [this.facts.link(nodes[edge.from].own ? edge.to : edge.from), el("span", { class: "soft" }, " ↔ "), this.facts.link(nodes[edge.from].own ? edge.from : edge.to), " ", this.facts.edgeButton(edge)], 10)));
    const strongest = new Map();
    for (const edge of on) if (nodes[edge.from].own && nodes[edge.to].own && edge.access === "admin") strongest.set(edge.from, (strongest.get(edge.from) ?? 0) + 1);
    const hubs = [...strongest].filter(([, count]) => count > 1).sort((a, b) => b[1] - a[1] || a[0] - b[0]);
    if (hubs.length > 0) this.add(panelSection("Own accounts that administer others", hubs.length, growing(hubs, ([at, count]) => [this.facts.link(at), el("span", { class: "soft" }, ` ${plural(count, "account")}`)], 10)));
    this.deleted(network.dangling);
    this.gaps();
  }

  // What the picture was made without.
  leftOut() {
    const { only, hidden } = this.network;
    const words = { admin: "Only administrators are here: it was made with --admin_only.", network: "Only networks are here: it was made with --network_only." };
    if (Object.hasOwn(words, only)) this.add(el("p", { class: "hint", id: "only" }, words[only]));
    if (hidden > 0) this.add(el("p", { class: "hint", id: "hidden" }, `${plural(hidden, "account")} of AWS’s services left out: --show_aws_owned_accounts has them.`));
  }

  open(everybody, of = (one) => [el("strong", {}, `${this.network.gapAccount(one)}: `), one.resource]) {
    if (everybody.length > 0) this.add(panelSection("Open to everybody", everybody.length, el("p", { class: "soft" }, "No edge says so: everybody is nobody’s account. “cloudmapper public” says more."), growing(everybody, of, 6)));
  }

  deleted(dangling, of = (one) => [el("strong", {}, `${this.network.gapAccount(one)}: `), one.resource, el("span", { class: "soft" }, ` names ${one.principal}`)]) {
    if (dangling.length > 0) this.add(panelSection("Deleted principals", dangling.length, el("p", { class: "soft" }, "Nobody gets in by them. They can go."), growing(dangling, of, 6)));
  }

  parties(name, edges) {
    const { network } = this;
    const others = this.byOther(edges, (edge) => edge.from);
    if (others.length === 0) return;
    this.add(panelSection(name, others.length, growing(others, ([at, some]) => {
      const into = new Set(some.map((edge) => edge.to));
      const where = into.size === 1 ? network.nodes[[...into][0]].name : plural(into.size, "account");
      return [this.facts.link(at), el("span", { class: "soft" }, ` ${accessWords(some)} · ${where}`)];
    }, 12)));
  }

  gaps() {
    const { gaps } = this.network;
    if (gaps.length === 0) return;
    this.add(panelSection("Not seen", gaps.length, el("p", { class: "soft" }, "There may be trust that is not in this picture."), growing(gaps, (gap) => [gap.account ? el("strong", {}, `${this.network.gapAccount(gap)}: `) : null, gap.what], 6)));
  }
}

// For a title in the bar and on pictures.
export function pictureTitle({ state, network }) {
  if (state.view === "focus") return `${network.nodes[state.focus].name} and its neighbours`;
  if (state.view === "blast") return `Blast radius of ${network.nodes[state.start].name}`;
  return "All accounts";
}

export function lineWords(line, ends) {
  return { ends: `${ends[line.from].title.slice(0, 80)} ${isMutual(line.access) ? "↔" : "→"} ${ends[line.to].title.slice(0, 80)}`, about: [accessName(line.access), line.share ? `${line.share} accounts` : line.edges.length > 1 ? plural(line.edges.length, "edge") : "", line.certain ? "" : "possible"].filter(Boolean).join(" · ") };
}
