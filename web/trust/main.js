// Starts the page of trust between accounts: loads, draws the first picture, and joins the parts.

import { byId, el, plural, say } from "../common/dom.js";
import { listenToKeys } from "../common/keys.js";
import { firstPicture, isRoomy, setOutline, showHead, showNotes, showNotice, startPage, wirePage } from "../common/page.js";
import { focusDetails } from "../common/panel.js";
import { countsOf, TrustApp } from "./app.js";
import { Pictures } from "./badge.js";
import { TrustChoices } from "./choices.js";
import { EdgeTable } from "./edges.js";
import { AccountFinder } from "./finder.js";
import { Network } from "./network.js";
import { pictureTitle, TrustPanel } from "./panel.js";
import { trustPng } from "./picture.js";
import { Sieve } from "./sieve.js";
import { TrustStage } from "./stage.js";

const FORMAT = "cloudmapper-trust/1";
const MAKE = "cloudmapper weboftrust --accounts all";
const DATA = {
  file: "trust.json", what: "web of trust", make: MAKE, makeAlone: `${MAKE} --html trust.html`, needs: `of the format ${FORMAT}`,
  fits: (data) => data !== null && typeof data === "object" && data.format === FORMAT && Array.isArray(data.elements),
};
const PAN = 60;
const HELP = [
  ["Arrow keys", "Go from account to account"], ["Enter", "Select it"], ["Double click", "Open a group; draw only an account’s neighbours"], ["g", "Only the neighbours of what is selected"], ["x", "Blast radius of what is selected"], ["b", "Back to all accounts"],
  ["Shift+arrows", "Move the picture"], ["− / +", "Zoom out / in"], ["f", "Fit to the window"], ["c / e", "Fold / open all groups"], ["t", "Table and picture"],
  ["/", "Search"], ["o", "Choices on the left"], ["i", "Details"], ["Esc", "Clear the selection"], ["?", "This list"],
];

function showFacts(network) {
  const { accounts } = network;
  const title = accounts.length === 1 ? `Trust of ${accounts[0]}` : accounts.length === 0 ? "Web of trust" : `Trust between ${plural(accounts.length, "account")}`;
  showHead(title, countsOf(network));
  byId("title").title = accounts.slice(0, 30).join(", ");
  byId("subtitle").title = byId("subtitle").textContent;
  const notes = network.gaps.map((gap) => (gap.account ? [el("strong", {}, `${network.gapAccount(gap)}: `), gap.what] : [gap.what]));
  if (network.skipped > 0) notes.push([`${plural(network.skipped, "element")} could not be used: without an id, there already, or an edge whose end is not there.`]);
  showNotes("Not seen", "What could not be seen", notes);
}

function buttons(app) {
  const { stage } = app;
  const png = () => trustPng(stage, `${byId("title").textContent}: ${pictureTitle(app)}`, byId("subtitle").textContent).catch((error) => say(`The picture could not be made: ${error.message}`, true));
  return {
    "png": png, "link": () => app.copyLink(), "zoom-in": () => stage.zoomBy(1.3), "zoom-out": () => stage.zoomBy(1 / 1.3), "fit": () => stage.fitAll(), "back": () => app.back(), "fold": () => app.foldAll(), "unfold": () => app.unfoldAll(),
    "table": () => app.setTable(!app.state.table), "clear": () => app.clearFilters(),
  };
}

function wireKeys(app, help) {
  const { stage, state } = app;
  const step = (dx, dy) => () => {
    if (!state.table) app.tell(stage.step(dx, dy));
  };
  const selected = (what) => () => (state.selected === -1 ? say("Select an account first") : what(state.selected));
  const commands = {
    "ArrowLeft": step(-1, 0), "ArrowRight": step(1, 0), "ArrowUp": step(0, -1), "ArrowDown": step(0, 1),
    "-": () => stage.zoomBy(0.85), "_": () => stage.zoomBy(0.85), "=": () => stage.zoomBy(1.2), "+": () => stage.zoomBy(1.2), "f": () => stage.fitAll(),
    "g": selected((at) => app.focusOn(at)), "x": selected((at) => app.blastFrom(at)), "b": () => app.back(), "c": () => app.foldAll(), "e": () => app.unfoldAll(), "t": () => app.setTable(!state.table), "Escape": () => app.clear(),
    "?": help, "i": focusDetails, "/": () => byId("search").focus(),
    "o": () => {
      setOutline(true);
      byId("choices").querySelector("input")?.focus();
    },
  };
  // In the table, arrows scroll.
  document.addEventListener("keydown", (event) => {
    if (event.target instanceof Element && event.target.closest("#table, #outline") && event.key.startsWith("Arrow")) event.stopImmediatePropagation();
    const by = { ArrowLeft: [PAN, 0], ArrowRight: [-PAN, 0], ArrowUp: [0, PAN], ArrowDown: [0, -PAN] }[event.key];
    if (event.target !== byId("picture")) return;
    if (event.shiftKey && by) {
      stage.panBy(...by);
      event.stopImmediatePropagation();
    } else if (event.key === "Enter" || event.key === " ") app.selectCurrent();
    else return;
    event.preventDefault();
  });
  listenToKeys(commands);
}

function start(raw, assets, theme) {
  const network = new Network(raw);
  showFacts(network);
  if (network.nodes.length === 0) {
    showNotice("There are no accounts.", `trust.json holds no accounts. Make it where the snapshots are, then reload this page:\n$ ${MAKE}`);
    return;
  }
  const pictures = new Pictures(assets, () => app.stage?.later(true));
  const app = new TrustApp(network, new Sieve(network), pictures);
  setOutline(isRoomy());
  document.body.classList.toggle("no-details", !isRoomy());
  byId("loading").hidden = true;
  app.choices = new TrustChoices(byId("choices"), app);
  app.stage = new TrustStage(byId("picture"), pictures, {
    onItem: (item) => app.clickItem(item), onLine: (line) => app.clickLine(line), onFold: (key) => app.fold(key), onEnter: (item) => app.enter(item), onNothing: () => app.clear(), onHover: (what, place) => app.tip(what, place), onMoved: () => app.saveAddress(),
  });
  app.panel = new TrustPanel(byId("details"), app);
  app.table = new EdgeTable(byId("table"), app);
  new AccountFinder(byId("search"), app);
  app.restore();
  theme.follow(() => app.stage.retone());
  requestAnimationFrame(firstPicture);
  wireKeys(app, wirePage(buttons(app), HELP));
  globalThis.addEventListener("popstate", () => app.restore());
  document.documentElement.dataset.wired = "true";
  // For the console and for tests; nothing on the page uses it.
  globalThis.cloudmapper = Object.freeze({ app, network, sieve: app.sieve, stage: app.stage });
}

startPage("trust.html", async (assets, theme) => {
  start(await assets.data(DATA), assets, theme);
});
