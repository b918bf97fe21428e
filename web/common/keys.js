// Keys of a page. They rest while something is being typed.

export function listenToKeys(commands) {
  document.addEventListener("keydown", (event) => {
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.closest("input, textarea, select, dialog[open]") || event.altKey) return;
    const modified = event.ctrlKey || event.metaKey;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const name = modified ? `Ctrl+${event.shiftKey && key === "z" ? "y" : key}` : key;
    if (target.closest("#details") && key.startsWith("Arrow")) return;
    const command = commands[name];
    if (!command) return;
    event.preventDefault();
    command();
  });
}
