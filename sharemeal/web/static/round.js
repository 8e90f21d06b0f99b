// The round on a telephone that loses its signal. Every tap goes out as an event with an id of its own; what cannot go
// out stays on this telephone and goes later, in order. Without this script the same forms do the same things.

import { bar, forgetOld, keep, newId, refused, sent, show, waiting } from "./kept.js";
import { backToSheet, forgetNames, goOn, keepIcons, lookHere, mark, savedLine, turnCard, turnTo } from "./card.js";

let busy = false;

async function flush() {
  const entries = waiting().filter((entry) => !entry.error);
  if (busy || !bar() || !entries.length) return show();
  busy = true;
  const first = entries.slice(0, 50);
  const answers = await sent(first.map((entry) => entry.event));
  busy = false;
  if (answers === null) {
    const tried = new Set(first.map((entry) => entry.key));
    keep(waiting().map((entry) => (tried.has(entry.key) && navigator.onLine ? { ...entry, tried: true } : entry)));
    return show();
  }
  const errors = new Map(first.map((entry, at) => [entry.key, answers[at].error]));
  keep(waiting().flatMap((entry) =>
    !errors.has(entry.key) ? [entry] : errors.get(entry.key) ? [refused(entry, errors.get(entry.key))] : []));
  for (const [at, entry] of first.entries()) if (!answers[at].error && !entry.event.undo) mark(entry.stop, "done");
  show();
  if (waiting().some((entry) => !entry.error)) await flush();
}

// ---- the forms ----

function eventOf(form, button) {
  const fields = new FormData(form, button);
  if (form.dataset.event === "undo") return { id: fields.get("uuid"), undo: true };
  const event = { id: fields.get("uuid"), stop: Number(fields.get("stop")), observed_at: new Date().toISOString() };
  if (form.dataset.event === "pickup") {
    const inputs = [...form.querySelectorAll("[data-offer]")];
    const asPlanned = fields.has("planned");
    event.counts = Object.fromEntries(inputs.map((input) =>
      [input.dataset.offer, Number((asPlanned ? input.dataset.planned : input.value).normalize("NFKC").replace(/[食\s]/g, ""))]));
    return Object.values(event.counts).every(Number.isInteger) ? event : null;
  }
  const codes = fields.getAll("codes");
  return { ...event, contact: fields.get("contact"), condition: fields.get("condition"), observations: codes, note: fields.get("note") || null };
}

function called(stop) {
  const words = document.querySelector(`[data-bead="${stop}"] .sr`);
  return (words?.textContent ?? "").trim();
}

function addressAfter(event, chips) {
  const { next, different, worried } = bar().dataset;
  const position = [...document.querySelectorAll("[data-bead]")].findIndex((bead) => bead.dataset.bead === String(event.stop)) + 1;
  const stop = position || new URLSearchParams(location.search).get("stop");
  if (event.condition === "worried") return `${worried}?stop=${stop}`;
  if (event.condition === "different" && !chips) return `${different}?stop=${stop}`;
  return event.counts ? next : `${next}?saved=${stop}`;
}

function unanswered(form) {
  form.querySelector("#contact-e")?.remove();
  const fieldset = form.querySelector("#contact");
  fieldset.querySelector("legend").after(document.getElementById("unanswered").content.cloneNode(true));
  fieldset.setAttribute("aria-describedby", "contact-e");
  fieldset.focus();
}

// The words of a button as eyes read them, without what only a screen reader says.
function seenWords(node) {
  return [...node.querySelectorAll(".sr")].reduce((text, hidden) => text.replace(hidden.innerText, ""), node.innerText).trim();
}

async function tapped(form, button) {
  const kind = form.dataset.event;
  const event = eventOf(form, button);
  if (event === null) return asPlainForm(form, button);
  if (kind === "door" && !event.contact) return unanswered(form);
  const stop = String(event.stop ?? form.dataset.stop);
  const entry = { key: newId(), event, stop, place: called(stop), until: bar().dataset.until, tried: navigator.onLine };
  const words = [form.querySelector(":checked + span"), button].filter(Boolean).map(seenWords).join(" ");
  if (event.undo && takenFromQueue(event.id)) return reopened(stop);
  await flush();
  busy = true;
  const answers = waiting().some((each) => !each.error) ? null : await sent([event]);
  busy = false;
  if (answers?.[0].error) return asPlainForm(form, button);
  if (answers === null && !keep([...waiting(), entry])) return asPlainForm(form, button);
  const onward = event.undo ? bar().dataset.next : addressAfter(event, kind === "chips");
  const state = event.undo ? "open" : answers ? "done" : "waits";
  if (answers) {
    try {
      if (kind !== "chips" && !event.undo) mark(stop, state), goOn();
      const quietly = kind !== "chips" && !event.undo && ["usual", undefined].includes(event.condition);
      if (!(await turnTo(onward, quietly)) && kind === "door") savedLine(entry, words);
      return;
    } catch {
      show();
    }
  }
  if (kind === "chips" || event.undo) backToSheet();
  show();
  if (event.undo) return reopened(stop);
  mark(stop, state);
  if (kind === "door" || kind === "pickup") {
    if (!answers) goOn();
    if (kind === "door") savedLine(entry, words);
    lookHere();
  }
  if (event.condition === "worried") firstAid(Boolean(answers));
}

function reopened(stop) {
  mark(stop, "open");
  for (const line of document.querySelectorAll("main > .saved")) line.remove();
  const template = document.querySelector(`main > template[data-stop="${stop}"]`);
  if (template && document.getElementById("stop")) turnCard(template);
  show();
  lookHere();
}

// What has surely not left this telephone is simply not sent; what may have left is taken back behind it.
function takenFromQueue(id) {
  const entries = waiting();
  const found = entries.find((entry) => entry.event?.id === id && !entry.tried);
  if (found) keep(entries.filter((entry) => entry !== found));
  return Boolean(found);
}

function firstAid(known) {
  const help = document.getElementById("worry");
  if (!help || document.getElementById("q0")) return;
  bar().after(help.content.cloneNode(true));
  if (known) document.querySelector("[data-unsent]").remove();
  document.getElementById("q0").focus();
}

// The server answers with the page that says what is wrong. A form that is being sent cannot be sent once more.
function asPlainForm(form, button) {
  form.dataset.plain = "yes";
  setTimeout(() => form.requestSubmit(button?.form === form ? button : undefined));
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.event || form.dataset.plain || !bar()) return;
  event.preventDefault();
  if (!busy) tapped(form, event.submitter);
});

document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-send]")) flush();
  const drop = target.closest("[data-drop]");
  if (drop) {
    keep(waiting().filter((entry) => entry.key !== drop.dataset.drop));
    show();
  }
});

// Without a signal a link to another stop would lead away from this page for good: it turns the card instead.
document.addEventListener("click", (event) => {
  const link = event.target.closest("main a[href]");
  if (!link || navigator.onLine || !bar() || new URL(link.href).origin !== location.origin) return;
  const address = new URL(link.href);
  if (!address.pathname.startsWith(bar().dataset.next)) return;
  event.preventDefault();
  if (!document.getElementById("stop") && !backToSheet()) return show();
  const template = document.querySelector(`main > template[data-position="${address.searchParams.get("stop")}"]:not([data-ended="yes"])`);
  if (template && document.getElementById("stop")) turnCard(template);
  show();
  lookHere();
});

// ---- what has become of a worry, while its page is open ----

let watching;

function watch() {
  clearInterval(watching);
  const far = document.getElementById("so-far");
  if (far) watching = setInterval(() => look(far), 5000);
}

async function look(far) {
  if (document.hidden || !navigator.onLine) return;
  try {
    const { stand, over } = await (await fetch(far.dataset.from)).json();
    if (stand && stand !== far.dataset.stand) {
      const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
      far.replaceChildren(...page.getElementById("so-far").childNodes);
      far.dataset.stand = stand;
    }
    if (over) clearInterval(watching);
  } catch {
    // The plain link below does the same.
  }
}

// ---- when the sheet closes: by the server's clock, however long this page stays open ----

const { closes, asked } = bar()?.dataset ?? {};
const closing = closes ? Date.now() + Math.max(0, new Date(closes) - new Date(asked)) + 1000 : Infinity;
let over = false;

function shut() {
  if (Date.now() < closing || !bar()) return;
  if (!over) forgetNames();
  over = true;
  if (navigator.onLine) location.replace(bar().dataset.next);
}

const icons = () => keepIcons().catch(() => {});
document.addEventListener("turned", () => { watch(); icons(); });
addEventListener("online", () => { shut(); flush(); });
addEventListener("pageshow", shut);
addEventListener("offline", show);
document.addEventListener("visibilitychange", () => { shut(); if (!document.hidden) flush(); });
setInterval(() => { shut(); flush(); }, 15000);
if (closes) setTimeout(shut, closing - Date.now());
watch();
icons();
forgetOld();
flush();
