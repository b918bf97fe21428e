// style.json for a theme: Cytoscape's rules, and what the page itself adds. A rule's own `dark` part is used in dark mode.

const ICON_RULE = /\[\s*type\s*=\s*"([^"]*)"\s*\]/g;
const EDGE_RULE = /^edge\.([\w-]+)$/;

// What style.json says about types and classes, for what is drawn without Cytoscape.
export function readStyle(rules, resolve) {
  const facts = { icons: new Map(), classes: new Map(), fallback: resolve("icons/aws/generic.svg"), rules: [] };
  for (const rule of Array.isArray(rules) ? rules : []) {
    if (typeof rule?.selector !== "string") continue;
    const style = { ...(rule.style ?? rule.css) };
    const image = style["background-image"];
    if (typeof image === "string" && image !== "none") {
      style["background-image"] = resolve(image);
      for (const [, type] of rule.selector.matchAll(ICON_RULE)) facts.icons.set(type, style["background-image"]);
    }
    for (const selector of rule.selector.split(",")) {
      const [, cls] = EDGE_RULE.exec(selector.trim()) ?? [];
      if (cls) facts.classes.set(cls, { ...facts.classes.get(cls), ...style, dark: rule.dark });
      if (selector.trim() === "edge") facts.edge = { ...style, dark: rule.dark };
    }
    facts.rules.push({ selector: rule.selector, style, dark: rule.dark });
  }
  return facts;
}

export function edgeFace(facts, cls, dark) {
  const own = facts.classes.get(cls) ?? {};
  const all = { ...facts.edge, ...own, ...(dark ? { ...facts.edge?.dark, ...own.dark } : {}) };
  return { colour: all["line-color"] ?? "#888", line: all["line-style"] ?? "solid", width: Number.parseFloat(all.width) || 2, arrow: all["target-arrow-shape"] ?? "triangle" };
}

function badge(facts, type, which, resolve) {
  return {
    "background-image": [facts.icons.get(type) ?? facts.fallback, resolve(`icons/aws/badge-${which}.svg`)],
    "background-fit": ["contain", "none"], "background-width": ["100%", "56%"], "background-height": ["100%", "56%"],
    "background-position-x": ["50%", "100%"], "background-position-y": ["50%", "0%"], "background-offset-x": ["0px", "9px"], "background-offset-y": ["0px", "-9px"],
    "background-clip": ["none", "none"], "background-image-containment": ["over", "over"], "bounds-expansion": 12,
  };
}

export function buildStyle(facts, types, dark, resolve) {
  const rules = [];
  for (const rule of facts.rules) {
    rules.push({ selector: rule.selector, style: rule.style });
    if (dark && rule.dark) rules.push({ selector: rule.selector, style: rule.dark });
  }
  for (const type of types) {
    const selector = `[type = ${JSON.stringify(type)}]`;
    if (!/^[\w -]+$/.test(type)) continue;
    rules.push({ selector: `node[!box]${selector}[?unknown]`, style: badge(facts, type, "unknown", resolve) });
    rules.push({ selector: `node[!box]${selector}[?public]`, style: badge(facts, type, "public", resolve) });
  }
  rules.push(
    { selector: "node[?box]", style: { "width": "data(w)", "height": "data(h)", "label": "", "border-width": 0, "background-image": "none", "z-index-compare": "manual", "z-index": "data(depth)" } },
    { selector: "node[!box]", style: { "width": "data(size)", "height": "data(size)", "label": "", "background-opacity": 0, "z-index-compare": "manual", "z-index": 60 } },
    { selector: "node[!box]:selected", style: { "background-opacity": 0.25, "background-color": dark ? "#79b0ff" : "#1f6feb" } },
    { selector: "edge", style: { "width": "data(width)", "control-point-distances": "data(bend)", "label": "", "z-index-compare": "manual", "z-index": 50, "arrow-scale": 0.8 } },
    { selector: "edge.straight", style: { "curve-style": "straight" } },
    { selector: "edge.faint", style: { opacity: 0.1 } },
    { selector: "edge.hot", style: { "opacity": 1, "z-index": 55 } },
    { selector: "node.dim", style: { opacity: 0.15 } },
    { selector: "edge.dim", style: { opacity: 0.06 } },
  );
  return rules;
}
