// The wall: shows one scene after another, each as it was counted last, and says when that was.
//
// A stream brings every scene again that has changed, at most about once a second. What it has not brought yet, and
// everything while there is no stream, is asked for.
(() => {
  "use strict";
  const body = document.body;
  const seconds = Number(body.dataset.seconds) || 20;
  const OLD = 60_000;
  const SILENCE = 40_000; // The stream says at least every 15 seconds that it has counted.
  const pause = document.querySelector("[data-pause]");
  const links = [...document.querySelectorAll("footer nav a")];
  const drawn = new Map(); // What the stream has brought since it is open, by scene.
  let scene = Number(document.getElementById("main").dataset.scene);
  let paused = false;
  let counted = performance.timeOrigin;
  let heard = Date.now();
  let stream = null;
  let asked = 0;

  const read = (html) => new DOMParser().parseFromString(html, "text/html").querySelector("main[data-scene]");

  function put(fresh) {
    document.getElementById("main").replaceWith(document.adoptNode(fresh));
    links.forEach((link, index) => {
      if (index === scene) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
    document.title = `${links[scene].textContent} · ${body.dataset.title}`;
  }

  async function ask() {
    const mine = ++asked;
    const since = Date.now();
    const before = drawn.get(scene);
    try {
      const answer = await fetch(`${location.pathname}?scene=${scene}`, { cache: "no-store" });
      if (answer.status === 404) location.reload(); // The wall was taken down.
      const fresh = answer.ok && read(await answer.text());
      // Another scene is shown by now, or the stream was quicker.
      if (!fresh || mine !== asked || drawn.get(scene) !== before) return;
      put(fresh);
      counted = Math.max(counted, since);
    } catch {
      // Without a connection the last scene stays, and says that it is old.
    }
    tell();
  }

  function show(next) {
    scene = next;
    asked += 1;
    if (drawn.has(scene)) put(read(drawn.get(scene)));
    else ask();
  }

  function listen() {
    if (stream) stream.close();
    drawn.clear();
    heard = Date.now();
    stream = document.hidden ? null : new EventSource(`${location.pathname}/stream`);
    if (!stream) return;
    stream.addEventListener("open", () => { drawn.clear(); ask(); });
    stream.addEventListener("error", () => drawn.clear());
    stream.addEventListener("scene", (event) => {
      const fresh = read(event.data);
      const which = Number(fresh.dataset.scene);
      drawn.set(which, event.data);
      if (which === scene) put(fresh);
    });
    stream.addEventListener("counted", () => { heard = counted = Date.now(); tell(); });
  }

  function tell() {
    const age = Math.max(0, Math.round((Date.now() - counted) / 1000));
    const old = Date.now() - counted > OLD;
    document.querySelector("[data-age]").textContent = body.dataset.told.replace("§", age);
    document.querySelector("[data-stale]").hidden = !old;
    body.toggleAttribute("data-old", old);
  }

  // Paused, the scene stays and its figures go on.
  setInterval(() => {
    if (!paused) show((scene + 1) % links.length);
    else if (!drawn.has(scene)) ask();
  }, seconds * 1000);
  setInterval(() => {
    tell();
    const lost = !document.hidden && (!stream || stream.readyState === EventSource.CLOSED);
    if (Date.now() - heard > (lost ? 5_000 : SILENCE)) { listen(); ask(); }
  }, 1000);
  links.forEach((link, index) => link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.replaceState(null, "", link.href);
    show(index);
  }));
  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
  });
  document.addEventListener("visibilitychange", listen);
  listen();
})();
