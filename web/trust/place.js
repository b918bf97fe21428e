// Where cards and boxes stand: groups in the middle, outsiders by their kind around them. The same data gives the same places.

import { routeLines } from "./route.js";

const CARD = { w: 168, h: 46 };
const GAP = { x: 40, y: 44 };
const SIDE_GAP = { x: 22, y: 16 };
const PAD = 22;
const TITLE = 34;
const HEADING = 28;
const BOX_GAP = 44;
const WIDE = 1.15;
const AROUND = { w: 560, h: 330 };
const AROUND_LEAST = 84;
const AROUND_MOST = 260;
const COLUMN_ROWS = 14;
const COLUMN_GAP = 150;

export function placeScene(scene) {
  scene.headings = [];
  for (const item of scene.items) Object.assign(item, { w: CARD.w, h: CARD.h, x: 0, y: 0 });
  if (scene.columns) placeColumns(scene);
  else placeAround(scene);
  measure(scene);
  routeLines(scene);
  return scene;
}

// Rows of cards in the middle above each other, each second row one card shorter: lines find their way between the cards.
function brick(scene, { cards, hubs }) {
  const cell = { w: CARD.w + GAP.x, h: CARD.h + GAP.y };
  const rows = hubs.length > 0 ? [hubs] : [];
  const count = cards.length;
  let across = Math.max(1, Math.round(Math.sqrt((count * cell.h * WIDE) / cell.w)));
  if (count === 3 && hubs.length === 0) across = 2;
  across = Math.max(across, Math.min(3, hubs.length));
  for (let at = 0; at < count;) {
    const some = rows.length % 2 === 0 || across < 3 ? across : across - 1;
    rows.push(cards.slice(at, at + some));
    at += some;
  }
  const widest = Math.max(0, ...rows.map((row) => row.length));
  const w = Math.max(0, widest * cell.w - GAP.x);
  rows.forEach((row, line) => row.forEach((card, column) => {
    Object.assign(scene.items[card], { x: w / 2 - (row.length * cell.w - GAP.x) / 2 + column * cell.w, y: line * cell.h });
  }));
  return { w, h: Math.max(0, rows.length * cell.h - GAP.y), cards: rows.flat() };
}

// A box with its place in its own coordinates; `shift` moves all of it.
function measureBox(scene, box) {
  const block = brick(scene, box);
  const inner = box.boxes.map((one) => measureBox(scene, one));
  // What holds most accounts makes the form of the whole.
  const around = box === scene.root || box.inside.length * 2 > scene.items.length ? AROUND : { w: 0, h: 0 };
  const parts = [...(block.cards.length > 0 ? [{ w: block.w, h: block.h, shift: (x, y) => block.cards.forEach((card) => move(scene.items[card], x, y)) }] : []), ...inner];
  const { w, h } = pack(parts, box === scene.root ? BOX_GAP + 24 : BOX_GAP, around);
  const whole = Object.assign(box, { x: 0, y: 0, w: w + 2 * PAD, h: h + TITLE + PAD });
  if (box === scene.root) Object.assign(whole, { w, h });
  else {
    whole.w = Math.max(whole.w, Math.min(320, box.title.length * 7.6 + 80));
    for (const part of parts) part.shift(PAD + (whole.w - 2 * PAD - w) / 2, TITLE);
  }
  whole.shift = (x, y) => {
    whole.x += x;
    whole.y += y;
    for (const part of parts) part.shift(x, y);
  };
  return whole;
}

function move(item, x, y) {
  item.x += x;
  item.y += y;
}

// Shelves of boxes; of all widths the one that fills a screen best.
function pack(parts, gap, around) {
  if (parts.length === 0) return { w: 0, h: 0 };
  const order = parts.map((part, at) => [part, at]).sort((a, b) => b[0].h - a[0].h || a[1] - b[1]).map(([part]) => part);
  const shelves = (width) => {
    const rows = [];
    for (const part of order) {
      const row = rows.at(-1);
      if (row && row.w + gap + part.w <= width) {
        row.parts.push(part);
        row.w += gap + part.w;
        row.h = Math.max(row.h, part.h);
      } else rows.push({ parts: [part], w: part.w, h: part.h });
    }
    return { rows, w: Math.max(...rows.map((row) => row.w)), h: rows.reduce((sum, row) => sum + row.h + gap, -gap) };
  };
  let best = null;
  let width = 0;
  for (const part of order) {
    width += part.w + gap;
    const one = shelves(Math.max(width, ...order.map(({ w }) => w)));
    const cost = Math.max((one.w + around.w) / WIDE, one.h + around.h);
    if (!best || cost < best.cost - 1) best = { ...one, cost };
  }
  let y = 0;
  for (const row of best.rows) {
    let x = (best.w - row.w) / 2;
    for (const part of row.parts) {
      part.shift(x, y + (row.h - part.h) / 2);
      x += part.w + gap;
    }
    y += row.h + gap;
  }
  return best;
}

function placeAround(scene) {
  const { w, h } = measureBox(scene, scene.root);
  const around = Math.min(AROUND_MOST, AROUND_LEAST + Math.max(w, h) * 0.07);
  const near = nearness(scene);
  const section = (kind) => scene.sections.find((one) => one.kind === kind);
  const side = (kind, x, direction) => {
    const one = section(kind);
    if (!one) return;
    const rows = Math.max(7, Math.ceil(h / (CARD.h + SIDE_GAP.y)), Math.ceil(Math.sqrt(one.cards.length * 2)));
    const across = Math.ceil(one.cards.length / rows);
    const each = Math.ceil(one.cards.length / across);
    const sorted = near.sort(one.cards, "y");
    const height = each * (CARD.h + SIDE_GAP.y) - SIDE_GAP.y;
    const width = across * (CARD.w + SIDE_GAP.x) - SIDE_GAP.x;
    const left = direction < 0 ? x - width : x;
    // Neighbours in the order stand at the same height, in different columns.
    sorted.forEach((card, at) => Object.assign(scene.items[card], { x: left + (at % across) * (CARD.w + SIDE_GAP.x), y: h / 2 - height / 2 + Math.floor(at / across) * (CARD.h + SIDE_GAP.y) }));
    heading(scene, one, left, h / 2 - height / 2, width);
  };
  const edge = (kinds, y, direction) => {
    const some = kinds.map(section).filter(Boolean);
    const most = Math.max(3, Math.floor((w + 2 * around) / (CARD.w + SIDE_GAP.x)));
    const total = some.reduce((sum, one) => sum + one.cards.length, 0);
    const blocks = some.map((one) => {
      const across = Math.min(one.cards.length, Math.max(1, Math.floor((most * one.cards.length) / total)));
      const rows = Math.ceil(one.cards.length / across);
      return { one, across, w: Math.max(one.title.length * 8.6 + 48, across * (CARD.w + SIDE_GAP.x) - SIDE_GAP.x), h: rows * (CARD.h + SIDE_GAP.y) - SIDE_GAP.y };
    });
    const width = blocks.reduce((sum, block) => sum + block.w + BOX_GAP, -BOX_GAP);
    let x = w / 2 - width / 2;
    for (const block of blocks) {
      const top = direction < 0 ? y - block.h : y + HEADING;
      near.sort(block.one.cards, "x").forEach((card, at) => Object.assign(scene.items[card], { x: x + (at % block.across) * (CARD.w + SIDE_GAP.x), y: top + Math.floor(at / block.across) * (CARD.h + SIDE_GAP.y) }));
      heading(scene, block.one, x, top, block.w);
      x += block.w + BOX_GAP;
    }
  };
  side("unknown", -around, -1);
  side("vendor", w + around, 1);
  edge(["provider", "organization"], -around * 0.8, -1);
  edge(["aws", "location"], h + around * 0.8 - HEADING, 1);
}

// What an outsider is joined to in the middle decides its place in the order.
function nearness(scene) {
  const sums = scene.items.map(() => ({ x: 0, y: 0, count: 0 }));
  const outside = new Set(scene.sections.flatMap((section) => section.cards));
  for (const { from, to } of scene.lines) {
    for (const [one, other] of [[from, to], [to, from]]) {
      if (!outside.has(one) || outside.has(other)) continue;
      const sum = sums[one];
      const end = scene.items[other] ?? scene.boxes[other - scene.items.length];
      sum.x += end.x + end.w / 2;
      sum.y += end.y + end.h / 2;
      sum.count += 1;
    }
  }
  const middle = (card, axis) => (sums[card].count === 0 ? Infinity : sums[card][axis] / sums[card].count);
  return { sort: (cards, axis) => cards.map((card, at) => [middle(card, axis), at, card]).sort((a, b) => (a[0] === b[0] ? a[1] - b[1] : a[0] - b[0])).map(([, , card]) => card) };
}

function heading(scene, section, x, y, w) {
  scene.headings.push({ key: section.folded || section.count < 2 ? "" : section.key, text: section.folded ? "" : section.title, count: section.count, x, y: y - 12, w });
}

// A column of cards for each hop, in a box if there are several.
function placeColumns(scene) {
  const cell = { w: CARD.w + SIDE_GAP.x, h: CARD.h + SIDE_GAP.y };
  const shapes = scene.columns.map(({ inside }) => {
    const rows = Math.min(inside.length, Math.max(COLUMN_ROWS, Math.ceil(Math.sqrt((inside.length * cell.w) / cell.h))));
    return { rows, w: Math.ceil(inside.length / rows) * cell.w - SIDE_GAP.x, h: rows * cell.h - SIDE_GAP.y };
  });
  const middle = Math.max(...shapes.map(({ h }) => h)) / 2;
  let x = 0;
  scene.columns.forEach((column, at) => {
    const { rows, w, h } = shapes[at];
    const top = middle - h / 2;
    column.inside.forEach((card, place) => Object.assign(scene.items[card], { x: x + Math.floor(place / rows) * cell.w, y: top + (place % rows) * cell.h }));
    if (column.count > 1) Object.assign(column, { x: x - PAD, y: top - TITLE, w: w + 2 * PAD, h: h + TITLE + PAD });
    else scene.headings.push({ key: "", text: column.title, count: 0, x, y: top - 12, w });
    x += w + COLUMN_GAP;
  });
}

// All of it begins at 0, 0.
function measure(scene) {
  const all = [...scene.items, ...scene.boxes, ...scene.headings.map(({ x, y, w }) => ({ x, y: y - 16, w, h: 16 }))];
  const [left, top] = [Math.min(...all.map(({ x }) => x), Infinity), Math.min(...all.map(({ y }) => y), Infinity)];
  const [right, bottom] = [Math.max(...all.map(({ x, w }) => x + w), -Infinity), Math.max(...all.map(({ y, h }) => y + h), -Infinity)];
  if (all.length > 0) for (const one of [...scene.items, ...scene.boxes, ...scene.headings]) move(one, -left, -top);
  scene.w = Math.max(CARD.w, right - left);
  scene.h = Math.max(CARD.h, bottom - top);
}
