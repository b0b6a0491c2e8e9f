// Polls renew themselves while people vote; statements can be answered from the keyboard.
(() => {
  "use strict";
  const due = new Map();
  async function renew(id) {
    due.delete(id);
    const old = document.getElementById(`poll-${id}`);
    if (!old || old.contains(document.activeElement) || old.querySelector("input:checked:not([checked])")) return;
    const answer = await fetch(old.dataset.poll, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(old.id);
    if (!fresh || old.contains(document.activeElement)) return;
    const adopted = document.adoptNode(fresh);
    old.replaceWith(adopted);
    if (window.htmx) window.htmx.process(adopted);
  }
  const card = document.querySelector("[data-statement]");
  if (card) {
    // Only while the card has the focus: single keys are nobody's business elsewhere (WCAG 2.1.4).
    if (location.search.includes("at=")) card.focus({ preventScroll: true });
    card.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
      const button = card.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
      if (button) { event.preventDefault(); button.click(); }
    });
  }
  document.addEventListener("marmalade:frame", (event) => {
    if (event.detail.event === "hour") {
      const place = document.querySelector("[data-hour]");
      const news = document.getElementById("hour-news");
      if (place && news && JSON.parse(event.detail.data).id === place.dataset.hour) news.hidden = false;
      return;
    }
    if (event.detail.event !== "poll") return;
    const { id } = JSON.parse(event.detail.data);
    if (!document.getElementById(`poll-${id}`) || due.has(id)) return;
    // Many vote at once: each reader asks at most once in some seconds, not all in the same one.
    due.set(id, setTimeout(() => renew(id), 1000 + Math.random() * 3000));
  });
})();
