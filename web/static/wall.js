// The wall: shows one scene after another, says how old the figures are, and when they cannot be renewed.
(() => {
  "use strict";
  const body = document.body;
  const seconds = Number(body.dataset.seconds) || 20;
  const OLD = 60_000;
  const pause = document.querySelector("[data-pause]");
  let paused = false;
  let counted = Date.now();

  const main = () => document.getElementById("main");

  async function renew(url) {
    try {
      const answer = await fetch(url, { cache: "no-store" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of ["main", "footer nav"]) {
        const fresh = page.querySelector(part);
        if (fresh) document.querySelector(part).replaceWith(document.adoptNode(fresh));
      }
      document.title = page.title;
      counted = Date.now();
    } catch {
      // Without a connection the last scene stays, and says that it is old.
    }
    tell();
  }

  function tell() {
    const age = Math.round((Date.now() - counted) / 1000);
    const old = Date.now() - counted > OLD;
    document.querySelector("[data-age]").textContent = body.dataset.told.replace("§", age);
    document.querySelector("[data-stale]").hidden = !old;
    body.toggleAttribute("data-old", old);
  }

  const here = () => {
    const url = new URL(main().dataset.next, location.href);
    const scenes = document.querySelectorAll("footer nav a").length;
    url.searchParams.set("scene", String((Number(url.searchParams.get("scene")) + scenes - 1) % scenes));
    return url;
  };
  // Paused, the scene stays and its figures go on.
  setInterval(() => renew(paused ? here() : main().dataset.next), seconds * 1000);
  setInterval(tell, 1000);
  pause.hidden = false;
  pause.addEventListener("click", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
  });
})();
