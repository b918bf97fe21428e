// Building of elements. Text from a snapshot only ever becomes a text node: nothing here or elsewhere parses it as markup.

export function byId(id) {
  return document.getElementById(id);
}

// el("a", { href: "#", class: "x", onclick: f, "aria-label": "y" }, "text", child…)
export function el(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

// The same for SVG; numbers are rounded.
export function svg(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes ?? {})) element.setAttribute(key, typeof value === "number" ? String(Math.round(value * 100) / 100) : value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

// Whatever JSON holds, as text; an object may have a `toString` of its own that is no function.
export function asText(value) {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

// Characters that turn text around or cannot be seen are shown as what they are; a name must not disguise itself.
export function visibleText(value) {
  return asText(value).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

export function oneLine(value) {
  return visibleText(value).replace(/\s+/g, " ").trim();
}

export function plural(count, one, many) {
  return `${count.toLocaleString("en")} ${count === 1 ? one : (many ?? `${one}s`)}`;
}

export function download(name, type, content) {
  const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = el("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

let sayTimer = 0;

// A short message at the bottom, read out by screen readers.
export function say(message, isError) {
  const place = byId("toast");
  place.textContent = message;
  place.classList.toggle("error", Boolean(isError));
  place.classList.add("on");
  clearTimeout(sayTimer);
  sayTimer = setTimeout(() => place.classList.remove("on"), isError ? 9000 : 3500);
}
