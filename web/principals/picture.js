// What is drawn as a picture of its own: all of it, in the colours of the screen.

import { sheet } from "../common/picture.js";

const MARGIN = 30;
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

export async function drawPicture(stage, assets, title) {
  const { scene, world } = stage;
  const copy = world.cloneNode(true);
  freeze(world, copy);
  copy.removeAttribute("id");
  copy.setAttribute("transform", `translate(${MARGIN} ${MARGIN})`);
  await icons(copy, assets);
  const root = sheet(Math.ceil(scene.w + 2 * MARGIN), Math.ceil(scene.h + 2 * MARGIN), title, getComputedStyle(document.documentElement).getPropertyValue("--canvas").trim());
  root.append(copy);
  return root;
}
