// A table with a filter: rows are made as they come into sight, so that ten thousand cost nothing.

import { el } from "../common/dom.js";

const PART = 60;

// `rows`: anything; `text(row)` is what is filtered, `draw(row)` gives cells.
export function lazyTable(name, rows, text, draw, columns) {
  const body = el("tbody");
  const end = el("p", { class: "soft end" });
  const more = el("button", { type: "button", class: "quiet", onclick: () => add() }, "Show more");
  const input = rows.length > 8 ? el("input", { "type": "search", "class": "filter", "aria-label": `Filter: ${name}`, "placeholder": "Filter…", "spellcheck": "false", "autocomplete": "off", "oninput": () => restart() }) : null;
  let found = rows;
  let shown = 0;
  const add = () => {
    body.append(...found.slice(shown, shown + PART).map((row) => el("tr", {}, draw(row).map((cell) => el("td", {}, cell)))));
    shown = Math.min(found.length, shown + PART);
    more.hidden = shown >= found.length;
    end.textContent = found.length === rows.length ? (more.hidden ? "" : `${shown.toLocaleString("en")} of ${found.length.toLocaleString("en")}`) : `${found.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} match`;
  };
  const restart = () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = words.length === 0 ? rows : rows.filter((row) => {
      const all = text(row).toLowerCase();
      return words.every((word) => all.includes(word));
    });
    shown = 0;
    body.replaceChildren();
    add();
  };
  add();
  if (!more.hidden) {
    new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting) && !more.hidden) add();
    }, { rootMargin: "300px" }).observe(more);
  }
  const head = columns ? el("thead", {}, el("tr", {}, columns.map((column) => el("th", { scope: "col" }, column)))) : null;
  return [input, el("table", { "class": "lazy", "aria-label": name }, head, body), end, more];
}
