// The picture as SVG, and from that as PNG: all of what is drawn, in the colours of the screen.

import { download, oneLine } from "../map/dom.js";
import { svg } from "./draw.js";

const MARGIN = 30;
const PNG_FACTOR = 2;
const PNG_SIDE = 8000;
const KEPT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-weight", "text-anchor", "paint-order", "stroke-linejoin"];

// Classes mean nothing outside of the page: what they come to is written into the copy.
function freeze(from, to) {
  const style = getComputedStyle(from);
  if (style.display === "none") {
    to.remove();
    return;
  }
  for (const name of KEPT) {
    const value = style.getPropertyValue(name);
    if (value && value !== "none" && value !== "normal") to.setAttribute(name, value);
    else if (name === "fill" && value === "none") to.setAttribute(name, "none");
  }
  const copies = [...to.children];
  [...from.children].forEach((child, at) => freeze(child, copies[at]));
  for (const name of ["class", "tabindex", "role", "aria-label", "data-item", "data-line", "data-fold"]) to.removeAttribute(name);
}

async function icons(copy, assets) {
  const known = new Map();
  for (const image of copy.querySelectorAll("image")) {
    const address = image.getAttribute("href");
    if (!known.has(address)) known.set(address, address.startsWith("data:") ? address : `data:image/svg+xml;base64,${btoa(await assets.text(address))}`);
    image.setAttribute("href", known.get(address));
  }
}

async function pictureOf(stage, assets, title) {
  const { scene, world } = stage;
  const width = Math.ceil(scene.w + 2 * MARGIN);
  const height = Math.ceil(scene.h + 2 * MARGIN);
  const copy = world.cloneNode(true);
  freeze(world, copy);
  copy.removeAttribute("id");
  copy.setAttribute("transform", `translate(${MARGIN} ${MARGIN})`);
  await icons(copy, assets);
  const name = svg("title");
  name.textContent = oneLine(title).replace(/[\ufffe\uffff]/g, "");
  const root = svg("svg", { width, height, "viewBox": `0 0 ${width} ${height}`, "font-family": "system-ui, Segoe UI, Roboto, Liberation Sans, Arial, sans-serif" }, name, svg("rect", { width, height, fill: getComputedStyle(document.documentElement).getPropertyValue("--canvas").trim() }), copy);
  return { root, width, height };
}

function asText(root) {
  const text = new XMLSerializer().serializeToString(root);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${text.toWellFormed?.() ?? text}\n`;
}

export async function pictureSvg(stage, assets, title) {
  const { root } = await pictureOf(stage, assets, title);
  download("principals.svg", "image/svg+xml", asText(root));
}

export async function picturePng(stage, assets, title) {
  const { root, width, height } = await pictureOf(stage, assets, title);
  const factor = Math.min(PNG_FACTOR, PNG_SIDE / Math.max(width, height));
  root.setAttribute("width", Math.round(width * factor));
  root.setAttribute("height", Math.round(height * factor));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(asText(root))}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * factor);
  canvas.height = Math.round(height * factor);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => {
    canvas.toBlob(resolve, "image/png");
  });
  if (!blob) throw new Error("the picture is too large for this browser");
  download("principals.png", "image/png", blob);
}
