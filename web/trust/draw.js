// Draws a scene on a canvas. Colours are those of trust.css; texts are drawn as texts.

import { badgeColour, initials } from "./badge.js";
import { ACCESSES, isMutual } from "./words.js";

const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial, sans-serif';
const DASHES = { s3_read: [2, 4], read: [2, 4], directconnect: [8, 5] };
const TONES = ["canvas", "bg", "line", "ink", "muted", "accent", "ring", "card", "card-line", "scanned", "scanned-line", "scanned-ink", "configured", "configured-line", "triangle", "box", "whole", "part", "touched", ...ACCESSES.map((access) => `access-${access}`)];
const ARROW = 9;

export function readTones() {
  const style = getComputedStyle(document.documentElement);
  return new Map(TONES.map((name) => [name, style.getPropertyValue(`--${name}`).trim()]));
}

// Cuts a text in its middle: names differ at both ends.
function fitted(pen, text, width) {
  if (pen.measureText(text).width <= width) return text;
  const cut = (count) => `${text.slice(0, Math.ceil(count * 0.62)).trimEnd()}…${text.slice(text.length - Math.floor(count * 0.38)).trimStart()}`;
  let [low, high] = [1, Math.min(text.length, 80)];
  while (low < high - 1) {
    const middle = (low + high) >> 1;
    if (pen.measureText(cut(middle)).width <= width) low = middle;
    else high = middle;
  }
  return cut(low);
}

// A text that fits is measured once.
function textAt(pen, owner, slot, text, font, width, x, y) {
  pen.font = font;
  owner.fit ??= {};
  owner.fit[slot] ??= fitted(pen, text, width);
  pen.fillText(owner.fit[slot], x, y);
}

function rounded(pen, x, y, w, h, r) {
  pen.beginPath();
  pen.roundRect(x, y, w, h, r);
}

// The mark that folds or opens a group: a square with − or +.
export const MARK = 14;

function mark(pen, tones, x, y, open) {
  rounded(pen, x, y, MARK, MARK, 3.5);
  pen.fillStyle = tones.get("bg");
  pen.strokeStyle = tones.get("muted");
  pen.lineWidth = 1.2;
  pen.fill();
  pen.stroke();
  pen.beginPath();
  pen.moveTo(x + 3.5, y + MARK / 2);
  pen.lineTo(x + MARK - 3.5, y + MARK / 2);
  if (!open) {
    pen.moveTo(x + MARK / 2, y + 3.5);
    pen.lineTo(x + MARK / 2, y + MARK - 3.5);
  }
  pen.stroke();
}

// `look`: {tones, zoom, pictures, view: [left, top, right, bottom] in the scene, or null for all}
export function drawBoxes(pen, scene, look) {
  const { tones, zoom } = look;
  // Titles stay legible when all of a large picture is seen.
  const size = Math.max(1, Math.min(2.6, 0.62 / zoom));
  // Outer ones first.
  for (const box of scene.boxes.toReversed()) {
    rounded(pen, box.x, box.y, box.w, box.h, 12);
    pen.fillStyle = tones.get("box");
    pen.strokeStyle = tones.get("line");
    pen.lineWidth = 1.2;
    pen.fill();
    pen.stroke();
    const left = box.key === "" ? 16 : 32;
    if (zoom > 0.12 && box.key !== "") mark(pen, tones, box.x + 11, box.y + 10, true);
    pen.fillStyle = tones.get("ink");
    const large = Math.round(13 * Math.min(2.3, size));
    textAt(pen, box, `title${large}`, box.title, `700 ${large}px ${FONT}`, box.w - 74, box.x + left, box.y + 18 + large * 0.35);
    if (large > 20) continue;
    const width = pen.measureText(box.fit[`title${large}`]).width;
    pen.fillStyle = tones.get("muted");
    pen.font = `12px ${FONT}`;
    pen.fillText(box.count.toLocaleString("en"), box.x + left + 7 + width, box.y + 18 + large * 0.35);
  }
  for (const heading of scene.headings) {
    if (heading.text === "") continue;
    const left = heading.key ? 20 : 0;
    if (heading.key) mark(pen, tones, heading.x, heading.y - 11, true);
    pen.fillStyle = tones.get("muted");
    pen.font = `600 ${12 * Math.min(size, 1.6)}px ${FONT}`;
    pen.fillText(heading.count > 1 ? `${heading.text} · ${heading.count.toLocaleString("en")}` : heading.text, heading.x + left, heading.y);
  }
}

export function lineWidth(line) {
  return 1.5 + Math.min(2.2, Math.log2(line.edges.length) * 0.4);
}

function seen(view, [left, top, right, bottom]) {
  return view === null || (right >= view[0] && left <= view[2] && bottom >= view[1] && top <= view[3]);
}

// `alpha(line)`: 0 leaves it out. `strong`: drawn over the others, as what is selected.
export function drawLines(pen, scene, look, alpha, strong = false) {
  const { tones, zoom, view } = look;
  const least = zoom < 0.35 ? 0.8 / zoom : 0;
  pen.lineCap = "butt";
  for (const line of scene.lines) {
    const shown = alpha(line);
    if (shown === 0 || !seen(view, line.box)) continue;
    const [start, turn, end] = line.curve;
    const colour = tones.get(`access-${line.access}`);
    pen.globalAlpha = shown * (line.certain ? 1 : 0.55);
    pen.strokeStyle = colour;
    pen.lineWidth = Math.max(least, lineWidth(line) * (line.certain ? 1 : 0.75) + (strong ? 0.9 : 0));
    pen.setLineDash(zoom > 0.2 ? (DASHES[line.access] ?? []) : []);
    pen.beginPath();
    pen.moveTo(start[0], start[1]);
    pen.quadraticCurveTo(turn[0], turn[1], end[0], end[1]);
    pen.stroke();
    if (strong && line.inside) {
      const box = scene.ends[line[line.many]];
      rounded(pen, box.x, box.y, box.w, box.h, 12);
      pen.setLineDash([]);
      pen.stroke();
    }
    if (zoom > 0.16 && !isMutual(line.access)) arrow(pen, tones, line, colour);
  }
  pen.setLineDash([]);
  pen.globalAlpha = 1;
}

function arrow(pen, tones, line, colour) {
  const [, [tx, ty], [x, y]] = line.curve;
  const length = Math.hypot(x - tx, y - ty) || 1;
  const [dx, dy] = [(x - tx) / length, (y - ty) / length];
  const size = ARROW + lineWidth(line) * 0.7;
  pen.beginPath();
  pen.moveTo(x, y);
  pen.lineTo(x - dx * size - dy * size * 0.45, y - dy * size + dx * size * 0.45);
  pen.lineTo(x - dx * size + dy * size * 0.45, y - dy * size - dx * size * 0.45);
  pen.closePath();
  if (line.certain) {
    pen.fillStyle = colour;
    pen.fill();
    return;
  }
  pen.setLineDash([]);
  pen.fillStyle = tones.get("canvas");
  pen.fill();
  pen.lineWidth = 1.4;
  pen.stroke();
}

// How many edges a line stands for.
export function drawCounts(pen, scene, look, shown) {
  const { tones } = look;
  pen.font = `600 10.5px ${FONT}`;
  pen.textAlign = "center";
  for (const line of scene.lines) {
    if (line.edges.length < 2 || !shown(line)) continue;
    const [x, y] = line.countAt;
    const text = line.share || `×${line.edges.length.toLocaleString("en")}`;
    const width = pen.measureText(text).width + 8;
    rounded(pen, x - width / 2, y - 7.5, width, 15, 7.5);
    pen.fillStyle = tones.get("canvas");
    pen.fill();
    pen.fillStyle = tones.get("ink");
    pen.fillText(text, x, y + 3.8);
  }
  pen.textAlign = "left";
}

function face(pen, item, tones) {
  const tone = item.kind === "group" ? "scanned" : item.kind === "scanned" || item.kind === "configured" ? item.kind : "card";
  if (item.folded) {
    for (const by of [7, 3.5]) {
      rounded(pen, item.x + by, item.y + by, item.w, item.h, 8);
      pen.fillStyle = tones.get(tone);
      pen.strokeStyle = tones.get(`${tone}-line`);
      pen.lineWidth = 1;
      pen.fill();
      pen.stroke();
    }
  }
  rounded(pen, item.x, item.y, item.w, item.h, 8);
  pen.fillStyle = tones.get(tone);
  pen.strokeStyle = item.level ? tones.get(item.level) : tones.get(`${tone}-line`);
  pen.lineWidth = item.level ? 2.6 : tone === "scanned" ? 1.6 : 1.2;
  if (item.level === "touched") pen.setLineDash([4, 3]);
  pen.fill();
  pen.stroke();
  pen.setLineDash([]);
}

// What stands at the left of a card; gives the room it takes.
function sign(pen, item, { tones, pictures }) {
  const [x, y] = [item.x + 9, item.y + item.h / 2 - 14];
  if (item.folded) {
    mark(pen, tones, x + 2, y + 7, false);
    return 34;
  }
  if (item.kind === "unknown") {
    pen.beginPath();
    pen.moveTo(x + 14, y + 2);
    pen.lineTo(x + 28, y + 26);
    pen.lineTo(x, y + 26);
    pen.closePath();
    pen.fillStyle = tones.get("triangle");
    pen.fill();
    return 44;
  }
  if (item.kind === "scanned" || item.kind === "configured") return 13;
  const logo = item.logo ? pictures.get(item.logo) : null;
  const picture = logo ?? (item.kind === "vendor" ? null : pictures.ofKind(item.kind));
  if (picture) {
    const scale = Math.min(28 / picture.naturalWidth, 28 / picture.naturalHeight);
    const [w, h] = [picture.naturalWidth * scale, picture.naturalHeight * scale];
    if (logo) {
      rounded(pen, x - 1, y - 1, 30, 30, 5);
      pen.fillStyle = "#ffffff";
      pen.fill();
    }
    pen.drawImage(picture, x + 14 - w / 2, y + 14 - h / 2, w, h);
    return 46;
  }
  rounded(pen, x, y, 28, 28, 7);
  pen.fillStyle = badgeColour(item.badge);
  pen.fill();
  pen.fillStyle = "#ffffff";
  pen.font = `700 12px ${FONT}`;
  pen.textAlign = "center";
  pen.fillText(initials(item.badge), x + 14, y + 18.2);
  pen.textAlign = "left";
  return 46;
}

// `alpha(item, at)`; `ring`: the one that is selected.
export function drawItems(pen, scene, look, alpha, ring = -1) {
  const { tones, zoom, view } = look;
  scene.items.forEach((item, at) => {
    const shown = alpha(item, at);
    if (shown === 0 || !seen(view, [item.x, item.y, item.x + item.w + 8, item.y + item.h + 8])) return;
    // Nothing of the lines below shines through.
    if (shown < 1) {
      rounded(pen, item.x, item.y, item.w, item.h, 8);
      pen.fillStyle = tones.get("canvas");
      pen.fill();
    }
    pen.globalAlpha = shown;
    face(pen, item, tones);
    const left = sign(pen, item, look);
    if (zoom > 0.15) labels(pen, item, look, left);
    if (at === ring) {
      rounded(pen, item.x - 2, item.y - 2, item.w + 4, item.h + 4, 10);
      pen.strokeStyle = tones.get("ring");
      pen.lineWidth = 3;
      pen.stroke();
    }
    pen.globalAlpha = 1;
  });
}

function labels(pen, item, { tones, zoom }, left) {
  const own = item.kind === "scanned" || item.kind === "group";
  const small = item.sub !== "" && zoom > 0.3;
  pen.fillStyle = tones.get(own ? "scanned-ink" : "ink");
  const room = item.w - left - 10;
  // Far away, names are what matters.
  if (zoom <= 0.3) {
    textAt(pen, item, "far", item.title, `600 19px ${FONT}`, room, item.x + left, item.y + item.h / 2 + 7);
    return;
  }
  textAt(pen, item, "title", item.title, `600 13px ${FONT}`, room, item.x + left, item.y + (small ? 20 : item.h / 2 + 4.5));
  if (!small) return;
  pen.globalAlpha *= own ? 0.75 : 1;
  pen.fillStyle = tones.get(own ? "scanned-ink" : "muted");
  textAt(pen, item, "sub", item.sub, `11px ${FONT}`, room, item.x + left, item.y + 35.5);
}
