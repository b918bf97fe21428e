// How lines run: from border to border, beside each other where two cards have several, and around cards that are in the way.

const BESIDE = 9;
const BENDS = [0, 0.13, -0.13, 0.26, -0.26, 0.4, -0.4, 0.65, -0.65, 1, -1, 1.3, -1.3];
const HIDDEN = 2;
const CORNER = 20;
const BOWS_MOST = 16;
const COUNTS_AT = [0.5, 0.38, 0.62, 0.26, 0.74, 0.16, 0.84];
const COUNTED_MOST = 300;
const BULGE_MOST = 560;
const WORK_MOST = 260000;
const SAMPLES = 12;
export const CURVE_POINTS = 16;

export function routeLines(scene) {
  const pairs = new Map();
  for (const line of scene.lines) {
    const key = line.from < line.to ? `${line.from} ${line.to}` : `${line.to} ${line.from}`;
    if (pairs.has(key)) pairs.get(key).push(line);
    else pairs.set(key, [line]);
  }
  scene.ends = [...scene.items, ...scene.boxes];
  const careful = pairs.size * scene.items.length <= WORK_MOST;
  for (const lines of pairs.values()) {
    const [one, other] = [Math.min(lines[0].from, lines[0].to), Math.max(lines[0].from, lines[0].to)];
    const bend = careful ? bestBend(scene, one, other) : usualBend(...anchors(scene, one, other));
    lines.forEach((line, at) => {
      line.curve = curve(...anchors(scene, one, other), bend, (at - (lines.length - 1) / 2) * BESIDE);
      if (line.from === other) line.curve = line.curve.reverse();
      line.box = boundsOf(line.curve);
    });
  }
  placeCounts(scene);
}

// Where a line says for how many it stands: on no card, if there is such a place.
function placeCounts({ lines, items }) {
  const counted = lines.filter((line) => line.edges.length > 1);
  const free = ([x, y]) => !items.some((item) => x > item.x - 12 && x < item.x + item.w + 12 && y > item.y - 8 && y < item.y + item.h + 8);
  for (const line of counted) line.countAt = curvePoint(line.curve, counted.length > COUNTED_MOST ? 0.5 : (COUNTS_AT.find((t) => free(curvePoint(line.curve, t))) ?? 0.5));
}

function center(item) {
  return [item.x + item.w / 2, item.y + item.h / 2];
}

// Lines to a box end where it is nearest.
function anchors({ ends }, one, other) {
  const [a, b] = [ends[one], ends[other]];
  const nearest = (box, [x, y]) => {
    const inset = Math.min(CORNER, box.w / 2, box.h / 2);
    const clamp = (value, low, size) => (value <= low ? low : value >= low + size ? low + size : Math.max(low + inset, Math.min(low + size - inset, value)));
    return { x: clamp(x, box.x, box.w), y: clamp(y, box.y, box.h), w: 0, h: 0 };
  };
  return [a.inside ? nearest(a, center(b)) : a, b.inside ? nearest(b, center(a)) : b];
}

function usualBend(a, b) {
  return Math.abs(a.y - b.y) < 4 && Math.abs(a.x - b.x) > a.w * 2 ? 0.13 : 0.04;
}

function control([ax, ay], [bx, by], bend) {
  return [(ax + bx) / 2 - (by - ay) * bend, (ay + by) / 2 + (bx - ax) * bend];
}

// The bend that runs behind the fewest cards.
function bestBend(scene, one, other) {
  const { items, ends } = scene;
  const [a, b] = anchors(scene, one, other).map(center);
  const [left, right] = [Math.min(a[0], b[0]) - 300, Math.max(a[0], b[0]) + 300];
  const [top, bottom] = [Math.min(a[1], b[1]) - 300, Math.max(a[1], b[1]) + 300];
  const within = [one, other].map((at) => new Set(ends[at].inside ?? []));
  const near = items.filter((item, at) => at !== one && at !== other && !within.some((set) => set.has(at)) && item.x < right && item.x + item.w > left && item.y < bottom && item.y + item.h > top);
  let [best, least] = [0, Infinity];
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
  for (const bend of BENDS) {
    // Wide bows only where there are few lines to be taken for.
    if (Math.abs(bend) > 0.4 && (scene.lines.length > BOWS_MOST || Math.abs(bend) * length > BULGE_MOST)) break;
    const [cx, cy] = control(a, b, bend);
    let cost = Math.abs(bend) * 1.45;
    for (const item of near) {
      for (let step = 1; step < SAMPLES; step += 1) {
        const t = step / SAMPLES;
        const [x, y] = [(1 - t) ** 2 * a[0] + 2 * t * (1 - t) * cx + t * t * b[0], (1 - t) ** 2 * a[1] + 2 * t * (1 - t) * cy + t * t * b[1]];
        if (x > item.x - 5 && x < item.x + item.w + 5 && y > item.y - 5 && y < item.y + item.h + 5) {
          cost += HIDDEN;
          break;
        }
      }
      if (cost >= least) break;
    }
    if (cost < least) [best, least] = [bend, cost];
    if (least === 0) break;
  }
  return best;
}

// Where a ray from inside a card leaves it.
function border(item, [x, y], [tx, ty], room) {
  const [dx, dy] = [tx - x, ty - y];
  const reach = Math.min(dx > 0 ? (item.x + item.w + room - x) / dx : dx < 0 ? (item.x - room - x) / dx : Infinity, dy > 0 ? (item.y + item.h + room - y) / dy : dy < 0 ? (item.y - room - y) / dy : Infinity);
  return Number.isFinite(reach) ? [x + dx * Math.min(1, reach), y + dy * Math.min(1, reach)] : [x, y];
}

// Start, control and end of a quadratic curve.
function curve(one, other, bend, beside) {
  let [a, b] = [center(one), center(other)];
  const length = Math.hypot(b[0] - a[0], b[1] - a[1]) || 1;
  const [nx, ny] = [-(b[1] - a[1]) / length, (b[0] - a[0]) / length];
  const push = ([x, y], by) => [x + nx * by, y + ny * by];
  const spread = Math.max(-16, Math.min(16, beside));
  [a, b] = [push(a, spread), push(b, spread)];
  const turn = push(control(a, b, bend), beside * 1.2);
  return [border(one, a, turn, 2), turn, border(other, b, turn, 3)];
}

export function curvePoint([a, c, b], t) {
  return [(1 - t) ** 2 * a[0] + 2 * t * (1 - t) * c[0] + t * t * b[0], (1 - t) ** 2 * a[1] + 2 * t * (1 - t) * c[1] + t * t * b[1]];
}

function boundsOf(points) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}

// The square of the distance of a point to the curve.
export function curveDistance(line, x, y) {
  let least = Infinity;
  let before = line.curve[0];
  for (let step = 1; step <= CURVE_POINTS; step += 1) {
    const now = curvePoint(line.curve, step / CURVE_POINTS);
    const [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    const t = Math.max(0, Math.min(1, ((x - before[0]) * dx + (y - before[1]) * dy) / (dx * dx + dy * dy || 1)));
    least = Math.min(least, (before[0] + t * dx - x) ** 2 + (before[1] + t * dy - y) ** 2);
    before = now;
  }
  return least;
}
