// The part of the address that says what is shown, and links to it.

import { say } from "./dom.js";

// `step`: a new place to go back from.
export function showAddress(fragment, step) {
  if (fragment === location.hash) return;
  const address = fragment || location.pathname + location.search;
  try {
    if (step) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  } catch {
    // Some browsers do not allow it for a page opened as a file; the page works without.
  }
}

export async function copyLink(link) {
  try {
    await navigator.clipboard.writeText(link);
    say("Link copied.");
  } catch {
    showAddress(new URL(link).hash);
    say("The link is in the address bar now; copy it from there.");
  }
}
