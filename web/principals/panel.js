// The details: of a principal, a step, a group, the ways that were asked for; and a summary when nothing is selected.

import { el, plural } from "../common/dom.js";
import { Details, factList, panelSection, panelTitle } from "../common/panel.js";
import { iconPath } from "./draw.js";
import { Facts, standingTag, sureTag } from "./facts.js";
import { kindName } from "./graph.js";
import { byImportance } from "./groups.js";
import { lazyTable } from "./table.js";
import { standingLong, stepsWords } from "./words.js";

const FULL_MOST = 6;

export class PrincipalPanel extends Details {
  constructor(root, app) {
    super(root, app);
    Object.assign(this, { graph: app.graph, filter: app.filter, facts: new Facts(app) });
  }

  show(content) {
    this.clear();
    if (content.kind === "node") this.node(content.at);
    else if (content.kind === "edges") this.edges(content.edges);
    else if (content.kind === "group") this.members(content.item);
    else if (content.kind === "ways") this.ways(content.ways);
    else this.summary();
  }

  node(at) {
    const { app, graph, filter } = this;
    const node = graph.nodes[at];
    this.add(panelTitle(node.short, [kindName(node.kind), " ", standingTag(filter, at)], el("img", { src: app.resolve(iconPath(node.kind)), alt: "", width: 36, height: 36 })));
    const leads = filter.steps[at] > 0;
    this.add(el("p", { class: "buttons" }, leads ? this.button("Ways to an administrator", () => app.ways(at, "any"), true) : null, this.button("Draw around it", () => app.focusOn(at), !leads), this.button("Ways from it…", () => app.setEnd("from", at)), this.button("Ways to it…", () => app.setEnd("to", at))));
    const account = node.account === -1 ? "" : graph.accounts[node.account];
    this.add(factList([
      ["Rights", standingLong(filter, at)], ["Under", node.admin === "if" || node.kind === "admin" || node.when ? node.when : ""], ["Account", account && `${account.name}${account.id === account.name ? "" : ` (${account.id})`}`],
      ["Name", node.name], ["ARN", el("code", {}, node.arn)],
    ]));
    if (node.tags.length > 0) this.add(panelSection("Tags", null, factList(node.tags.slice(0, 60))));
    this.add(this.adminReason(at));
    this.add(this.edgeTable("It can act as", graph.outgoing(at), "to"), this.edgeTable("Can act as it", graph.incoming(at), "from"));
  }

  // The step that says "is an administrator" has the reasons for it.
  adminReason(at) {
    const edge = [...this.graph.outgoing(at)].find((one) => !this.filter.isStep(one));
    if (edge === undefined || !this.graph.details(edge)) return null;
    return panelSection("Why it is an administrator", null, this.facts.reasons(edge));
  }

  edgeTable(name, all, side) {
    const { graph, filter } = this;
    const steps = [...all].filter((edge) => filter.isStep(edge) || side === "from");
    const rows = steps.filter((edge) => filter.edgeOn[edge]);
    const hidden = steps.length - rows.length;
    if (steps.length === 0) return null;
    const end = (edge) => graph[side][edge];
    rows.sort((a, b) => graph.certain[b] - graph.certain[a] || byImportance(filter)(end(a), end(b)));
    const text = (edge) => `${graph.nodes[end(edge)].name} ${graph.techniques[graph.technique[edge]].label} ${graph.techniques[graph.technique[edge]].id} ${graph.certain[edge] ? "certain" : "possible"} ${graph.accountName(graph.nodes[end(edge)].account)}`;
    const draw = (edge) => [this.facts.link(end(edge)), this.edgeLink(edge)];
    return panelSection(name, rows.length, rows.length > 0 ? lazyTable(name, rows, text, draw) : null, hidden > 0 ? el("p", { class: "soft" }, `${plural(hidden, "step")} left out by the filters.`) : null);
  }

  edgeLink(edge) {
    const { graph } = this;
    return [el("button", { type: "button", class: "link", title: `Why: ${graph.techniques[graph.technique[edge]].name}`, onclick: () => this.app.showEdges([edge]) }, el("span", {}, graph.techniques[graph.technique[edge]].label)), " ", graph.certain[edge] ? null : sureTag(false)];
  }

  edges(edges) {
    const { graph } = this;
    const [first] = edges;
    const pairs = new Set(edges.map((edge) => `${graph.from[edge]} ${graph.to[edge]}`));
    if (pairs.size > 1) {
      this.bundle(edges, pairs.size);
      return;
    }
    const [from, to] = [graph.from[first], graph.to[first]];
    const sorted = [...edges].sort((a, b) => graph.certain[b] - graph.certain[a]);
    this.add(panelTitle(`${graph.nodes[from].short} → ${graph.nodes[to].short}`, edges.length === 1 ? "one step" : `${edges.length} ways to take this step`));
    this.add(factList([["From", this.facts.link(from, true)], ["To", this.facts.link(to, true)]]));
    for (const edge of sorted.slice(0, FULL_MOST)) {
      const technique = graph.techniques[graph.technique[edge]];
      this.add(el("section", { class: "step" }, el("h3", {}, technique.label, " ", sureTag(graph.certain[edge])), el("p", {}, filterImplied(graph, edge) ? technique.name : `${graph.nodes[from].short} ${technique.name}.`), this.facts.reasons(edge)));
    }
    if (sorted.length > FULL_MOST) this.add(panelSection("Others", sorted.length - FULL_MOST, lazyTable("Others", sorted.slice(FULL_MOST), (edge) => graph.techniques[graph.technique[edge]].name, (edge) => [this.edgeLink(edge), graph.techniques[graph.technique[edge]].name])));
  }

  bundle(edges, pairs) {
    const { graph } = this;
    const name = (end) => {
      const ends = new Set(edges.map((edge) => graph[end][edge]));
      return ends.size === 1 ? graph.nodes[[...ends][0]].short : plural(ends.size, "principal");
    };
    const certain = edges.filter((edge) => graph.certain[edge]).length;
    this.add(panelTitle(`${name("from")} → ${name("to")}`, `${plural(edges.length, "step")} between ${plural(pairs, "pair")}, ${certain.toLocaleString("en")} certain`));
    const text = (edge) => `${graph.nodes[graph.from[edge]].name} ${graph.nodes[graph.to[edge]].name} ${graph.techniques[graph.technique[edge]].label} ${graph.techniques[graph.technique[edge]].id} ${graph.certain[edge] ? "certain" : "possible"}`;
    // An end that all have in common is in the title.
    const ends = [["from", "From"], ["to", "To"]].filter(([end]) => edges.some((edge) => graph[end][edge] !== graph[end][edges[0]]));
    this.add(this.techniqueCounts(edges));
    this.add(panelSection("Steps", edges.length, lazyTable("Steps", edges, text, (edge) => [...ends.map(([end]) => this.facts.link(graph[end][edge])), this.edgeLink(edge)], [...ends.map(([, title]) => title), ""])));
  }

  techniqueCounts(edges) {
    const { graph } = this;
    const counts = new Map();
    for (const edge of edges) counts.set(graph.technique[edge], (counts.get(graph.technique[edge]) ?? 0) + 1);
    const rows = [...counts].sort((a, b) => b[1] - a[1]).slice(0, 12);
    return panelSection("Techniques", counts.size, el("table", {}, el("tbody", {}, rows.map(([at, count]) => el("tr", {}, el("td", {}, el("strong", {}, graph.techniques[at].label), " ", el("span", { class: "soft" }, graph.techniques[at].name)), el("td", { class: "number" }, count.toLocaleString("en")))))));
  }

  principalTable(name, members, extra) {
    const { graph, filter } = this;
    const text = (at) => `${graph.nodes[at].name} ${graph.accountName(graph.nodes[at].account)} ${standingLong(filter, at)}`;
    const many = graph.accounts.length > 1;
    return panelSection(name, members.length, lazyTable(name, members, text, (at) => [[this.facts.link(at), many ? el("div", { class: "soft" }, graph.accountName(graph.nodes[at].account)) : null], standingTag(filter, at)]), extra);
  }

  members(item) {
    const members = [...item.members].sort(byImportance(this.filter));
    this.add(panelTitle(item.title, item.sub));
    const edges = [];
    for (const at of members.slice(0, 500)) for (const edge of this.graph.outgoing(at)) if (this.filter.edgeOn[edge] && this.filter.isStep(edge)) edges.push(edge);
    this.add(this.principalTable("Principals", members));
    if (edges.length > 0) this.add(this.techniqueCounts(edges));
  }

  ways(ways) {
    const { app, graph, filter } = this;
    const { from, to } = app.state;
    const target = to === "any" ? "any administrator" : graph.nodes[to].short;
    const about = ways.length === -1 ? "no way" : ways.length === 0 ? "nothing to do" : `${stepsWords(ways.length)} · ${plural(ways.count, "shortest way")}`;
    this.add(panelTitle(`${graph.nodes[from].short} → ${target}`, about));
    if (ways.length === 0) this.add(el("p", {}, to === "any" ? `${graph.nodes[from].short} is an administrator already.` : "These are the same."));
    if (ways.length === -1) this.add(el("p", {}, "No known steps lead from one to the other, as the filters are now."), this.blocked());
    if (ways.sure !== undefined && ways.sure !== ways.length && ways.length > 0) {
      this.add(el("p", { class: "hint" }, ways.sure === -1 ? "None of them is certain all the way." : `The shortest way that is certain all the way has ${stepsWords(ways.sure)}. `, ways.sure > 0 ? el("button", { type: "button", class: "quiet", onclick: () => app.setFilter(() => (filter.certainOnly = true)) }, "Show only certain steps") : null));
    }
    if (ways.count > ways.ways.length) this.add(el("p", { class: "soft" }, `The first ${ways.ways.length} are listed.`));
    this.add(ways.length > 0 ? ways.ways.map((way, at) => this.way(way, at)) : null);
  }

  blocked() {
    const { graph, filter } = this;
    const { from } = this.app.state;
    const off = [...graph.outgoing(from)].filter((edge) => !filter.edgeOn[edge]).length;
    return off > 0 ? el("p", { class: "soft" }, `${plural(off, "step")} from ${graph.nodes[from].short} left out by the filters.`) : null;
  }

  way(way, at) {
    const { graph, app } = this;
    const sure = way.every((hop) => graph.certain[hop.edges[0]]);
    const steps = el("ol", { class: "way" });
    const fill = () => {
      if (steps.childElementCount === 0) steps.append(...app.withEnd(way).map((hop, number) => this.facts.hop(hop, number + 1)));
    };
    const names = [way[0].from, ...way.map((hop) => hop.to)].map((one) => graph.nodes[one].short);
    const box = el("details", { class: "route", open: at === 0 }, el("summary", {}, el("span", {}, names.join(" → ")), " ", sureTag(sure)), steps);
    if (at === 0) fill();
    box.addEventListener("toggle", () => {
      if (box.open) fill();
      app.showWay(box.open ? way : null);
    });
    return box;
  }

  summary() {
    const { graph, filter } = this;
    const people = graph.nodes.filter((node) => filter.nodeOn[node.at] && node.kind !== "admin");
    const administrators = people.filter((node) => filter.isAdministrator(node.at)).map((node) => node.at);
    const climbers = people.filter((node) => filter.steps[node.at] > 0).map((node) => node.at);
    const sure = climbers.filter((at) => graph.nodes[at].escalates === "certain").length;
    this.add(panelTitle("Who can act as whom", `${plural(people.length, "principal")} in ${plural(graph.accounts.length, "account")}`));
    this.add(el("ul", { class: "numbers" },
      el("li", { class: "admin" }, el("strong", {}, administrators.length.toLocaleString("en")), administrators.length === 1 ? "administrator" : "administrators"),
      el("li", { class: "escalate" }, el("strong", {}, sure.toLocaleString("en")), "can become one"),
      el("li", { class: "escalate possible" }, el("strong", {}, (climbers.length - sure).toLocaleString("en")), "possibly can")));
    const edges = [];
    for (const at of climbers) for (const edge of graph.outgoing(at)) if (filter.edgeOn[edge] && filter.steps[graph.to[edge]] < filter.steps[at] && filter.steps[graph.to[edge]] !== -1) edges.push(edge);
    if (climbers.length > 0) this.add(this.principalTable("Can become administrator", climbers.sort(byImportance(filter))));
    if (administrators.length > 0) this.add(this.principalTable("Administrators", administrators.sort(byImportance(filter))));
    if (edges.length > 0) this.add(this.techniqueCounts(edges));
    if (graph.edgeCount === 0) this.add(el("p", { class: "soft" }, "There are no steps from one principal to another."));
  }
}

function filterImplied(graph, edge) {
  return graph.technique[edge] === graph.administrator;
}
