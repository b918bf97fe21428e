// Lists, search and details of the IAM report, made from the data block of the page. All text of the data goes
// through `h`, which shows hidden characters by their code and only ever makes text nodes.
"use strict";
(() => {
  const PAGE = 100;
  const PRINTED = 2000;
  const ROWS = 500;
  const HIDDEN = new RegExp("[\\p{Cc}\\u00AD\\u034F\\u061C\\u115F\\u1160\\u17B4\\u17B5\\u180B-\\u180F\\u200B-\\u200F\\u2028-\\u202E" +
    "\\u2060-\\u206F\\u2800\\u3164\\uFE00-\\uFE0F\\uFEFF\\uFFA0\\uFFF0-\\uFFFB\\uFFFE\\uFFFF\\u{E0000}-\\u{E0FFF}]", "gu");
  const collator = new Intl.Collator("en", { numeric: true });
  const $ = (id) => document.getElementById(id);

  // ---- text and elements
  const code = (character) => `⟨U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
  const visible = (text) => String(text).replace(HIDDEN, code);
  const number = (value) => value.toLocaleString("en-US");
  const plural = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);

  function h(tag, attributes, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes ?? {})) {
      if (typeof value === "function") element.addEventListener(name, value);
      else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : visible(value));
    }
    const shown = children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== "");
    element.append(...shown.map((child) => (child instanceof Node ? child : document.createTextNode(visible(child)))));
    return element;
  }
  const bdi = (text) => h("bdi", null, text);
  const marked = (text) => String(text).split("`").map((part, index) => (index % 2 ? mono(part) : part));
  const unmarked = (text) => String(text).replaceAll("`", "");
  const mono = (text) => h("bdi", { class: "mono" }, text);
  const small = (...text) => h("small", null, ...text);
  const tag = (kind, text, title) => h("span", { class: `tag ${kind}`, title }, text);
  const unknown = (title = "The answer of AWS is not in the snapshot") => h("span", { class: "unknown", title }, "not collected");
  const faint = (text) => h("span", { class: "faint" }, text);
  const joined = (nodes, separator = ", ") => nodes.flatMap((node, index) => (index ? [separator, node] : [node]));

  // ---- places: the part of the address behind `#`
  function parsePlace(hash) {
    const place = {};
    for (const part of hash.replace(/^#/, "").split("&")) {
      const [name, ...rest] = part.split("=");
      if (!rest.length) continue;
      try { place[decodeURIComponent(name)] = decodeURIComponent(rest.join("=")); } catch { /* not written by this page */ }
    }
    return place;
  }
  const encode = (text) => encodeURIComponent(text).replace(/%(3A|2F|2C)/g, (all) => decodeURIComponent(all));
  const hashOf = (place) => "#" + Object.entries(place).filter(([, value]) => value).map(([name, value]) => `${name}=${encode(value)}`).join("&");
  const link = (place, ...children) => h("a", { href: hashOf(place) }, ...children);

  // ---- the data, with what follows from it
  const data = JSON.parse($("data").textContent);
  /** One risk for all the places of a statement to which a rule applies; what it says is no problem of the text besides. */
  function gather(policy) {
    const gathered = new Map();
    const said = new Set();
    for (const { rule, statement, pointer, detail } of policy.risks ?? []) {
      const key = `${statement} ${rule}`;
      if (!gathered.has(key)) gathered.set(key, { title: rule, text: "", severity: "low", ...data.rules?.[rule], rule, statement, places: [] });
      gathered.get(key).places.push({ pointer: pointer ?? "", detail: detail ?? "" });
      if (rule.startsWith("statement-")) said.add(pointer);
    }
    policy.risks = [...gathered.values()];
    policy.problems = (policy.problems ?? []).filter(({ pointer }) => !said.has(pointer));
  }
  // The file names each rule once, and roles that are taken on under the same condition together.
  for (const account of data.accounts) {
    account.policies.forEach(gather);
    for (const principal of account.principals) {
      principal.may_assume = (principal.may_assume ?? []).flatMap(({ roles, elsewhere, condition }) => [...roles, ...(elsewhere ?? [])].map((role) => ({ role, condition })));
    }
  }
  const [several, maxAge] = [data.accounts.length > 1, data.max_age_days];
  const [principals, groups, policies] = [[], [], []];
  const [byKey, byArn] = [new Map(), new Map()];
  const KINDS = { aws: "AWS managed", customer: "Customer managed", inline: "Inline", trust: "Trust", scp: "SCP", rcp: "RCP" };
  const ADMIN = { yes: "Yes", conditional: "Under conditions", unknown: "Unknown", no: "No" };
  const RANK = { high: 3, medium: 2, low: 1 };
  const list = (value) => value ?? [];
  const pick = (rows, indexes) => list(indexes).map((index) => rows[index]).filter(Boolean);

  const day = (time) => String(time).slice(0, 10);
  const date = (time) => h("span", { class: "date" }, day(time));
  /** In days before the account was collected; null when that moment is not known. */
  const ago = (time, account) => {
    const days = Math.floor((Date.parse(account.collected) - Date.parse(time)) / 864e5);
    return Number.isFinite(days) ? days : null;
  };
  const age = (days) => (days === null ? null : days < 1 ? "same day" : `${plural(days, "day")} ago`);

  function policyRow(account, policy) {
    const count = (name) => list(policy.risks).filter((risk) => risk.severity === name).length;
    return { type: "policy", account, data: policy, name: policy.name, holders: [], high: count("high"), medium: count("medium"), low: count("low"),
      problems: list(policy.problems).length };
  }
  const servicesOf = (row) => list(row.data.services).flatMap((entry) =>
    [].concat(entry.service).map((service) => ({ service, used: entry.last_used ?? null, by: pick(row.account.policies, entry.granted_by) })));

  function principalRow(account, principal) {
    const active = list(principal.keys).filter((key) => key.active);
    const ages = active.map((key) => key.age_days).filter(Number.isFinite);
    const services = principal.services ? principal.services.reduce((sum, entry) => sum + [].concat(entry.service).length, 0) : null;
    return { type: "principal", account, data: principal, name: principal.name, services, unused: principal.unused_services ?? null, takers: [], trusting: [],
      oldest: ages.length ? Math.max(...ages) : null, ageless: active.length > ages.length, oldKeys: active.filter((key) => key.age_days > maxAge).length,
      foreign: list(principal.assumable_by).some((entry) => entry.foreign) };
  }

  function prepareAccount(raw) {
    const account = { ...raw };
    account.policies = list(raw.policies).map((policy) => policyRow(account, policy));
    account.principals = list(raw.principals).map((principal) => principalRow(account, principal));
    account.groups = list(raw.groups).map((group) => ({ type: "group", account, data: group, name: group.name }));
    const hold = (indexes, holder, how) => pick(account.policies, indexes).forEach((policy) => policy.holders.push({ holder, how }));
    for (const row of [...account.principals, ...account.groups]) {
      const { attached, inline, boundary, trust } = row.data;
      Object.entries({ attached, inline, boundary: [boundary], trust: [trust] }).forEach(([how, indexes]) => hold(indexes, row, how));
      row.own = pick(account.policies, [...list(attached), ...list(inline)]);
      row.groups = pick(account.groups, row.data.groups);
      row.members = pick(account.principals, row.data.members);
    }
    for (const row of account.policies) {
      row.bounds = row.holders.filter(({ how }) => how === "boundary").length;
      row.owner = ["inline", "trust"].includes(row.data.kind) && row.holders.length === 1 ? row.holders[0].holder : undefined;
      if (row.data.kind === "trust" && row.holders.length > 1) row.name = `${row.name} and ${row.holders.length - 1} more`;
    }
    return account;
  }
  function searchText(row) {
    const { data: raw, account } = row;
    const tags = Object.entries(raw.tags ?? {}).flat();
    const more = row.type === "policy" ? [KINDS[raw.kind], ...list(raw.risks).map((risk) => risk.title), row.holders.length < 50 ? row.holders.map(({ holder }) => holder.name) : []]
      : [raw.id, row.own.map((policy) => policy.name), row.groups.map((group) => group.name), list(raw.keys).map((key) => key.id), list(raw.assumable_by).map((entry) => entry.who)];
    return [row.name, raw.arn, account.name, account.id, tags, more].flat(2).filter(Boolean).join("\n").toLowerCase();
  }
  function register(row, parameter, key) {
    let unique = key;
    for (let copy = 2; byKey.has(`${parameter} ${row.account.name} ${unique}`); copy += 1) unique = `${key}~${copy}`;
    row.place = { [parameter]: unique, ...(several && { of: row.account.name }) };
    byKey.set(`${parameter} ${row.account.name} ${unique}`, row);
  }

  function prepare() {
    const accounts = data.accounts.map(prepareAccount);
    for (const account of accounts) {
      for (const row of [...account.principals, ...account.groups]) register(row, row.type === "group" ? "g" : "p", row.data.arn);
      for (const row of account.policies) {
        register(row, "policy", row.data.arn ?? `${row.holders[0]?.holder.data.arn ?? "?"}!${row.data.kind}!${row.data.name}`);
      }
      for (const [all, own] of [[principals, account.principals], [groups, account.groups], [policies, account.policies]]) own.forEach((row) => all.push(row));
    }
    for (const rows of [principals, groups, policies]) rows.sort((a, b) => collator.compare(a.name, b.name));
    for (const row of principals) byArn.set(row.data.arn, row);
    for (const row of principals) {
      row.takes = list(row.data.may_assume).map(({ role, condition }) => ({ role, condition, target: typeof role === "number" ? row.account.principals[role] : byArn.get(role) }));
      row.more = row.data.may_assume_more ?? 0;
      for (const { who, condition } of list(row.data.assumable_by)) {
        const named = byArn.get(who);
        if (named && named.account !== row.account) named.trusting.push({ target: row, condition });
      }
      row.takes.forEach(({ target, condition }) => target?.takers.push({ target: row, condition }));
    }
    return accounts;
  }
  const accounts = prepare();
  const find = (parameter, key, account) => accounts.filter(({ name }) => !account || name === account).map(({ name }) => byKey.get(`${parameter} ${name} ${key}`)).find(Boolean);

  // ---- what a list can be narrowed to
  const isUser = (row) => row.data.kind === "user";
  const PRINCIPAL_FILTERS = {
    users: ["kind", "Users", isUser], roles: ["kind", "Roles", (row) => !isUser(row)],
    admins: ["admin", "Administrators", (row) => row.data.admin === "yes"],
    conditional: ["admin", "Administrators under conditions", (row) => row.data.admin === "conditional"],
    undecided: ["admin", "Unknown whether administrator", (row) => row.data.admin === "unknown"],
    butfor: ["admin", "Administrators but for a limit", (row) => list(row.data.admin_but_for).length > 0],
    notadmin: ["admin", "Not administrators", (row) => row.data.admin === "no"],
    inactive: ["", "Inactive", (row) => row.data.active === false],
    nomfa: ["", "User without MFA", (row) => isUser(row) && row.data.mfa === false], console: ["", "Console password", (row) => row.data.console === true],
    keys: ["", `Key over ${maxAge} days`, (row) => row.oldKeys > 0],
    foreign: ["", "Open to others", (row) => row.foreign],
    noboundary: ["", "No boundary", (row) => row.data.boundary === null || row.data.boundary === undefined], inline: ["", "Inline policy", (row) => list(row.data.inline).length > 0],
  };
  const kindFilter = (kind) => ["kind", KINDS[kind], (row) => row.data.kind === kind];
  const POLICY_FILTERS = {
    ...Object.fromEntries(Object.keys(KINDS).map((kind) => [kind, kindFilter(kind)])),
    high: ["", "High risk", (row) => row.high > 0], risky: ["", "Any risk", (row) => row.high + row.medium + row.low > 0],
    unattached: ["", "Not attached", (row) => row.data.attached_to === 0 && !row.bounds], problems: ["", "Problems in the text", (row) => row.problems > 0],
  };
  const GROUP_FILTERS = { empty: ["", "No members", (row) => row.members.length === 0], bare: ["", "No policies", (row) => row.own.length === 0] };
  const CHOICES = { kind: "All kinds", admin: "Administrator or not" };

  const inAccount = (rows, account) => (account ? rows.filter((row) => row.account.name === account) : rows);
  function narrow(rows, filters, names) {
    const tests = names.filter((name) => Object.hasOwn(filters, name)).map((name) => filters[name][2]);
    return rows.filter((row) => tests.every((test) => test(row)));
  }

  // ---- columns: head, sort value, cell, class
  const nameOf = (row) => link(row.place, bdi(row.name || "(no name)"));
  const accountColumn = { key: "account", head: "Account", class: "account", value: (row) => row.account.name, cell: (row) => bdi(row.account.name) };

  function adminCell({ data: raw }) {
    if (raw.admin === "yes") return tag("denied", "Yes");
    if (raw.admin === "conditional") return tag("partial", "Under conditions", raw.admin_condition);
    if (raw.admin === "unknown") return tag("failed", "Unknown");
    return list(raw.admin_but_for).length ? [faint("No"), small("but for ", bdi(raw.admin_but_for.join(", ")))] : faint("No");
  }
  function lastUsedCell({ data: raw, account }) {
    if (!raw.last_used) return raw.last_used_known ? [raw.active === false && tag("partial", "Inactive"), small("none recorded")] : unknown();
    return [raw.active === false ? tag("partial", "Inactive") : date(raw.last_used), small(...joined([raw.active === false && date(raw.last_used), age(ago(raw.last_used, account))].filter(Boolean)))];
  }
  function mfaCell({ data: raw }) {
    if (raw.kind !== "user") return faint("–");
    if (raw.mfa === null || raw.mfa === undefined) return unknown();
    if (raw.mfa) return "Yes";
    return raw.console ? tag("denied", "No", "Can sign in to the console with a password only") : raw.console === false ? [faint("No"), small("no password")] : "No";
  }
  function keyCell(row) {
    if (!isUser(row)) return faint("–");
    if (row.oldest === null && row.ageless) return unknown("It has an active key; its age is not known");
    if (row.oldest === null) return faint(list(row.data.keys).length ? "disabled" : "none");
    return h("span", { class: row.oldest > maxAge ? "bad" : null }, plural(row.oldest, "day"));
  }

  function trustCell({ data: raw }) {
    if (raw.kind === "user") return faint("–");
    const open = list(raw.assumable_by).filter((entry) => entry.foreign);
    if (!open.length) return faint("no");
    const always = open.some((entry) => !entry.condition);
    const text = open.some((entry) => entry.who === "*") ? "Anyone" : "Others";
    return [tag(always ? "denied" : "partial", text, open.map((entry) => entry.who).join(", ")), !always && small("under conditions")];
  }

  const serviceCell = (row) => (row.unused === null ? unknown() : [`${number(row.unused)}`, row.services !== null && small(`of ${number(row.services)}`)]);
  const boundaryOf = (row) => row.account.policies[row.data.boundary];
  const policyCount = (row) => row.own.length + row.groups.reduce((sum, group) => sum + group.own.length, 0);
  const PRINCIPAL_COLUMNS = [
    { key: "name", head: "Name", value: (row) => row.name, cell: (row) => [nameOf(row), small(capital(row.data.kind), row.data.path && row.data.path !== "/" && [" · ", bdi(row.data.path)])] },
    accountColumn,
    { key: "admin", head: "Administrator", value: (row) => ["no", "unknown", "conditional", "yes"].indexOf(row.data.admin), down: true, cell: adminCell },
    { key: "used", head: "Last used", value: (row) => (row.data.last_used ? day(row.data.last_used) : row.data.last_used_known ? "0" : null), cell: lastUsedCell },
    { key: "mfa", head: "MFA", value: (row) => (isUser(row) ? { true: 2, false: row.data.console ? 0 : 1 }[row.data.mfa] ?? null : null), cell: mfaCell },
    { key: "keys", head: "Oldest key", value: (row) => row.oldest, down: true, class: "num", cell: keyCell },
    { key: "unused", head: "Unused services", value: (row) => row.unused, down: true, class: "num", cell: serviceCell },
    { key: "policies", head: "Policies", value: policyCount, down: true, class: "num", cell: (row) => number(policyCount(row)) },
    { key: "open", head: "Open to", value: (row) => (isUser(row) ? null : Number(row.foreign)), down: true, cell: trustCell },
    { key: "boundary", head: "Boundary", value: (row) => boundaryOf(row)?.name ?? null, cell: (row) => (boundaryOf(row) ? nameOf(boundaryOf(row)) : faint("none")) },
    { key: "created", head: "Created", value: (row) => row.data.created, cell: (row) => (row.data.created ? date(row.data.created) : unknown()) },
  ];
  const GROUP_COLUMNS = [
    { key: "name", head: "Name", value: (row) => row.name, cell: nameOf },
    accountColumn,
    { key: "members", head: "Members", value: (row) => row.members.length, down: true, class: "num", cell: (row) => (row.members.length ? number(row.members.length) : tag("partial", "none")) },
    { key: "attached", head: "Attached policies", value: (row) => list(row.data.attached).length, down: true, class: "num", cell: (row) => number(list(row.data.attached).length) },
    { key: "inline", head: "Inline policies", value: (row) => list(row.data.inline).length, down: true, class: "num", cell: (row) => number(list(row.data.inline).length) },
    { key: "which", head: "Which", value: (row) => row.own.map((policy) => policy.name).join(), cell: (row) => joined(row.own.slice(0, 6).map(nameOf)).concat(row.own.length > 6 ? ` and ${row.own.length - 6} more` : "") },
  ];
  const riskTags = (row) => [row.high && tag("denied", `${row.high} high`), " ", row.medium && tag("partial", `${row.medium} medium`), " ", row.low && tag("low", `${row.low} low`)].map((part) => part || "");
  const UNITS = { scp: "level", rcp: "level", trust: "role" };
  const attachedCell = ({ data: raw, bounds }) => [raw.attached_to ? number(raw.attached_to) : !bounds && faint("nothing"), raw.attached_to > 0 && UNITS[raw.kind] && small(UNITS[raw.kind] + (raw.attached_to === 1 ? "" : "s")),
    bounds > 0 && small(`boundary of ${number(bounds)}`)];
  const POLICY_COLUMNS = [
    { key: "name", head: "Name", value: (row) => row.name, cell: (row) => [nameOf(row), row.owner && small("of ", row.owner.data.kind ?? "group", " ", nameOf(row.owner))] },
    accountColumn,
    { key: "kind", head: "Kind", value: (row) => KINDS[row.data.kind], cell: (row) => KINDS[row.data.kind] },
    { key: "attached", head: "Attached to", value: (row) => row.data.attached_to, down: true, class: "num", cell: attachedCell },
    { key: "risks", head: "Risks", value: (row) => row.high * 1e6 + row.medium * 1e3 + row.low, down: true, cell: riskTags },
    { key: "what", head: "Greatest risk", value: (row) => worst(row)?.title ?? null, cell: (row) => (worst(row) ? marked(worst(row).title) : faint("none found")) },
    { key: "problems", head: "Problems", value: (row) => row.problems, down: true, class: "num", cell: (row) => (row.problems ? number(row.problems) : faint("0")) },
  ];
  const worst = (row) => list(row.data.risks).reduce((most, risk) => (RANK[risk.severity] > (RANK[most?.severity] ?? 0) ? risk : most), undefined);

  // ---- tables
  function ordered(rows, column, down) {
    if (!column) return rows;
    const keyed = rows.map((row) => [column.value(row), row]);
    const compare = (a, b) => (typeof a === "number" && typeof b === "number" ? a - b : collator.compare(a, b));
    const none = (value) => Number(value === null || value === undefined);
    keyed.sort(([a], [b]) => none(a) - none(b) || (none(a) ? 0 : down ? compare(b, a) : compare(a, b)));
    return keyed.map(([, row]) => row);
  }

  function makeTable(label, columns, onSort) {
    const heads = columns.map((column) => h("th", { scope: "col", class: column.class },
      h("button", { type: "button", class: "sort", click: () => onSort(column) }, column.head)));
    const body = h("tbody");
    const box = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": label }, h("table", { class: "rows list-of" }, h("thead", null, h("tr", null, heads)), body));
    const draw = (rows, sorted, down) => {
      heads.forEach((head) => head.removeAttribute("aria-sort"));
      heads[columns.indexOf(sorted)]?.setAttribute("aria-sort", down ? "descending" : "ascending");
      body.replaceChildren(...rows.map((row) => h("tr", null, columns.map((column, index) =>
        h(index ? "td" : "th", { class: column.class, scope: index ? null : "row" }, column.cell(row))))));
    };
    return { box, draw };
  }
  /** A table without pages: the first rows, sorted by a click. */
  function shortTable(label, columns, rows) {
    let [sorted, down] = [null, false];
    const table = makeTable(label, columns, (column) => {
      [sorted, down] = [column, column === sorted ? !down : Boolean(column.down)];
      table.draw(ordered(rows, sorted, down).slice(0, ROWS), sorted, down);
    });
    table.draw(rows.slice(0, ROWS), null, false);
    return [rows.length > ROWS && h("p", { class: "lead" }, `The first ${number(ROWS)} of ${number(rows.length)}; another order has others first.`), table.box];
  }

  // ---- CSV
  const known = (value) => (value === true ? "yes" : value === false ? "no" : "not collected");
  const names = (rows) => rows.map((row) => row.name).join("; ");
  function principalRecord(row) {
    const { data: raw, account } = row;
    const user = isUser(row);
    return { account: account.name, account_id: account.id, kind: raw.kind, name: raw.name, arn: raw.arn, id: raw.id, created: raw.created,
      last_used: raw.last_used ?? (raw.last_used_known ? "none recorded" : "not collected"), active: known(raw.active), administrator: ADMIN[raw.admin], condition: raw.admin_condition,
      administrator_because: list(raw.admin_because).map((why) => `${account.policies[why.policy]?.name} statement ${why.statement + 1}`).join("; "),
      administrator_but_for: list(raw.admin_but_for).join("; "), mfa: user ? known(raw.mfa) : "", console_password: user ? known(raw.console) : "",
      active_keys: user ? list(raw.keys).filter((key) => key.active).length : "", oldest_key_days: row.oldest, services: row.services, unused_services: row.unused ?? "not collected",
      groups: names(row.groups), policies: names(row.own), boundary: boundaryOf(row)?.name, assumable_by: list(raw.assumable_by).map((entry) => entry.who + (entry.condition ? ` if ${entry.condition}` : "")).join("; "),
      open_to_others: user ? "" : known(row.foreign), may_assume: [...row.takes.map((entry) => entry.target?.name ?? entry.role), row.more && `and ${row.more} more`].filter(Boolean).join("; "), tags: Object.entries(raw.tags ?? {}).map((pair) => pair.join("=")).join("; ") };
  }
  const groupRecord = (row) => ({ account: row.account.name, account_id: row.account.id, name: row.name, arn: row.data.arn, members: names(row.members), policies: names(row.own) });
  const policyRecord = (row) => ({ account: row.account.name, account_id: row.account.id, kind: KINDS[row.data.kind], name: row.name, arn: row.data.arn, owner: row.owner?.data.arn, attached_to: row.data.attached_to,
      high: row.high, medium: row.medium, low: row.low, problems: row.problems, risks: list(row.data.risks).map((risk) => `${risk.severity}: ${unmarked(risk.title)} (statement ${risk.statement + 1}${risk.places.map(({ detail }) => detail).filter(Boolean).map((detail) => `, ${detail}`).join("")})`).join("; ") });
  /** Spreadsheets run what begins like a formula. */
  function field(value) {
    const text = visible(value ?? "");
    const harmless = typeof value === "string" && /^[=+\-@\t\r＝＋－＠]/.test(text) ? `'${text}` : text;
    return /[",\n\r;']/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
  }
  function saveCsv(name, rows, record) {
    const records = rows.map(record);
    const heads = Object.keys(records[0] ?? {});
    const lines = [heads, ...records.map((one) => heads.map((head) => one[head]))].map((line) => `${line.map(field).join(",")}\r\n`);
    const url = URL.createObjectURL(new Blob(["\uFEFF", ...lines], { type: "text/csv;charset=utf-8" }));
    h("a", { href: url, download: `iam-${name}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  }

  // ---- lists: search, filters, pages
  const VIEWS = {
    principals: { title: "Principals", one: "principal", rows: () => principals, columns: PRINCIPAL_COLUMNS, filters: PRINCIPAL_FILTERS, sort: "-admin", csv: principalRecord,
      lead: "Users and roles. Choose a name to see why it may do what it may do.", hint: "Name, ARN, policy, group, tag, key" },
    groups: { title: "Groups", one: "group", rows: () => groups, columns: GROUP_COLUMNS, filters: GROUP_FILTERS, sort: "name", csv: groupRecord,
      lead: "What a group is allowed is allowed to each of its members.", hint: "Name, ARN, policy" },
    policies: { title: "Policies", one: "policy", many: "policies", rows: () => policies, columns: POLICY_COLUMNS, filters: POLICY_FILTERS, sort: "-risks", csv: policyRecord,
      lead: "Managed and inline policies, the trust policies of roles, and the limits of the organization. Choose a name to read its text with the risks beside it.", hint: "Name, ARN, holder, risk" },
  };
  let shown = { rows: [], draw: () => {} };

  function matching(view, place) {
    const words = (place.q ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    let rows = narrow(inAccount(view.rows(), place.account), view.filters, (place.f ?? "").split(","));
    if (words.length) rows = rows.filter((row) => words.every((word) => (row.text ??= searchText(row)).includes(word)));
    const sort = place.sort ?? view.sort;
    const column = view.columns.find(({ key }) => key === sort.replace(/^-/, ""));
    return { rows: ordered(rows, column, sort.startsWith("-")), column, down: sort.startsWith("-") };
  }

  function listView(place) {
    const view = VIEWS[place.view];
    const columns = view.columns.filter((column) => column !== accountColumn || (several && !place.account));
    const output = h("output", { "aria-live": "polite" });
    const pager = h("div", { class: "pager", role: "group", "aria-label": "Pages" });
    const empty = h("p", { class: "notice", hidden: true }, "Nothing matches. Remove a filter or a word of the search.");
    const note = h("p", { class: "print-note on-paper" });
    const change = (changes) => {
      replaceHash(hashOf(Object.assign(place, { page: "" }, changes)));
      draw();
    };
    const table = makeTable(view.title, columns, (column) => {
      const now = place.sort ?? view.sort;
      const down = now.replace(/^-/, "") === column.key ? !now.startsWith("-") : Boolean(column.down);
      change({ sort: (down ? "-" : "") + column.key });
    });
    const draw = (limit = PAGE) => {
      const { rows, column, down } = matching(view, place);
      const pages = Math.max(1, Math.ceil(rows.length / limit));
      const page = Math.min(pages, Math.max(1, Number(place.page) || 1));
      const from = limit === PAGE ? (page - 1) * PAGE : 0;
      table.draw(rows.slice(from, from + limit), column, down);
      output.textContent = rows.length ? `${number(from + 1)}–${number(Math.min(rows.length, from + limit))} of ${plural(rows.length, view.one, view.many)}` : `No ${view.many ?? `${view.one}s`}`;
      note.textContent = visible(`${plural(rows.length, view.one, view.many)}${describe(view, place)}${rows.length > limit ? `; the first ${number(limit)} are printed, the CSV file has all` : ""}`);
      table.box.hidden = !(empty.hidden = rows.length > 0);
      drawPager(pager, page, pages, (next) => { change({ page: next > 1 ? String(next) : "" }); table.box.scrollTop = 0; });
      shown = { rows, place: { ...place }, draw };
    };
    const search = h("input", { type: "search", id: "search", "aria-label": `Search ${view.title.toLowerCase()}: ${view.hint}`, placeholder: view.hint, value: place.q, autocomplete: "off", spellcheck: "false",
      input: () => change({ q: search.value.trim() }) });
    const save = h("button", { type: "button", class: "button", click: () => saveCsv(place.view, matching(view, place).rows, view.csv) }, "Save as CSV");
    draw();
    return [h("section", { class: "list-view" }, h("h2", { tabindex: "-1" }, view.title), h("p", { class: "lead" }, view.lead),
      h("div", { class: "tools" }, search, ...filterControls(view, place, change)), h("div", { class: "tools" }, output, pager, save), note, empty, table.box)];
  }

  function filterControls(view, place, change) {
    const scope = inAccount(view.rows(), place.account);
    const set = (without, name) => change({ f: [...activeFilters(view, place).filter((other) => !without.includes(other)), name].filter(Boolean).join(",") });
    const entries = Object.entries(view.filters).map(([name, [choice, text, test]]) => ({ name, choice, text, count: scope.filter(test).length }));
    const selects = [...new Set(entries.map(({ choice }) => choice).filter(Boolean))].map((choice) => {
      const own = entries.filter((entry) => entry.choice === choice);
      return h("select", { "aria-label": CHOICES[choice], change: (event) => set(own.map(({ name }) => name), event.target.value) }, h("option", { value: "" }, CHOICES[choice]),
        own.filter(({ name, count }) => count || activeFilters(view, place).includes(name)).map(({ name, text, count }) => h("option", { value: name, selected: activeFilters(view, place).includes(name) }, `${text} (${number(count)})`)));
    });
    const chips = entries.filter(({ choice, count, name }) => !choice && (count || activeFilters(view, place).includes(name))).map(({ name, text, count }) => {
      const box = h("input", { type: "checkbox", checked: activeFilters(view, place).includes(name), change: () => set([name], box.checked ? name : "") });
      return h("label", { class: "chip" }, box, text, h("span", { class: "count" }, number(count)));
    });
    return [...selects, h("div", { class: "chips", role: "group", "aria-label": "Narrow the list" }, chips)];
  }

  const activeFilters = (view, place) => (place.f ?? "").split(",").filter((name) => Object.hasOwn(view.filters, name));
  const describe = (view, place) => [place.account && `account ${place.account}`, ...activeFilters(view, place).map((name) => view.filters[name][1].toLowerCase()), place.q && `search “${place.q}”`]
    .filter(Boolean).map((text, index) => (index ? ", " : ": ") + text).join("");

  function drawPager(pager, page, pages, go) {
    const button = (text, label, to) => h("button", { type: "button", class: "button", "aria-label": label, disabled: to < 1 || to > pages || to === page, click: () => {
      go(to);
      (pager.querySelector(`[aria-label="${label}"]:not(:disabled)`) ?? pager.querySelector("button:not(:disabled)"))?.focus();
    } }, text);
    pager.hidden = pages < 2;
    pager.replaceChildren(button("«", "First page", 1), button("‹", "Previous page", page - 1), h("span", null, `Page ${number(page)} of ${number(pages)}`), button("›", "Next page", page + 1), button("»", "Last page", pages));
  }

  // ---- the text of a policy, with notes beside the statements
  const escapePointer = (name) => name.replaceAll("~", "~0").replaceAll("/", "~1");
  function policyLines(value, pointer, depth, before, after, lines) {
    const line = (...tokens) => lines.push({ pointer, depth, tokens });
    const entries = Array.isArray(value) ? value.map((item, index) => [String(index), item, false]) : value && typeof value === "object" ? Object.entries(value).map(([key, item]) => [key, item, true]) : null;
    const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
    if (!entries) {
      const effect = pointer.endsWith("/Effect") && ["Allow", "Deny"].includes(value) ? ` ${value.toLowerCase()}` : "";
      return line(...before, [typeof value === "string" ? `string${effect}` : "literal", JSON.stringify(value)], ["", after]);
    }
    if (entries.length === 0) return line(...before, ["", open + close + after]);
    if (entries.length === 1 && Array.isArray(value) && typeof value[0] === "string") return line(...before, ["", "["], ["string", JSON.stringify(value[0])], ["", "]" + after]);
    line(...before, ["", open]);
    entries.forEach(([key, item, named], index) => policyLines(item, `${pointer}/${escapePointer(key)}`, depth + 1,
      named ? [["key", JSON.stringify(key)], ["", ": "]] : [], index + 1 < entries.length ? "," : "", lines));
    return line(["", close + after]);
  }
  const within = (pointer, outer) => pointer === outer || pointer.startsWith(`${outer}/`);

  /** The lines that a pointer means: those of the nearest place around it that exists; none for the whole text. */
  function resolve(pointer, present, statement, single) {
    let at = single && !present.has(pointer) ? pointer.replace(/^\/Statement\/0(?=\/|$)/, "/Statement") : pointer;
    while (at && !present.has(at)) at = at.slice(0, at.lastIndexOf("/"));
    const fallback = single ? "/Statement" : `/Statement/${statement}`;
    return (at === "" || at === "/Statement") && statement !== undefined && present.has(fallback) ? fallback : at;
  }

  const STATEMENT = /^\/Statement(\/\d+)?$/;
  function notesOf(raw, lines) {
    const lineOf = new Map();
    lines.forEach(({ pointer }, index) => { if (!lineOf.has(pointer)) lineOf.set(pointer, index); });
    const single = !Array.isArray(raw.document?.Statement);
    const place = ({ pointer, detail }, statement) => ({ pointer, detail, at: resolve(pointer ?? "", lineOf, statement, single) });
    const risks = list(raw.risks).map((risk) => ({ ...risk, places: risk.places.map((one) => place(one, risk.statement)) }));
    const problems = list(raw.problems).map((problem) => ({ severity: "problem", title: "Problem in the text", text: problem.text, places: [place(problem)] }));
    const notes = [...risks, ...problems];
    for (const note of notes) {
      note.at = new Set(note.places.map(({ at }) => at));
      note.first = Math.min(...[...note.at].map((at) => lineOf.get(at) ?? 0));
      const [only, ...others] = note.places;
      // What the marked line says itself is not repeated.
      if (!others.length && only.detail && lines[note.first]?.tokens.some(([, text]) => text === JSON.stringify(only.detail))) note.places = [{ ...only, detail: "" }];
    }
    const rank = (note) => [note.statement ?? -1, -(RANK[note.severity] ?? 0), note.first];
    const compare = (a, b) => a.reduce((order, value, index) => order || value - b[index], 0);
    notes.sort((a, b) => compare(rank(a), rank(b)));
    notes.forEach((note, index) => { note.number = index + 1; });
    return notes;
  }
  const NOTE_TAGS = { high: ["denied", "High"], medium: ["partial", "Medium"], low: ["low", "Low"], problem: ["failed", "Problem"] };
  const FEW = 12;
  /** In lines: beside a statement longer than this the notes stay in view; about so long is one note. */
  const [TALL, NOTE_LINES] = [60, 8];
  function noteItem(note) {
    const [kind, word] = NOTE_TAGS[note.severity] ?? ["low", note.severity];
    const details = [...new Set(note.places.map(({ detail }) => detail).filter(Boolean))].map((detail) => h("li", null, mono(detail)));
    const rest = details.splice(FEW);
    return h("li", { class: `note ${note.severity}`, value: String(note.number) }, h("p", null, h("b", { class: "ref-number" }, String(note.number)), tag(kind, word), " ", h("strong", null, marked(note.title))),
      note.text && h("p", null, marked(note.text)), details.length > 0 && h("ul", { class: "which" }, details),
      rest.length > 0 && h("details", { class: "more" }, h("summary", null, `${number(rest.length)} more`), h("ul", { class: "which" }, rest)),
      note.at.has("") && note.places[0].pointer && small(mono(note.places[0].pointer)));
  }

  function lineElement(line, notes, seen) {
    const marks = notes.flatMap((note) => [...note.at].filter((at) => at && within(line.pointer, at)).map((at) => ({ note, at })));
    const first = new Set(marks.filter(({ note, at }) => !seen.has(`${note.number} ${at}`) && seen.add(`${note.number} ${at}`)).map(({ note }) => note));
    const most = marks.reduce((rank, { note }) => Math.max(rank, RANK[note.severity] ?? 0), marks.length ? 0 : -1);
    const name = ["problem", "low", "medium", "high"][most];
    const whole = marks.every(({ at }) => STATEMENT.test(at));
    return h("span", { class: name ? `line marked ${name}${whole ? " whole" : ""}` : "line" }, "  ".repeat(line.depth), line.tokens.map(([kind, text]) => (kind ? h("span", { class: `t-${kind}` }, text) : text)),
      [...first].map((note) => h("b", { class: "ref-number", title: unmarked(note.title) }, String(note.number))));
  }
  /** Pieces of the text: each statement is one, and what stands between them. */
  function blocksOf(lines, single) {
    const statement = (pointer) => (single ? (within(pointer, "/Statement") ? "0" : null) : /^\/Statement\/(\d+)(\/|$)/.exec(pointer)?.[1] ?? null);
    const blocks = [];
    for (const line of lines) {
      const index = statement(line.pointer);
      if (blocks.at(-1)?.index === index) blocks.at(-1).lines.push(line);
      else blocks.push({ index, lines: [line] });
    }
    return blocks;
  }

  function policyText(row) {
    const raw = row.data;
    if (!raw.document) return h("p", null, "The text of this policy is not in the snapshot: ", unknown());
    const lines = [];
    policyLines(raw.document, "", 0, [], "", lines);
    const notes = notesOf(raw, lines);
    const counted = new Set();
    const general = notes.filter(({ at }) => at.has("") || at.has("/Statement") && Array.isArray(raw.document.Statement));
    const specific = notes.filter((note) => !general.includes(note));
    const blocks = blocksOf(lines, !Array.isArray(raw.document.Statement)).map(({ index, lines: own }) => {
      const beside = specific.filter(({ first }) => own.includes(lines[first]));
      const shape = own.length > TALL ? "block tall" : beside.length * NOTE_LINES > own.length + TALL / 2 ? "block wide" : "block";
      return h("div", { class: shape, "data-statement": index }, h("div", { class: "text" }, index !== null && h("span", { class: "label" }, `Statement ${Number(index) + 1}`),
        h("pre", null, h("code", null, own.map((line) => lineElement(line, specific, counted))))), beside.length ? h("ol", { class: "beside" }, beside.map(noteItem)) : null);
    });
    return h("div", { class: notes.length ? "policy-text" : "policy-text plain" }, general.length ? h("ol", { class: "general" }, general.map(noteItem)) : null, blocks);
  }

  /** A policy folded to its name; the text is made when it is opened. */
  function foldedPolicy(row, how) {
    const body = h("div", { class: "fold" });
    const fill = () => { if (!body.firstChild) body.append(policyText(row), h("p", { class: "on-screen" }, link(row.place, row.owner || !row.holders.length ? "On a page of its own" : "Who else has it"))); };
    const details = h("details", { class: "policy", toggle: () => details.open && fill() },
      h("summary", null, h("strong", null, row.data.kind === "trust" ? "Trust policy" : bdi(row.name)), " ", h("span", { class: "muted" }, row.data.kind === "trust" ? row.holders.length > 1 && `the same for ${plural(row.holders.length, "role")}` : KINDS[row.data.kind], how && [" · ", how]), " ", riskTags(row), row.problems ? [" ", tag("failed", plural(row.problems, "problem"))] : null), body);
    details.fill = fill;
    return details;
  }

  // ---- one principal, group or policy
  const section = (title, ...content) => h("section", null, h("h3", null, title), ...content);
  const facts = (pairs) => h("dl", { class: "pairs" }, pairs.filter(Boolean).map(([term, ...value]) => h("div", null, h("dt", null, term), h("dd", null, ...value))));
  const when = (time, account) => (time ? [date(time), ago(time, account) !== null && h("span", { class: "muted" }, ` (${age(ago(time, account))})`)] : null);

  function walk(row) {
    const index = shown.rows.indexOf(row);
    if (index < 0) return null;
    const step = (to, text, label) => (shown.rows[to] ? h("a", { href: hashOf(shown.rows[to].place), "aria-label": label, class: "button" }, text) : null);
    return h("div", { class: "pager" }, step(index - 1, "‹ Previous", "Previous of the list"), h("span", null, `${number(index + 1)} of ${number(shown.rows.length)}`), step(index + 1, "Next ›", "Next of the list"));
  }
  function heading(row, viewName, tags, arn) {
    const back = shown.place?.view === viewName ? shown.place : { view: viewName };
    return h("header", { class: "detail" }, h("div", { class: "tools on-screen" }, link(back, `‹ ${VIEWS[viewName].title}`), walk(row)),
      h("h2", { tabindex: "-1" }, bdi(row.name || "(no name)")), h("p", { class: "tags" }, joined(tags.filter(Boolean), " ")), arn && h("p", null, h("bdi", { class: "mono all" }, arn)));
  }

  function becauseOf(row) {
    const { data: raw, account } = row;
    const reasons = list(raw.admin_because).map((why) => {
      const policy = account.policies[why.policy];
      const group = row.own.includes(policy) ? undefined : row.groups.find((one) => one.own.includes(policy));
      const effect = [].concat(policy?.data.document?.Statement ?? [])[why.statement]?.Effect;
      return policy && h("li", null, typeof effect === "string" && [h("span", { class: effect === "Deny" ? "deny" : "allow" }, effect), ": "], link({ ...policy.place, s: String(why.statement) }, "statement ", String(why.statement + 1), " of ", bdi(policy.name)), " ", h("span", { class: "muted" }, KINDS[policy.data.kind], group && [", through group ", nameOf(group)]));
    });
    const butFor = list(raw.admin_but_for);
    const texts = {
      yes: ["bad", "Yes, always. It can do anything in the account, or give itself that right."], conditional: ["careful", "Only when the condition holds."],
      unknown: ["careful", "Unknown: something that decides was not collected."], no: ["", butFor.length ? "No, but only because of a limit." : "No."],
    };
    const [kind, text] = texts[raw.admin] ?? ["", raw.admin];
    return section("Administrator?", h("div", { class: `verdict ${kind}` }, h("p", null, h("strong", null, text)), raw.admin_condition && h("p", null, "If ", mono(raw.admin_condition)),
      reasons.length ? [h("p", null, raw.admin === "no" ? "Statements that matter" : "By"), h("ul", null, reasons)] : null, butFor.length ? h("p", null, "It would be an administrator but for ", joined(butFor.map((limit) => h("strong", null, bdi(limit)))), ".") : null));
  }
  const PROVIDER = /:(saml|oidc)-provider\/|^cognito-identity\.|^www\.amazon\.com$|^graph\.facebook\.com$|^accounts\.google\.com$/;
  const origin = (who) => (PROVIDER.test(who) ? "An identity provider" : /\.amazonaws\.com(\.cn)?$/.test(who) ? "A service of AWS" : "This account");
  function whoCell({ who }) {
    if (who === "*") return [mono("*"), small("anyone")];
    const known = byArn.get(who);
    if (known) return [nameOf(known), small(several && ["account ", bdi(known.account.name), " · "], mono(who))];
    const account = accounts.find(({ id }) => id === who);
    return [mono(who), /^\d{12}$/.test(who) && small(account ? ["account ", bdi(account.name)] : "a whole account")];
  }
  function trustSections(row) {
    const { data: raw, account } = row;
    const conditionCell = (entry) => (entry.condition ? h("span", { class: "mono" }, entry.condition) : faint("none"));
    const whoColumns = [{ head: "Who", value: (entry) => entry.who, cell: whoCell },
      { head: "Condition", value: (entry) => entry.condition, cell: conditionCell }, { head: "From", value: (entry) => Number(entry.foreign), down: true, cell: (entry) => (entry.foreign ? tag(entry.condition ? "partial" : "denied", "Outside the account") : faint(origin(entry.who))) }];
    const accountColumn = several ? [{ head: "Account", value: (entry) => entry.target?.account.name, cell: (entry) => (entry.target ? bdi(entry.target.account.name) : faint("not in this report")) }] : [];
    const roleColumns = (head) => [...accountColumn, { head, value: (entry) => entry.target?.name ?? entry.role, cell: (entry) => [entry.target && nameOf(entry.target), small(mono(entry.target?.data.arn ?? entry.role))] },
      { head: "Administrator", value: (entry) => entry.target?.data.admin, cell: (entry) => (entry.target ? adminCell(entry.target) : faint("not in this report")) }, { head: "Condition", value: (entry) => entry.condition, cell: conditionCell }];
    const trust = account.policies[raw.trust];
    const trusted = list(raw.assumable_by).some(({ who }) => who === "*" || who === account.id || who.split(":")[4] === account.id && !PROVIDER.test(who));
    const cut = trusted ? account.principals.filter((other) => other.more > 0).length : 0;
    return [raw.kind === "role" && section("Who can assume this role", list(raw.assumable_by).length ? shortTable("Who can assume this role", whoColumns, raw.assumable_by) : h("p", { class: "muted" }, "Nobody."), trust && foldedPolicy(trust)),
      (row.takers.length > 0 || cut > 0) && section(`Principals ${several ? "of this report" : "of this account"} that can assume it (${number(row.takers.length)}${cut ? " at least" : ""})`,
        cut > 0 && h("p", { class: "lead" }, `${plural(cut, "principal")} of this account can assume more roles than are listed here, perhaps this one too.`), row.takers.length ? shortTable("Principals that can assume it", roleColumns("Principal"), row.takers) : null),
      section(`Roles ${several ? "of this report" : "of this account"} that it can assume (${number(row.takes.length + row.more)})`, row.takes.length ? shortTable("Roles it can assume", roleColumns("Role"), row.takes) : h("p", { class: "muted" }, "None."),
        row.more > 0 && h("p", { class: "muted" }, `And ${plural(row.more, "more role")}.`)),
      row.trusting.length > 0 && section(`Roles of other accounts that trust it by name (${number(row.trusting.length)})`, h("p", { class: "lead" }, "It can assume them if its own policies allow it."),
        shortTable("Roles of other accounts that trust it", roleColumns("Role"), row.trusting))];
  }

  function serviceSection(row) {
    if (!row.data.services) return section("Services", h("p", null, "Which services it used: ", unknown()));
    const rows = servicesOf(row);
    const used = rows.filter((entry) => entry.used).length;
    const columns = [{ head: "Service", value: (entry) => entry.service, cell: (entry) => bdi(entry.service) },
      { head: "Last used", value: (entry) => (entry.used ? day(entry.used) : "0"), down: true, cell: (entry) => (entry.used ? date(entry.used) : tag("partial", "Not used")) },
      { head: "Days ago", class: "num", value: (entry) => (entry.used ? ago(entry.used, row.account) : null), cell: (entry) => (entry.used && ago(entry.used, row.account) !== null ? h("span", { class: ago(entry.used, row.account) > maxAge ? "bad" : null }, number(ago(entry.used, row.account))) : faint("–")) },
      { head: "Granted by", value: (entry) => names(entry.by), cell: (entry) => joined(entry.by.map(nameOf)) }];
    const sorted = ordered(ordered(rows, columns[0], false), columns[1], true);
    return section("Services", h("p", null, `${number(used)} of ${plural(rows.length, "service")} that it may use ${used === 1 ? "has" : "have"} been used. ${rows.length > used ? "The rest are rights to consider for removal." : ""}`),
      h("div", { class: "meter-bar", "aria-hidden": "true" }, h("progress", { max: String(rows.length || 1), value: String(used) })), rows.length ? shortTable("Services", columns, sorted) : null);
  }
  function keySection(row) {
    if (isUser(row) && row.data.keys_unknown) return section("Access keys", h("p", null, "Which access keys it has: ", unknown()));
    if (!isUser(row) || !list(row.data.keys).length) return null;
    const columns = [{ head: "Key", value: (key) => key.id, cell: (key) => (key.id ? mono(key.id) : unknown("The keys were not listed; the credential report has no ids")) }, { head: "State", value: (key) => String(key.active), cell: (key) => (key.active ? tag("value", "Active") : tag("low", "Disabled")) },
      { head: "Age in days", class: "num", down: true, value: (key) => key.age_days, cell: (key) => (Number.isFinite(key.age_days) ? h("span", { class: key.active && key.age_days > maxAge ? "bad" : null }, number(key.age_days)) : unknown()) },
      { head: "Created", value: (key) => key.created, cell: (key) => (key.created ? date(key.created) : unknown()) }, { head: "Last used", value: (key) => key.last_used, cell: (key) => when(key.last_used, row.account) ?? faint("none recorded") }];
    return section("Access keys", shortTable("Access keys", columns, row.data.keys));
  }
  function policySection(row) {
    const { data: raw, account } = row;
    const folded = (indexes, how) => pick(account.policies, indexes).map((policy) => foldedPolicy(policy, how));
    const all = [folded(raw.attached, "attached"), folded(raw.inline, ""), row.groups.map((group) => group.own.map((policy) => foldedPolicy(policy, ["by group ", nameOf(group)])))].flat(3);
    return section(`Policies (${number(all.length)})`, all.length ? all : h("p", { class: "muted" }, "None."));
  }
  const levelName = (levels, index) => (index === 0 ? "root of the organization" : index === levels.length - 1 ? "account" : `organizational unit ${index}`);
  function limitSection(row) {
    const { account } = row;
    const boundary = boundaryOf(row);
    const levels = (found, what) => {
      if (!found) return h("p", null, `${what}: `, account.organization ? unknown() : "the snapshot knows of no organization.");
      if (!found.length) return h("p", null, `${what}: none apply.`);
      return found.map((indexes, index) => h("div", { class: "level" }, h("h4", null, `${what}, ${levelName(found, index)}`), pick(account.policies, indexes).map((policy) => foldedPolicy(policy))));
    };
    return section("Limits", h("p", null, "An action must be allowed by the boundary and by every level of the organization, besides a policy that grants it."),
      boundary ? foldedPolicy(boundary, "permission boundary") : h("p", null, "Permission boundary: none."), levels(account.scps, "SCPs"), levels(account.rcps, "RCPs"));
  }

  function principalView(row) {
    const { data: raw, account } = row;
    const user = isUser(row);
    const tags = Object.entries(raw.tags ?? {});
    const tested = (value, yes, no) => (value === null || value === undefined ? unknown() : value ? yes : no);
    return [heading(row, "principals", [tag("", capital(raw.kind)), raw.admin === "yes" && tag("denied", "Administrator"), raw.admin === "conditional" && tag("partial", "Administrator under conditions"), raw.active === false && tag("partial", "Inactive"),
      row.foreign && tag("denied", "Open to others"), row.oldKeys > 0 && tag("partial", `Key over ${maxAge} days`), user && raw.mfa === false && raw.console && tag("denied", "Password without MFA")], raw.arn),
    facts([["Account", bdi(account.name), " ", h("span", { class: "mono muted" }, account.id)], ["Id", mono(raw.id)], ["Path", mono(raw.path)], ["Created", when(raw.created, account) ?? unknown()], ["Last used", when(raw.last_used, account) ?? (raw.last_used_known ? faint("none recorded") : unknown())],
      user && ["MFA", tested(raw.mfa, "yes", "no")], user && ["Console password", tested(raw.console, "yes", "no")], user && ["Groups", row.groups.length ? joined(row.groups.map(nameOf)) : faint("none")],
      ["Boundary", boundaryOf(row) ? nameOf(boundaryOf(row)) : faint("none")], ["Tags", tags.length ? h("ul", { class: "bare" }, tags.map(([key, value]) => h("li", null, bdi(key), " = ", bdi(value)))) : faint("none")]]),
    becauseOf(row), keySection(row), policySection(row), trustSections(row), serviceSection(row), limitSection(row)];
  }
  const miniColumns = [PRINCIPAL_COLUMNS[0], PRINCIPAL_COLUMNS[2], PRINCIPAL_COLUMNS[3]];
  function groupView(row) {
    return [heading(row, "groups", [tag("", "Group"), !row.members.length && tag("partial", "No members")], row.data.arn), facts([["Account", bdi(row.account.name), " ", h("span", { class: "mono muted" }, row.account.id)]]),
      section(`Members (${number(row.members.length)})`, row.members.length ? shortTable("Members", miniColumns, row.members) : h("p", { class: "muted" }, "None.")),
      section(`Policies (${number(row.own.length)})`, row.own.length ? row.own.map((policy) => foldedPolicy(policy, list(row.data.inline).some((index) => row.account.policies[index] === policy) ? "" : "attached")) : h("p", { class: "muted" }, "None."))];
  }

  function policyView(row) {
    const { data: raw, account } = row;
    const { holders } = row;
    const levels = list(account[{ scp: "scps", rcp: "rcps" }[raw.kind]]);
    const at = levels.map((indexes, index) => pick(account.policies, indexes).includes(row) && levelName(levels, index)).filter(Boolean);
    const holderColumns = [{ head: "Name", value: ({ holder }) => holder.name, cell: ({ holder }) => nameOf(holder) }, { head: "Kind", value: ({ holder }) => holder.data.kind ?? "group", cell: ({ holder }) => holder.data.kind ?? "group" },
      { head: "As", value: ({ how }) => how, cell: ({ how }) => ({ attached: "attached policy", inline: "inline policy", boundary: "permission boundary", trust: "trust policy" })[how] },
      { head: "Administrator", value: ({ holder }) => holder.data.admin, cell: ({ holder }) => (holder.type === "principal" ? adminCell(holder) : faint("–")) }];
    return [heading(row, "policies", [tag("", KINDS[raw.kind]), ...riskTags(row), row.problems > 0 && tag("failed", plural(row.problems, "problem"))], raw.arn),
      facts([["Account", bdi(account.name), " ", h("span", { class: "mono muted" }, account.id)], row.owner && ["Of", capital(row.owner.data.kind ?? "group"), " ", nameOf(row.owner)], at.length ? ["Applies at", capital(at.join(", "))] : !row.owner && ["Attached to", raw.attached_to ? number(raw.attached_to) : faint("nothing")], row.bounds > 0 && ["Boundary of", number(row.bounds)]]),
      section("Text", policyText(row)), !row.owner && holders.length > 0 && section(`Who has it (${number(holders.length)})`, shortTable("Who has it", holderColumns, holders))];
  }

  // ---- the overview
  function updateOverview(place) {
    const count = (key, rows) => (key === "keys" ? rows.reduce((sum, row) => sum + row.oldKeys, 0) : narrow(rows, PRINCIPAL_FILTERS, [key]).length);
    for (const cell of document.querySelectorAll("#overview [data-count]")) {
      const key = cell.dataset.count;
      const account = cell.closest("[data-account]")?.dataset.account ?? place.account;
      const found = count(key, inAccount(principals, account));
      cell.replaceChildren(found ? link({ view: "principals", f: key, account: several && account }, number(found)) : faint("0"));
    }
    document.querySelectorAll(".facts dd > span").forEach((element) => { element.hidden = Boolean(place.account); });
    $("admins")?.toggleAttribute("hidden", Boolean(place.account));
    $("summary-title").textContent = visible(place.account ? `Summary of ${place.account}` : "Summary");
    drawStart(inAccount(principals, place.account), place);
  }

  function drawStart(rows, place) {
    const lines = [["principals", "admins,inactive", "Administrators that nobody uses"], ["principals", "admins,nomfa,console", "Administrators that sign in with a password and no MFA"], ["principals", "admins,keys", `Administrators with access keys over ${maxAge} days`],
      ["principals", "admins,foreign", "Administrator roles open to others"], ["principals", "conditional,foreign", "Administrator roles under conditions, open to others"], ["principals", "butfor", "Would be administrators but for a limit"], ["principals", "undecided", "Unknown whether administrator"],
      ["policies", "customer,high", "Customer managed policies of high risk"], ["policies", "inline,high", "Inline policies of high risk"], ["policies", "trust,risky", "Trust policies with risks"], ["policies", "problems", "Policies with problems in the text"]];
    const items = lines.map(([view, filter, text]) => [view, filter, text, narrow(view === "policies" ? inAccount(policies, place.account) : rows, VIEWS[view].filters, filter.split(",")).length]).filter(([, , , count]) => count);
    $("start").hidden = !items.length;
    $("start").replaceChildren(h("h2", null, "Where to start"), h("ul", { class: "start" }, items.map(([view, filter, text, count]) => h("li", null, h("b", null, number(count)), link({ view, f: filter, account: place.account }, text)))));
  }

  // ---- moving about
  const scrolls = new Map();
  let [current, clicked] = [location.hash, false];
  const replaceHash = (hash) => {
    current = hash;
    try { history.replaceState(null, "", hash); } catch { /* a viewer that forbids it */ }
  };
  function detail(place) {
    const [parameter, view] = [["p", principalView], ["g", groupView], ["policy", policyView]].find(([name]) => place[name]) ?? [];
    if (!parameter) return null;
    const row = find(parameter, place[parameter], place.of);
    const all = { p: "principals", g: "groups", policy: "policies" }[parameter];
    return row ? view(row) : [h("h2", { tabindex: "-1" }, "Not in this report"), h("p", null, "There is nothing here by the name ", mono(place[parameter]), "."), h("p", null, link({ view: all }, `All ${all}`))];
  }
  function drawContents(place) {
    const name = place.view ?? (place.p ? "principals" : place.g ? "groups" : place.policy ? "policies" : "summary");
    const item = (view, text, count) => h("li", null, h("a", { href: hashOf({ view, account: place.account }), "aria-current": view === name && "true" },
      h("span", null, text), count !== undefined && [" ", h("span", { class: "count" }, number(count))]));
    $("views").replaceChildren(item("summary", "Summary"), ...Object.entries(VIEWS).map(([view, { title, rows }]) => item(view, title, inAccount(rows(), place.account).length)));
  }
  function drawScope(place) {
    if (!several) return;
    const stay = Object.hasOwn(VIEWS, place.view ?? "") ? place : { view: "summary" };
    const select = h("select", { id: "account", change: () => { location.hash = hashOf({ ...stay, page: "", account: select.value }); } }, h("option", { value: "" }, `All ${data.accounts.length} accounts`), accounts.map(({ name, id }) => h("option", { value: name, selected: name === place.account }, `${name} (${id})`)));
    $("scope").replaceChildren(h("label", { for: "account" }, "Account"), select);
  }

  function show(moved) {
    const place = parsePlace(location.hash);
    // A page of another account than the one chosen is shown among all accounts.
    if (place.p || place.g || place.policy) place.account = [undefined, shown.place?.account].includes(place.of) ? shown.place?.account : undefined;
    if (!several || !accounts.some(({ name }) => name === place.account)) delete place.account;
    const content = Object.hasOwn(VIEWS, place.view ?? "") ? listView(place) : detail(place);
    $("overview").hidden = Boolean(content);
    $("view").hidden = !content;
    $("view").replaceChildren(...(content ?? []).flat(Infinity).filter(Boolean));
    if (!content) updateOverview(place);
    drawContents(place);
    drawScope(place);
    settle(place, content, moved);
  }
  function settle(place, content, moved) {
    const [page, box] = (!clicked && scrolls.get(location.hash)) || [0, 0];
    if (moved) (content ? $("view").querySelector("h2") : $("summary-title")).focus({ preventScroll: true });
    clicked = false;
    const statement = place.s && $("view").querySelector(`[data-statement="${CSS.escape(place.s)}"]`);
    window.scrollTo(0, page);
    if (scroller()) scroller().scrollTop = box;
    statement?.classList.add("target");
    statement?.scrollIntoView({ block: "center" });
  }
  const scroller = () => $("view").querySelector(".list-view > .scroll");

  function beforePrint() {
    if (scroller()) shown.draw(PRINTED);
    $("view").querySelectorAll("details").forEach((details) => { details.fill?.(); details.open = true; });
  }
  function onMove() {
    scrolls.set(current, [window.scrollY, scroller()?.scrollTop ?? 0]);
    current = location.hash;
    show(true);
  }
  function onClick(event) {
    clicked = Boolean(event.target.closest?.("a[href^='#']:not(.skip)"));
    if (!event.target.closest?.(".skip")) return;
    event.preventDefault();
    $("content").focus();
  }

  $("without-script").remove();
  for (const cell of document.querySelectorAll("#admins [data-arn]")) {
    const row = find("p", cell.dataset.arn, cell.dataset.account);
    if (row) cell.replaceChildren(nameOf(row));
  }
  try { history.scrollRestoration = "manual"; } catch { /* a viewer that forbids it */ }
  window.addEventListener("click", onClick);
  window.addEventListener("hashchange", onMove);
  window.addEventListener("beforeprint", beforePrint);
  window.addEventListener("afterprint", () => { if (scroller()) shown.draw(); });
  show(false);
})();
