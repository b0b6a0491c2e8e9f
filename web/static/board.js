// The chart of the live board. Its first figures come from the table below it, later ones from the stream.
(() => {
  "use strict";
  const place = document.getElementById("pace");
  const table = document.getElementById("pace-table");
  if (!place || !table || !window.uPlot) return;
  const language = document.documentElement.lang || "en";
  const colour = (name) => getComputedStyle(document.querySelector(name)).fill;
  const ink = () => getComputedStyle(document.body).color;
  let minutes = [...table.querySelectorAll("td[data-minute]")].map((cell) => {
    const figures = [...cell.parentElement.cells].slice(1).map((other) => Number(other.textContent.replace(/\D/g, "")));
    return [Number(cell.dataset.minute), ...figures];
  }).reverse();
  let chart = null;

  const columns = () => [0, 1, 2].map((index) => minutes.map((minute) => minute[index]));

  function draw() {
    if (chart) chart.destroy();
    place.hidden = minutes.length < 2;
    if (place.hidden) return;
    const grid = { stroke: "rgba(150,120,90,.18)", width: 1 };
    const axis = { stroke: ink, grid, ticks: { show: false }, font: "12px Inter Variable, system-ui" };
    const line = (label, name, fill) => ({ label, stroke: colour(name), fill, width: 2.5, points: { show: false } });
    chart = new window.uPlot({
      width: place.clientWidth,
      height: place.clientHeight,
      legend: { show: false },
      padding: [null, 32, null, null],
      cursor: { y: false },
      scales: { y: { range: (plot, low, high) => [0, Math.max(4, high * 1.15)] } },
      axes: [
        { ...axis, values: (plot, ticks) => ticks.map((tick) => new Date(tick * 1000).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" })), space: 70, incrs: [60, 120, 300, 600, 900, 1800, 3600] },
        { ...axis, size: 38, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
      ],
      series: [{}, line("Replies", ".replies-key", "rgba(80,150,175,.12)"), line("Ideas", ".ideas-key", "rgba(240,124,28,.16)")],
    }, order(), place);
  }

  // Replies first, so that the warm line of ideas lies on top.
  function order() {
    const [at, ideas, replies] = columns();
    return [at, replies, ideas];
  }

  function renew() {
    if (!chart) draw();
    else chart.setData(order());
    const body = table.tBodies[0];
    body.replaceChildren(...[...minutes].reverse().map(([at, ideas, replies]) => {
      const row = document.createElement("tr");
      const cells = [new Date(at * 1000).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" }), ideas, replies];
      cells.forEach((words, index) => {
        const cell = row.insertCell();
        if (index) {
          cell.textContent = words;
          cell.className = "end";
          return;
        }
        const link = document.createElement("a");
        link.href = table.dataset.behind + at;
        link.textContent = words;
        cell.append(link);
        cell.dataset.minute = at;
      });
      return row;
    }));
  }

  document.addEventListener("marmalade:frame", (event) => {
    if (event.detail.event !== "pace") return;
    minutes = JSON.parse(event.detail.data).minutes;
    renew();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  new ResizeObserver(() => { if (chart) chart.setSize({ width: place.clientWidth, height: place.clientHeight }); }).observe(place.parentElement);
  draw();
})();
