// − and + without a new page; ticks that exclude each other let go of each other. Without this script the server does it.

const form = document.querySelector("form.cook");
const number = document.getElementById("meal_count");
const counted = document.getElementById("counted");

function asCount(text) {
  const folded = text.normalize("NFKC").replace(/[食\s]/g, "");
  return /^\d{1,4}$/.test(folded) ? Number(folded) : folded === "" ? 0 : null;
}

for (const button of form.querySelectorAll('button[name="step"]')) {
  button.addEventListener("click", (event) => {
    const count = asCount(number.value);
    if (count === null) return;
    event.preventDefault();
    number.value = String(Math.min(500, Math.max(0, count + Number(button.value))));
    counted.value = `${number.value} ${form.dataset.unit}`;
  });
}

form.addEventListener("change", ({ target }) => {
  if (!target.checked) return;
  const others =
    target.name === "a" ? '[name="declares"]' :
    target.name === "declares" ? `[name="a"], [name="declares"]:not([value="${target.value}"])` : null;
  if (others) for (const other of form.querySelectorAll(others)) other.checked = false;
});
