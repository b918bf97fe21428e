// Findings, tables and pictures of the audit report, made from the packed data of the page. All text of the data goes through `h`,
// which shows hidden characters by their code and only ever makes text nodes. The summary says the same without this script.
"use strict";
(() => {
  const PAGE = 50;
  const PRINTED = 50;
  const TABLE_PAGE = 100;
  const TABLE_PRINTED = 500;
  const SEVERITIES = ["Critical", "High", "Medium", "Low", "Info"];
  const STATES = ["fail", "unknown", "suppressed"];
  const STATE_TITLES = { fail: "Failing", unknown: "Unknown", suppressed: "Suppressed" };
  const SHOWN = new Map([["", [0, 1]], ["fail", [0]], ["unknown", [1]], ["suppressed", [2]], ["all", [0, 1, 2]]]);
  const [CHECK, ACCOUNT, REGION, RESOURCE, STATE, DETAILS, EVIDENCE, REASON] = [0, 1, 2, 3, 4, 5, 6, 7];
  const FRAMEWORKS = new Map([["cis-aws-5.0", "CIS AWS 5.0"], ["cis-aws-6.0", "CIS AWS 6.0"], ["cis-aws-7.0", "CIS AWS 7.0"], ["fsbp", "AWS Foundational Best Practices"],
    ["iso-27001-2022", "ISO 27001:2022"], ["nist-800-53-r5", "NIST 800-53 r5"], ["pci-dss-4.0", "PCI DSS 4.0"], ["securityhub", "Security Hub"]]);
  const HIDDEN = new RegExp("[\\p{Cc}\\u00AD\\u034F\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u200B-\\u200F\\u2028-\\u202E" +
    "\\u2060-\\u206F\\u2800\\u3164\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\uFFF0-\\uFFFB\\uFFFE\\uFFFF\\u{E0000}-\\u{E0FFF}]", "gu");
  const collator = new Intl.Collator("en", { numeric: true });
  const $ = (id) => document.getElementById(id);

  // ---- text and elements
  const code = (character) => `⟨U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
  const visible = (text) => String(text).replace(HIDDEN, code);
  const number = (value) => value.toLocaleString("en-US");
  const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;
  const isShown = (child) => child !== null && child !== undefined && child !== false && child !== "";

  function h(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes ?? {})) {
      if (typeof value === "function") element.addEventListener(name, value);
      else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : visible(value));
    }
    put(element, children);
    return element;
  }
  /** Replaces what an element holds. */
  function put(element, ...children) {
    const shown = children.flat(Infinity).filter(isShown);
    element.replaceChildren(...shown.map((child) => (child instanceof Node ? child : document.createTextNode(visible(child)))));
    return element;
  }
  const bdi = (text) => h("bdi", null, text);
  const mono = (text) => h("bdi", { class: "mono" }, text);
  const faint = (text) => h("span", { class: "faint" }, text);
  const small = (...text) => h("small", null, ...text);
  const tag = (kind, ...text) => h("span", { class: `tag ${kind}` }, ...text);
  const pill = (severity) => h("span", { class: `sev ${SEVERITIES.includes(severity) ? severity.toLowerCase() : "info"}` }, severity);
  const button = (text, click, more) => h("button", { type: "button", class: "button", click, ...more }, text);
  const marked = (text) => String(text).split("`").map((part, index) => (index % 2 ? mono(part) : part));
  const paragraphs = (text) => String(text ?? "").split(/\n\s*\n/).map((part) => part.replace(/\s+/g, " ").trim()).filter(Boolean).map((part) => h("p", null, marked(part)));
  const moment = (time) => String(time ?? "").replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:Z|\+00:00)$/, "$1 $2 UTC");
  const framework = (id) => FRAMEWORKS.get(id) ?? id;
  const soon = (work) => ("requestIdleCallback" in window ? requestIdleCallback(work, { timeout: 2000 }) : setTimeout(work, 200));

  // ---- the packed data: base64 of raw deflate of JSON
  function bytesOf(text) {
    if ("fromBase64" in Uint8Array) return Uint8Array.fromBase64(text);
    const binary = atob(text);
    const bytes = new Uint8Array(binary.length);
    for (let at = 0; at < binary.length; at += 1) bytes[at] = binary.charCodeAt(at);
    return bytes;
  }
  const opened = new Map();
  async function unpack(id) {
    const stream = new Blob([bytesOf($(`data-${id}`).textContent.trim())]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return JSON.parse(await new Response(stream).text());
  }
  /** Each block is opened once; `ready` has what came of it, for printing, which cannot wait. */
  const ready = new Map();
  function load(id) {
    if (!opened.has(id)) opened.set(id, unpack(id).then((value) => (ready.set(id, value), value)));
    return opened.get(id);
  }

  let data;
  const accountOf = (index) => data.accounts[index] ?? { name: "?", id: "", collected: "" };
  const regionOf = (index) => data.regions[index] ?? "";

  // ---- CSV
  /** Spreadsheets run what begins like a formula. */
  function field(value) {
    const raw = String(value ?? "");
    const text = (/^[\s\0]*[=+\-@＝＋－＠]|^[\t\r]/.test(raw) ? "'" : "") + visible(raw);
    return /[",;'\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  }
  const csv = (heads, rows) => [heads, ...rows].map((row) => `${row.map(field).join(",")}\r\n`).join("");
  function copyByHand(text) {
    const area = h("textarea", { class: "away", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return copyByHand(text);
    }
  }
  function save(name, text) {
    const url = URL.createObjectURL(new Blob(["\uFEFF", text], { type: "text/csv;charset=utf-8" }));
    h("a", { href: url, download: `${name}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }
  /** The buttons for a list; `make` gives heads and rows of what is shown now. */
  function exports(name, make) {
    const say = h("span", { class: "said", role: "status" });
    const tell = (text) => {
      put(say, text);
      setTimeout(() => put(say), 4000);
    };
    const copied = async () => {
      const [heads, rows] = make();
      tell((await copy(csv(heads, rows))) ? `${plural(rows.length, "row")} copied` : "The browser did not allow it; save the file instead");
    };
    return [button("Copy as CSV", copied), button("Save as CSV", () => save(name, csv(...make()))), say];
  }

  // ---- places: the part of the address behind `#`
  const PLACE = { q: "", severity: "", state: "", account: "", region: "", group: "", framework: "", control: "", sort: "", check: "" };
  let place = { ...PLACE };
  function parsePlace(hash) {
    const found = {};
    for (const part of hash.replace(/^#/, "").split("&")) {
      const [name, ...rest] = part.split("=");
      if (!rest.length || !Object.hasOwn(PLACE, name)) continue;
      try { found[name] = decodeURIComponent(rest.join("=")); } catch { /* not written by this page */ }
    }
    return found;
  }
  const encode = (text) => encodeURIComponent(text).replace(/%(3A|2F|2C)/g, (all) => decodeURIComponent(all));
  const hashOf = (wanted) => Object.entries(wanted).filter(([, value]) => value).map(([name, value]) => `${name}=${encode(value)}`).join("&");
  function remember() {
    const hash = hashOf(place);
    try { history.replaceState(null, "", hash ? `#${hash}` : "#findings"); } catch { /* a page that may not change its address */ }
  }

  // ---- which findings are wanted
  let texts = null;
  let checkTexts = [];
  const lower = (...parts) => parts.flat(2).filter(isShown).join("\n").toLowerCase();
  function textOf(finding) {
    const account = accountOf(finding[ACCOUNT]);
    return lower(finding[RESOURCE], account.name, account.id, regionOf(finding[REGION]), finding[REASON], finding[DETAILS] ? JSON.stringify(finding[DETAILS]) : "");
  }
  const textOfCheck = (check) => lower(check.id, check.title, check.group, check.description, check.remediation, Object.values(check.compliance ?? {}));
  function prepareTexts() {
    if (!texts) texts = data.findings.map(textOf);
  }
  function wantedChecks(words) {
    const severities = place.severity ? place.severity.split(",") : SEVERITIES;
    return data.checks.map((check, at) => {
      const controls = place.framework ? check.compliance?.[place.framework] : [];
      const fits = (!place.group || check.group === place.group) && controls && (!place.control || controls.includes(place.control));
      return { fits, severe: severities.includes(check.severity), left: words.filter((word) => !checkTexts[at].includes(word)) };
    });
  }
  const indexOfAccount = (name) => data.accounts.findIndex((account) => account.name === name || account.id === name);
  const emptyResult = () => ({ rows: [], counts: [0, 0, 0], accounts: [new Set(), new Set(), new Set()] });

  /** The findings by check, and how many there would be with another severity or state. */
  function select() {
    const words = place.q.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length) prepareTexts();
    const checks = wantedChecks(words);
    const states = SHOWN.get(place.state) ?? [0, 1];
    const [account, region] = [place.account && indexOfAccount(place.account), place.region && (place.region === "global" ? -1 : data.regions.indexOf(place.region))];
    const found = { results: data.checks.map(emptyResult), severities: new Map(), states: [0, 0, 0], total: 0 };
    data.findings.forEach((finding, index) => {
      const check = checks[finding[CHECK]];
      if (!check?.fits || (account !== "" && finding[ACCOUNT] !== account) || (region !== "" && finding[REGION] !== region)) return;
      if (check.left.length && !check.left.every((word) => texts[index].includes(word))) return;
      count(found, finding, index, check.severe, states.includes(finding[STATE]));
    });
    return found;
  }
  function count(found, finding, index, severe, inState) {
    const severity = data.checks[finding[CHECK]].severity;
    if (inState) found.severities.set(severity, (found.severities.get(severity) ?? 0) + 1);
    if (severe) found.states[finding[STATE]] += 1;
    if (!severe || !inState) return;
    const result = found.results[finding[CHECK]];
    result.rows.push(index);
    result.counts[finding[STATE]] += 1;
    result.accounts[finding[STATE]].add(finding[ACCOUNT]);
    found.total += 1;
  }
  const rank = (check) => (SEVERITIES.indexOf(check.severity) + SEVERITIES.length + 1) % (SEVERITIES.length + 1);
  function order(results) {
    const byTitle = (a, b) => collator.compare(data.checks[a].title, data.checks[b].title);
    const byCount = (a, b) => results[b].counts[0] - results[a].counts[0] || results[b].rows.length - results[a].rows.length || byTitle(a, b);
    const compare = { count: byCount, title: byTitle }[place.sort] ?? ((a, b) => rank(data.checks[a]) - rank(data.checks[b]) || byCount(a, b));
    return results.map((_, at) => at).filter((at) => results[at].rows.length).sort(compare);
  }

  // ---- one finding
  const scalar = (value) => value === null || typeof value !== "object";
  const scalarNode = (value) => (value === null || value === undefined ? faint("none") : typeof value === "boolean" ? (value ? "yes" : "no") : mono(value));
  function valueNode(value, depth = 0) {
    if (scalar(value)) return scalarNode(value);
    if (depth > 3) return mono(JSON.stringify(value));
    if (!Array.isArray(value)) return fields(value, depth + 1);
    if (!value.length) return faint("none");
    const items = value.slice(0, 100).map((one) => h("li", null, valueNode(one, depth + 1)));
    return h("ul", { class: value.every(scalar) ? "values flat" : "values" }, items, value.length > 100 && h("li", null, `and ${number(value.length - 100)} more`));
  }
  const named = (key) => (/^[a-z0-9_]+$/.test(key) ? key.replaceAll("_", " ") : key);
  const fields = (value, depth = 0) => h("dl", { class: "fields" }, Object.entries(value).map(([key, one]) => h("div", null, h("dt", null, bdi(named(key))), h("dd", null, valueNode(one, depth)))));
  const fileOf = (index) => data.files[index] ?? { account: -1, file: "?", time: "", sha256: "" };
  const pathOf = (file) => `account-data/${accountOf(file.account).name}/${file.file}`;
  function evidenceNode([index, pointer]) {
    const file = fileOf(index);
    const pair = (name, node) => h("div", null, h("dt", null, name), h("dd", null, node));
    return h("dl", { class: "fields" }, pair("stored file", mono(pathOf(file))), pair("JSON pointer", pointer === "" ? faint("the whole file") : mono(pointer)), pair("collected", moment(file.time)), pair("SHA-256", mono(file.sha256)));
  }
  function detailsOf(finding) {
    const details = finding[DETAILS] && Object.keys(finding[DETAILS]).length ? fields(finding[DETAILS]) : h("p", { class: "muted" }, "The check has nothing to add.");
    const evidence = finding[EVIDENCE] ?? [];
    return h("div", { class: "twice" }, h("div", null, h("h5", null, "Details"), details),
      h("div", null, h("h5", null, "Evidence"), evidence.length ? evidence.map(evidenceNode) : h("p", { class: "muted" }, "No stored answer: what would decide was not collected.")));
  }
  const resourceOf = (finding) => finding[RESOURCE] || null;
  function findingRows(index) {
    const finding = data.findings[index];
    const account = accountOf(finding[ACCOUNT]);
    const more = h("tr", { class: "more", hidden: true }, h("td", { colspan: 3 }));
    const toggle = h("button", { type: "button", class: "opens", "aria-expanded": "false", click: () => {
      const open = more.hidden;
      if (open && !more.cells[0].firstChild) more.cells[0].append(detailsOf(finding));
      more.hidden = !open;
      toggle.setAttribute("aria-expanded", String(open));
    } }, resourceOf(finding) === null ? faint("the account") : mono(finding[RESOURCE]));
    const state = STATES[finding[STATE]] ?? "unknown";
    const row = h("tr", null, h("th", { scope: "row" }, toggle, state !== "fail" && [" ", tag(state === "unknown" ? "partial" : "", STATE_TITLES[state])], finding[REASON] && small(bdi(finding[REASON]))),
      h("td", null, bdi(account.name), h("small", { class: "mono id" }, account.id)), h("td", null, finding[REGION] >= 0 ? bdi(regionOf(finding[REGION])) : faint("global")));
    return [row, more];
  }

  // ---- one check
  /** `go` draws the page that begins at a row; what had the focus is drawn anew, and gets it again. */
  function pager(host, from, size, total, go) {
    if (total <= size) return null;
    const turned = (to, label) => {
      go(to);
      (host().querySelector(`.pager [aria-label="${label}"]:not(:disabled)`) ?? host().querySelector(".pager button:not(:disabled)"))?.focus({ preventScroll: true });
    };
    const turn = (text, to, label) => button(text, () => turned(to, label), { disabled: to < 0 || to >= total, "aria-label": label });
    return h("div", { class: "pager" }, turn("‹", from - size, "Previous page"), h("span", { role: "status" }, `${number(from + 1)}–${number(Math.min(total, from + size))} of ${number(total)}`), turn("›", from + size, "Next page"));
  }
  /** What came from the product becomes a link, and only to a page that is fetched with encryption. */
  function reference(text) {
    let url = null;
    try { url = new URL(text); } catch { /* text */ }
    const safe = url && url.protocol === "https:" && !url.username && !url.password;
    return h("li", null, safe ? h("a", { href: url.href, rel: "noopener noreferrer", target: "_blank" }, text) : mono(text));
  }
  const complianceNode = (check) => Object.entries(check.compliance ?? {}).map(([id, controls]) => h("div", null, h("dt", null, bdi(framework(id))), h("dd", null, h("ul", { class: "ids" }, [].concat(controls).map((one) => h("li", null, bdi(one)))))));
  function aboutCheck(check) {
    const links = (check.references ?? []).map(reference);
    const compliance = complianceNode(check);
    const pair = (name, value) => h("div", null, h("dt", null, name), h("dd", null, value));
    return [h("div", { class: "about" },
      h("div", { class: "prose" }, h("h4", null, "What is wrong"), paragraphs(check.description), h("h4", null, "What to do"), paragraphs(check.remediation), links.length > 0 && [h("h4", null, "Read more"), h("ul", { class: "links" }, links)]),
      h("dl", { class: "side" }, pair("Check", mono(check.id)), pair("Service", bdi(check.group)), pair("Confidence", check.confidence === "likely" ? "Likely: something was supposed" : "Certain"))),
      compliance.length > 0 && [h("h4", null, "Compliance"), h("dl", { class: "controls" }, compliance)]];
  }
  const items = new Map();
  function itemOf(at) {
    if (!items.has(at)) items.set(at, makeItem(at));
    return items.get(at);
  }
  function makeItem(at) {
    const check = data.checks[at];
    const item = { at, check, from: 0, result: emptyResult(), much: h("span", { class: "much" }), extra: h("span", { class: "extra" }) };
    item.button = h("button", { type: "button", class: "head", "aria-expanded": "false", "aria-controls": `panel-${at}`, click: () => toggle(item) },
      pill(check.severity), h("span", { class: "what" }, bdi(check.title), h("small", null, bdi(check.group), " · ", mono(check.id))), item.extra, item.much);
    item.panel = h("div", { class: "panel", id: `panel-${at}`, hidden: true });
    item.node = h("li", { class: "check", id: `check-${at}` }, h("h3", null, item.button), item.panel);
    return item;
  }
  const mainState = ({ counts }) => Math.max(0, counts.findIndex((total) => total > 0));
  function drawItem(item, result) {
    const [failing, unknown, suppressed] = result.counts;
    item.result = result;
    item.from = 0;
    const main = mainState(result);
    put(item.much, h("strong", null, number(result.counts[main])), ` ${STATE_TITLES[STATES[main]].toLowerCase()}`, small(`in ${plural(result.accounts[main].size, "account")}`));
    put(item.extra, failing > 0 && unknown > 0 && tag("partial", `${number(unknown)} unknown`), " ", failing + unknown > 0 && suppressed > 0 && tag("", `${number(suppressed)} suppressed`));
    item.node.classList.toggle("open-end", failing === 0);
    if (!item.panel.hidden) drawRows(item);
  }
  function drawRows(item) {
    const { rows } = item.result;
    const page = rows.slice(item.from, item.from + PAGE);
    const turn = () => pager(() => item.list, item.from, PAGE, rows.length, (to) => {
      item.from = to;
      drawRows(item);
      item.list.scrollIntoView({ block: "nearest" });
    });
    const table = h("table", { class: "rows resources" }, h("thead", null, h("tr", null, ["Resource", "Account", "Region"].map((head) => h("th", { scope: "col" }, head)))), h("tbody", null, page.map(findingRows)));
    put(item.list, h("div", { class: "over" }, h("h4", null, `Resources (${number(rows.length)})`), turn()), h("div", { class: "scroll plain", tabindex: "0", role: "region", "aria-label": `Resources: ${item.check.title}` }, table));
  }
  function toggle(item, open = item.panel.hidden) {
    if (open && !item.list) {
      item.list = h("div");
      put(item.panel, aboutCheck(item.check), item.list);
    }
    item.panel.hidden = !open;
    item.button.setAttribute("aria-expanded", String(open));
    if (open) drawRows(item);
    if (open !== (place.check === item.check.id)) {
      place.check = open ? item.check.id : "";
      remember();
    }
  }

  // ---- the list of checks
  const ui = {};
  let found = null;
  let shown = [];
  function refresh() {
    found = select();
    shown = order(found.results);
    shown.forEach((at) => drawItem(itemOf(at), found.results[at]));
    ui.list.replaceChildren(...shown.map((at) => itemOf(at).node));
    ui.chips.forEach(({ severity, count: node }) => put(node, number(found.severities.get(severity) ?? 0)));
    labelStates();
    put(ui.count, found.total ? `${plural(found.total, "finding")} of ${plural(shown.length, "check")}` : "No finding fits.");
    ui.clear.disabled = Object.entries(place).every(([name, value]) => !value || name === "check" || name === "sort");
  }
  function labelStates() {
    const [failing, unknown, suppressed] = found.states;
    const titles = { "": `Failing or unknown (${number(failing + unknown)})`, fail: `Failing (${number(failing)})`, unknown: `Unknown (${number(unknown)})`, suppressed: `Suppressed (${number(suppressed)})`, all: `All (${number(failing + unknown + suppressed)})` };
    for (const option of ui.selects.state.options) option.textContent = titles[option.value];
  }
  function change(name, value) {
    place[name] = value;
    if (name === "framework") {
      place.control = "";
      fillControls();
    }
    refresh();
    remember();
  }
  function tallied(key) {
    const counts = new Map();
    for (const finding of data.findings) counts.set(key(finding), (counts.get(key(finding)) ?? 0) + 1);
    return counts;
  }
  const option = (value, text) => h("option", { value }, text);
  function choice(name, label, options) {
    const box = h("select", { "aria-label": label, change: () => change(name, box.value) }, options.map(([value, text]) => option(value, text)));
    // An option's value is what stands in the address, as it is.
    options.forEach(([value], at) => { box.options[at].value = value; });
    ui.selects[name] = box;
    return box;
  }
  const many = (name, counts) => [name, `${name} (${number(counts)})`];
  function choices() {
    const accounts = tallied((finding) => finding[ACCOUNT]);
    const regions = tallied((finding) => finding[REGION]);
    const groups = tallied((finding) => data.checks[finding[CHECK]]?.group);
    const known = [...new Set(data.checks.flatMap((check) => Object.keys(check.compliance ?? {})))].sort(collator.compare);
    const sorted = (pairs) => pairs.sort((a, b) => collator.compare(a[0], b[0]));
    return [
      choice("state", "State", [...SHOWN.keys()].map((state) => [state, state])),
      choice("account", "Account", [["", "All accounts"], ...sorted([...accounts].map(([index, total]) => many(accountOf(index).name, total)))]),
      choice("region", "Region", [["", "All Regions"], ...sorted([...regions].map(([index, total]) => many(index < 0 ? "global" : regionOf(index), total)))]),
      choice("group", "Service", [["", "All services"], ...sorted([...groups].map(([name, total]) => many(name, total)))]),
      choice("framework", "Framework", [["", "Any framework"], ...known.map((id) => [id, framework(id)])]),
      choice("control", "Control", [["", "All controls"]]),
    ];
  }
  function fillControls() {
    const controls = place.framework ? [...new Set(data.checks.flatMap((check) => check.compliance?.[place.framework] ?? []))].sort(collator.compare) : [];
    put(ui.selects.control, option("", "All controls"), controls.map((id) => option(id, id)));
    controls.forEach((id, at) => { ui.selects.control.options[at + 1].value = id; });
    ui.selects.control.hidden = !controls.length;
  }
  function chip(severity) {
    const [input, total] = [h("input", { type: "checkbox", change: () => change("severity", SEVERITIES.filter((_, at) => ui.chips[at].input.checked).join(",")) }), h("span", { class: "count" })];
    ui.chips.push({ severity, input, count: total });
    return h("label", { class: "chip" }, input, h("span", { class: `dot ${severity.toLowerCase()}` }), severity, " ", total);
  }
  function searchBox() {
    let timer = 0;
    ui.search = h("input", { type: "search", placeholder: "Resource, check, account, detail …", "aria-label": "Search the findings", input: () => {
      clearTimeout(timer);
      timer = setTimeout(() => change("q", ui.search.value), 80);
    } });
    return ui.search;
  }
  function build() {
    Object.assign(ui, { chips: [], selects: {}, list: h("ol", { class: "checks" }), count: h("output", null), clear: button("Clear filters", () => go({})) });
    const sort = choice("sort", "Order", [["", "Severity, then count"], ["count", "Count"], ["title", "Title"]]);
    put($("explorer"),
      h("div", { class: "filters", role: "search", "aria-label": "Findings" }, h("div", { class: "tools" }, searchBox(), choices()), h("div", { class: "chips", role: "group", "aria-label": "Severity" }, SEVERITIES.map(chip))),
      h("div", { class: "tools over" }, ui.count, sort, ui.clear, exports("findings", findingRecords)), ui.list);
    fillControls();
  }
  function sync() {
    ui.search.value = place.q;
    fillControls();
    for (const [name, box] of Object.entries(ui.selects)) {
      box.value = place[name];
      if (box.selectedIndex < 0) [box.value, place[name]] = ["", ""];
    }
    const severities = place.severity.split(",");
    ui.chips.forEach(({ severity, input }) => { input.checked = severities.includes(severity); });
    place.severity = SEVERITIES.filter((severity) => severities.includes(severity)).join(",");
  }
  function go(wanted) {
    place = { ...PLACE, ...wanted };
    const asked = place.check;
    sync();
    refresh();
    if (asked) openCheck(asked);
    remember();
  }
  function begin() {
    sync();
    refresh();
    // The browser went to the section before the list above it had its height.
    if (location.hash.length > 1) $(location.hash.slice(1))?.scrollIntoView();
  }
  function toFindings() {
    $("findings").scrollIntoView();
    $("findings-title").focus({ preventScroll: true });
  }
  function openCheck(id) {
    const at = data.checks.findIndex((check) => check.id === id);
    if (at >= 0 && !shown.includes(at) && data.findings.some((finding) => finding[CHECK] === at)) {
      place = { ...PLACE, state: "all", check: id };
      sync();
      refresh();
    }
    if (!shown.includes(at)) {
      place.check = "";
      put(ui.count, at < 0 ? "There is no check of that name." : `“${data.checks[at].title}” found nothing.`);
      toFindings();
      return;
    }
    toggle(itemOf(at), true);
    itemOf(at).node.scrollIntoView();
    itemOf(at).button.focus({ preventScroll: true });
  }
  /** Whether the address asks for findings; the places of sections are left to the browser. */
  function follow(hash) {
    const wanted = parsePlace(hash);
    if (!Object.keys(wanted).length) return false;
    go(wanted);
    if (!wanted.check) toFindings();
    return true;
  }
  function followLinks() {
    addEventListener("hashchange", () => follow(location.hash));
    document.addEventListener("click", (event) => {
      const link = event.target instanceof Element ? event.target.closest('a[href^="#"]') : null;
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !link.hash.includes("=")) return;
      event.preventDefault();
      history.pushState(null, "", link.hash);
      follow(link.hash);
    });
  }
  function findingRecords() {
    const heads = ["severity", "check", "title", "service", "confidence", "state", "account", "account_id", "region", "resource", "reason", "details", "compliance", "evidence"];
    const rows = shown.flatMap((at) => found.results[at].rows).map((index) => {
      const finding = data.findings[index];
      const [check, account] = [data.checks[finding[CHECK]], accountOf(finding[ACCOUNT])];
      const compliance = Object.entries(check.compliance ?? {}).map(([id, controls]) => `${framework(id)}: ${[].concat(controls).join(", ")}`).join("; ");
      const evidence = (finding[EVIDENCE] ?? []).map(([file, pointer]) => `${pathOf(fileOf(file))}#${pointer} (${fileOf(file).sha256})`).join("; ");
      return [check.severity, check.id, check.title, check.group, check.confidence, STATES[finding[STATE]], account.name, account.id, finding[REGION] < 0 ? "global" : regionOf(finding[REGION]), finding[RESOURCE], finding[REASON],
        finding[DETAILS] ? JSON.stringify(finding[DETAILS]) : "", compliance, evidence];
    });
    return [heads, rows];
  }

  // ---- tables: columns say how to show what rows hold
  const VERDICTS = new Map([["public", "denied"], ["administrator", "denied"], ["escalation", "denied"], ["shared", "partial"], ["under conditions", "partial"], ["unknown", "failed"], ["blocked", "value"], ["complete", "value"]]);
  const listNode = (kind, values) => h(kind === "steps" ? "ol" : "ul", { class: kind === "steps" ? "steps" : "values flat" }, [].concat(values ?? []).map((one) => h("li", null, bdi(one))));
  const KINDS = {
    text: (value) => bdi(value ?? ""),
    mono: (value) => mono(value ?? ""),
    number: (value) => (typeof value === "number" ? number(value) : bdi(value ?? "")),
    when: (value) => bdi(moment(value)),
    list: (value) => listNode("list", value),
    steps: (value) => listNode("steps", value),
    verdict: (value) => tag(VERDICTS.get(value) ?? "", bdi(value ?? "")),
    account: (value) => [bdi(accountOf(value).name), h("small", { class: "mono id" }, accountOf(value).id)],
    region: (value) => (value >= 0 ? bdi(regionOf(value)) : faint("global")),
  };
  const kindOf = (column) => (Object.hasOwn(KINDS, column.kind) ? column.kind : "text");
  function plain(column, value) {
    if (column.kind === "account") return accountOf(value).name;
    if (column.kind === "region") return value >= 0 ? regionOf(value) : "global";
    return Array.isArray(value) ? value.join("; ") : value ?? "";
  }
  /** The rows for a place of the page, and the columns that say something there. */
  function tableOf(block, { with: having, without }) {
    const at = block.columns.findIndex((column) => column.id === (having ?? without));
    const filled = (row) => (Array.isArray(row[at]) ? row[at].length > 0 : Boolean(row[at]));
    const rows = at < 0 ? block.rows : block.rows.filter((row) => filled(row) === Boolean(having));
    const says = (column) => !rows.length || rows.some((row) => isShown(row[column.index]) && String(row[column.index]) !== "");
    const columns = block.columns.map((column, index) => ({ ...column, index })).filter((column) => (without === undefined || column.index !== at) && says(column));
    return { columns, rows };
  }
  function fileTable() {
    const uses = new Map();
    for (const finding of data.findings) for (const [file] of finding[EVIDENCE] ?? []) uses.set(file, (uses.get(file) ?? 0) + 1);
    const columns = [["account", "Account", "account"], ["file", "Stored file", "mono"], ["time", "Collected", "when"], ["sha256", "SHA-256", "mono"], ["findings", "Findings", "number"]].map(([id, title, kind]) => ({ id, title, kind }));
    return { columns, rows: data.files.map((file, at) => [file.account, file.file, file.time, file.sha256, uses.get(at) ?? 0]) };
  }
  function makeTable(host, { columns, rows }) {
    const { label, one } = host.dataset;
    const table = { host, columns, rows, from: 0, by: -1, down: false, texts: null, shown: rows, one, body: h("tbody"), count: h("output", null), pages: h("span") };
    if (!rows.length) return put(host, h("p", { class: "muted" }, "There is none.")), null;
    table.search = h("input", { type: "search", placeholder: "Filter rows", "aria-label": `Filter: ${label}`, input: () => filterTable(table) });
    table.heads = columns.map((column, at) => h("th", { scope: "col", class: column.kind === "number" ? "num" : null }, h("button", { type: "button", class: "sort", click: () => sortTable(table, at) }, column.title)));
    const records = () => [columns.map((column) => column.title), table.shown.map((row) => columns.map((column) => plain(column, row[column.index])))];
    put(host, h("div", { class: "tools over" }, rows.length > 5 && table.search, table.count, table.pages, exports(String(label ?? "rows").toLowerCase().replace(/[^a-z]+/g, "-"), records)),
      h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, h("table", { class: `rows table-of ${columns.some((column) => column.kind === "steps") ? "with-steps" : ""}` }, h("thead", null, h("tr", null, table.heads)), table.body)));
    drawTable(table);
    return table;
  }
  function drawTable(table, size = TABLE_PAGE) {
    const rows = table.shown.slice(table.from, table.from + size);
    put(table.body, rows.map((row) => h("tr", null, table.columns.map((column, at) => h(at ? "td" : "th", at ? { class: column.kind === "number" ? "num" : column.kind === "when" ? "when" : null } : { scope: "row" }, KINDS[kindOf(column)](row[column.index]))))));
    put(table.count, table.shown.length === table.rows.length ? plural(table.rows.length, table.one) : `${number(table.shown.length)} of ${plural(table.rows.length, table.one)}`);
    put(table.pages, pager(() => table.pages, table.from, size, table.shown.length, (to) => {
      table.from = to;
      drawTable(table);
    }));
  }
  function filterTable(table) {
    table.texts ??= new Map(table.rows.map((row) => [row, lower(table.columns.map((column) => [plain(column, row[column.index]), column.kind === "account" ? accountOf(row[column.index]).id : ""]))]));
    const words = table.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    table.shown = table.rows.filter((row) => words.every((word) => table.texts.get(row).includes(word)));
    table.from = 0;
    if (table.by >= 0) orderTable(table);
    drawTable(table);
  }
  function orderTable(table) {
    const column = table.columns[table.by];
    const value = (row) => plain(column, row[column.index]);
    const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b)));
    table.shown = [...table.shown].sort((a, b) => (table.down ? -1 : 1) * compare(value(a), value(b)));
  }
  function sortTable(table, at) {
    table.down = table.by === at ? !table.down : table.columns[at].kind === "number";
    table.by = at;
    table.from = 0;
    table.heads.forEach((head, index) => (index === at ? head.setAttribute("aria-sort", table.down ? "descending" : "ascending") : head.removeAttribute("aria-sort")));
    orderTable(table);
    drawTable(table);
  }

  // ---- pictures: an image cannot run anything, nor ask anybody
  function base64(text) {
    const bytes = new TextEncoder().encode(text);
    let binary = "";
    for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
    return btoa(binary);
  }
  function makePictures(host, pictures) {
    if (!pictures.length) return put(host, h("p", { class: "muted" }, "There is none."));
    const image = h("img", { alt: "" });
    const box = h("div", { class: "scroll picture", tabindex: "0", role: "region", "aria-label": "Picture of the network" }, image);
    const note = h("p", { class: "notice", hidden: true }, "This picture could not be drawn.");
    image.addEventListener("error", () => { note.hidden = false; });
    image.addEventListener("load", () => { note.hidden = true; });
    const draw = (at) => {
      image.src = `data:image/svg+xml;base64,${base64(pictures[at].svg)}`;
      image.alt = visible(`Network: ${pictures[at].title}`);
    };
    const which = h("select", { "aria-label": "Picture", hidden: pictures.length < 2, change: () => draw(which.selectedIndex) }, pictures.map((picture) => h("option", null, picture.title)));
    const whole = button("Full size", () => {
      const full = box.classList.toggle("full");
      put(whole, full ? "Fit to the width" : "Full size");
    });
    draw(0);
    return put(host, h("div", { class: "tools" }, which, whole), note, box);
  }

  // ---- what is made when somebody gets there
  const tables = [];
  const made = new WeakSet();
  const blockOf = (host) => host.dataset.pictures ?? host.dataset.block ?? null;
  function make(host, block) {
    if (made.has(host)) return;
    made.add(host);
    if ("pictures" in host.dataset) makePictures(host, block);
    else tables.push(makeTable(host, tableOf("files" in host.dataset ? fileTable() : block, host.dataset)));
  }
  async function arrive(host) {
    try {
      make(host, blockOf(host) ? await load(blockOf(host)) : null);
    } catch {
      put(host, h("p", { class: "notice" }, "This part of the file could not be opened."));
    }
  }
  function watch() {
    const hosts = [...document.querySelectorAll(".lazy")];
    hosts.forEach((host) => put(host, h("p", { class: "muted waits" }, "Opening …")));
    const observer = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
      observer.unobserve(entry.target);
      arrive(entry.target);
    }), { rootMargin: "600px 0px" });
    hosts.forEach((host) => observer.observe(host));
    // Printing cannot wait for what is packed.
    soon(() => {
      prepareTexts();
      hosts.map(blockOf).filter(Boolean).forEach((id) => load(id).catch(() => {}));
    });
  }

  // ---- paper
  const brief = (finding) => Object.entries(finding[DETAILS] ?? {}).map(([key, value]) => `${named(key)}: ${scalar(value) ? String(value ?? "none") : JSON.stringify(value)}`).join("; ");
  const cut = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
  function paperRow(index) {
    const finding = data.findings[index];
    const [first, ...others] = finding[EVIDENCE] ?? [];
    const state = STATES[finding[STATE]];
    return h("tr", null, h("td", null, mono(finding[RESOURCE] || "the account"), state !== "fail" && small(STATE_TITLES[state], ": ", finding[REASON] ?? "")),
      h("td", null, bdi(accountOf(finding[ACCOUNT]).name), small(finding[REGION] < 0 ? "global" : bdi(regionOf(finding[REGION])))), h("td", null, bdi(cut(brief(finding), 110))),
      h("td", null, first && mono(`${fileOf(first[0]).file}#${first[1]}`), others.length > 0 && small(`and ${others.length} more`)));
  }
  function paperCheck(at) {
    const check = data.checks[at];
    const { rows, accounts } = found.results[at];
    const everywhere = new Set(accounts.flatMap((some) => [...some]));
    const compliance = complianceNode(check);
    return h("section", { class: "check" }, h("h3", null, pill(check.severity), " ", bdi(check.title)), h("p", { class: "muted" }, `${plural(rows.length, "finding")} in ${plural(everywhere.size, "account")} · `, bdi(check.group), " · ", mono(check.id)),
      paragraphs(check.description), check.remediation && [h("p", null, h("strong", null, "What to do. "), marked(String(check.remediation).replace(/\s+/g, " ")))], compliance.length > 0 && h("dl", { class: "side" }, compliance),
      h("table", { class: "rows" }, h("thead", null, h("tr", null, ["Resource", "Account, Region", "Details", "Evidence"].map((head) => h("th", { scope: "col" }, head)))), h("tbody", null, rows.slice(0, PRINTED).map(paperRow))),
      rows.length > PRINTED && h("p", { class: "rest" }, `and ${number(rows.length - PRINTED)} more, in the file`));
  }
  function filtersInWords() {
    const words = Object.entries(place).filter(([name, value]) => value && name !== "check" && name !== "sort").map(([name, value]) => `${name === "q" ? "text" : name} ${value}`);
    return words.length ? `Printed with the filter: ${words.join(", ")}.` : "Findings that are suppressed are in the file.";
  }
  let paper = null;
  function toPaper() {
    fromPaper();
    paper = h("div", { id: "paper" }, h("p", { class: "muted" }, `${plural(found.total, "finding")} of ${plural(shown.length, "check")}; of each check the first ${PRINTED}. `, filtersInWords()), shown.map(paperCheck));
    $("explorer").after(paper);
    for (const host of document.querySelectorAll(".lazy")) if (!blockOf(host) || ready.has(blockOf(host))) make(host, ready.get(blockOf(host)));
    for (const table of tables.filter(Boolean)) {
      [table.kept, table.from] = [table.from, 0];
      drawTable(table, TABLE_PRINTED);
      const rest = table.shown.length - TABLE_PRINTED;
      if (rest > 0) table.host.append(h("p", { class: "rest" }, `and ${number(rest)} more, in the file`));
    }
  }
  function fromPaper() {
    if (!paper) return;
    paper.remove();
    paper = null;
    for (const table of tables.filter(Boolean)) {
      table.from = table.kept;
      table.host.querySelector(".rest")?.remove();
      drawTable(table);
    }
  }

  async function start() {
    data = await load("findings");
    checkTexts = data.checks.map(textOfCheck);
    build();
    $("all-checks").remove();
    $("explorer").hidden = false;
    if (!follow(location.hash)) begin();
    performance.mark("findings");
    watch();
    followLinks();
    addEventListener("beforeprint", toPaper);
    addEventListener("afterprint", fromPaper);
  }
  function fail() {
    $("broken").hidden = false;
    document.querySelectorAll(".waits").forEach((node) => put(node, "This part needs the packed data, which could not be opened."));
  }
  start().catch(fail).finally(() => { document.documentElement.dataset.wired = ""; });
})();
