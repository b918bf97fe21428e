// The picture on the screen: moving, zooming, pointing, selecting, and going through it by keys. What is drawn once is moved as an
// image while it takes too long to draw it anew for each frame.

import { MovedPicture, nearestCard } from "../common/stage.js";
import { drawBoxes, drawCounts, drawItems, drawLines, MARK, readTones } from "./draw.js";
import { curveDistance } from "./route.js";

const MARGIN = 26;
const NEAREST = 2.4;
const FARTHEST = 0.03;
const LEGIBLE = 0.45;
const NEAR = 0.8;
const NEAR_LINE = 7;
const SLOW = 22;
const REST = 140;
const COUNTS_MOST = 140;

export class TrustStage extends MovedPicture {
  // `hooks`: onItem(item), onLine(line), onFold(key), onEnter(item), onHover(what, place), onNothing(), onMoved().
  constructor(canvas, pictures, hooks) {
    super(canvas);
    Object.assign(this, { canvas, pictures, hooks, scene: null, selected: -1, selectedLine: -1, hovered: -1, hoveredLine: -1, current: -1, touched: false, cost: 0, waiting: 0 });
    this.pen = canvas.getContext("2d");
    this.base = document.createElement("canvas");
    this.basePen = this.base.getContext("2d");
    this.tones = readTones();
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
    this.zoomAround(at ?? [this.width / 2, this.height / 2], Math.min(NEAREST, Math.max(FARTHEST, this.zoom * factor)));
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
    this.bringInto(item, [this.width, this.height], MARGIN);
  }

  targetOf(event) {
    return this.hit(this.where(event));
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
    this.listenToPointers();
    for (const name of ["focus", "blur"]) canvas.addEventListener(name, () => this.later(false));
  }

  click(target) {
    if (!target) this.hooks.onNothing();
    else if (target.item !== undefined) this.hooks.onItem(this.scene.items[target.item]);
    else if (target.line !== undefined) this.hooks.onLine(this.scene.lines[target.line]);
    else this.hooks.onFold(target.fold);
  }

  enter(target) {
    const item = this.scene?.items[target?.item ?? -1];
    if (item) this.hooks.onEnter(item);
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
    const best = here ? nearestCard(items, here, dx, dy) : 0;
    if (best === -1) return null;
    this.current = best;
    this.canvas.focus({ preventScroll: true });
    this.bring(best);
    this.later(false);
    return items[best];
  }
}
