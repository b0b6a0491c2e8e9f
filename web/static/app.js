// Small comforts. Every page works without this file.
(() => {
  "use strict";
  const language = document.documentElement.lang || "en";
  // Made when they are first asked for: to make them takes longer than all else that this file does.
  const once = (make) => { let made; return () => (made ??= make()); };
  const stamp = once(() => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }));
  const day = once(() => new Intl.DateTimeFormat(language, { dateStyle: "medium" }));
  const relative = once(() => new Intl.RelativeTimeFormat(language, { numeric: "auto" }));
  const STEPS = [[60, "second", 1], [3600, "minute", 60], [86400, "hour", 3600], [604800, "day", 86400]];

  // Times are written by the server in UTC; show them in the reader's own time.
  function tellTimes(root) {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const at = new Date(time.dateTime);
      if (Number.isNaN(at.getTime())) continue;
      time.title = stamp().format(at);
      if ("stamp" in time.dataset) put(time, time.title);
      else if ("ago" in time.dataset) put(time, ago(at));
    }
  }

  // What says so already is left alone: to write it again would lay the page out again.
  function put(time, words) {
    if (time.textContent !== words) time.textContent = words;
  }

  function ago(at) {
    const seconds = (at.getTime() - Date.now()) / 1000;
    if (Math.abs(seconds) < 60) return relative().format(0, "second");
    for (const [limit, unit, size] of STEPS) {
      if (Math.abs(seconds) < limit) return relative().format(Math.trunc(seconds / size), unit);
    }
    return day().format(at);
  }

  // Words survive a closed tab and a session that ended: kept in this browser only, for the person who typed them,
  // and dropped once they were sent.
  const person = document.body.dataset.person || "";
  function keepDraft(form) {
    const key = `marmalade-draft:${person}:${form.dataset.draft}`;
    const fields = () => [...form.querySelectorAll("input[name=title], textarea")];
    let stored = {};
    try { stored = JSON.parse(localStorage.getItem(key) || "{}"); } catch { return; }
    for (const field of fields()) if (!field.value && stored[field.name]) field.value = stored[field.name];
    form.addEventListener("input", () => {
      const words = Object.fromEntries(fields().map((field) => [field.name, field.value]).filter((pair) => pair[1]));
      try { localStorage.setItem(key, JSON.stringify(words)); } catch { /* storage is full or closed: no draft */ }
    });
    form.addEventListener("submit", () => sessionStorage.setItem("marmalade-sent", key));
  }

  // A draft goes once the server says that the words are in, all of them with the person who signs out, and those
  // of anybody else once another person has signed in.
  function dropDrafts() {
    const sent = sessionStorage.getItem("marmalade-sent");
    if (sent && new URLSearchParams(location.search).has("done")) localStorage.removeItem(sent);
    sessionStorage.removeItem("marmalade-sent");
    const left = new URLSearchParams(location.search).get("done") === "signed-out";
    if (!left && !person) return;
    Object.keys(localStorage).filter((key) => key.startsWith("marmalade-draft:") && !(person && key.startsWith(`marmalade-draft:${person}:`)))
      .forEach((key) => localStorage.removeItem(key));
  }

  // One press, one sending.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    setTimeout(() => delete form.dataset.sent, 4000);
  });

  // Menus close by Escape and by a press elsewhere.
  document.addEventListener("keydown", (event) => {
    const menu = event.key === "Escape" && document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  document.addEventListener("click", (event) => {
    const menu = document.querySelector("details.menu[open]");
    if (menu && !menu.contains(event.target)) menu.open = false;
  });

  // In a table of rules, a problem leads to its line, and the line one writes in is told.
  function lead(event) {
    const link = event.target.closest("a[data-line]"), area = link && document.querySelector("textarea.code");
    if (!area) return;
    event.preventDefault();
    const before = area.value.split("\n").slice(0, link.dataset.line - 1).join("\n");
    const start = before ? before.length + 1 : 0, end = area.value.indexOf("\n", start);
    area.focus();
    area.setSelectionRange(start, end < 0 ? area.value.length : end);
    area.scrollTop = Math.max(0, link.dataset.line - 4) * parseFloat(getComputedStyle(area).lineHeight);
  }
  document.addEventListener("click", lead);
  document.addEventListener("selectionchange", () => {
    const area = document.activeElement, told = document.querySelector("output[data-line-of]");
    if (told && area.matches("textarea.code")) {
      told.textContent = area.value.slice(0, area.selectionStart).split("\n").length;
      told.parentElement.hidden = false;
    }
  });

  // Forms and links work without htmx, which looks at every element of a page: it comes once the page stands. What was
  // typed until then is told to it. The server has written every time already: the reader's own can wait as well.
  function bring() {
    const script = document.createElement("script");
    script.src = document.querySelector("meta[name=htmx]").content;
    script.addEventListener("load", () => {
      for (const field of document.querySelectorAll("form input, form textarea")) {
        if (field.value !== field.defaultValue) field.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
    document.head.append(script);
  }
  // So can words kept in this browser: to open its storage takes longer than to draw a page.
  function bringDrafts() {
    try { dropDrafts(); } catch { /* storage is closed: there are no drafts */ }
    document.querySelectorAll("form[data-draft]").forEach(keepDraft);
  }
  window.addEventListener("load", () => { bring(); setTimeout(() => { bringDrafts(); tellTimes(document); }); });
  // Where words were just sent, or somebody signed out, what was kept of them does not wait.
  if (new URLSearchParams(location.search).has("done")) try { dropDrafts(); } catch { /* as above */ }
  document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) tellTimes(event.target); });
  document.addEventListener("marmalade:frame", () => tellTimes(document));
  setInterval(() => { if (!document.hidden) tellTimes(document); }, 30000);
})();
