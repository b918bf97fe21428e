// The picture on the screen: moving, zooming, pointing, selecting, and going through it by keys. What is drawn once is moved as an
// image while it takes too long to draw it anew for each frame.

import { drawBoxes, drawCounts, drawItems, drawLines, MARK, readTones } from "./draw.js";
import { curveDistance } from "./route.js";

const MARGIN = 26;
const NEAREST = 2.4;
const FARTHEST = 0.03;
const LEGIBLE = 0.45;
const NEAR = 0.8;
const DRAG = 4;
const NEAR_LINE = 7;
const SLOW = 22;
const REST = 140;
const COUNTS_MOST = 140;

export class TrustStage {
  // `hooks`: onItem(item), onLine(line), onFold(key), onEnter(item), onHover(what, place), onNothing(), onMoved().
  constructor(canvas, pictures, hooks) {
    Object.assign(this, { canvas, pictures, hooks, scene: null, selected: -1, selectedLine: -1, hovered: -1, hoveredLine: -1, current: -1, x: 0, y: 0, zoom: 1, touched: false, cost: 0, waiting: 0 });
    this.pen = canvas.getContext("2d");
    this.base = document.createElement("canvas");
    this.basePen = this.base.getContext("2d");
    this.tones = readTones();
    this.pointers = new Map();
    this.listen();
  }

  show(scene, { keep = false } = {}) {
    this.scene = scene;
    Object.assign(this, { selected: -1, selectedLine: -1, hovered: -1, hoveredLine: -1, current: -1 });
    if (!keep) this.touched = false;
    this.resize();
    if (!keep) this.fit();
    this.draw();
  }

  retone() {
    this.tones = readTones();
    if (this.scene) this.draw();
  }

  resize() {
    const { width, height } = this.canvas.getBoundingClientRect();
    const factor = Math.min(2, globalThis.devicePixelRatio || 1);
    Object.assign(this, { width, height, factor });
    for (const canvas of [this.canvas, this.base]) {
      const [w, h] = [Math.max(1, Math.round(width * factor)), Math.max(1, Math.round(height * factor))];
      if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
    }
  }

  fit() {
    const { w, h } = this.scene;
    const whole = Math.min((this.width - 2 * MARGIN) / w, (this.height - 2 * MARGIN) / h, 1.15);
    this.zoom = Math.max(FARTHEST, whole);
    this.x = (this.width - w * this.zoom) / 2;
    this.y = (this.height - h * this.zoom) / 2;
    this.touched = false;
  }

  fitAll() {
    this.fit();
    this.draw();
    this.hooks.onMoved();
  }

  zoomBy(factor, at) {
    const [px, py] = at ?? [this.width / 2, this.height / 2];
    const zoom = Math.min(NEAREST, Math.max(FARTHEST, this.zoom * factor));
    this.x = px - ((px - this.x) * zoom) / this.zoom;
    this.y = py - ((py - this.y) * zoom) / this.zoom;
    this.zoom = zoom;
    this.moving();
  }

  panBy(x, y) {
    this.x += x;
    this.y += y;
    this.moving();
  }

  // The middle of the window in the scene, and the zoom: for the address.
  get place() {
    return this.touched ? [(this.width / 2 - this.x) / this.zoom, (this.height / 2 - this.y) / this.zoom, this.zoom] : null;
  }

  set place([x, y, zoom]) {
    this.zoom = Math.min(NEAREST, Math.max(FARTHEST, zoom));
    this.x = this.width / 2 - x * this.zoom;
    this.y = this.height / 2 - y * this.zoom;
    this.touched = true;
    this.draw();
  }

  moving() {
    this.touched = true;
    if (this.cost > SLOW) {
      this.paint();
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.draw(), REST);
    } else this.later(true);
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.hooks.onMoved(), 250);
  }

  // At most once a frame.
  later(anew) {
    this.anew ||= anew;
    this.frame ??= requestAnimationFrame(() => {
      this.frame = undefined;
      if (this.anew) this.draw();
      else this.paint();
    });
  }

  look(zoom = this.zoom, view = null) {
    return { tones: this.tones, zoom, pictures: this.pictures, view };
  }

  // Draws the picture itself, then what is pointed at.
  draw() {
    if (!this.scene || this.width === 0) return;
    clearTimeout(this.waiting);
    this.anew = false;
    const started = performance.now();
    const { basePen: pen, zoom, factor } = this;
    pen.setTransform(factor, 0, 0, factor, 0, 0);
    pen.fillStyle = this.tones.get("canvas");
    pen.fillRect(0, 0, this.width, this.height);
    pen.setTransform(factor * zoom, 0, 0, factor * zoom, factor * this.x, factor * this.y);
    this.drawAll(pen, this.look(zoom, [-this.x / zoom, -this.y / zoom, (this.width - this.x) / zoom, (this.height - this.y) / zoom]));
    this.drawn = { x: this.x, y: this.y, zoom };
    this.cost = performance.now() - started;
    this.paint();
  }

  drawAll(pen, look) {
    const { scene } = this;
    const { lines, near, active } = this.emphasis(this.selected, this.selectedLine);
    const usual = scene.lines.length > 900 ? 0.4 : scene.lines.length > 260 ? 0.6 : 0.85;
    drawBoxes(pen, scene, look);
    drawLines(pen, scene, look, (line) => (active ? (lines.has(line) ? 0 : 0.1) : usual));
    if (active) drawLines(pen, scene, look, (line) => (lines.has(line) ? 1 : 0), lines.size < 60);
    drawItems(pen, scene, look, (_, at) => (active && !near.has(at) ? 0.35 : 1), this.selected);
    const counts = active ? (line) => lines.has(line) && lines.size <= COUNTS_MOST : () => scene.lines.length <= COUNTS_MOST && look.zoom > 0.35;
    drawCounts(pen, scene, look, counts);
  }

  // The image that was drawn, moved to where it belongs, and what is pointed at over it.
  paint() {
    const { pen, factor, drawn, zoom } = this;
    if (!drawn) return;
    const by = zoom / drawn.zoom;
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.fillStyle = this.tones.get("canvas");
    pen.fillRect(0, 0, this.canvas.width, this.canvas.height);
    pen.setTransform(by, 0, 0, by, factor * (this.x - drawn.x * by), factor * (this.y - drawn.y * by));
    pen.drawImage(this.base, 0, 0);
    pen.setTransform(factor * zoom, 0, 0, factor * zoom, factor * this.x, factor * this.y);
    const pointed = this.hovered !== -1 || this.hoveredLine !== -1;
    if (pointed) {
      const { lines, near } = this.emphasis(this.hovered, this.hoveredLine);
      drawLines(pen, this.scene, this.look(), (line) => (lines.has(line) ? 1 : 0), true);
      drawItems(pen, this.scene, this.look(), (_, at) => (near.has(at) ? 1 : 0), this.selected);
      if (lines.size <= COUNTS_MOST) drawCounts(pen, this.scene, this.look(), (line) => lines.has(line));
    }
    const item = this.scene.items[this.current];
    if (item && document.activeElement === this.canvas) {
      pen.beginPath();
      pen.roundRect(item.x - 5, item.y - 5, item.w + 10, item.h + 10, 12);
      pen.strokeStyle = this.tones.get("ring");
      pen.lineWidth = 2 / Math.min(1, zoom);
      pen.setLineDash([6, 4]);
      pen.stroke();
      pen.setLineDash([]);
    }
  }

  // What belongs to a card or a line: lines, and the cards at their ends.
  emphasis(item, line) {
    const { scene } = this;
    const lines = new Set(line !== -1 ? [scene.lines[line]] : item !== -1 ? scene.lines.filter(({ from, to, inside }) => from === item || to === item || inside?.includes(item)) : []);
    const near = new Set(item === -1 ? [] : [item]);
    for (const { from, to, inside } of lines) {
      near.add(from).add(to);
      if (inside && !inside.includes(item)) for (const at of inside) near.add(at);
    }
    return { lines, near, active: item !== -1 || line !== -1 };
  }

  select(item, line = -1) {
    Object.assign(this, { selected: item, selectedLine: line, hovered: -1, hoveredLine: -1 });
    if (item !== -1) this.current = item;
    this.draw();
  }

  // Moves as little as needed so that a card can be seen, and read.
  bring(at) {
    const item = this.scene.items[at];
    if (!item) return;
    if (this.zoom < LEGIBLE) {
      // What is at the edge of the picture need not stand in the middle of the window.
      const inside = (value, size, room) => (size * NEAR < room ? size / 2 : Math.max(room / 2 - 60, Math.min(size * NEAR - room / 2 + 60, value * NEAR)) / NEAR);
      this.place = [inside(item.x + item.w / 2, this.scene.w, this.width), inside(item.y + item.h / 2, this.scene.h, this.height), NEAR];
      return;
    }
    const push = (low, high, room) => (low < MARGIN ? MARGIN - low : high > room - MARGIN ? room - MARGIN - high : 0);
    const [left, top] = [item.x * this.zoom + this.x, item.y * this.zoom + this.y];
    const [dx, dy] = [push(left, left + item.w * this.zoom, this.width), push(top, top + item.h * this.zoom, this.height)];
    if (dx !== 0 || dy !== 0) this.panBy(dx, dy);
  }

  where(event) {
    const frame = this.canvas.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  }

  // What is at a place of the screen.
  hit([px, py]) {
    const { scene, zoom } = this;
    if (!scene) return null;
    const [x, y] = [(px - this.x) / zoom, (py - this.y) / zoom];
    const inside = (one, room = 0) => x >= one.x - room && x <= one.x + one.w + room && y >= one.y - room && y <= one.y + one.h + room;
    const at = scene.items.findLastIndex((item) => inside(item));
    if (at !== -1) return scene.items[at].folded && x < scene.items[at].x + 32 ? { fold: scene.items[at].key } : { item: at };
    for (const heading of scene.headings) if (heading.key && inside({ x: heading.x, y: heading.y - 13, w: Math.min(heading.w, 150), h: 18 })) return { fold: heading.key };
    for (const box of scene.boxes) if (box.key && inside({ x: box.x + 11, y: box.y + 10, w: MARK, h: MARK }, 5)) return { fold: box.key };
    const room = Math.min(30, NEAR_LINE / zoom);
    let [line, least] = [-1, room * room];
    scene.lines.forEach((one, index) => {
      if (x < one.box[0] - room || x > one.box[2] + room || y < one.box[1] - room || y > one.box[3] + room) return;
      const distance = curveDistance(one, x, y);
      if (distance <= least) [line, least] = [index, distance];
    });
    return line === -1 ? null : { line };
  }

  listen() {
    const { canvas } = this;
    new ResizeObserver(() => {
      if (!this.scene) return;
      const untouched = !this.touched;
      this.resize();
      if (untouched) this.fit();
      this.draw();
    }).observe(canvas);
    canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoomBy(Math.exp(-Math.max(-60, Math.min(60, event.deltaY)) * 0.004), this.where(event));
    }, { passive: false });
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.pointerMove(event));
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => this.pointers.delete(event.pointerId));
    canvas.addEventListener("pointerleave", () => this.hover(null));
    canvas.addEventListener("click", (event) => {
      if (!this.moved) this.click(this.hit(this.where(event)));
    });
    canvas.addEventListener("dblclick", (event) => {
      const item = this.scene?.items[this.hit(this.where(event))?.item ?? -1];
      if (item) this.hooks.onEnter(item);
    });
    for (const name of ["focus", "blur"]) canvas.addEventListener(name, () => this.later(false));
  }

  click(target) {
    if (!target) this.hooks.onNothing();
    else if (target.item !== undefined) this.hooks.onItem(this.scene.items[target.item]);
    else if (target.line !== undefined) this.hooks.onLine(this.scene.lines[target.line]);
    else this.hooks.onFold(target.fold);
  }

  down(event) {
    if (event.button !== 0) return;
    this.pointers.set(event.pointerId, this.where(event));
    this.moved = false;
    this.from = this.where(event);
  }

  pointerMove(event) {
    const before = this.pointers.get(event.pointerId);
    const now = this.where(event);
    if (!before) {
      this.hover(this.hit(now), now);
      return;
    }
    if (!this.moved && Math.hypot(now[0] - this.from[0], now[1] - this.from[1]) < DRAG) return;
    if (!this.moved) {
      this.canvas.setPointerCapture(event.pointerId);
      this.hover(null);
    }
    this.moved = true;
    if (this.pointers.size === 2) {
      const [other] = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
      this.zoomBy(Math.hypot(now[0] - other[0], now[1] - other[1]) / Math.max(1, Math.hypot(before[0] - other[0], before[1] - other[1])), other);
    } else this.panBy(now[0] - before[0], now[1] - before[1]);
    this.pointers.set(event.pointerId, now);
  }

  hover(target, place) {
    const [item, line] = [target?.item ?? -1, target?.line ?? -1];
    this.canvas.classList.toggle("pointing", target !== null);
    this.hooks.onHover(item !== -1 ? this.scene.items[item] : line !== -1 ? this.scene.lines[line] : null, place);
    if (item === this.hovered && line === this.hoveredLine) return;
    Object.assign(this, { hovered: item, hoveredLine: line });
    this.later(false);
  }

  // The nearest card in a direction becomes the current one.
  step(dx, dy) {
    const { items } = this.scene;
    if (items.length === 0) return null;
    const here = items[this.current];
    let [best, least] = [here ? -1 : 0, Infinity];
    if (here) {
      items.forEach((item, at) => {
        const [x, y] = [item.x - here.x, item.y - here.y];
        const along = x * dx + y * dy;
        if (along <= 1) return;
        const cost = along + Math.abs(x * dy + y * dx) * 2.5;
        if (cost < least) [best, least] = [at, cost];
      });
    }
    if (best === -1) return null;
    this.current = best;
    this.canvas.focus({ preventScroll: true });
    this.bring(best);
    this.later(false);
    return items[best];
  }
}
