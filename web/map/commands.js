// What keys do on the map.

const PAN = 40;

export const KEYS = [
  ["d", "Hide what is selected"], ["h", "Highlight neighbours, on and off"], ["c / e", "Collapse / expand what is selected"], ["r", "Reset the layout"],
  ["f", "Fit the map to the window"], ["m", "Drag boxes, on and off"], ["Arrow keys", "Move the map (in the outline: go through it)"], ["− / +", "Zoom out / in"],
  ["Ctrl+Z / Ctrl+Y", "Undo / redo"], ["/", "Search"], ["o", "Go to the outline"], ["i", "Go to the details"], ["Esc", "Clear the selection"], ["?", "This list"],
  ["Double click", "Go into a box; bring hidden neighbours back"], ["Shift+click, Shift+drag", "Select more"],
];

export function mapKeys(actions, view, others) {
  const pan = (x, y) => () => view.cy.panBy({ x: x * PAN, y: y * PAN });
  return {
    "d": () => actions.hide(), "h": () => actions.toggleHighlight(), "c": () => actions.collapse(), "e": () => actions.expand(), "r": () => actions.resetLayout(), "f": () => view.fit(null, true),
    "m": () => actions.setArranging(!view.arranging),
    "ArrowLeft": pan(1, 0), "ArrowRight": pan(-1, 0), "ArrowUp": pan(0, 1), "ArrowDown": pan(0, -1),
    "-": () => view.zoomBy(0.9), "_": () => view.zoomBy(0.9), "=": () => view.zoomBy(1.2), "+": () => view.zoomBy(1.2),
    "Ctrl+z": () => actions.undo(), "Ctrl+y": () => actions.redo(), "Escape": () => view.select([]), ...others,
  };
}
