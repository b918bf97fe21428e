// Undo and redo: what is collapsed, hidden and moved, before and after each action.

const MOST = 100;

export class History {
  constructor(model, onChange) {
    this.model = model;
    this.onChange = onChange;
    this.past = [];
    this.future = [];
  }

  shot() {
    const { nodes, collapsed, hidden } = this.model;
    const places = new Float64Array(nodes.length * 4);
    nodes.forEach((node, at) => places.set([node.x, node.y, node.w, node.h], at * 4));
    return { collapsed: collapsed.slice(), hidden: hidden.slice(), places };
  }

  apply(shot) {
    this.model.collapsed.set(shot.collapsed);
    this.model.hidden.set(shot.hidden);
    this.model.nodes.forEach((node, at) => {
      [node.x, node.y, node.w, node.h] = shot.places.subarray(at * 4, at * 4 + 4);
    });
  }

  // Call before something changes. `selection`: what to select again when that is undone.
  keep(name, selection) {
    this.past.push({ name, shot: this.shot(), selection });
    if (this.past.length > MOST) this.past.shift();
    this.future = [];
    this.onChange();
  }

  // Forgets the last `keep`: nothing changed after all.
  drop() {
    this.past.pop();
    this.onChange();
  }

  swap(from, to) {
    const entry = from.pop();
    if (!entry) return null;
    to.push({ name: entry.name, shot: this.shot(), selection: entry.selection });
    this.apply(entry.shot);
    this.onChange();
    return entry;
  }

  undo() {
    return this.swap(this.past, this.future);
  }

  redo() {
    return this.swap(this.future, this.past);
  }
}
