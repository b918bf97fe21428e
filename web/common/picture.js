// The picture as a file: SVG, and from that PNG.

import { download, oneLine, say, svg } from "./dom.js";

const FACTOR = 2.5;
const SIDE_MOST = 8000;
const AREA_MOST = 50e6;

// An empty picture on a ground of that colour.
export function sheet(width, height, title, ground) {
  return svg("svg", { width, height, "viewBox": `0 0 ${width} ${height}`, "font-family": "system-ui, Segoe UI, Roboto, Liberation Sans, Arial, sans-serif" }, svg("title", {}, oneLine(title)), svg("rect", { width, height, fill: ground }));
}

// XML cannot hold halves of characters, nor these two.
function xml(root) {
  const text = new XMLSerializer().serializeToString(root);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${(text.toWellFormed?.() ?? text).replace(/[\ufffe\uffff]/g, "\ufffd")}\n`;
}

async function png(root) {
  const [width, height] = ["width", "height"].map((name) => Number(root.getAttribute(name)));
  const factor = Math.min(FACTOR, SIDE_MOST / Math.max(width, height), Math.sqrt(AREA_MOST / (width * height)));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * factor);
  canvas.height = Math.round(height * factor);
  root.setAttribute("width", canvas.width);
  root.setAttribute("height", canvas.height);
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(xml(root))}`;
  await image.decode();
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise((resolve) => {
    canvas.toBlob(resolve, "image/png");
  });
  if (!blob) throw new Error("it is too large for this browser");
  return blob;
}

// `draw` gives a sheet; the name of the file says of what kind it will be.
export async function savePicture(name, draw) {
  say("Drawing the picture…");
  try {
    const root = await draw();
    if (name.endsWith(".png")) download(name, "image/png", await png(root));
    else download(name, "image/svg+xml", xml(root));
    say("Picture saved.");
  } catch (error) {
    say(`The picture could not be made: ${error.message}. Collapse or hide something and try again.`, true);
  }
}
