// Sending over a line that breaks: words stay in the form, and go once the server answers again.
// Without this file the browser sends at once, and shows its own page where there is no connection.
(() => {
  "use strict";
  const AGAIN = 3000;

  async function answers() {
    try {
      const answer = await fetch("/livez", { cache: "no-store", signal: AbortSignal.timeout(5000) });
      return answer.ok;
    } catch {
      return false;
    }
  }

  function wait(signal) {
    return new Promise((wake) => {
      const timer = setTimeout(wake, AGAIN);
      const now = () => { clearTimeout(timer); wake(); };
      window.addEventListener("online", now, { once: true, signal });
      signal.addEventListener("abort", now, { once: true });
    });
  }

  function watch(form) {
    const line = form.querySelector("[data-line]"), cut = form.querySelector("template[data-cut]");
    let sending = false;

    function tell(stop) {
      if (!line || line.childElementCount) return;
      line.append(cut.content.cloneNode(true));
      line.querySelector("button").addEventListener("click", stop);
    }

    async function send(submitter) {
      const stopping = new AbortController();
      while (!(await answers())) {
        tell(() => stopping.abort());
        await wait(stopping.signal);
        if (stopping.signal.aborted) break;
      }
      if (line) line.replaceChildren();
      sending = false;
      if (stopping.signal.aborted) { delete form.dataset.sending; return; }
      form.dataset.clear = "1";
      // The button may be a new one by now: the audience line renews itself.
      form.requestSubmit(submitter && submitter.isConnected ? submitter : null);
      delete form.dataset.clear;
    }

    // Before anybody else hears of it: what counts as sent is what leaves.
    form.addEventListener("submit", (event) => {
      const submitter = event.submitter;
      if (form.dataset.clear || (submitter && submitter.hasAttribute("formaction"))) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (sending) return;
      sending = true;
      form.dataset.sending = "1";
      send(submitter);
    }, { capture: true });
  }

  // What is pressed is not renewed under the finger, or the press would be lost; it is renewed once let go.
  let pressed = null, late = null;
  document.addEventListener("pointerdown", (event) => { pressed = event.target.closest(".reach"); });
  for (const end of ["pointerup", "pointercancel"]) {
    document.addEventListener(end, () => setTimeout(() => {
      pressed = null;
      if (late && late.isConnected && !late.closest("[data-sending]")) late.dispatchEvent(new Event("change", { bubbles: true }));
      late = null;
    }));
  }
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!pressed || event.detail.target !== pressed) return;
    event.detail.shouldSwap = false;
    late = pressed;
  });

  const composers = document.querySelectorAll("form.composer");
  composers.forEach(watch);
  // Whoever comes back finds the form as they left it.
  window.addEventListener("pageshow", () => composers.forEach((form) => { delete form.dataset.sending; }));
})();
