// What stands for an account: a vendor's logo or its initials on a colour of its own, a sign for the other kinds.

import { el, oneLine, svg } from "../common/dom.js";

const COLOURS = ["#1d6fb8", "#7a4fc9", "#0b7f72", "#b3541e", "#a8327d", "#4d6b1f", "#5a5fd0", "#96522f", "#1f7a4d", "#8c3f4d", "#3f6f8f", "#7d6411"];
const SIGNS = { provider: "icons/aws/identity_provider.svg", organization: "icons/aws/group_box.svg", aws: "icons/aws/aws.svg", location: "icons/aws/directconnect.svg" };

// "AlertLogic" → "AL", "Datadog" → "DA", "Palo Alto" → "PA".
export function initials(name) {
  const words = oneLine(name).replace(/([a-z])([A-Z])/g, "$1 $2").split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[1]].map((word) => [...word][0]).join("") : [...(words[0] ?? "?")].slice(0, 2).join("");
  return letters.toUpperCase();
}

export function badgeColour(name) {
  let hash = 2166136261;
  for (const letter of name) hash = Math.imul(hash ^ letter.codePointAt(0), 16777619) >>> 0;
  return COLOURS[hash % COLOURS.length];
}

// Pictures of cards, loaded once; `onLoad` is called when another one can be drawn.
export class Pictures {
  constructor(assets, onLoad) {
    Object.assign(this, { assets, onLoad, known: new Map() });
  }

  // Of a logo that is not in a single file there is no address. Our own icons are texts there, logos addresses.
  address(path) {
    const source = this.assets.icons.get(path);
    if (source?.startsWith("data:image/")) return source;
    if (source !== undefined) return `data:image/svg+xml;base64,${btoa(String.fromCharCode(...new TextEncoder().encode(source)))}`;
    return this.assets.alone ? "" : `./${path.split("/").map(encodeURIComponent).join("/")}`;
  }

  get(path) {
    if (!this.known.has(path)) {
      const address = this.address(path);
      const image = address === "" ? null : new Image();
      this.known.set(path, { image, ready: false });
      if (image) {
        image.addEventListener("load", () => {
          this.known.get(path).ready = image.naturalWidth > 0;
          this.onLoad();
        });
        image.src = address;
      }
    }
    const { image, ready } = this.known.get(path);
    return ready ? image : null;
  }

  ofKind(kind) {
    return Object.hasOwn(SIGNS, kind) ? this.get(SIGNS[kind]) : null;
  }

  // For the details and lists: an element.
  element(node, size = 18) {
    if (node.logo && this.address(node.logo) !== "") {
      const image = el("img", { src: this.address(node.logo), alt: "", width: size, height: size, class: "logo" });
      image.addEventListener("error", () => image.replaceWith(drawn(node, size)), { once: true });
      return image;
    }
    return Object.hasOwn(SIGNS, node.kind) ? this.sample(node.kind, size) : drawn(node, size);
  }

  // What stands for a kind.
  sample(kind, size) {
    if (!Object.hasOwn(SIGNS, kind)) return drawn({ kind, name: "V" }, size);
    return el("img", { src: this.address(SIGNS[kind]), alt: "", width: size, height: size });
  }
}

function drawn(node, size) {
  const inside = {
    unknown: () => [svg("path", { d: "M12 2.500L22.500 21.500H1.500Z", class: "triangle" })], scanned: () => [svg("rect", { x: 1.5, y: 4, width: 21, height: 16, rx: 4, class: "kind scanned" })], configured: () => [svg("rect", { x: 1.5, y: 4, width: 21, height: 16, rx: 4, class: "kind configured" })],
    vendor: () => [svg("rect", { width: 24, height: 24, rx: 6, fill: badgeColour(node.name) }), svg("text", { "x": 12, "y": 16, "text-anchor": "middle" }, initials(node.name))],
  };
  return svg("svg", { "viewBox": "0 0 24 24", "width": size, "height": size, "class": "badge", "aria-hidden": "true" }, ...(inside[node.kind] ?? inside.vendor)());
}
