// Notices that the desk has changed. Reloads by itself only where nothing was typed; else it offers to.

const notice = document.getElementById("fresh");
const seconds = Number(notice.dataset.seconds);

function somethingTyped() {
  const fields = document.querySelectorAll("main form[data-keeps] :is(textarea, input, select)");
  return [...fields].some((field) => {
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") return [...field.options].some((each) => each.selected !== each.defaultSelected && each.value);
    return field.type !== "hidden" && field.value !== field.defaultValue;
  });
}

function busy() {
  return somethingTyped() || document.querySelector("main details[open]") !== null
    || document.activeElement?.matches("main input, main select, main textarea");
}

async function look() {
  try {
    const answer = await fetch(notice.dataset.state, { headers: { Accept: "application/json" } });
    if (answer.ok) {
      const state = await answer.json();
      if (state.fingerprint !== notice.dataset.fingerprint) {
        if (!busy()) {
          location.reload();
          return;
        }
        notice.hidden = false;
      }
    }
  } catch {
    // Out of signal: the page stands, and the next look may succeed.
  }
  setTimeout(look, seconds * 1000);
}

setTimeout(look, seconds * 1000);
