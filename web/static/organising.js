// A forum that organisers change while somebody reads it: nothing moves, a line offers to look again.
(() => {
  "use strict";
  document.addEventListener("marmalade:frame", (event) => {
    if (event.detail.event !== "forum") return;
    const place = document.querySelector("[data-live]");
    const changed = document.getElementById("changed");
    if (!place || !changed) return;
    const forum = place.dataset.liveKind === "forum" ? place.dataset.liveId : "";
    if (!forum || JSON.parse(event.detail.data).id === forum) changed.hidden = false;
  });
})();
