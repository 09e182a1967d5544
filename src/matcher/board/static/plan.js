// A plan under way: its events as they come, from wherever this page begins to listen.

const run = document.getElementById("run");

if (run) watch();

function watch() {
  const say = (name, values = {}) =>
    Object.entries(values).reduce((text, [key, value]) => text.replace(`{${key}}`, value), run.dataset[`say${name}`]);
  const limit = Number(run.dataset.limit) || null;
  const seats = Number(run.dataset.seats);
  const needs = Number(run.dataset.needs);
  const tiers = {};
  const lines = {};
  const place = (id) => document.getElementById(id);
  let began = run.dataset.state === "running" ? performance.now() - 1000 * Number(run.dataset.elapsed) : null;
  let spoken = 0;
  let tier = null;

  const source = new EventSource(`/v1/plans/${run.dataset.plan}/events`);
  const hear = (kind, act) => source.addEventListener(kind, (event) => act(JSON.parse(event.data)));
  hear("taken", () => {
    began ??= performance.now();
    place("run-title").textContent = say("Running");
    for (const name of Object.keys(tiers)) delete tiers[name];
    for (const name of Object.keys(lines)) delete lines[name];
  });
  hear("compiling", () => (place("so-far").textContent = say("Compiling")));
  hear("better", take);
  hear("bound", take);
  hear("tier-ends", take);
  hear("ended", () => {
    source.close();
    location.replace(run.dataset.done);
  });
  source.addEventListener("open", () => (place("left").dataset.lost = ""));
  source.addEventListener("error", () => {
    if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 3000);
    else place("left").textContent = say("Lost");
  });
  window.addEventListener("pagehide", () => source.close());
  const ticking = setInterval(tick, 500);
  tick();

  function take(event) {
    const known = (tiers[event.tier] ??= { value: null, bound: null });
    if (event.value !== undefined && event.value !== null) known.value = event.value;
    if (event.bound !== undefined && event.bound !== null) known.bound = event.bound;
    place(`tier-${event.tier}`).textContent = inWords(known);
    (lines[event.tier] ??= []).push([event.seconds ?? 0, known.value, known.bound]);
    tier = event.tier;
    headline();
    draw();
  }

  function inWords({ value, bound }) {
    if (value === null) return say("None");
    if (bound === null) return say("Points", { value });
    return bound >= value ? say("Best", { value }) : say("Bound", { value, bound });
  }

  // Spoken at most every three seconds: a screen reader is not to be drowned.
  function headline() {
    const now = performance.now();
    const known = tiers.needs;
    if (!known || known.value === null || !needs || now - spoken < 3000) return;
    spoken = now;
    const filled = (points) => Math.floor(seats * (1 - points / needs) + 1e-9);
    const values = { seats, filled: filled(known.value) };
    place("so-far").textContent =
      known.bound === null ? say("SoFar", values) : say("Most", { ...values, most: filled(known.bound) });
  }

  function tick() {
    if (began === null || limit === null) return;
    const elapsed = (performance.now() - began) / 1000;
    place("time").value = Math.min(elapsed, limit);
    const left = Math.ceil(limit - elapsed);
    const words = left >= 90 ? say("Minutes", { n: Math.round(left / 60) }) : say("Seconds", { n: left });
    place("left").textContent = left > 0 ? say("Left", { left: words }) : say("Finishing");
    if (source.readyState === EventSource.CLOSED) clearInterval(ticking);
  }

  function draw() {
    const points = lines[tier].filter(([, value]) => value !== null);
    if (points.length < 2) return;
    const figure = document.querySelector(".chart");
    figure.hidden = false;
    place("chart-tier").textContent = document.querySelector(`#tier-${tier}`).previousElementSibling.firstChild.textContent;
    const seen = points.flatMap(([, value, bound]) => (bound === null ? [value] : [value, bound]));
    const [low, high] = [Math.min(...seen), Math.max(...seen)];
    const [first, last] = [points[0][0], Math.max(points.at(-1)[0], points[0][0] + 1)];
    const x = (seconds) => (10 + (580 * (seconds - first)) / (last - first)).toFixed(1);
    const y = (points) => (high === low ? 75 : 140 - (130 * (points - low)) / (high - low)).toFixed(1);
    const path = (at) => points.filter((one) => one[at] !== null).map((one) => `${x(one[0])},${y(one[at])}`).join(" ");
    figure.querySelector(".value").setAttribute("points", path(1));
    figure.querySelector(".bound").setAttribute("points", path(2));
  }
}
