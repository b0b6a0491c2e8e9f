// The control room's radar: the page stays as it is under the reader. An idea that was just answered says so in its
// place; what began to wait meanwhile is counted, and shown on request.
(() => {
  "use strict";
  const radar = document.querySelector("[data-radar]");
  if (!radar) return;
  const EVERY = 60000;

  document.addEventListener("marmalade:frame", (event) => {
    if (event.detail.event !== "arrival") return;
    const arrival = JSON.parse(event.detail.data);
    if (arrival.kind !== "reply") return;
    const row = radar.querySelector(`[data-waiting="${CSS.escape(arrival.thread)}"] [data-answered]`);
    if (row) row.hidden = false;
  });

  async function look() {
    if (document.hidden) return;
    try {
      const answer = await fetch(radar.dataset.radar, { credentials: "same-origin", cache: "no-store" });
      if (!answer.ok || answer.redirected) return;
      count(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch (fault) {
      // Offline: the next look tells.
    }
  }

  function count(fresh) {
    const waits = new Set([...fresh.querySelectorAll("[data-waiting]")].map((row) => row.dataset.waiting));
    const shown = [...radar.querySelectorAll("[data-waiting]")];
    for (const row of shown) {
      if (!waits.delete(row.dataset.waiting)) row.querySelector("[data-answered]").hidden = false;
    }
    const bar = document.getElementById("radar-more");
    const words = bar.querySelector("[data-more]");
    words.textContent = waits.size === 1 ? words.dataset.one : words.dataset.many.replace("#", waits.size);
    bar.hidden = waits.size === 0;
  }

  setInterval(look, EVERY);
})();

// The overview's figures: counted again a moment after something happened, and each minute; only numbers change.
(() => {
  "use strict";
  const place = document.querySelector("[data-figures]");
  if (!place) return;
  const parts = ["control-figures", "control-now"];
  let due = null;

  async function renew() {
    due = null;
    if (document.hidden || place.contains(document.activeElement)) return;
    try {
      const answer = await fetch(place.dataset.figures, { credentials: "same-origin", cache: "no-store" });
      if (!answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const id of parts) {
        const [old, now] = [document.getElementById(id), fresh.getElementById(id)];
        if (old && now && old.innerHTML !== now.innerHTML) old.replaceWith(document.adoptNode(now));
      }
    } catch (fault) {
      // Offline: the next turn tells.
    }
  }

  document.addEventListener("marmalade:frame", () => {
    due = due || setTimeout(renew, 3000 + Math.random() * 3000);
  });
  setInterval(renew, 60000);
})();
