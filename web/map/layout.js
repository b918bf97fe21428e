// Places what data.json gave no position (files of other tools), and keeps boxes around what is in them.
// `prepare` computes positions; where it did, they are used as they are.

const CELL_WIDTH = 112;
const CELL_HEIGHT = 96;
const GAP = 40;
const PAD = 24;
const HEADS = new Map([["account", 64], ["region", 56], ["vpc", 48]]);
const ICON = 48;
const ASPECT = 1.5;

const OUTER = new Set(["account", "account_grouping", "region"]);

// Titles of outer boxes need room on the screen when all of a large estate is seen at once.
function headOf(node, scale) {
  const head = HEADS.get(node.type) ?? 40;
  return OUTER.has(node.type) ? head * Math.max(1, scale * 0.75) : head;
}

function gapOf(node, scale) {
  return !node || OUTER.has(node.type) ? GAP * Math.max(1, scale * 0.25) : GAP;
}

export function needsLayout(model) {
  return model.nodes.some((node) => Number.isNaN(node.x) || Number.isNaN(node.y) || (node.box && !(node.w > 0 && node.h > 0)));
}

function inRows(sizes, limit, gap) {
  let x = 0, y = 0, row = 0, width = 0;
  const corners = sizes.map(([w, h]) => {
    if (x > 0 && x + w > limit) {
      x = 0;
      y += row + gap;
      row = 0;
    }
    const corner = [x, y];
    x += w + gap;
    row = Math.max(row, h);
    width = Math.max(width, x - gap);
    return corner;
  });
  return { corners, width, height: y + row };
}

// Rows of boxes, broken where the whole comes closest to a window's shape.
function shelves(sizes, gap) {
  let best = null;
  let limit = 0;
  for (const [w] of sizes.slice(0, 60)) {
    limit += w + gap;
    const placed = inRows(sizes, Math.max(limit, ...sizes.map((size) => size[0])), gap);
    if (!best || Math.max(placed.width / ASPECT, placed.height) < Math.max(best.width / ASPECT, best.height)) best = placed;
  }
  return best ?? { corners: [], width: 0, height: 0 };
}

// Zones stand side by side in a VPC, subnets below each other in a zone; the rest fills rows.
function arrange(parent, sizes, gap) {
  if (parent.type === "vpc" || parent.type === "az") {
    const down = parent.type === "az";
    const most = Math.max(...sizes.map((size) => size[down ? 0 : 1]));
    let along = 0;
    const corners = sizes.map((size) => {
      const corner = down ? [0, along] : [along, 0];
      size[down ? 0 : 1] = most;
      along += size[down ? 1 : 0] + gap;
      return corner;
    });
    return { corners, width: down ? most : along - gap, height: down ? along - gap : most };
  }
  return shelves(sizes, gap);
}

function measure(model, at, offsets, scale) {
  const node = model.nodes[at];
  if (!node.box) return [CELL_WIDTH, CELL_HEIGHT];
  const boxes = node.children.filter((child) => model.nodes[child].box);
  const leaves = node.children.filter((child) => !model.nodes[child].box);
  const [head, gap, pad] = [headOf(node, scale), gapOf(node, scale), (gapOf(node, scale) / GAP) * PAD];
  const columns = Math.max(1, Math.round(Math.sqrt(leaves.length * (boxes.length > 0 ? 4 : 1.5))));
  leaves.forEach((leaf, position) => {
    offsets.set(leaf, [pad + (position % columns) * CELL_WIDTH + CELL_WIDTH / 2, head + Math.floor(position / columns) * CELL_HEIGHT + CELL_HEIGHT / 2 - 10]);
  });
  let width = leaves.length > 0 ? Math.min(columns, leaves.length) * CELL_WIDTH : 0;
  let height = Math.ceil(leaves.length / columns) * CELL_HEIGHT;
  if (boxes.length > 0) {
    const top = head + (height > 0 ? height + gap : 0);
    const sizes = boxes.map((box) => measure(model, box, offsets, scale));
    const placed = arrange(node, sizes, gap);
    boxes.forEach((box, position) => {
      [model.nodes[box].w, model.nodes[box].h] = sizes[position];
      offsets.set(box, [pad + placed.corners[position][0], top + placed.corners[position][1]]);
    });
    width = Math.max(width, placed.width);
    height = top - head + placed.height;
  }
  return [Math.max(width, 180) + 2 * pad, Math.max(height, 40) + head + pad];
}

export function layOut(model) {
  const offsets = new Map();
  const settle = (at, x, y) => {
    const node = model.nodes[at];
    if (!node.box) {
      [node.x, node.y] = [x, y];
      return;
    }
    [node.x, node.y] = [x + node.w / 2, y + node.h / 2];
    for (const child of node.children) settle(child, x + offsets.get(child)[0], y + offsets.get(child)[1]);
  };
  const boxes = model.roots.filter((at) => model.nodes[at].box);
  const place = (scale) => {
    const sizes = boxes.map((box) => measure(model, box, offsets, scale));
    return { sizes, ...shelves(sizes, gapOf(null, scale)) };
  };
  const scale = place(1).height / 1600;
  const placed = place(scale);
  boxes.forEach((box, position) => {
    [model.nodes[box].w, model.nodes[box].h] = placed.sizes[position];
    settle(box, ...placed.corners[position]);
  });
  const height = boxes.length > 0 ? placed.height : 0;
  const unit = Math.max(1, height / 1600);
  const outside = model.roots.filter((at) => !model.nodes[at].box);
  const rows = boxes.length > 0 ? Math.min(10, outside.length) : Math.ceil(Math.sqrt(outside.length / 1.5));
  outside.forEach((at, position) => {
    const node = model.nodes[at];
    node.w = node.h = Math.round(56 * unit);
    node.x = (-160 - Math.floor(position / rows) * 170) * unit;
    node.y = height / 2 + ((position % rows) - (rows - 1) / 2) * 130 * unit;
  });
}

export function iconSize(node) {
  return node.w > 0 && node.w < 4000 ? node.w : ICON;
}

// The rectangle that a node covers: left, top, right, bottom.
export function extentOf(node) {
  const name = node.box || node.parent !== -1 ? 1 : 2.2; // names of what stands outside are wide
  const halfWidth = ((node.box ? node.w : iconSize(node)) * name) / 2;
  const halfHeight = (node.box ? node.h : iconSize(node)) / 2;
  return [node.x - halfWidth, node.y - halfHeight, node.x + halfWidth, node.y + halfHeight];
}

export function extentOfAll(model, list) {
  const all = [Infinity, Infinity, -Infinity, -Infinity];
  for (const at of list) {
    const [left, top, right, bottom] = extentOf(model.nodes[at]);
    all[0] = Math.min(all[0], left);
    all[1] = Math.min(all[1], top);
    all[2] = Math.max(all[2], right);
    all[3] = Math.max(all[3], bottom);
  }
  return all;
}

// After something moved: the boxes above it grow until it is inside again.
export function growAround(model, at) {
  for (const up of model.ancestors(at).toReversed()) {
    const node = model.nodes[up];
    const [left, top, right, bottom] = extentOf(node);
    const inner = extentOfAll(model, node.children);
    const next = [Math.min(left, inner[0] - PAD), Math.min(top, inner[1] - headOf(node, 1)), Math.max(right, inner[2] + PAD), Math.max(bottom, inner[3] + PAD)];
    if (next.every((side, position) => side === [left, top, right, bottom][position])) continue;
    [node.x, node.y, node.w, node.h, node.moved] = [(next[0] + next[2]) / 2, (next[1] + next[3]) / 2, next[2] - next[0], next[3] - next[1], true];
  }
}

export function moveBy(model, at, dx, dy) {
  for (const one of [at, ...model.descendants(at)]) {
    const node = model.nodes[one];
    node.x += dx;
    node.y += dy;
    node.moved = true;
  }
}
