// The queue by keyboard, and the seconds that are left to undo. The page works without this file.
(() => {
  "use strict";
  const page = document.querySelector("[data-holds]");
  if (!page) return;
  const cards = [...page.querySelectorAll("article")];
  const batch = document.getElementById("batch");
  const keys = document.getElementById("keys");
  const switched = document.getElementById("keys-on");
  const PLACE = "marmalade-hold-place", OFF = "marmalade-hold-keys-off";
  const stored = (store, key) => { try { return store.getItem(key); } catch { return null; } };
  const keep = (store, key, value) => { try { store.setItem(key, value); } catch { /* storage is closed */ } };
  let current = -1;

  function go(to) {
    if (!cards.length) return;
    current = Math.max(0, Math.min(cards.length - 1, to));
    cards.forEach((card, at) => card.classList.toggle("current", at === current));
    cards[current].focus({ preventScroll: true });
    cards[current].scrollIntoView({ block: "nearest" });
  }

  const here = (what) => cards[current]?.querySelector(what);
  const send = (form, answer) => form?.requestSubmit(form.querySelector(answer ? `[value=${answer}]` : "button"));
  // Where somebody decided by a key, they go on with the next one.
  const decide = (form, answer) => { if (form) { keep(sessionStorage, PLACE, String(Math.max(0, current))); send(form, answer); } };

  const ACTS = {
    j: () => go(current + 1),
    k: () => go(current - 1),
    x: () => here("input[name=hold]")?.click(),
    r: () => decide(here("form[data-release]"), "release"),
    f: () => here("form[data-refuse] input[name=note]")?.focus(),
    u: () => decide(page.querySelector("form[data-undo]:not([data-over])")),
    R: () => decide(batch, "release"),
    F: () => batch?.querySelector("[name=note]").focus(),
    "?": () => { if (keys) keys.open = !keys.open; },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || (switched && !switched.checked)) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) {
      if (event.key === "Escape" && current >= 0) go(current);
      return;
    }
    const act = ACTS[event.key];
    if (act) { event.preventDefault(); act(); }
  });

  page.addEventListener("focusin", (event) => {
    const at = cards.findIndex((card) => card.contains(event.target));
    if (at >= 0 && at !== current) { current = at; cards.forEach((card, one) => card.classList.toggle("current", one === at)); }
  });

  function tellChosen() {
    const chosen = page.querySelectorAll("input[name=hold]:checked").length;
    const told = batch?.querySelector("[data-chosen]");
    if (told) told.textContent = chosen ? String(chosen) : "";
  }

  // The seconds are for the eye; the sentence beside them says it once for everybody.
  function tellSeconds() {
    for (const form of page.querySelectorAll("form[data-undo]:not([data-over])")) {
      const left = Math.ceil(Number(form.dataset.seconds) - performance.now() / 1000);
      form.querySelector("[data-left]").textContent = left > 0 ? `${left} s` : "";
      if (left > 0) continue;
      form.dataset.over = "";
      form.querySelector("[data-fate]").textContent = "It can be undone no longer.";
      const button = form.querySelector("button");
      if (button !== document.activeElement) button.hidden = true;
    }
  }

  if (switched) {
    switched.closest("label").hidden = false;
    switched.checked = !stored(localStorage, OFF);
    switched.addEventListener("change", () => keep(localStorage, OFF, switched.checked ? "" : "1"));
  }
  const place = stored(sessionStorage, PLACE);
  if (place !== null) { try { sessionStorage.removeItem(PLACE); } catch { /* storage is closed */ } go(Number(place)); }
  page.addEventListener("change", tellChosen);
  tellChosen();
  tellSeconds();
  setInterval(tellSeconds, 500);
})();
