// Small helps while writing: a toolbar, names after @, and a draft on the server. Forms work without this file.
(() => {
  "use strict";
  // --- the toolbar: marks around what is chosen, or before each line of it -----------------------------
  const MARKS = {
    bold: (words) => [`**${words || "…"}**`, 2, words ? words.length : 1],
    link: (words) => [`[${words || "…"}](https://)`, words ? words.length + 3 : 1, words ? 8 : 1],
    list: (words) => [before(words, "- "), 0, null],
    quote: (words) => [before(words, "> "), 0, null],
  };
  const before = (words, mark) => (words || "…").split("\n").map((line) => mark + line).join("\n");

  function put(area, made, from, length) {
    const start = area.selectionStart;
    area.focus();
    // Keeps the browser's own undo where it can.
    if (!document.execCommand || !document.execCommand("insertText", false, made)) {
      area.setRangeText(made, start, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (length !== null) area.setSelectionRange(start + from, start + from + length);
  }

  function useToolbar(form, area) {
    const bar = form.querySelector("[data-toolbar]");
    if (!bar) return;
    bar.hidden = false;
    bar.addEventListener("click", (event) => {
      const button = event.target.closest("[data-md]");
      if (!button) return;
      const words = area.value.slice(area.selectionStart, area.selectionEnd);
      put(area, ...MARKS[button.dataset.md](words));
    });
  }

  // --- names after @ -----------------------------------------------------------------------------------
  function suggestNames(form, area) {
    const list = form.querySelector("[data-suggest]");
    if (!list) return;
    let timer = 0, asked = "";
    const begun = () => /(?:^|[\s(])@([\p{L}\p{N}_.-]{1,40})$/u.exec(area.value.slice(0, area.selectionStart));
    const close = () => { list.hidden = true; list.replaceChildren(); };
    function pick(handle) {
      const found = begun();
      close();
      area.focus();
      if (!found) return;
      area.setSelectionRange(area.selectionStart - found[1].length - 1, area.selectionStart);
      put(area, `${handle} `, handle.length + 1, 0);
    }
    async function ask() {
      const found = begun();
      if (!found) { close(); return; }
      asked = found[1];
      const answer = await fetch(`/people/suggest?q=${encodeURIComponent(asked)}`, { credentials: "same-origin" });
      if (!answer.ok || begun()?.[1] !== asked) return;
      const { data } = await answer.json();
      list.replaceChildren(...data.map((person) => {
        const row = document.createElement("li"), button = document.createElement("button");
        button.type = "button";
        button.className = "button small bare";
        button.textContent = [person.name, person.handle, person.belongs].filter(Boolean).join(" · ");
        button.addEventListener("click", () => pick(person.handle));
        row.append(button);
        return row;
      }));
      list.hidden = !data.length;
    }
    area.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 150); });
    area.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      if (event.key === "ArrowDown") { event.preventDefault(); list.querySelector("button")?.focus(); }
      else if (event.key === "Escape") close();
    });
    list.addEventListener("keydown", (event) => {
      const buttons = [...list.querySelectorAll("button")], at = buttons.indexOf(document.activeElement);
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) { event.preventDefault(); (buttons[at + step] || area).focus(); }
      else if (event.key === "Escape") { close(); area.focus(); }
    });
  }

  // --- the draft on the server: some seconds after the last key, and when the page is left ----------------
  function keepDraft(form) {
    const place = form.querySelector("input[name=place]");
    if (!place) return;
    let timer = 0, last = "";
    const words = () => JSON.stringify([...new FormData(form)].filter(([name]) => name !== "csrf"));
    last = words();
    function keep() {
      clearTimeout(timer);
      if (form.dataset.sent || words() === last) return;
      last = words();
      fetch("/drafts", { method: "POST", body: new URLSearchParams(new FormData(form)), headers: { Accept: "application/json" },
        credentials: "same-origin", keepalive: last.length < 60000 })
        .then((answer) => { if (!answer.ok || answer.redirected) last = ""; }).catch(() => { last = ""; });
    }
    form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(keep, 2500); });
    form.addEventListener("submit", () => { clearTimeout(timer); });
    window.addEventListener("pagehide", keep);
  }

  // A form is helped once somebody comes to it: to read what it holds makes the browser lay out the whole page.
  const helped = new WeakSet();
  function help(event) {
    const form = event.target?.closest?.("form.composer"), area = form?.querySelector("[data-words]");
    if (!area || helped.has(form)) return;
    helped.add(form);
    useToolbar(form, area);
    suggestNames(form, area);
    keepDraft(form);
  }
  for (const come of ["focusin", "pointerdown", "click"]) document.addEventListener(come, help, { capture: true });
  help({ target: document.activeElement });
})();
