// Gets the graph: embedded in the page (a single file), or principals.json beside it.

import { LoadError } from "../map/assets.js";

const FORMAT = "cloudmapper-principals/1";

async function fetchGraph() {
  if (location.protocol === "file:") {
    throw new LoadError("The picture cannot load its data from a file.", "Browsers do not let a page that was opened as a file read other files. Serve the folder with “cloudmapper webserver”, or write the picture as a single file.");
  }
  const answer = await fetch("./principals.json").catch((error) => {
    throw new LoadError("The principals could not be loaded.", "Is “cloudmapper webserver” still running? Start it again, then reload this page.", error.message);
  });
  if (answer.status === 404) throw new LoadError("There is no graph of principals yet.", "principals.json is not beside this page. Make it with “cloudmapper visualize”, then reload this page.");
  if (!answer.ok) throw new LoadError("The principals could not be loaded.", `The server answered ${answer.status} for principals.json.`);
  return answer;
}

export function embeddedGraph() {
  return document.getElementById("cloudmapper-data") ?? document.getElementById("data");
}

export async function loadGraph() {
  const block = embeddedGraph();
  const answer = block ? null : await fetchGraph();
  let raw;
  try {
    raw = block ? JSON.parse(block.textContent) : await answer.json();
  } catch (error) {
    throw new LoadError("principals.json is not valid JSON.", "It may have been cut off while it was written. Make it again, then reload this page.", error.message);
  }
  if (raw === null || typeof raw !== "object" || raw.format !== FORMAT || !Array.isArray(raw.nodes)) throw new LoadError("principals.json is not a graph of principals.", `Its format has to be ${FORMAT}. Make it again with this version of cloudmapper, then reload this page.`);
  return raw;
}
