// Sorting, filtering and the place in the contents. The page says the same without this script.
"use strict";
(() => {
  const value = (row, column) => {
    const cell = row.cells[column];
    if (!cell) return "";
    return cell.dataset.sort === undefined ? cell.textContent.trim() : Number(cell.dataset.sort);
  };
  const compare = (a, b) => {
    if (typeof a === "number" && typeof b === "number") return a - b;
    return String(a).localeCompare(String(b), "en", { numeric: true });
  };

  function sort(table, column, direction) {
    for (const body of table.tBodies) {
      const rows = [...body.rows].filter((row) => !("fixed" in row.dataset));
      rows.sort((a, b) => direction * compare(value(a, column), value(b, column)));
      body.append(...rows);
    }
  }

  function makeSortable(table) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const firstDown = head.classList.contains("num") || head.classList.contains("bar");
        const now = head.getAttribute("aria-sort");
        const down = now ? now === "ascending" : firstDown;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        sort(table, column, down ? -1 : 1);
      });
    });
  }

  function makeFilter(table) {
    const rows = [...table.tBodies].flatMap((body) => [...body.rows]);
    if (rows.length < 12) return;
    const tools = document.createElement("div");
    const input = document.createElement("input");
    const output = document.createElement("output");
    tools.className = "tools";
    input.type = "search";
    input.placeholder = "Filter rows";
    const box = table.parentElement;
    input.setAttribute("aria-label", `Filter: ${box.getAttribute("aria-label")}`);
    const texts = rows.map((row) => row.textContent.toLowerCase());
    const show = () => {
      const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      rows.forEach((row, index) => {
        row.hidden = !words.every((word) => texts[index].includes(word));
        if (!row.hidden) shown += 1;
      });
      output.textContent = `${shown} of ${rows.length} rows`;
    };
    input.addEventListener("input", show);
    tools.append(input, output);
    box.before(tools);
    show();
  }

  function followContents() {
    const links = new Map([...document.querySelectorAll(".toc a")].map((link) => [link.hash.slice(1), link]));
    const visible = new Set();
    const observer = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (entry.isIntersecting) visible.add(entry.target.id);
        else visible.delete(entry.target.id);
      }
      const current = [...links.keys()].find((id) => visible.has(id));
      for (const [id, link] of links) {
        if (id === current) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
      }
    }, { rootMargin: "-10% 0px -60% 0px" });
    document.querySelectorAll("main > section").forEach((section) => observer.observe(section));
  }

  document.querySelectorAll("table[data-sortable]").forEach(makeSortable);
  document.querySelectorAll("table[data-filter]").forEach(makeFilter);
  if ("IntersectionObserver" in window) followContents();
})();
