// Layouts as files, and the part of the address that says what is selected.

import { download } from "../common/dom.js";

const FORMAT = "cloudmapper-layout/1";
const LINK_MOST = 20;

export function saveLayout(model, cy) {
  const ids = (flags) => model.nodes.filter((node, at) => flags[at]).map((node) => node.id);
  const layout = {
    format: FORMAT, title: typeof model.meta.title === "string" ? model.meta.title : "", viewport: { zoom: cy.zoom(), pan: cy.pan() },
    collapsed: ids(model.collapsed), hidden: ids(model.hidden),
    nodes: model.nodes.filter((node) => node.moved).map((node) => (node.box ? [node.id, node.x, node.y, node.w, node.h] : [node.id, node.x, node.y])),
  };
  download("layout.json", "application/json", `${JSON.stringify(layout, null, 1)}\n`);
}

// Rows of a layout file: ours, or the state that CloudMapper's page exports.
function rowsOf(layout) {
  if (layout?.format === FORMAT && Array.isArray(layout.nodes)) return layout.nodes;
  const elements = layout?.elements?.nodes;
  if (Array.isArray(elements)) return elements.map((element) => [element?.data?.id, element?.position?.x, element?.position?.y]);
  throw new TypeError("it is not a layout that this page has saved");
}

// Gives how many of the file's nodes are on this map, and how many are not. Changes nothing when the file is no layout.
export function applyLayout(model, text) {
  const layout = JSON.parse(text);
  const rows = rowsOf(layout);
  const result = { known: 0, unknown: 0, viewport: null };
  const find = (id) => {
    const at = model.index.get(id);
    result[at === undefined ? "unknown" : "known"] += 1;
    return at;
  };
  for (const row of rows) {
    if (!Array.isArray(row) || !Number.isFinite(row[1]) || !Number.isFinite(row[2])) continue;
    const at = find(row[0]);
    if (at === undefined) continue;
    const node = model.nodes[at];
    [node.x, node.y, node.moved] = [row[1], row[2], true];
    if (node.box && row[3] > 0 && row[4] > 0 && Number.isFinite(row[3] + row[4])) [node.w, node.h] = [row[3], row[4]];
  }
  for (const [name, flags] of [["collapsed", model.collapsed], ["hidden", model.hidden]]) {
    if (!Array.isArray(layout[name])) continue;
    flags.fill(0);
    for (const id of layout[name]) {
      const at = find(id);
      if (at !== undefined && (name === "hidden" || model.nodes[at].children.length > 0)) flags[at] = 1;
    }
  }
  const { zoom, pan } = layout.viewport ?? {};
  if (zoom > 0 && Number.isFinite(zoom) && Number.isFinite(pan?.x) && Number.isFinite(pan?.y)) result.viewport = { zoom, pan: { x: pan.x, y: pan.y } };
  return result;
}

export function readLink(model) {
  const parameters = new URLSearchParams(location.hash.slice(1));
  const wanted = parameters.getAll("select");
  const found = wanted.map((id) => model.index.get(id)).filter((at) => at !== undefined);
  const view = (parameters.get("view") ?? "").split(",").map(Number);
  return {
    found, missing: wanted.filter((id) => !model.index.has(id)), query: parameters.get("search") ?? "",
    view: view.length === 3 && view.every(Number.isFinite) && view[2] > 0 ? { x: view[0], y: view[1], zoom: view[2] } : null,
  };
}

export function linkTo(model, selection, view) {
  const parameters = new URLSearchParams();
  for (const at of [...selection].slice(0, LINK_MOST)) parameters.append("select", model.nodes[at].id);
  if (view) parameters.set("view", [view.x, view.y, view.zoom].map((value) => Number(value.toPrecision(6))).join(","));
  return parameters.size > 0 ? `#${parameters}` : "";
}
