// What is written on boxes, as drawing steps in screen coordinates. The picture on the page and the exported one are
// drawn from the same steps. Text keeps its size on the screen whatever the zoom; what has no room is left out.

import { oneLine } from "../common/dom.js";
import { iconSize } from "./layout.js";

const FAMILY = "system-ui, -apple-system, \"Segoe UI\", Roboto, \"Liberation Sans\", Arial, sans-serif";
const STYLES = new Map([
  ["account", { size: 15, weight: 700 }],
  ["account_grouping", { size: 15, weight: 700 }],
  ["region", { size: 13, weight: 700 }],
  ["vpc", { size: 13, weight: 700 }],
  ["az", { size: 12, weight: 500 }],
]);
const OTHER = { size: 12, weight: 600 };
const TOGGLE = 13;
const pen = document.createElement("canvas").getContext("2d");
const widths = new Map();

export function fontOf(size, weight) {
  return `${weight} ${size}px ${FAMILY}`;
}

export function widthOf(text, font) {
  const key = `${font}\n${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    if (widths.size > 20000) widths.clear();
    pen.font = font;
    width = pen.measureText(text).width;
    widths.set(key, width);
  }
  return width;
}

export function shorten(text, font, room) {
  if (widthOf(text, font) <= room) return text;
  let length = Math.max(0, Math.floor((text.length * room) / widthOf(text, font)));
  while (length > 0 && widthOf(`${text.slice(0, length)}…`, font) > room) length -= 1;
  return length >= 2 ? `${text.slice(0, length).trimEnd()}…` : "";
}

// A box's name and what stands in brackets behind it.
export function nameParts(node) {
  if (!node.parts) {
    const name = oneLine(node.name).slice(0, 200);
    const bracket = name.endsWith(")") ? name.lastIndexOf(" (") : -1;
    node.parts = bracket > 0 ? [name.slice(0, bracket), name.slice(bracket + 2, -1)] : [name, ""];
  }
  return node.parts;
}

class Board {
  constructor(width, height) {
    this.steps = [];
    this.toggles = [];
    this.taken = [];
    this.named = new Set();
    this.width = width;
    this.height = height;
  }

  isFree(x, y, w, h) {
    return this.taken.every((one) => x >= one[2] || x + w <= one[0] || y >= one[3] || y + h <= one[1]);
  }

  // The first place down from `y` where it fits, above `limit`.
  findRow(x, y, w, h, limit) {
    for (let top = y; top + h <= limit; top += 3) if (this.isFree(x, top, w, h)) return top;
    return null;
  }

  take(x, y, w, h) {
    this.taken.push([x, y, x + w, y + h]);
  }

  // `at`: the box whose colour keeps lines behind it away from the text.
  text(x, y, text, font, tone, at) {
    this.steps.push({ kind: "text", x, y, text, font, tone, at });
  }
}

// The strip that the layout leaves free above what is in a box.
function stripOf(model, node, zoom) {
  if (node.strip === undefined || node.stripFor !== node.h) {
    const top = node.children.reduce((least, child) => Math.min(least, model.nodes[child].y - (model.nodes[child].box ? model.nodes[child].h / 2 : 26)), Infinity);
    node.strip = Math.max(0, top - (node.y - node.h / 2));
    node.holdsIcons = node.children.length > 0 && node.children.every((child) => !model.nodes[child].box);
    node.stripFor = node.h;
  }
  return node.strip * zoom;
}

// What is written on a large collapsed box is larger.
function growthOf(rect) {
  return Math.min(1.35, Math.max(1, Math.min(rect.w / 320, rect.h / 170)));
}

function header(board, node, at, rect, strip, collapsed, growth) {
  const style = STYLES.get(node.type) ?? OTHER;
  const size = Math.max(10, Math.min(style.size, collapsed ? (rect.w < 130 ? 11 : style.size) : strip - 3)) * growth;
  const sign = TOGGLE * growth;
  const font = fontOf(size, style.weight);
  const soft = fontOf(size - 1, 400);
  const left = Math.max(rect.x, 0) + Math.min(7, rect.w / 14);
  const room = Math.min(rect.x + rect.w, board.width) - left - 5;
  const hasToggle = !board.still && node.children.length > 0 && (collapsed ? room > 110 : room > 60 && (strip >= 18 || room > 140));
  const inset = hasToggle ? sign + 6 : 0;
  const [name, more] = nameParts(node);
  const title = shorten(name, font, room - inset);
  if (title === "") return null;
  const titleWidth = widthOf(title, font);
  const extra = more && title === name ? shorten(more, soft, room - inset - titleWidth - 8) : "";
  const width = inset + titleWidth + (extra ? 8 + widthOf(extra, soft) : 0);
  const height = Math.max(13, Math.min(size + 7, collapsed ? 40 : strip - 1));
  const limit = Math.min(rect.y + rect.h - 2, collapsed ? Infinity : rect.y + Math.max(36, rect.h / 2));
  const top = board.findRow(left - 4, rect.y + (collapsed ? 4 : Math.max(1, Math.min(6, (strip - height) / 2))), width + 8, height, limit);
  if (top === null || top > board.height || top + height < 0) return null;
  // The name would cover the icons: whoever points at the box is told it.
  if (!collapsed && node.holdsIcons && top + height > rect.y + strip + 2) return null;
  board.take(left - 4, top, width + 8, height);
  board.steps.push({ kind: "pill", x: left - 4, y: top, w: width + 8, h: height, at });
  if (title === name) board.named.add(at);
  if (hasToggle) {
    const mark = Math.min(sign, height - 2);
    board.steps.push({ kind: "toggle", x: left, y: top + (height - mark) / 2, size: mark, open: !collapsed });
    board.toggles.push({ x: left - 4, y: top - 3, w: sign + 9, h: height + 6, at });
  }
  board.text(left + inset, top + height / 2, title, font, "ink");
  if (extra) board.text(left + inset + titleWidth + 8, top + height / 2, extra, soft, "soft");
  return { left: left + inset, leftEdge: left, bottom: top + height, room };
}

function contents(board, model, at, rect, place, growth) {
  const node = model.nodes[at];
  const bottom = rect.y + rect.h - 6;
  const size = Math.round(11 * growth);
  const font = fontOf(size, 400);
  const strong = fontOf(size, 600);
  const icon = Math.round(20 * growth);
  const indent = rect.w > 150 ? place.left : place.leftEdge;
  const room = rect.x + rect.w - 7 - indent;
  let y = place.bottom + 2;
  const line = (text, tone, face) => {
    if (y + size + 4 > bottom) return;
    const shown = shorten(text, face, room);
    if (shown) board.text(indent, y + (size + 5) / 2, shown, face, tone, at);
    y += size + 5;
  };
  line(rect.w > 120 ? `${node.leaves.toLocaleString("en")} ${node.leaves === 1 ? "resource" : "resources"}` : node.leaves.toLocaleString("en"), "soft", font);
  if (node.publics > 0) line(rect.w > 90 ? `● ${node.publics.toLocaleString("en")} public` : `● ${node.publics}`, "public", strong);
  if (node.unknowns > 0) line(rect.w > 150 ? `? ${node.unknowns.toLocaleString("en")} not fully known` : `? ${node.unknowns}`, "unknown", strong);
  y += 6;
  let x = indent;
  for (const [type, count] of model.typesIn(at)) {
    const width = icon + 4 + widthOf(count.toLocaleString("en"), font) + 10 * growth;
    if (x > indent && x + width > indent + room) {
      x = indent;
      y += icon + 6;
    }
    if (y + icon > bottom || x + width > indent + room + 8) break;
    board.steps.push({ kind: "icon", x, y, size: icon, type });
    board.text(x + icon + 5, y + icon / 2, count.toLocaleString("en"), font, "ink", at);
    x += width;
  }
}

// What of a box is in the window: its name stays there however far one has gone into it.
function inWindow(rect, view) {
  const [x, y] = [Math.max(rect.x, 0), Math.max(rect.y, 0)];
  return { x, y, w: Math.min(rect.x + rect.w, view.width) - x, h: Math.min(rect.y + rect.h, view.height) - y };
}

// `list`: what is drawn; `view`: zoom and offset of the picture, its size, what is selected, and whether it is `still` (nothing to click).
export function boxSteps(model, list, view) {
  const board = new Board(view.width, view.height);
  board.still = view.still === true;
  const boxes = [];
  for (const at of list) {
    const node = model.nodes[at];
    if (!node.box) continue;
    const rect = { x: (node.x - node.w / 2) * view.zoom + view.x, y: (node.y - node.h / 2) * view.zoom + view.y, w: node.w * view.zoom, h: node.h * view.zoom };
    if (rect.x > view.width || rect.y > view.height || rect.x + rect.w < 0 || rect.y + rect.h < 0 || rect.w < 3) continue;
    board.steps.push({ kind: "outline", ...rect, at, selected: view.selected.has(at), marked: view.marked.has(at) });
    boxes.push([node.depth, at, rect]);
  }
  boxes.sort((a, b) => a[0] - b[0]);
  for (const [, at, rect] of boxes) {
    if (rect.w < 34 || rect.h < 18) continue;
    const collapsed = model.collapsed[at] === 1;
    if (!collapsed && (rect.w < 70 || rect.h < 44)) continue;
    const growth = collapsed ? growthOf(rect) : 1;
    const seen = collapsed ? inWindow(rect, view) : rect;
    if (seen.w < 34 || seen.h < 18) continue;
    const place = header(board, model.nodes[at], at, seen, stripOf(model, model.nodes[at], view.zoom), collapsed, growth);
    if (place && collapsed) contents(board, model, at, seen, place, growth);
  }
  return board;
}

const CELL = 112;
const LEAF_FROM = 0.34;

// Names below icons: their size follows the zoom only between what can be read and what is large enough.
export function leafSteps(model, list, view) {
  const steps = [];
  const lonely = list.map((at) => model.nodes[at]).filter((node) => node.parent === -1 && !node.box);
  const alone = lonely.length === 1;
  const columns = new Set(lonely.map((node) => Math.round(node.x / iconSize(node) / 2))).size;
  for (const at of list) {
    const node = model.nodes[at];
    if (node.box) continue;
    const outside = node.parent === -1;
    const size = iconSize(node) * view.zoom;
    if (outside ? size < (alone ? 5 : 13) : view.zoom < LEAF_FROM) continue;
    const x = node.x * view.zoom + view.x;
    const y = node.y * view.zoom + view.y + size / 2;
    const room = !outside ? CELL * view.zoom - 5 : columns > 1 && !view.selected.has(at) ? size * 2.5 : Math.max(size * 3.4, 94);
    if (x + room / 2 < 0 || x - room / 2 > view.width || y < -size || y > view.height) continue;
    const scale = Math.max(outside ? 10.5 : 9, Math.min(12 * (size / 48), outside ? 15 : 22));
    const font = fontOf(Math.round(scale * 2) / 2, view.selected.has(at) ? 700 : outside ? 600 : 400);
    const more = node.count > 1 ? ` ×${node.count}` : "";
    const name = shorten(nameOf(node), font, room - (more ? widthOf(more, font) : 0));
    // Beside others there is room for a short name only.
    if (outside && room < 62 && name !== nameOf(node)) continue;
    if (name) steps.push({ kind: "text", x, y: y + scale * 0.62 + 3, text: name + more, font, tone: node.isPublic && !outside ? "public" : "ink", at, centred: true });
  }
  return steps;
}

function nameOf(node) {
  node.line ??= oneLine(node.name).slice(0, 120);
  return node.line;
}

const LABEL = fontOf(11, 500);
const LABEL_HEIGHT = 16;
const LABEL_WIDEST = 150;
const CELL_SIDE = 64;
// Where on a line its label is tried: the middle first.
const PLACES = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82, 0.1, 0.9];

// What is taken on the screen already.
class Taken {
  constructor() {
    this.cells = new Map();
  }

  cellsOf(x, y, w, h) {
    const keys = [];
    for (let column = Math.floor(x / CELL_SIDE); column * CELL_SIDE <= x + w; column += 1) {
      for (let row = Math.floor(y / CELL_SIDE); row * CELL_SIDE <= y + h; row += 1) keys.push(column * 1e5 + row);
    }
    return keys;
  }

  add(x, y, w, h) {
    for (const key of this.cellsOf(x, y, w, h)) {
      const cell = this.cells.get(key);
      if (cell) cell.push([x, y, x + w, y + h]);
      else this.cells.set(key, [[x, y, x + w, y + h]]);
    }
  }

  isFree(x, y, w, h) {
    return this.cellsOf(x, y, w, h).every((key) => (this.cells.get(key) ?? []).every((one) => x >= one[2] || x + w <= one[0] || y >= one[3] || y + h <= one[1]));
  }
}

function takenOn(model, list, view, board, names) {
  const taken = new Taken();
  for (const [left, top, right, bottom] of board.taken) taken.add(left, top, right - left, bottom - top);
  for (const at of list) {
    const node = model.nodes[at];
    if (node.box) continue;
    const size = iconSize(node) * view.zoom;
    const [x, y] = [node.x * view.zoom + view.x - size / 2, node.y * view.zoom + view.y - size / 2];
    const badge = node.isPublic || node.isUnknown ? size * 0.2 : 0;
    if (x < view.width && y < view.height && x + size > 0 && y + size > 0) taken.add(x, y - badge, size + badge, size + badge);
  }
  for (const { x, y, text, font } of names) taken.add(x - widthOf(text, font) / 2, y - 8, widthOf(text, font), 16);
  for (const step of board.steps) {
    if (step.kind === "icon") taken.add(step.x, step.y, step.size, step.size);
    else if (step.kind === "text") taken.add(step.x, step.y - 8, widthOf(step.text, step.font), 16);
  }
  return taken;
}

// What is written on lines. No label covers another, an icon or a name: what finds no free place on its line is left out; the details have it.
export function labelSteps(picture, list, view, board, names) {
  const lines = picture.writtenLines();
  if (lines.length === 0) return [];
  const taken = takenOn(picture.model, list, view, board, names);
  const steps = [];
  for (const { edge, text, hot, colour } of lines) {
    const curve = picture.curveOf(edge);
    if (curve === null) continue;
    const [from, bend, to] = curve.map((point) => [point.x * view.zoom + view.x, point.y * view.zoom + view.y]);
    const shown = shorten(text, LABEL, LABEL_WIDEST);
    const [w, h] = [widthOf(shown, LABEL) + 8, LABEL_HEIGHT];
    const [dx, dy] = [Math.abs(to[0] - from[0]), Math.abs(to[1] - from[1])];
    const length = Math.hypot(dx, dy);
    const covered = Math.min((w * length) / dx, (h * length) / dy);
    if (length < 1 || length < (hot ? Math.min(covered, 60) : w + 24)) continue;
    for (const at of PLACES) {
      const along = (side) => (1 - at) ** 2 * from[side] + 2 * at * (1 - at) * bend[side] + at ** 2 * to[side];
      const [x, y] = [along(0) - w / 2, along(1) - h / 2];
      if (x < 0 || y < 0 || x + w > view.width || y + h > view.height || !taken.isFree(x - 2, y - 2, w + 4, h + 4)) continue;
      taken.add(x, y, w, h);
      steps.push({ kind: "label", x, y, w, h, text: shown, font: LABEL, colour });
      break;
    }
  }
  return steps;
}
