// What the address says is shown: picture, ends, selection, filters.

const OPEN_MOST = 12;

export function addressOf({ graph, filter, state }) {
  const parameters = new URLSearchParams();
  const put = (name, value, on) => {
    if (on) parameters.set(name, value);
  };
  put("view", state.view, state.view !== state.first);
  put("node", graph.nodes[state.focus]?.id, state.view === "focus");
  put("steps", String(state.reach), state.view === "focus" && state.reach !== 2);
  put("from", graph.nodes[state.from]?.id, state.from !== -1);
  put("to", graph.nodes[state.to]?.id ?? "any", state.from !== -1 || state.to !== "any");
  put("select", graph.nodes[state.selected]?.id, state.selected !== -1);
  put("certain", "1", filter.certainOnly);
  put("admins", "1", filter.withAdmins);
  put("lines", "all", state.allLines);
  put("hide", [...filter.kindsOff].join(",") || "none", [...filter.kindsOff].join() !== "service");
  for (const at of filter.accountsOff) if (graph.accounts[at]) parameters.append("without", graph.accounts[at].id || graph.accounts[at].name);
  put("off", [...filter.techniquesOff].map((at) => graph.techniques[at].id).join(","), filter.techniquesOff.size > 0);
  for (const key of [...state.open].slice(-OPEN_MOST)) parameters.append("open", key);
  return parameters.size > 0 ? `#${parameters}` : "";
}

// Sets filter and state from the address; gives what it names that is not there.
export function readAddress({ graph, filter, state }, fragment, canShowAll) {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ""));
  const missing = [];
  const node = (name) => {
    const id = parameters.get(name);
    if (id === null || id === "") return -1;
    const at = graph.index.get(id);
    if (at === undefined) missing.push(id);
    return at ?? -1;
  };
  const view = parameters.get("view");
  state.focus = node("node");
  state.reach = [1, 2, 3].includes(Number(parameters.get("steps"))) ? Number(parameters.get("steps")) : 2;
  state.from = node("from");
  const to = parameters.get("to") === "any" ? -1 : node("to");
  state.to = to === -1 ? "any" : to;
  state.selected = node("select");
  state.allLines = parameters.get("lines") === "all";
  state.open = new Set(parameters.getAll("open").slice(0, OPEN_MOST));
  state.closed = new Set();
  filter.certainOnly = parameters.get("certain") === "1";
  filter.withAdmins = parameters.get("admins") === "1";
  const hidden = parameters.get("hide");
  filter.kindsOff.clear();
  for (const kind of hidden === null ? ["service"] : hidden.split(",")) if (graph.nodes.some((one) => one.kind === kind) && kind !== "admin") filter.kindsOff.add(kind);
  if (hidden === null) filter.kindsOff.add("service");
  filter.accountsOff.clear();
  const without = new Set(parameters.getAll("without"));
  graph.accounts.forEach((account, at) => {
    if (without.has(account.id || account.name)) filter.accountsOff.add(at);
  });
  filter.techniquesOff.clear();
  const off = new Set((parameters.get("off") ?? "").split(",").filter(Boolean));
  graph.techniques.forEach((technique, at) => {
    if (off.has(technique.id)) filter.techniquesOff.add(at);
  });
  const possible = { overview: true, all: canShowAll(), focus: state.focus !== -1, ways: state.from !== -1 };
  state.view = Object.hasOwn(possible, view ?? "") && possible[view] ? view : state.first;
  return missing;
}
