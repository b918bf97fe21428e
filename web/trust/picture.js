// The whole picture as PNG: with title and legend, in the colours of the screen.

import { download, oneLine } from "../common/dom.js";
import { drawBoxes, drawCounts, drawItems, drawLines } from "./draw.js";
import { ACCESSES, accessName } from "./words.js";

const EDGE = 40;
const HEAD = 58;
const FOOT = 46;
const FACTOR = 2;
const SIDE_MOST = 10000;
const FACE = "system-ui, Segoe UI, Roboto, Liberation Sans, Arial, sans-serif";

export async function trustPng(stage, title, about) {
  const { scene, tones } = stage;
  const width = Math.max(720, scene.w + 2 * EDGE);
  const height = scene.h + HEAD + FOOT + 2 * EDGE;
  const factor = Math.min(FACTOR, SIDE_MOST / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * factor);
  canvas.height = Math.round(height * factor);
  const pen = canvas.getContext("2d");
  pen.scale(factor, factor);
  pen.fillStyle = tones.get("canvas");
  pen.fillRect(0, 0, width, height);
  pen.fillStyle = tones.get("ink");
  pen.font = `700 20px ${FACE}`;
  pen.fillText(oneLine(title).slice(0, 100), EDGE, EDGE + 10);
  pen.fillStyle = tones.get("muted");
  pen.font = `13px ${FACE}`;
  pen.fillText(oneLine(about).slice(0, 160), EDGE, EDGE + 31);
  legend(pen, scene, tones, height - EDGE);
  pen.translate((width - scene.w) / 2, EDGE + HEAD);
  const look = { tones, zoom: 1, pictures: stage.pictures, view: null };
  drawBoxes(pen, scene, look);
  drawLines(pen, scene, look, () => (scene.lines.length > 260 ? 0.6 : 0.85));
  drawItems(pen, scene, look, () => 1);
  drawCounts(pen, scene, look, () => scene.lines.length <= 140);
  const blob = await new Promise((resolve) => {
    canvas.toBlob(resolve, "image/png");
  });
  if (!blob) throw new Error("the picture is too large for this browser");
  download("trust.png", "image/png", blob);
}

function legend(pen, scene, tones, y) {
  const used = ACCESSES.filter((access) => scene.lines.some((line) => line.access === access));
  let x = EDGE;
  pen.font = `12.5px ${FACE}`;
  for (const access of used) {
    pen.strokeStyle = tones.get(`access-${access}`);
    pen.lineWidth = 2.4;
    pen.setLineDash({ s3_read: [2, 4], read: [2, 4], directconnect: [8, 5] }[access] ?? []);
    pen.beginPath();
    pen.moveTo(x, y - 4);
    pen.lineTo(x + 26, y - 4);
    pen.stroke();
    pen.setLineDash([]);
    pen.fillStyle = tones.get("ink");
    pen.fillText(accessName(access), x + 33, y);
    x += 33 + pen.measureText(accessName(access)).width + 22;
  }
}
