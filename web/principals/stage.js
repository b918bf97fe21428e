// The picture on the screen: moving, zooming, pointing, selecting, and going through it by keys.

import { MovedPicture, nearestCard } from "../common/stage.js";
import { drawScene } from "./draw.js";

const MARGIN = 28;
const NEAREST = 2.2;
const READABLE = 0.72;
const LEAST = 0.5;
const LABELS_MOST = 8;

export class Stage extends MovedPicture {
  // `hooks`: onCard(item), onLine(line), onFold(key), onEnter(item), onHover(what, place), onNothing().
  constructor(root, resolve, hooks) {
    super(root);
    Object.assign(this, { root, resolve, hooks, scene: null, parts: null, selected: -1, selectedLine: -1, way: null, hovered: -1, current: -1 });
    this.world = root.querySelector("#world");
    this.listen();
  }

  // `hold`: a node that stays where it is on the screen.
  show(scene, hold) {
    const before = hold === undefined || hold === null ? null : this.scene?.items[this.scene.rep[hold]];
    const held = before ? [before.x * this.zoom + this.x, before.y * this.zoom + this.y] : null;
    this.scene = scene;
    this.parts = drawScene(this.world, scene, this.resolve);
    this.selected = this.selectedLine = this.hovered = -1;
    this.way = null;
    this.current = 0;
    this.touched = held !== null;
    this.parts.items[0]?.setAttribute("tabindex", "0");
    const after = held ? scene.items[scene.rep[hold]] : null;
    if (after) {
      const [width] = this.size;
      this.x = scene.w * this.zoom <= width ? (width - scene.w * this.zoom) / 2 : held[0] - after.x * this.zoom;
      this.y = held[1] - after.y * this.zoom;
      this.move();
    } else this.fit();
  }

  get size() {
    const { width, height } = this.root.getBoundingClientRect();
    return [width, height];
  }

  move() {
    this.world.setAttribute("transform", `translate(${this.x.toFixed(2)} ${this.y.toFixed(2)}) scale(${this.zoom.toFixed(4)})`);
    this.root.classList.toggle("far", this.zoom < 0.4);
  }

  // All of it, unless nothing could be read then: the first picture stays legible.
  fit(all) {
    const [width, height] = this.size;
    const { w, h } = this.scene;
    const whole = Math.min((width - 2 * MARGIN) / Math.max(w, 1), (height - 2 * MARGIN) / Math.max(h, 1), 1.15);
    const center = all ? undefined : this.scene.items[this.scene.center];
    if (center && whole < LEAST) {
      this.zoom = READABLE;
      this.x = width / 2 - (center.x + center.w / 2) * this.zoom;
      this.y = height / 2 - (center.y + center.h / 2) * this.zoom;
      this.move();
      return;
    }
    this.zoom = all ? whole : Math.max(whole, Math.min(READABLE, (width - 2 * MARGIN) / Math.max(w, 1)), LEAST);
    this.x = w * this.zoom <= width ? (width - w * this.zoom) / 2 : MARGIN;
    this.y = h * this.zoom <= height ? Math.min((height - h * this.zoom) / 2, 90) : MARGIN;
    this.move();
  }

  zoomBy(factor, at) {
    this.touched = true;
    const [width, height] = this.size;
    this.zoomAround(at ?? [width / 2, height / 2], Math.min(NEAREST, Math.max(0.04, this.zoom * factor)));
    this.move();
  }

  panBy(x, y) {
    if (x === 0 && y === 0) return;
    this.touched = true;
    this.x += x;
    this.y += y;
    this.move();
  }

  // Moves as little as needed so that a card can be seen.
  bring(at) {
    const item = this.scene.items[at];
    if (item) this.bringInto(item, this.size, MARGIN);
  }

  targetOf(event) {
    const element = event.target instanceof Element ? event.target.closest("[data-item], [data-line], [data-fold]") : null;
    if (!element) return null;
    const { item, line, fold } = element.dataset;
    if (item !== undefined) return { item: Number(item) };
    return line !== undefined ? { line: Number(line) } : { fold: Number(fold) };
  }

  listen() {
    const { root } = this;
    new ResizeObserver(() => {
      if (this.scene && !this.touched) this.fit();
    }).observe(root);
    this.listenToPointers();
    root.addEventListener("focusin", (event) => {
      const item = this.targetOf(event)?.item;
      if (item !== undefined) this.setCurrent(item);
    });
    root.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      const target = this.targetOf(event);
      if (!target) return;
      event.preventDefault();
      event.stopPropagation();
      this.click(target, true);
    });
  }

  click(target, byKey) {
    if (!target) this.hooks.onNothing();
    else if (target.item !== undefined) this.hooks.onCard(this.scene.items[target.item], byKey);
    else if (target.line !== undefined) this.hooks.onLine(this.scene.lines[target.line]);
    else this.hooks.onFold(this.scene.headings[target.fold]);
  }

  enter(target) {
    const item = this.scene?.items[target?.item ?? -1];
    if (item && item.at !== -1) this.hooks.onEnter(item);
  }

  hover(target, place) {
    const item = target?.item ?? -1;
    this.hooks.onHover(target?.item !== undefined ? this.scene.items[target.item] : target?.line !== undefined ? this.scene.lines[target.line] : null, place);
    if (item === this.hovered) return;
    this.hovered = item;
    this.emphasise();
  }

  select(at, line = -1) {
    this.selected = at;
    this.selectedLine = line;
    if (at !== -1) this.setCurrent(at);
    this.emphasise();
  }

  // Only these nodes and edges stand out: a way that was chosen in the list.
  showWay(way) {
    this.way = way;
    this.emphasise();
  }

  // Lines of what is selected or pointed at stand out.
  emphasise() {
    const { scene, parts } = this;
    if (!scene) return;
    const chosen = this.selected !== -1 ? this.selected : this.hovered;
    const lineOn = (line, at) => {
      if (this.way) return line.edges.some((edge) => this.way.edges.has(edge));
      return this.selectedLine === -1 ? line.from === chosen || line.to === chosen : at === this.selectedLine;
    };
    const active = this.way !== null || this.selectedLine !== -1 || chosen !== -1;
    const near = new Set([chosen]);
    const lit = new Set();
    scene.lines.forEach((line, at) => {
      const hot = active && lineOn(line, at);
      if (hot) near.add(line.from).add(line.to);
      if (hot) lit.add(line);
      const faint = active && !hot && chosen !== scene.center;
      parts.lines[at].classList.toggle("hot", hot);
      parts.lines[at].classList.toggle("faint", faint);
      parts.labels[at]?.classList.toggle("faint", faint);
    });
    // Labels that found no room are shown on a few lines only.
    scene.lines.forEach((line, at) => parts.labels[at]?.classList.toggle("hot", lit.has(line) && (line.labelFits || lit.size <= LABELS_MOST)));
    // What a picture is drawn around does not need the others dimmed.
    const dim = this.way !== null || this.selectedLine !== -1 || (this.selected !== -1 && this.selected !== scene.center);
    parts.items.forEach((element, at) => {
      element.classList.toggle("selected", at === this.selected);
      element.classList.toggle("dim", dim && !near.has(at));
    });
  }

  setCurrent(at) {
    if (at === this.current) return;
    this.parts.items[this.current]?.setAttribute("tabindex", "-1");
    this.current = at;
    this.parts.items[at]?.setAttribute("tabindex", "0");
  }

  focus() {
    this.parts?.items[this.selected === -1 ? Math.max(0, this.current) : this.selected]?.focus();
  }

  // The nearest card in a direction gets the focus.
  step(dx, dy) {
    const inside = this.root.contains(document.activeElement) && this.targetOf({ target: document.activeElement })?.item !== undefined;
    if (!inside) {
      this.focus();
      this.bring(this.current);
      return;
    }
    const here = this.scene.items[this.current];
    const best = nearestCard(this.scene.items, here, dx, dy);
    if (best === -1) return;
    this.parts.items[best].focus({ preventScroll: true });
    this.bring(best);
  }
}
