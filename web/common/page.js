// What every page has around its picture: the way to the others, menus, help, notices; and how a page starts.

import { Assets, LoadError } from "./assets.js";
import { byId, el, plural, visibleText } from "./dom.js";
import { symbol } from "./symbols.js";
import { Theme } from "./theme.js";

const PAGES = [["index.html", "Network"], ["principals.html", "Principals"], ["trust.html", "Trust"]];
const REPORTS = [["report", "Report"], ["iam_report", "IAM report"]];
const NOTES_MOST = 100;
const ROOMY = 1100;

function tool(id, icon, label, title) {
  return el("button", { "type": "button", "class": "tool", "id": `do-${id}`, "data-icon": icon, "aria-label": label, title });
}

// The other pages are there only where this one came from a server.
function links(own) {
  const [names, tools] = [".names", ".top .tools"].map((selector) => document.querySelector(selector));
  names.after(el("nav", { "class": "pages", "aria-label": "Pages" }, PAGES.map(([page, name]) => el("a", { "href": page, "aria-current": page === own ? "page" : null }, name))));
  tools.prepend(el("details", { class: "menu", id: "reports" }, el("summary", { class: "tool wide" }, "Reports"), el("div", { class: "pop" }, el("ul", {}, REPORTS.map(([file, name]) => el("li", {}, el("a", { href: `account-data/${file}.html` }, name), " ", el("span", { class: "soft" }, "made by ", el("code", {}, `cloudmapper ${file}`))))))));
}

function frame(own, alone) {
  if (!alone) links(own);
  document.querySelector(".top .tools").append(tool("theme", "theme", "Colours", null), tool("help", "help", "Keys and help", "Keys and help (?)"));
  document.querySelector(".corner").append(el("div", { "class": "zoom", "role": "toolbar", "aria-label": "Zoom" }, tool("zoom-out", "out", "Zoom out", "Zoom out (−)"), tool("zoom-in", "in", "Zoom in", "Zoom in (+)"), tool("fit", "fit", "Fit to the window", "Fit to the window (f)")));
  byId("stage").append(el("section", { id: "notice", role: "alert", hidden: true }));
  document.body.append(
    el("dialog", { "id": "help", "aria-labelledby": "help-title" }, el("h2", { id: "help-title" }, "Keys"), el("dl", { id: "keys" }), el("button", { type: "button", id: "close-help", class: "primary" }, "Close")),
    el("div", { "id": "toast", "role": "status", "aria-live": "polite" }), ...["status", "search-status"].map((id) => el("p", { id, "class": "unseen", "aria-live": "polite" })));
  for (const place of document.querySelectorAll("[data-icon]")) place.prepend(symbol(place.dataset.icon));
}

export function showNotice(title, hint, detail) {
  const lines = hint.split("\n").map((line) => (line.startsWith("$ ") ? el("pre", { class: "command" }, line.slice(2)) : el("p", {}, line)));
  document.body.classList.add("no-map", "no-outline", "no-details");
  byId("notice").hidden = false;
  byId("notice").replaceChildren(el("h2", {}, title), ...lines, ...(detail ? [el("pre", {}, visibleText(detail).slice(0, 500))] : []));
  byId("loading").hidden = true;
  document.documentElement.dataset.state = "notice";
}

export function showHead(title, facts) {
  byId("title").textContent = title;
  document.title = `${title} · cloudmapper`;
  byId("subtitle").textContent = facts.filter(Boolean).join(" · ");
}

// `name`, `title`: of the button, and of the list that it opens.
export function showNotes(name, title, notes) {
  if (notes.length === 0) return;
  const count = notes.length.toLocaleString("en");
  const more = notes.length - NOTES_MOST;
  const list = el("ul", { id: "notes-list" }, notes.slice(0, NOTES_MOST).map((note) => el("li", {}, note)), more > 0 ? el("li", { class: "soft" }, `and ${plural(more, "other")}`) : null);
  document.querySelector(".top .tools").prepend(el("details", { class: "menu", id: "notes" }, el("summary", { "class": "tool wide", title, "aria-label": `${name} ${count}` }, symbol("note"), el("span", {}, name), count), el("div", { class: "pop" }, el("h2", {}, title), list)));
}

// A menu closes by a click elsewhere, and by Escape.
function wireMenus() {
  document.addEventListener("pointerdown", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" ? event.target.closest?.("details.menu[open]") : null;
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopImmediatePropagation();
  });
}

// What buttons do, by their ids without `do-`; `keys`: the list of keys. Gives what opens that list.
export function wirePage(buttons, keys) {
  const dialog = byId("help");
  const help = () => dialog.showModal();
  byId("keys").replaceChildren(...keys.flatMap(([key, what]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, what)]));
  byId("close-help").addEventListener("click", () => dialog.close());
  for (const [name, work] of Object.entries({ ...buttons, help })) {
    byId(`do-${name}`).addEventListener("click", (event) => {
      event.currentTarget.closest("details")?.removeAttribute("open");
      work();
    });
  }
  byId("toggle-outline").addEventListener("click", () => setOutline(document.body.classList.contains("no-outline")));
  return help;
}

// Whether there is room for what is beside the picture.
export function isRoomy() {
  return globalThis.innerWidth >= ROOMY;
}

// The left side.
export function setOutline(open) {
  document.body.classList.toggle("no-outline", !open);
  byId("toggle-outline").setAttribute("aria-expanded", String(open));
}

// The right side; what nobody chose (`plain`) is not shown where it was closed (`off`), nor in small windows. Says whether it is shown.
export function openDetails(plain, off) {
  const open = !(plain && (off || !isRoomy()));
  // Small windows have no room for both sides; what is chosen on the left must not close it each time.
  if (open && document.body.classList.contains("no-details") && !isRoomy()) setOutline(false);
  document.body.classList.toggle("no-details", !open);
  return open;
}

// The small label beside the pointer, in a picture of that size; nothing to say hides it.
export function showTip(children, place, size) {
  const tip = byId("tip");
  tip.hidden = children.length === 0;
  if (tip.hidden) return;
  tip.replaceChildren(...children);
  tip.style.left = `${Math.max(4, Math.min(place.x + 14, size.width - tip.offsetWidth - 6))}px`;
  tip.style.top = `${Math.max(4, place.y + 18 + tip.offsetHeight > size.height ? place.y - tip.offsetHeight - 12 : place.y + 18)}px`;
}

export function firstPicture() {
  performance.mark("cloudmapper:first-picture");
  document.documentElement.dataset.state = "ready";
}

// `page`: the name of its file. `work(assets, theme)` loads and shows it.
export async function startPage(page, work) {
  const assets = new Assets();
  frame(page, assets.alone);
  wireMenus();
  const theme = new Theme(byId("do-theme"));
  document.documentElement.dataset.state = "loading";
  try {
    await work(assets, theme);
  } catch (error) {
    if (error instanceof LoadError) showNotice(error.message, error.hint, error.detail);
    else showNotice("The page could not be drawn.", "This is a fault of the page. Please report it with the text below.", String(error?.stack ?? error));
  }
}
