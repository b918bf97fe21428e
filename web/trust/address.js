// The part of the address that says what is shown: picture, selection, filters, folds, and the place on the screen.

import { ACCESSES, OUTSIDE_KINDS, OWN_KINDS } from "./words.js";

const NAMED_MOST = 60;

export function trustAddress({ network, sieve, state, stage, usual }) {
  const parameters = new URLSearchParams();
  const put = (name, value, on) => {
    if (on) parameters.set(name, value);
  };
  const { nodes, edges } = network;
  put("view", state.view, state.view !== "all");
  put("node", nodes[state.view === "focus" ? state.focus : state.start]?.id, state.view !== "all");
  put("network", "1", state.view === "blast" && state.overNetwork);
  put("as", "table", state.table);
  put("select", nodes[state.selected]?.id, state.selected !== -1);
  put("edge", edges[state.edge]?.id, state.edge !== -1);
  put("group", state.group, state.group !== "");
  put("certain", "1", sieve.certainOnly);
  put("off", [...sieve.accessOff].join(","), sieve.accessOff.size > 0);
  put("kinds", [...sieve.kindsOff].join(","), sieve.kindsOff.size > 0);
  // Whatever is shorter.
  const on = network.services.map(([service]) => service).filter((service) => !sieve.servicesOff.has(service));
  put("only", on.join(","), sieve.servicesOff.size > on.length);
  put("without", [...sieve.servicesOff].join(","), sieve.servicesOff.size > 0 && sieve.servicesOff.size <= on.length);
  for (const key of [...state.folds].filter((one) => !usual.has(one)).slice(0, NAMED_MOST)) parameters.append("fold", key);
  for (const key of [...usual].filter((one) => !state.folds.has(one)).slice(0, NAMED_MOST)) parameters.append("open", key);
  const place = stage?.place;
  put("at", place?.map((value, index) => value.toFixed(index === 2 ? 3 : 0)).join(","), Boolean(place));
  return parameters.size > 0 ? `#${parameters}` : "";
}

// Sets filters and state from the address; gives what it names that is not there, and the place.
export function readTrustAddress({ network, sieve, state, usual, isKey }, fragment) {
  const parameters = new URLSearchParams(fragment.replace(/^#/, ""));
  const missing = [];
  const find = (name, index) => {
    const id = parameters.get(name);
    if (id === null || id === "") return -1;
    const at = index.get(id);
    if (at === undefined) missing.push(id);
    return at ?? -1;
  };
  const set = (off, name, known) => {
    off.clear();
    for (const one of (parameters.get(name) ?? "").split(",")) if (known.includes(one)) off.add(one);
  };
  const services = network.services.map(([service]) => service);
  set(sieve.accessOff, "off", ACCESSES);
  set(sieve.kindsOff, "kinds", [...OWN_KINDS, ...OUTSIDE_KINDS]);
  set(sieve.servicesOff, "without", services);
  if (parameters.has("only")) {
    const only = new Set(parameters.get("only").split(","));
    for (const service of services) if (!only.has(service)) sieve.servicesOff.add(service);
  }
  sieve.certainOnly = parameters.get("certain") === "1";
  state.folds = new Set(usual);
  for (const key of parameters.getAll("fold").slice(0, NAMED_MOST)) if (isKey(key)) state.folds.add(key);
  for (const key of parameters.getAll("open").slice(0, NAMED_MOST)) state.folds.delete(key);
  const node = find("node", network.index);
  const view = parameters.get("view");
  state.view = node !== -1 && (view === "focus" || view === "blast") ? view : "all";
  Object.assign(state, { focus: state.view === "focus" ? node : -1, start: state.view === "blast" ? node : -1, overNetwork: parameters.get("network") === "1", table: parameters.get("as") === "table" });
  Object.assign(state, { selected: find("select", network.index), edge: find("edge", network.edgeIndex), group: "" });
  const group = parameters.get("group");
  if (group !== null && isKey(group) && state.folds.has(group)) state.group = group;
  const place = (parameters.get("at") ?? "").split(",").map(Number);
  return { missing, place: place.length === 3 && place.every((value) => Number.isFinite(value) && Math.abs(value) < 1e6) && place[2] > 0 ? place : null };
}
