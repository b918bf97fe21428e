// Where cards stand: columns in bands, ordered so that lines cross little; and how lines run between them.

const CARD = { w: 196, h: 42 };
const GAP_LEAST = 64;
const GAP_MOST = 130;
const GAP_Y = 12;
const WRAP_GAP = 22;
const PAD = 22;
const TITLE = 34;
const HEADING = 26;
const BAND_GAP = 34;
const ROWS = 14;
const GRID = 4;

// Gives places to the scene's items, boxes of bands and headings, and the size of all.
export function placeScene(scene, aspect) {
  const near = neighbours(scene);
  scene.headings = [];
  // Lines of few cards have their labels in the gaps.
  const longest = scene.lines.reduce((most, line) => Math.max(most, line.label.length), 0);
  scene.gap = scene.lines.length > 60 || scene.aligned ? GAP_LEAST + 10 : Math.min(GAP_MOST, Math.max(GAP_LEAST, longest * 5.6 + 20));
  const slots = scene.aligned ? slotsOf(scene) : null;
  const boxes = scene.bands.map((band) => placeBand(scene, band, near, slots));
  pack(scene, boxes, aspect);
  for (const line of scene.lines) line.curve = curveOf(scene.items[line.from], scene.items[line.to]);
  placeLabels(scene);
  return scene;
}

function wrapsOf(column) {
  return Math.ceil(column.items.length / ROWS);
}

// Columns of the same number of steps stand below each other in all bands.
function slotsOf(scene) {
  const wraps = new Map();
  for (const band of scene.bands) for (const column of band.parts[0].columns) wraps.set(column.slot, Math.max(wraps.get(column.slot) ?? 0, wrapsOf(column)));
  const slots = new Map();
  let left = PAD;
  for (const [slot, count] of [...wraps].sort((a, b) => b[0] - a[0])) {
    slots.set(slot, left);
    left += count * CARD.w + (count - 1) * WRAP_GAP + scene.gap;
  }
  return slots;
}

function neighbours(scene) {
  const near = scene.items.map(() => []);
  for (const { from, to } of scene.lines) {
    near[from].push(to);
    near[to].push(from);
  }
  return near;
}

// The middle of what it is joined to, as a share of the column's height.
function order(scene, columns, near) {
  const rank = new Map();
  const rerank = (items) => items.forEach((item, at) => rank.set(item, (at + 0.5) / items.length));
  columns.forEach((column) => rerank(column.items));
  for (let sweep = 0; sweep < 6; sweep += 1) {
    for (const column of sweep % 2 === 0 ? columns : [...columns].reverse()) {
      const pull = (item) => {
        const known = near[item].map((other) => rank.get(other)).filter((value) => value !== undefined);
        return known.length === 0 ? rank.get(item) : known.reduce((sum, value) => sum + value, 0) / known.length;
      };
      const pulls = new Map(column.items.map((item) => [item, scene.items[item].rest ? 9 : pull(item)]));
      column.items.sort((a, b) => pulls.get(a) - pulls.get(b));
      rerank(column.items);
    }
  }
}

// One part below the other, from 0,0; gives the band's box.
function placeBand(scene, band, near, slots) {
  const titled = band.title !== "";
  let bottom = titled ? PAD + TITLE : PAD;
  let right = 0;
  const marks = [];
  for (const part of band.parts) {
    if (part.heading) {
      marks.push({ x: PAD, y: bottom + 12, text: part.heading, key: part.key ?? "", anchor: "start", count: 0 });
      bottom += HEADING;
    }
    const size = part.grid ? placeGrid(scene, part.grid, bottom) : placeColumns(scene, part, near, bottom, marks, slots);
    bottom = size.bottom + 20;
    right = Math.max(right, size.right);
  }
  const items = band.parts.flatMap((part) => part.grid ?? part.columns.flatMap((column) => column.items));
  return { band, items, marks, w: Math.max(right + PAD, titled ? 260 : 0), h: bottom - 20 + PAD };
}

function placeColumns(scene, part, near, top, marks, slots) {
  order(scene, part.columns, near);
  const headed = part.columns.some((column) => column.heading);
  const start = top + (headed ? HEADING : 0);
  const shape = part.columns.map((column) => {
    const wraps = wrapsOf(column);
    return { wraps, rows: Math.ceil(column.items.length / wraps) };
  });
  const tallest = Math.max(...shape.map(({ rows }) => rows));
  let left = PAD;
  part.columns.forEach((column, at) => {
    left = slots?.get(column.slot) ?? left;
    const { wraps, rows } = shape[at];
    const width = wraps * CARD.w + (wraps - 1) * WRAP_GAP;
    const drop = ((tallest - rows) * (CARD.h + GAP_Y)) / 2;
    column.items.forEach((item, place) => {
      const [wrap, row] = [Math.floor(place / rows), place % rows];
      Object.assign(scene.items[item], { ...CARD, x: left + wrap * (CARD.w + WRAP_GAP), y: start + drop + row * (CARD.h + GAP_Y) });
    });
    if (column.heading) marks.push({ x: left + width / 2, y: top + 12, text: column.heading, key: column.key, anchor: "middle", count: column.items.reduce((sum, item) => sum + (scene.items[item].people ?? 0), 0) });
    left += width + scene.gap;
  });
  return { right: left - scene.gap, bottom: start + tallest * (CARD.h + GAP_Y) - GAP_Y };
}

function placeGrid(scene, items, top) {
  const across = Math.min(items.length, GRID);
  items.forEach((item, at) => Object.assign(scene.items[item], { ...CARD, x: PAD + (at % across) * (CARD.w + WRAP_GAP), y: top + Math.floor(at / across) * (CARD.h + GAP_Y) }));
  return { right: PAD + across * (CARD.w + WRAP_GAP) - WRAP_GAP, bottom: top + Math.ceil(items.length / across) * (CARD.h + GAP_Y) - GAP_Y };
}

// Bands in rows, broken where the whole comes nearest to the shape of the window.
function pack(scene, boxes, aspect) {
  const rowsFor = (limit) => {
    const rows = [];
    let [x, y, tall, wide] = [0, 0, 0, 0];
    for (const box of boxes) {
      if (x > 0 && x + box.w > limit) [x, y, tall] = [0, y + tall + BAND_GAP, 0];
      rows.push([x, y]);
      x += box.w + BAND_GAP;
      tall = Math.max(tall, box.h);
      wide = Math.max(wide, x - BAND_GAP);
    }
    return { rows, wide, high: y + tall };
  };
  const limits = [0];
  for (let from = 0; from < boxes.length && !scene.aligned; from += 1) {
    let sum = -BAND_GAP;
    for (let to = from; to < Math.min(boxes.length, from + 8); to += 1) {
      sum += boxes[to].w + BAND_GAP;
      limits.push(sum);
    }
  }
  const best = limits.map(rowsFor).sort((a, b) => Math.max(a.wide / aspect, a.high) - Math.max(b.wide / aspect, b.high) || a.wide - b.wide)[0] ?? { rows: [], wide: 0, high: 0 };
  scene.boxes = [];
  boxes.forEach((box, at) => {
    const [dx, dy] = best.rows[at];
    for (const item of box.items) {
      scene.items[item].x += dx;
      scene.items[item].y += dy;
    }
    for (const mark of box.marks) scene.headings.push({ ...mark, x: mark.x + dx, y: mark.y + dy });
    if (box.band.title) scene.boxes.push({ x: dx, y: dy, w: box.w, h: box.h, title: box.band.title, sub: box.band.sub });
  });
  Object.assign(scene, { w: best.wide, h: best.high });
}

// A line leaves to the right and arrives from the left, unless its end is not to the right.
function curveOf(from, to) {
  const [fromY, toY] = [from.y + from.h / 2, to.y + to.h / 2];
  if (to.x > from.x + from.w) {
    const bend = Math.max(30, (to.x - from.x - from.w) * 0.45);
    return [from.x + from.w, fromY, from.x + from.w + bend, fromY, to.x - bend, toY, to.x, toY];
  }
  if (to.x + to.w < from.x) {
    const bend = Math.max(30, (from.x - to.x - to.w) * 0.45);
    return [from.x, fromY + 8, from.x - bend, fromY + 8, to.x + to.w + bend, toY + 8, to.x + to.w, toY + 8];
  }
  const out = Math.max(from.x + from.w, to.x + to.w) + 24 + Math.min(70, Math.abs(toY - fromY) * 0.16);
  return [from.x + from.w, fromY + 6, out, fromY + 6, out, toY - 6, to.x + to.w, toY - 6];
}

function pointOn([x0, y0, x1, y1, x2, y2, x3, y3], t) {
  const u = 1 - t;
  const mix = (a, b, c, d) => u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * d;
  return [mix(x0, x1, x2, x3), mix(y0, y1, y2, y3)];
}

// A label stands on its line where it covers no card and no other label; else it is only shown when its line is looked at.
function placeLabels(scene) {
  const taken = scene.items.map(({ x, y, w, h }) => [x, y, x + w, y + h]);
  const hits = (box) => taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1]);
  for (const line of [...scene.lines].sort((a, b) => b.edges.length - a.edges.length)) {
    line.labelAt = pointOn(line.curve, 0.5);
    line.labelFits = false;
    if (line.label === "" || scene.lines.length > 400) continue;
    const half = line.label.length * 2.9 + 4;
    for (const t of [0.5, 0.4, 0.6, 0.3, 0.7]) {
      const [x, y] = pointOn(line.curve, t);
      const box = [x - half, y - 8, x + half, y + 8];
      if (hits(box)) continue;
      line.labelAt = [x, y];
      line.labelFits = true;
      taken.push(box);
      break;
    }
  }
}
