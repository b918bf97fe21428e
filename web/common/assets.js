// Where data, style and icons come from: embedded in the page (a single file), or files beside it.

// Why a page has nothing to show. In the hint each line is a paragraph; one that begins with "$ " is a command.
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

  // A file of our own that the page cannot do without; in a single file, the block of that id.
  async own(file, id) {
    const given = embedded(id);
    if (given) return given;
    const answer = await fetch(`./${file}`).catch(() => null);
    if (!answer?.ok) throw new LoadError(`${file} could not be loaded.`, `It belongs beside this page. Start the server again, or put the file back.`);
    return answer.json().catch((error) => {
      throw new LoadError(`${file} is not valid JSON.`, "Correct it, or remove your copy so that the built-in one is used.", error.message);
    });
  }

  // What the page shows. `file`: its name; `what`: what it holds; `make`, `makeAlone`: the commands that write it, and a single file of it;
  // `needs`: what it has to be; `fits(data)`: whether it is that.
  async data({ file, what, make, makeAlone, needs, fits }) {
    const block = document.getElementById("cloudmapper-data");
    const answer = block ? null : await fetchData(file, what, make, makeAlone);
    const again = `Make it again, then reload this page:\n$ ${make}`;
    let data;
    try {
      data = block ? JSON.parse(block.textContent) : await answer.json();
    } catch (error) {
      throw new LoadError(`${file} is not valid JSON.`, `It may have been cut off while it was written. ${again}`, error.message);
    }
    if (!fits(data)) throw new LoadError(`${file} is not a ${what}.`, `It has to be ${needs}. ${again}`);
    return data;
  }
}

async function fetchData(file, what, make, makeAlone) {
  if (location.protocol === "file:") {
    throw new LoadError("This page cannot load its data from a file.", `Browsers do not let a page that was opened as a file read other files. Serve the folder:\n$ cloudmapper webserver\nOr write a single file:\n$ ${makeAlone}`);
  }
  const answer = await fetch(`./${file}`).catch((error) => {
    throw new LoadError(`The ${what} could not be loaded.`, "Has the server stopped? Start it again, then reload this page:\n$ cloudmapper webserver", error.message);
  });
  if (answer.status === 404) {
    throw new LoadError(`There is no ${what} yet.`, `Make it in the folder where the server was started, then reload this page:\n$ ${make}\nNAME is an account. The command reads its snapshot below account-data/ and writes web/${file}. If there is no snapshot yet, take one first:\n$ cloudmapper collect --account NAME`);
  }
  if (!answer.ok) throw new LoadError(`The ${what} could not be loaded.`, `The server answered ${answer.status} for ${file}.`);
  return answer;
}
