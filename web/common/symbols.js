// The signs on buttons, as paths in a square of 24.

import { svg } from "./dom.js";

const PATHS = {
  arrange: "M12 3v18M3 12h18M9 6l3-3 3 3M9 18l3 3 3-3M6 9l-3 3 3 3M18 9l3 3-3 3",
  back: "M20 12H5M11 6l-6 6 6 6",
  collapse: "M10 4v6H4M14 20v-6h6M10 10L4 4M14 14l6 6",
  expand: "M4 10V4h6M20 14v6h-6M4 4l6 6M20 20l-6-6",
  fit: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  help: "M3.5 12a8.5 8.5 0 1 0 17 0a8.5 8.5 0 1 0 -17 0zM9.5 9.5a2.5 2.5 0 1 1 3.6 2.3c-.8.4-1.1 1-1.1 1.9M12 17h.1",
  hide: "M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6zM4 4l16 16",
  in: "M12 5v14M5 12h14",
  minus: "M7 4h10a3 3 0 0 1 3 3v10a3 3 0 0 1 -3 3h-10a3 3 0 0 1 -3 -3v-10a3 3 0 0 1 3 -3zM8 12h8",
  neighbours: "M9 12a3 3 0 1 0 6 0a3 3 0 1 0 -6 0zM2.5 6a2 2 0 1 0 4 0a2 2 0 1 0 -4 0zM17.5 6a2 2 0 1 0 4 0a2 2 0 1 0 -4 0zM10 21a2 2 0 1 0 4 0a2 2 0 1 0 -4 0zM6 7.5l3.5 2.5M18 7.5L14.5 10M12 15v4",
  note: "M12 4l9 16H3zM12 10v5M12 17.5h.1",
  out: "M5 12h14",
  outline: "M5 5h14M9 12h10M9 19h10M5 5v14h4M5 12h4",
  plus: "M7 4h10a3 3 0 0 1 3 3v10a3 3 0 0 1 -3 3h-10a3 3 0 0 1 -3 -3v-10a3 3 0 0 1 3 -3zM8 12h8M12 8v8",
  redo: "M16 7h4V3M19.5 7a9 9 0 1 0 1 8",
  reset: "M5.5 4h4a1.5 1.5 0 0 1 1.5 1.5v4a1.5 1.5 0 0 1 -1.5 1.5h-4a1.5 1.5 0 0 1 -1.5 -1.5v-4a1.5 1.5 0 0 1 1.5 -1.5zM14.5 4h4a1.5 1.5 0 0 1 1.5 1.5v4a1.5 1.5 0 0 1 -1.5 1.5h-4a1.5 1.5 0 0 1 -1.5 -1.5v-4a1.5 1.5 0 0 1 1.5 -1.5zM5.5 13h4a1.5 1.5 0 0 1 1.5 1.5v4a1.5 1.5 0 0 1 -1.5 1.5h-4a1.5 1.5 0 0 1 -1.5 -1.5v-4a1.5 1.5 0 0 1 1.5 -1.5zM14.5 13h4a1.5 1.5 0 0 1 1.5 1.5v4a1.5 1.5 0 0 1 -1.5 1.5h-4a1.5 1.5 0 0 1 -1.5 -1.5v-4a1.5 1.5 0 0 1 1.5 -1.5z",
  save: "M12 4v11M7 11l5 5 5-5M4 20h16",
  search: "M4.5 11a6.5 6.5 0 1 0 13 0a6.5 6.5 0 1 0 -13 0zM16 16l4.5 4.5",
  show: "M3 12s3.5-6 9-6 9 6 9 6-3.5 6-9 6-9-6-9-6zM9.2 12a2.8 2.8 0 1 0 5.6 0a2.8 2.8 0 1 0 -5.6 0z",
  swap: "M7 4v16M3 16l4 4 4-4M17 20V4M13 8l4-4 4 4",
  theme: "M3.5 12a8.5 8.5 0 1 0 17 0a8.5 8.5 0 1 0 -17 0z",
  undo: "M8 7H4V3M4.5 7a9 9 0 1 1-1 8",
};
// The part of a sign that is filled.
const SOLID = { theme: "M12 3.5a8.5 8.5 0 0 1 0 17z" };

export function symbol(name) {
  return svg("svg", { "viewBox": "0 0 24 24", "aria-hidden": "true", "focusable": "false" }, svg("path", { d: PATHS[name] }), SOLID[name] ? svg("path", { class: "solid", d: SOLID[name] }) : null);
}
