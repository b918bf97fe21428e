// Where data, style and icons come from: embedded in the page (the single-file map), or files beside it.

export class LoadError extends Error {
  constructor(title, hint, detail) {
    super(title);
    this.hint = hint;
    this.detail = detail ?? "";
  }
}

function embedded(id) {
  const block = document.getElementById(id);
  return block ? JSON.parse(block.textContent) : null;
}

export class Assets {
  constructor() {
    this.icons = new Map(Object.entries(embedded("cloudmapper-icons") ?? {}));
    this.alone = document.getElementById("cloudmapper-data") !== null;
  }

  // An address that an image can be loaded from. Only files below `icons/` and pictures in the style itself count.
  resolve(path) {
    const name = path.replace(/^\.?\//, "");
    const source = this.icons.get(name);
    if (source !== undefined) return `data:image/svg+xml;base64,${btoa(String.fromCharCode(...new TextEncoder().encode(source)))}`;
    return path.startsWith("data:image/") ? path : /^icons\/[\w./-]+$/.test(name) && !name.includes("..") ? `./${name}` : "./icons/aws/generic.svg";
  }

  async text(address) {
    if (address.startsWith("data:image/svg+xml;base64,")) return new TextDecoder().decode(Uint8Array.from(atob(address.slice(address.indexOf(",") + 1)), (byte) => byte.charCodeAt(0)));
    const answer = await fetch(address);
    return answer.ok ? answer.text() : "";
  }

  async style() {
    const given = embedded("cloudmapper-style");
    if (given) return given;
    const answer = await fetch("./style.json").catch(() => null);
    if (!answer?.ok) throw new LoadError("The style could not be loaded.", "style.json belongs beside this page. Start the server again, or put the file back.");
    return answer.json().catch((error) => {
      throw new LoadError("style.json is not valid JSON.", "Correct it, or remove your copy so that the built-in one is used.", error.message);
    });
  }

  async data() {
    const block = document.getElementById("cloudmapper-data");
    const answer = block ? null : await this.fetchData();
    let elements;
    try {
      elements = block ? JSON.parse(block.textContent) : await answer.json();
    } catch (error) {
      throw new LoadError("data.json is not valid JSON.", "It may have been cut off while it was written. Run “cloudmapper prepare” again, then reload this page.", error.message);
    }
    if (!Array.isArray(elements)) throw new LoadError("data.json is not a map.", "It has to be an array of elements, as “cloudmapper prepare” writes it. Run that command again, then reload this page.");
    return elements;
  }

  async fetchData() {
    if (location.protocol === "file:") {
      throw new LoadError("A map cannot load its data from a file.", "Browsers do not let a page that was opened as a file read other files. Serve the folder with “cloudmapper webserver”, or write a single file with “cloudmapper prepare --html map.html”.");
    }
    const answer = await fetch("./data.json").catch((error) => {
      throw new LoadError("The map's data could not be loaded.", "Is “cloudmapper webserver” still running? Start it again, then reload this page.", error.message);
    });
    if (answer.status === 404) throw new LoadError("There is no map yet.", "Run “cloudmapper prepare” in this folder, then reload this page. It reads the snapshot below account-data/ and writes web/data.json.");
    if (!answer.ok) throw new LoadError("The map's data could not be loaded.", `The server answered ${answer.status} for data.json.`);
    return answer;
  }
}
