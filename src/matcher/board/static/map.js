// The map: homes, places, the routes of a day, how far somebody goes. Without tiles the ground is plain and places have names.
import { clockOf, data, dayOf, momentText, nameOf, onChange, say, wishOf } from "./adjust_model.js";

const { L } = window;
const daySelect = document.getElementById("map-day");
const whoSelect = document.getElementById("map-who");
const list = document.getElementById("map-list");
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();
// metres a minute on the straight line, as the planner's defaults have it
const PACE = { car: 28000 / 60 / 1.4, "e-bike": 15000 / 60 / 1.3, bus: 16000 / 60 / 1.4, walking: 4500 / 60 / 1.3 };
const FIXED = { car: 5, "e-bike": 2, bus: 10, walking: 0 };
// Leaflet takes a text for HTML: names go in as nodes.
const words = (text) => document.createTextNode(text);
const NAMED = 15; // with more visits than that the names show when one points at a place
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
const map = L.map("map", { zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still, attributionControl: Boolean(data.tiles) });
const layer = L.layerGroup().addTo(map);
if (data.tiles) L.tileLayer(data.tiles, { maxZoom: 19 }).addTo(map);

const at = (id) => data.places[id]?.at;
const visitsNow = () => data.visits.filter((visit) => dayOf(visit) === daySelect.value);

function draw() {
  layer.clearLayers();
  const seen = [];
  const routes = new Map();
  const used = new Set();
  const isCrowded = visitsNow().length > NAMED;
  for (const visit of visitsNow()) {
    const wish = wishOf(visit.id);
    for (const place of [wish.place, wish.destination].filter(at)) {
      if (used.has(place)) continue;
      used.add(place);
      seen.push(at(place));
      const dot = L.circleMarker(at(place), { radius: 7, color: colour("--accent"), fillColor: colour("--accent"), fillOpacity: 1, interactive: isCrowded }).addTo(layer);
      dot.bindTooltip(words(data.places[place].name), { permanent: !isCrowded, direction: "right", className: "place-name" });
    }
    for (const seat of visit.assigned) routes.set(seat.volunteer, [...(routes.get(seat.volunteer) ?? []), visit]);
  }
  const lines = [];
  for (const [who, visits] of routes) {
    visits.sort((a, b) => (a.start ?? "").localeCompare(b.start ?? ""));
    const home = at(data.homes[who]);
    if (home) {
      seen.push(home);
      L.circleMarker(home, { radius: 6, color: colour("--warn"), fillOpacity: 0, interactive: false }).addTo(layer);
    }
    const points = [home, ...visits.flatMap((visit) => [at(wishOf(visit.id).place), at(wishOf(visit.id).destination)]), home].filter(Boolean);
    if (points.length > 1) L.polyline(points, { color: colour("--link"), weight: 3, opacity: .7, interactive: false }).addTo(layer);
    lines.push([who, visits]);
  }
  reach(seen);
  if (seen.length) map.fitBounds(L.latLngBounds(seen).pad(.15), { animate: false, maxZoom: 16 });
  else if (!map._loaded) map.setView(Object.values(data.places)[0]?.at ?? [0, 0], 14, { animate: false });
  tellRoutes(lines);
}

function reach(seen) {
  const who = whoSelect.value;
  const told = document.getElementById("map-reach");
  told.textContent = "";
  const home = who && at(data.homes[who]);
  if (!home) return;
  const [mode, minutes] = data.reach[who];
  L.circleMarker(home, { radius: 9, color: colour("--bad"), fillOpacity: .3, interactive: false }).addTo(layer).bindTooltip(words(say("map-home", { who: nameOf(who) })), { permanent: true, className: "place-name" });
  seen.push(home);
  if (!minutes) return;
  const circle = L.circle(home, { radius: Math.max(0, minutes - (FIXED[mode] ?? 0)) * (PACE[mode] ?? PACE.bus), color: colour("--bad"), weight: 2, fillOpacity: .06, interactive: false }).addTo(layer);
  const box = circle.getBounds();
  seen.push([box.getSouth(), box.getWest()], [box.getNorth(), box.getEast()]);
  told.textContent = say("map-reach", { who: nameOf(who), minutes });
}

function tellRoutes(lines) {
  const items = lines.sort((a, b) => nameOf(a[0]).localeCompare(nameOf(b[0]))).map(([who, visits]) => {
    const item = document.createElement("li");
    const name = document.createElement("b");
    name.textContent = nameOf(who);
    item.append(name);
    visits.forEach((visit, number) => {
      const wish = wishOf(visit.id);
      const line = document.createElement("div");
      const where = [wish.place, wish.destination].map((id) => data.places[id]?.name).filter(Boolean).join(" → ");
      line.textContent = say("map-order", { number: number + 1, time: clockOf(visit.start), what: `${wish.resident ?? wish.title} ${say(`kind.${wish.kind}`)} ${where}` });
      item.append(line);
    });
    return item;
  });
  if (!items.length) {
    const none = document.createElement("li");
    none.textContent = say("map-none");
    items.push(none);
  }
  list.replaceChildren(...items);
}

const first = data.days.find((day) => data.visits.some((visit) => dayOf(visit) === day));
if (first) daySelect.value = first;
daySelect.addEventListener("change", draw);
whoSelect.addEventListener("change", draw);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
onChange(({ id, after }) => {
  data.visits = [...data.visits.filter((visit) => visit.id !== id), ...(after ? [after] : [])];
  draw();
});
draw();
document.getElementById("map").dataset.ready = momentText(daySelect.value);
