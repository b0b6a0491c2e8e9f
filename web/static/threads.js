// Reading a thread by keyboard, and folding it at once. The page works without this file.
(() => {
  "use strict";
  // The seconds are for the eye; when they are over, the sentence says so.
  const began = performance.now();
  function tellSeconds() {
    for (const form of document.querySelectorAll("form[data-undo]:not([data-over])")) {
      const left = Math.ceil(Number(form.dataset.undo) - (performance.now() - began) / 1000);
      const told = form.querySelector("[data-fate]");
      if (left > 0) { told.textContent = told.textContent.replace(/\p{Nd}+/u, String(left)); continue; }
      form.dataset.over = "";
      told.textContent = form.dataset.late;
      form.querySelector("button").hidden = true;
    }
  }
  if (document.querySelector("form[data-undo]")) { tellSeconds(); setInterval(tellSeconds, 500); }

  const thread = document.querySelector("[data-thread]");
  if (!thread) return;
  const OFF = "marmalade-thread-keys-off";
  const stored = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* storage is closed */ } };

  const fold = thread.querySelector("[data-fold]");
  if (fold) fold.addEventListener("click", (event) => {
    event.preventDefault();
    const folds = fold.dataset.fold === "fold";
    thread.querySelectorAll("details.branch").forEach((branch) => { branch.open = !folds; });
    fold.dataset.fold = folds ? "open" : "fold";
    [fold.textContent, fold.dataset.other] = [fold.dataset.other, fold.textContent];
  });

  const switched = thread.querySelector("[data-keys]");
  if (switched) {
    switched.closest("label").hidden = false;
    switched.checked = !stored(OFF);
    switched.addEventListener("change", () => keep(OFF, switched.checked ? "" : "1"));
  }
  function step(by) {
    const branches = [...thread.querySelectorAll("[data-branch]")];
    const focused = document.activeElement.closest?.("[data-branch]");
    const top = branches.findIndex((branch) => branch.getBoundingClientRect().bottom > 90);
    const from = focused ? branches.indexOf(focused) : by > 0 ? top - 1 : top;
    const to = branches[from + by];
    if (to) { to.scrollIntoView({ block: "start" }); to.focus({ preventScroll: true }); return; }
    const way = thread.querySelector(by > 0 ? "a[rel=next]" : "a[rel=prev]");
    if (way) way.click();
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || (switched && !switched.checked)) return;
    if (event.target.closest("input, textarea, select, [contenteditable]")) return;
    if (event.key === "n") step(1);
    else if (event.key === "p") step(-1);
  });
})();
