// What waits on this telephone: reports that could not go out, under a word that is one person's alone; and the bar that
// says so. Nothing here knows a name.

export const bar = () => document.getElementById("kept");
export const say = (what) => document.getElementById("say-again").content.querySelector(`[data-${what}]`);
export const PATIENCE = 8000;
let why = "off";

// ---- what waits on this telephone ----

const PLACES = "sharemeal-round-";
const place = () => PLACES + bar().dataset.word;

export function waiting(at = place()) {
  try {
    return JSON.parse(localStorage.getItem(at)) ?? [];
  } catch {
    return [];
  }
}

export function keep(entries, at = place()) {
  try {
    if (entries.length) localStorage.setItem(at, JSON.stringify(entries));
    else localStorage.removeItem(at);
    return true;
  } catch {
    return false;
  }
}

// What was never sent is forgotten in the end, whoever's it was; of what was refused only place and sentence stay.
export function forgetOld() {
  try {
    for (const at of Object.keys(localStorage).filter((each) => each.startsWith(PLACES)))
      keep(waiting(at).filter((entry) => Date.parse(entry.until) > Date.now()), at);
  } catch {
    // A telephone that keeps nothing has nothing to forget.
  }
}

export const refused = ({ key, place, until }, error) => ({ key, place, until, error });

export const newId = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
};

// ---- sending ----

// The answers to these events; null when nothing can be known now (no signal, a fault of the server, no session).
export async function sent(events) {
  if (!navigator.onLine) return lost("off");
  let answer;
  try {
    answer = await fetch(bar().dataset.api, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Sharemeal-Queue": bar().dataset.word },
      body: JSON.stringify(events),
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    return lost("off");
  }
  if (answer.status === 401 || answer.status === 403 || answer.status === 409) return lost("door");
  if (!answer.ok) return lost("busy");
  try {
    return await answer.json();
  } catch {
    return lost("busy");
  }
}

function lost(reason) {
  why = reason;
  return null;
}

// ---- what is seen of it ----

export function show() {
  if (!bar()) return;
  const entries = waiting();
  const open = entries.filter((entry) => !entry.error);
  const offline = bar().querySelector(".offline");
  bar().hidden = !entries.length;
  offline.hidden = !open.length;
  offline.querySelector('[data-say="why"]').textContent = say(`why="${why}"`).textContent;
  const count = offline.querySelector('[data-say="count"]');
  count.textContent = count.dataset.words.replace("{count}", open.length);
  const list = bar().querySelector(".refusals");
  list.replaceChildren(...entries.filter((entry) => entry.error).map((entry) => {
    const line = document.createElement("li");
    const words = document.createElement("span");
    words.textContent = `${list.dataset.words.replace("{place}", entry.place)} ${entry.error}`;
    const seen = Object.assign(document.createElement("button"), { type: "button", className: "btn" });
    seen.textContent = say("seen").textContent;
    seen.dataset.drop = entry.key;
    line.append(words, seen);
    return line;
  }));
  for (const sent of document.querySelectorAll(".all-sent")) sent.hidden = open.length > 0;
}
