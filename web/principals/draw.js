// A scene as SVG elements. Colours and lines are in principals.css, by class; texts are text nodes.

import { oneLine, svg } from "../common/dom.js";

const NAME_FONT = "600 13px system-ui, sans-serif";
const SUB_FONT = "11px system-ui, sans-serif";
const ICONS = { user: "user", role: "role", person: "user", provider: "identity_provider", identity: "unknown_account", account: "account", service: "service", host: "ec2", internet: "internet", admin: "root", group: "group" };
const STAR = "M0 -7L2 -2.2L7 -2L3.200 1.300L4.400 6.200L0 3.500L-4.400 6.200L-3.200 1.300L-7 -2L-2 -2.200Z";
const UP = "M0 -6L6.500 5.500L-6.500 5.500Z";

export function iconPath(kind) {
  return `icons/aws/${ICONS[kind] ?? "generic"}.svg`;
}

// What stands for "administrator" and "can become one", beside the colour. `if` ones are hollow.
export function signShape(sign) {
  if (sign === "") return null;
  return svg("path", { d: sign.startsWith("star") ? STAR : UP, class: `sign ${sign}` });
}

let pen = null;

// Cuts a text in its middle: names differ at both ends.
function fitted(text, font, width) {
  pen ??= document.createElement("canvas").getContext("2d");
  pen.font = font;
  if (pen.measureText(text).width <= width) return text;
  let [low, high] = [1, text.length];
  const cut = (count) => `${text.slice(0, Math.ceil(count * 0.62))}…${text.slice(text.length - Math.floor(count * 0.38))}`;
  while (low < high - 1) {
    const middle = (low + high) >> 1;
    if (pen.measureText(cut(middle)).width <= width) low = middle;
    else high = middle;
  }
  return cut(low);
}

function card(item, at, resolve) {
  const { x, y, w, h } = item;
  const many = item.at === -1;
  const sign = signShape(item.sign);
  if (sign) sign.setAttribute("transform", `translate(${w - 15} ${h / 2})`);
  const room = w - 40 - (sign ? 27 : 8);
  const element = svg("g", { "class": `card ${item.tone} ${item.kind}${many ? " many" : ""}${item.sign.endsWith("-if") ? " possible" : ""}`, "transform": `translate(${x} ${y})`, "tabindex": "-1", "role": "button", "data-item": at, "aria-label": oneLine(`${item.title}, ${item.sub}${many ? ", group, press Enter to open" : ""}`) },
    many ? svg("rect", { class: "back", x: 6, y: 6, width: w, height: h, rx: 8 }) : null,
    many ? svg("rect", { class: "back", x: 3, y: 3, width: w, height: h, rx: 8 }) : null,
    svg("rect", { class: "face", x: 0, y: 0, width: w, height: h, rx: item.kind === "service" ? h / 2 : 8 }),
    svg("image", { href: resolve(iconPath(item.kind)), x: 10, y: h / 2 - 11, width: 22, height: 22 }));
  const name = svg("text", { class: "name", x: 40, y: item.sub ? 18 : h / 2 + 4.5 });
  name.textContent = fitted(item.title, NAME_FONT, room);
  element.append(name);
  if (item.sub) {
    const sub = svg("text", { class: "sub", x: 40, y: 33 });
    sub.textContent = fitted(item.sub, SUB_FONT, room);
    element.append(sub);
  }
  if (sign) element.append(sign);
  return element;
}

function arrowAt([, , , , x2, , x3, y3]) {
  const back = x2 < x3 ? -8 : 8;
  return `M${x3} ${y3.toFixed(1)}l${back} -4v8Z`;
}

function lineElement(scene, line, at) {
  const c = line.curve.map((value) => Math.round(value * 10) / 10);
  const d = `M${c[0]} ${c[1]}C${c.slice(2).join(" ")}`;
  const width = 1.4 + Math.min(2.6, Math.log2(line.edges.length) * 0.28);
  return svg("g", { "class": `line ${line.certain ? "certain" : "possible"}${line.implied ? " implied" : ""}`, "data-line": at },
    svg("path", { class: "reach", d }), svg("path", { "class": "stroke", d, "stroke-width": width }), svg("path", { class: "arrow", d: arrowAt(c) }));
}

function labelElement(line, at) {
  const [x, y] = line.labelAt;
  const label = svg("text", { "class": `label${line.labelFits ? "" : " tight"}`, x, "y": y + 3.5, "text-anchor": "middle", "data-line": at });
  label.textContent = line.label;
  return label;
}

function heading(mark, at) {
  const text = svg("text", { "class": `heading${mark.key ? " fold" : ""}`, "x": mark.x, "y": mark.y, "text-anchor": mark.anchor, ...(mark.key ? { "data-fold": at, "role": "button", "tabindex": "-1", "aria-label": `Fold ${oneLine(mark.text)}` } : {}) });
  text.textContent = `${mark.key ? "− " : ""}${mark.text}${mark.count > 1 ? ` (${mark.count.toLocaleString("en")})` : ""}`;
  return text;
}

function box({ x, y, w, h, title, sub }) {
  const name = svg("text", { class: "title", x: x + 22, y: y + 32 });
  const strong = svg("tspan", { class: "strong" });
  strong.textContent = oneLine(title).slice(0, 60);
  const soft = svg("tspan", { class: "soft", dx: 10 });
  soft.textContent = oneLine(sub).slice(0, Math.max(0, Math.floor((w - 60) / 6.5) - Math.min(60, title.length)));
  name.append(strong, soft);
  return svg("g", { class: "box" }, svg("rect", { x, y, width: w, height: h, rx: 12 }), name);
}

// Gives the elements by index, so that classes can be set on them.
export function drawScene(world, scene, resolve) {
  const items = scene.items.map((item, at) => card(item, at, resolve));
  const lines = scene.lines.map((line, at) => lineElement(scene, line, at));
  const labels = scene.lines.map((line, at) => (line.label ? labelElement(line, at) : null));
  world.replaceChildren(svg("g", {}, ...scene.boxes.map(box)), svg("g", {}, ...scene.headings.map(heading)), svg("g", { class: "lines" }, ...lines), svg("g", {}, ...items), svg("g", { class: "labels" }, ...labels));
  return { items, lines, labels };
}
