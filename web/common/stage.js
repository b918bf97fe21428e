// A picture that is moved, zoomed and pointed at by mouse, fingers and keys. How it is drawn is the page's own.

const DRAG = 4;

// The place of the nearest card in a direction; -1: there is none.
export function nearestCard(items, here, dx, dy) {
  let [best, least] = [-1, Infinity];
  items.forEach((item, at) => {
    const [x, y] = [item.x - here.x, item.y - here.y];
    const along = x * dx + y * dy;
    if (along <= 1) return;
    const cost = along + Math.abs(x * dy + y * dx) * 2.5;
    if (cost < least) [best, least] = [at, cost];
  });
  return best;
}

// Who extends this has `targetOf(event)`: what is there; and `hover(target, place)`, `click(target)`, `enter(target)`, `panBy`, `zoomBy`.
export class MovedPicture {
  constructor(surface) {
    Object.assign(this, { surface, x: 0, y: 0, zoom: 1, pointers: new Map() });
  }

  // Where an event is in the picture's window.
  where(event) {
    const frame = this.surface.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  }

  // Another zoom; what is at that place of the window stays there.
  zoomAround([px, py], zoom) {
    this.x = px - ((px - this.x) * zoom) / this.zoom;
    this.y = py - ((py - this.y) * zoom) / this.zoom;
    this.zoom = zoom;
  }

  // Moves as little as needed so that a card can be seen in a window of that size.
  bringInto(item, [width, height], margin) {
    const push = (low, high, room) => (low < margin ? margin - low : high > room - margin ? room - margin - high : 0);
    const [left, top] = [item.x * this.zoom + this.x, item.y * this.zoom + this.y];
    const [dx, dy] = [push(left, left + item.w * this.zoom, width), push(top, top + item.h * this.zoom, height)];
    if (dx !== 0 || dy !== 0) this.panBy(dx, dy);
  }

  listenToPointers() {
    const { surface } = this;
    surface.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.zoomBy(Math.exp(-Math.max(-60, Math.min(60, event.deltaY)) * 0.004), this.where(event));
    }, { passive: false });
    surface.addEventListener("pointerdown", (event) => this.pointerDown(event));
    surface.addEventListener("pointermove", (event) => this.pointerMove(event));
    for (const name of ["pointerup", "pointercancel"]) surface.addEventListener(name, (event) => this.pointers.delete(event.pointerId));
    surface.addEventListener("pointerleave", () => this.hover(null));
    surface.addEventListener("click", (event) => {
      if (!this.moved) this.click(this.targetOf(event));
    });
    surface.addEventListener("dblclick", (event) => this.enter(this.targetOf(event)));
  }

  pointerDown(event) {
    if (event.button !== 0) return;
    this.pointers.set(event.pointerId, this.where(event));
    this.moved = false;
    this.from = this.where(event);
  }

  pointerMove(event) {
    const before = this.pointers.get(event.pointerId);
    const now = this.where(event);
    if (!before) {
      this.hover(this.targetOf(event), now);
      return;
    }
    if (!this.moved && Math.hypot(now[0] - this.from[0], now[1] - this.from[1]) < DRAG) return;
    if (!this.moved) {
      this.surface.setPointerCapture(event.pointerId);
      this.hover(null);
    }
    this.moved = true;
    if (this.pointers.size === 2) {
      const [other] = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
      this.zoomBy(Math.hypot(now[0] - other[0], now[1] - other[1]) / Math.max(1, Math.hypot(before[0] - other[0], before[1] - other[1])), other);
    } else this.panBy(now[0] - before[0], now[1] - before[1]);
    this.pointers.set(event.pointerId, now);
  }
}
