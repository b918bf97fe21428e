// Light, dark, or as the system says; the choice is remembered where the browser allows it.

const KEY = "cloudmapper-theme";
const CHOICES = ["auto", "light", "dark"];
const NAMES = { auto: "as the system", light: "light", dark: "dark" };

function remembered() {
  try {
    const value = localStorage.getItem(KEY);
    return CHOICES.includes(value) ? value : "auto";
  } catch {
    return "auto";
  }
}

export class Theme {
  constructor(button) {
    this.button = button;
    this.onChange = () => {};
    this.system = globalThis.matchMedia("(prefers-color-scheme: dark)");
    this.choice = remembered();
    this.system.addEventListener("change", () => this.apply());
    button.addEventListener("click", () => this.next());
    this.apply();
  }

  // Calls it now, and at each change.
  follow(onChange) {
    this.onChange = onChange;
    onChange(this.dark);
  }

  get dark() {
    return this.choice === "dark" || (this.choice === "auto" && this.system.matches);
  }

  next() {
    this.choice = CHOICES[(CHOICES.indexOf(this.choice) + 1) % CHOICES.length];
    try {
      localStorage.setItem(KEY, this.choice);
    } catch {
      // Not remembered, then.
    }
    this.apply();
  }

  apply() {
    document.documentElement.dataset.theme = this.dark ? "dark" : "light";
    const label = `Colours: ${NAMES[this.choice]}`;
    this.button.setAttribute("aria-label", label);
    this.button.title = label;
    this.onChange(this.dark);
  }
}
