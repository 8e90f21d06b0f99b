// The card of one stop on the sheet, its place in the list and on the string of beads, turned without asking the server.

import { PATIENCE, bar, newId, say, show } from "./kept.js";

// A stop's state on the string of beads and in the list: "waits" on this telephone, "done", or "open" again.
export function mark(stop, how) {
  const template = document.querySelector(`main > template[data-stop="${stop}"]`);
  if (template) template.dataset.ended = how === "open" ? "" : "yes";
  const bead = document.querySelector(`[data-bead="${stop}"]`);
  const row = document.querySelector(`[data-row="${stop}"]`);
  if (!bead || !row) return;
  const words = say(how === "open" ? "next-word" : how).cloneNode(true);
  bead.className = how === "open" ? "" : "done";
  bead.querySelector(".disc").className = how === "open" ? "disc disc-line" : "disc disc-ok";
  bead.lastElementChild.replaceChildren(...bead.lastElementChild.querySelectorAll(".sr"), words.textContent);
  const state = Object.assign(document.createElement("span"), { className: { waits: "st st-info", done: "st st-ok" }[how] ?? "st" });
  state.append(words);
  row.lastElementChild.replaceWith(state);
  row.querySelector(".disc").className = how === "open" ? "disc disc-line" : "disc disc-ok";
}

// Pictures that stand in a file of their own do not come without a signal: they are fetched once and kept in the page.
export async function keepIcons() {
  const uses = [document, ...[...document.querySelectorAll("template")].map((each) => each.content)]
    .flatMap((root) => [...root.querySelectorAll("use")]).filter((use) => !use.getAttribute("href").startsWith("#"));
  if (!uses.length) return;
  const file = uses[0].getAttribute("href").split("#")[0];
  if (!document.getElementById("icons")) {
    const page = new DOMParser().parseFromString(await (await fetch(file)).text(), "image/svg+xml");
    const icons = document.importNode(page.documentElement, true);
    icons.id = "icons";
    icons.setAttribute("hidden", "");
    icons.setAttribute("aria-hidden", "true");
    document.body.append(icons);
  }
  for (const use of uses) if (use.getAttribute("href").startsWith(`${file}#`)) use.setAttribute("href", use.getAttribute("href").slice(file.length));
}

let doorForm;

// One stop into the card, from what the page brought along.
export function turnCard(template) {
  turns++; // A page that was asked for before this comes too late.
  const card = document.getElementById("stop");
  doorForm = card.querySelector("form.door") ?? doorForm ?? document.getElementById("door")?.content.querySelector("form.door");
  card.dataset.stop = template.dataset.stop;
  const info = Object.assign(document.createElement("div"), { className: "info stack" });
  info.append(template.content.cloneNode(true));
  const form = info.querySelector("form.pick") ?? doorForm;
  card.replaceChildren(info, form);
  if (form === doorForm) {
    for (const chosen of form.querySelectorAll(":checked")) chosen.checked = false;
    for (const pressed of form.querySelectorAll(".pressed")) pressed.classList.remove("pressed");
    form.querySelector("#contact-e")?.remove();
    form.querySelector("textarea").value = "";
    form.dataset.watched = template.dataset.watched;
  }
  form.elements.stop.value = template.dataset.stop;
  form.elements.uuid.value = newId();
  for (const each of document.querySelectorAll("[data-bead], [data-row]")) {
    const here = (each.dataset.bead ?? each.dataset.row) === template.dataset.stop;
    each.toggleAttribute("aria-current", here);
    if (here) each.setAttribute("aria-current", "step");
    if (each.dataset.row) each.classList.toggle("now", here);
    else if (here) each.querySelector(".disc").className = "disc";
  }
}

// The next stop that has not ended; at the end of the round the card goes, and the list stays.
export function goOn() {
  const next = document.querySelector('main > template[data-stop]:not([data-ended="yes"])');
  if (next) turnCard(next);
  else turns++, document.getElementById("stop")?.remove();
}

export function lookHere() {
  document.querySelector("main h1")?.focus({ preventScroll: true });
  scrollTo(0, 0);
}

export function savedLine(entry, words) {
  for (const line of document.querySelectorAll("main > .saved")) line.remove();
  const made = document.getElementById("saved-line")?.content.cloneNode(true);
  if (!made) return;
  made.querySelector("b").textContent = entry.place;
  made.querySelector("span").textContent = words;
  made.querySelector("form").elements.uuid.value = entry.event.id;
  made.querySelector("form").dataset.stop = entry.stop;
  bar().after(made);
}

let sheetBefore;
let turns = 0;

// Another page of ours in the place of this one, so that a page whose successor does not come is never lost. False
// where it is asked to come ``quietly`` and whoever holds the telephone has begun the next door meanwhile.
export async function turnTo(address, quietly = false) {
  const turn = ++turns;
  const answer = await fetch(address, { signal: AbortSignal.timeout(PATIENCE) });
  if (!answer.ok) throw new Error("not now");
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const old = document.querySelector("main");
  if (turn !== turns || (quietly && old.querySelector("#stop :checked"))) return false;
  if (old.querySelector("#stop, .beads")) sheetBefore = old;
  document.title = page.title;
  old.replaceWith(page.querySelector("main"));
  history.replaceState(null, "", answer.url);
  lookHere();
  document.dispatchEvent(new Event("turned"));
  show();
  return true;
}

// Nothing of anybody stays in this page: not in sight, not in a template, not in what the script has put aside.
export function forgetNames() {
  sheetBefore = doorForm = undefined;
  document.querySelector("main").replaceChildren(bar(), document.getElementById("closed").content.cloneNode(true));
  document.title = document.querySelector("main h1").textContent;
  lookHere();
}

export function backToSheet() {
  if (!sheetBefore) return false;
  document.querySelector("main").replaceWith(sheetBefore);
  history.replaceState(null, "", bar().dataset.next);
  show();
  lookHere();
  return true;
}
