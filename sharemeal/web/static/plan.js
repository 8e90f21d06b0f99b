// Follows a calculation and shows the finished plan; without it the page refreshes by itself.

const card = document.getElementById("solve");
const status = document.getElementById("solve-status");
const best = document.getElementById("solve-best");
const bar = card.querySelector("progress");

async function look() {
  const answer = await fetch(card.dataset.progress, { headers: { Accept: "application/json" } });
  const run = await answer.json();
  if (run.state !== "running") {
    location.reload();
    return;
  }
  bar.value = run.elapsed_seconds;
  const english = document.documentElement.lang === "en";
  status.textContent = english ? `${run.elapsed_seconds} s` : `${run.elapsed_seconds}秒`;
  if (run.best_minutes !== null) {
    best.firstElementChild.textContent = english ? `${run.best_minutes} min` : `${run.best_minutes}分`;
  }
  setTimeout(look, 400);
}

setTimeout(look, 400);
