// Live pages: one event stream for all tabs of a browser.
//
// The tab that holds a Web Lock reads the stream and passes each frame on through a BroadcastChannel; when it
// is hidden or closed it lets go and another visible tab takes over. Where there is no secure context (no Web
// Locks) each visible tab reads its own stream. Reading by fetch rather than EventSource lets a new leader
// resume with Last-Event-ID and spread its reconnections.
(() => {
  "use strict";
  const place = document.querySelector("[data-live]");
  if (!place || !place.dataset.live) return;
  const url = place.dataset.live;
  const channel = "BroadcastChannel" in window ? new BroadcastChannel(`marmalade:${url}`) : null;
  const SILENCE = 40000; // The server beats every 15 seconds.
  let lastId = "";
  let cut = null;
  let stop = null;

  // --- showing -------------------------------------------------------------------------------------
  // event "part": HTML whose top-level elements replace those with the same id.
  // event "arrival": {"threads": [ids], "forum": id, "path": …}; counted in the "new" bar, nothing moves.
  // event "pace": {"minutes": [[unix, ideas, replies], …]} for the chart of the board.
  function show(frame) {
    if (frame.id) lastId = frame.id;
    if (frame.event === "part") replaceParts(frame.data);
    else if (frame.event === "arrival") countArrival(JSON.parse(frame.data));
    document.dispatchEvent(new CustomEvent("marmalade:frame", { detail: frame }));
    place.classList.remove("stale");
  }

  function replaceParts(html) {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    for (const fresh of [...parsed.body.children]) {
      const old = fresh.id && document.getElementById(fresh.id);
      if (!old || old.contains(document.activeElement) || old.innerHTML === fresh.innerHTML) continue;
      const open = [...old.querySelectorAll("details")].map((details) => details.open);
      const adopted = document.adoptNode(fresh);
      old.replaceWith(adopted);
      adopted.querySelectorAll("details").forEach((details, index) => { details.open = !!open[index]; });
      if (window.htmx) window.htmx.process(adopted);
    }
  }

  let arrivals = 0;
  function countArrival(arrival) {
    const bar = document.getElementById("arrivals");
    if (!bar || !concerns(arrival)) return;
    arrivals += 1;
    const words = place.dataset.liveKind === "thread" ? "reply" : "idea";
    const many = words === "reply" ? "replies" : "ideas";
    bar.querySelector("[data-arrivals]").textContent = `${arrivals} new ${arrivals === 1 ? words : many}: show`;
    bar.hidden = false;
  }

  function concerns(arrival) {
    const kind = place.dataset.liveKind || "jam";
    if (kind === "thread") return arrival.kind === "reply" && arrival.thread === place.dataset.liveId;
    if (kind === "forum") return arrival.kind === "idea" && arrival.forum === place.dataset.liveId;
    return arrival.kind === "idea";
  }

  // --- reading -------------------------------------------------------------------------------------
  async function read(signal) {
    let pause = 1000;
    while (!signal.aborted) {
      try {
        const headers = { Accept: "text/event-stream" };
        if (lastId) headers["Last-Event-ID"] = lastId;
        const line = new AbortController();
        cut = () => line.abort();
        signal.addEventListener("abort", cut, { once: true });
        const answer = await fetch(url, { headers, signal: line.signal, cache: "no-store", credentials: "same-origin" });
        if ([401, 403, 404].includes(answer.status) || answer.redirected) return;
        if (answer.ok) { pause = 1000; await follow(answer.body); }
      } catch (fault) {
        if (signal.aborted) return;
      }
      place.classList.add("stale");
      await sleep(pause * (0.5 + Math.random()), signal);
      pause = Math.min(pause * 2, 30000);
    }
  }

  async function follow(body) {
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const timer = setTimeout(cut, SILENCE);
      const { value, done } = await reader.read();
      clearTimeout(timer);
      if (done) return;
      const blocks = (rest + value).split("\n\n");
      rest = blocks.pop();
      for (const block of blocks) {
        const frame = parse(block);
        if (!frame.data) continue;
        show(frame);
        if (channel) channel.postMessage(frame);
      }
    }
  }

  function parse(block) {
    const frame = { id: "", event: "message", data: "" };
    const data = [];
    for (const line of block.split("\n")) {
      const at = line.indexOf(":");
      if (at < 1) continue;
      const name = line.slice(0, at);
      const value = line.slice(at + 1).replace(/^ /, "");
      if (name === "data") data.push(value);
      else if (name in frame) frame[name] = value;
    }
    frame.data = data.join("\n");
    return frame;
  }

  function sleep(milliseconds, signal) {
    return new Promise((wake) => {
      const timer = setTimeout(wake, milliseconds);
      signal.addEventListener("abort", () => { clearTimeout(timer); wake(); }, { once: true });
    });
  }

  // --- leading -------------------------------------------------------------------------------------
  async function start() {
    if (stop || document.hidden) return;
    const aborter = new AbortController();
    stop = aborter;
    if (!navigator.locks || !channel) { await read(aborter.signal); return; }
    try {
      await navigator.locks.request(`marmalade:${url}`, { signal: aborter.signal }, () => read(aborter.signal));
    } catch (fault) {
      if (fault.name !== "AbortError") throw fault;
    }
  }

  function end() {
    if (stop) stop.abort();
    stop = null;
  }

  if (channel) channel.addEventListener("message", (event) => show(event.data));
  document.addEventListener("visibilitychange", () => (document.hidden ? end() : start()));
  window.addEventListener("offline", () => { place.classList.add("stale"); if (cut) cut(); });
  window.addEventListener("pagehide", end);
  window.addEventListener("pageshow", start); // Also after the first load: the page comes before its news.
})();
