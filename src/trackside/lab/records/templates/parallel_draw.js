
// ---- geometry ----
let width = 0, height = 0, xs = [];
const laneY = () => height - BOTTOM - 4, foot = () => height - BOTTOM - LANE;
const yOf = (c, t) => Number.isNaN(t) ? laneY() : (state.col[c].flip ? TOP + t * (foot() - TOP) : foot() - t * (foot() - TOP));
const tOf = (c, y) => { const t = (foot() - y) / (foot() - TOP); return state.col[c].flip ? 1 - t : t; };
let lines = [];  // For each axis that is shown, the height of every run on it.
function measure() {
  const count = state.axes.length;
  width = Math.max($("scroll").clientWidth, LEFT + RIGHT + NARROWEST * Math.max(0, count - 1));
  height = $("plot").clientHeight;
  $("plot").style.width = width + "px";
  xs = state.axes.map((_, k) => count > 1 ? LEFT + k * (width - LEFT - RIGHT) / (count - 1) : width / 2);
  lines = state.axes.map(c => Float32Array.from(places[c].at, t => yOf(c, t)));
  const sharp = Math.min(2, devicePixelRatio || 1);
  for (const id of ["back", "front", "over"]) {
    const canvas = $(id), context = canvas.getContext("2d");
    if (canvas.width !== Math.round(width * sharp) || canvas.height !== Math.round(height * sharp)) {
      canvas.width = Math.round(width * sharp); canvas.height = Math.round(height * sharp);
      canvas.style.width = width + "px"; canvas.style.height = height + "px";
    }
    context.setTransform(sharp, 0, 0, sharp, 0, 0);
  }
}

// ---- drawing ----
const dark = matchMedia("(prefers-color-scheme: dark)");
const look = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
function mixed(share) {  // Viridis without the end that the page's own colour would swallow.
  const last = VIRIDIS.length - 1, x = (dark.matches ? 0.25 + 0.75 * share : 0.9 * share) * last, k = Math.min(last - 1, Math.floor(x));
  const part = (hex, i) => parseInt(hex.slice(1 + 2 * i, 3 + 2 * i), 16);
  const between = i => Math.round(part(VIRIDIS[k], i) + (x - k) * (part(VIRIDIS[k + 1], i) - part(VIRIDIS[k], i)));
  return `rgb(${[0, 1, 2].map(between).join()})`;
}
let palette = [];
function colourOf(run) {
  const c = state.colour;
  if (c < 0) return look("--accent");
  const v = values(c)[run], spot = places[c];
  if (missing(v)) return look("--soft");
  if (spot.categories) return KINDS[v % KINDS.length];
  const t = spot.t(v);
  return Number.isNaN(t) ? look("--soft") : palette[Math.min(BINS - 1, Math.floor(Math.min(1, Math.max(0, t)) * BINS))];
}
let colours = [];
function recolour() {
  palette = Array.from({ length: BINS }, (_, k) => mixed(k / (BINS - 1)));
  const soft = look("--soft"), accent = look("--accent"), c = state.colour;
  colours = c < 0 ? every.map(() => accent) : every.map(run => missing(values(c)[run]) ? soft : colourOf(run));
}
function trace(context, run) {
  context.beginPath();
  context.moveTo(xs[0] - (xs.length > 1 ? 0 : 30), lines[0][run]);
  for (let k = 1; k < xs.length; k++) context.lineTo(xs[k], lines[k][run]);
  if (xs.length === 1) context.lineTo(xs[0] + 30, lines[0][run]);
  context.stroke();
}
const work = {};
window.times = { back: 0, front: 0, first: 0 };  // When each layer was last whole, and lines were first seen: for benchmarks.
function drawn(layer, now, whole) {
  if (layer === "front") window.times.first ||= now;
  if (whole) window.times[layer] = now;
}
function paint(layer, runs, style, alpha) {  // A first part at once, the rest in frames; a newer call ends an older one.
  const context = $(layer).getContext("2d"), mine = work[layer] = {};
  let next = 0, part = 700, last = performance.now();
  context.clearRect(0, 0, width, height);
  window.times[layer] = 0;
  if (!xs.length) runs = [];
  const step = () => {
    if (work[layer] !== mine) return;
    const now = performance.now();
    if (next) part = Math.min(4000, Math.max(200, now - last > 34 ? part * 0.6 : part * 1.5));
    last = now;
    context.globalAlpha = alpha; context.lineWidth = 1; context.lineJoin = "bevel";
    if (typeof style === "string") context.strokeStyle = style;
    for (const end = Math.min(runs.length, next + Math.round(part)); next < end; next++) {
      if (typeof style !== "string") context.strokeStyle = style[runs[next]];
      trace(context, runs[next]);
    }
    if (next < runs.length) requestAnimationFrame(step);
    requestAnimationFrame(now => { if (work[layer] === mine) drawn(layer, now, next === runs.length); });
  };
  step();
}
function paintBack() {
  paint("back", chosen.length === total ? [] : shuffled, look("--dim"), Math.min(0.35, Math.max(0.08, 120 / total)));
}
function paintFront() {
  const on = new Uint8Array(total);
  for (const run of chosen) on[run] = 1;
  paint("front", shuffled.filter(run => on[run]), colours, Math.min(0.85, Math.max(0.07, 7 / Math.sqrt(chosen.length || 1))));
}

// ---- axes ----
const SVG = "http://www.w3.org/2000/svg";
function shape(parent, kind, attributes, text) {
  const made = document.createElementNS(SVG, kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}
function element(parent, kind, properties = {}, text) {
  const made = Object.assign(document.createElement(kind), properties);
  if (text !== undefined) made.textContent = text;
  parent.append(made);
  return made;
}
const short = (text, most) => text.length > most ? text.slice(0, most - 1) + "…" : text;
function shown(c, v) {
  if (v === null || v === undefined || Number.isNaN(v)) return "none";
  if (columns[c].categories) return columns[c].categories[v];
  const size = Math.abs(v);
  if (size && (size < 1e-3 || size >= 1e6)) return v.toExponential(2).replace(/\.?0+e/, "e").replace("e+", "e");
  return String(+v.toPrecision(4));
}
function ticks(c) {
  const { lo, hi, log, categories, level, v } = places[c];
  if (categories) {
    const stride = Math.ceil(categories.length / 22);
    return categories.map((_, i) => i).filter(i => i % stride === 0);
  }
  if (level) return [v(0.5)];
  if (log) {
    const whole = [];
    for (let e = Math.ceil(lo - 1e-6); e <= hi + 1e-6; e += Math.max(1, Math.ceil((hi - lo) / 7))) whole.push(10 ** e);
    return whole.length > 1 ? whole : [10 ** lo, 10 ** ((lo + hi) / 2), 10 ** hi];
  }
  const raw = (hi - lo) / 5, ten = 10 ** Math.floor(Math.log10(raw)), list = [];
  const step = ([1, 2, 5, 10].find(m => m * ten >= raw) || 10) * ten;
  for (let i = Math.ceil(lo / step - 1e-9); i * step <= hi + step * 1e-9 && list.length < 20; i++) list.push(i * step);
  return list;
}
function drawAxes() {
  const svg = $("axes");
  svg.setAttribute("width", width); svg.setAttribute("height", height);
  svg.replaceChildren();
  state.axes.forEach((c, k) => {
    const x = xs[k], spot = places[c], group = shape(svg, "g", {});
    shape(group, "line", { x1: x, x2: x, y1: TOP, y2: foot() });
    for (const v of ticks(c)) {
      const y = yOf(c, spot.t(v));
      shape(group, "line", { class: "tick", x1: x - 4, x2: x, y1: y, y2: y });
      const label = shape(group, "text", { x: x - 7, y: y + 3.5, "text-anchor": "end" }, short(shown(c, v), 13));
      if (spot.categories) shape(label, "title", {}, shown(c, v));
    }
    if (spot.gaps) {
      shape(group, "line", { class: "gapline", x1: x, x2: x, y1: foot(), y2: laneY() });
      shape(group, "text", { class: "none", x: x - 7, y: laneY() + 3.5, "text-anchor": "end" }, "none");
      shape(group, "line", { class: "tick", x1: x - 4, x2: x + 4, y1: laneY(), y2: laneY() });
    }
    for (const brush of state.col[c].brushes) for (const [y1, y2] of spansOf(c, brush))
      shape(group, "rect", { class: "brush", x: x - 8, width: 16, y: y1, height: Math.max(2, y2 - y1), rx: 4 });
    const hit = shape(group, "rect", { class: "hit", x: x - 16, width: 32, y: TOP - 8, height: height - TOP - BOTTOM + 20 });
    hit.addEventListener("pointerdown", event => brushing(event, c));
  });
}
function spansOf(c, [lo, hi, gap]) {
  const spans = [], ends = [yOf(c, lo), yOf(c, hi)].sort((a, b) => a - b);
  if (lo <= hi) spans.push(ends);
  if (gap) spans.push([laneY() - 8, laneY() + 8]);
  return spans;
}
function drawHeads() {
  const focus = document.activeElement?.dataset?.head, tool = document.activeElement?.dataset?.tool || "name";
  $("heads").replaceChildren();
  state.axes.forEach((c, k) => {
    const column = columns[c], own = state.col[c], head = element($("heads"), "div", { className: "head" });
    head.style.left = xs[k] + "px";
    const gap = xs.length > 1 ? xs[1] - xs[0] : 160;
    head.style.width = gap - 6 + "px"; head.style.marginLeft = 3 - gap / 2 + "px";
    const press = (label, title, tool, on, act) => {
      const button = element(tools, "button", { title, onclick: act }, label);
      Object.assign(button.dataset, { head: c, tool });
      button.setAttribute("aria-label", `${title}: ${column.name}`);
      if (on !== null) button.setAttribute("aria-pressed", on);
    };
    const name = element(head, "button", { className: "name" + (state.colour === c ? " coloured" : ""), title: column.name });
    for (const part of column.name.split(/(?<=[/_ ])/)) name.append(part, document.createElement("wbr"));
    Object.assign(name.dataset, { head: c, tool: "name" });
    name.addEventListener("pointerdown", event => moving(event, c));
    name.addEventListener("keydown", event => keyed(event, c));
    const tools = element(head, "div", { className: "tools" });
    if (column.kind === "metric") press(own.choice, "Last, lowest or highest value", "choice", null, () => choose(c));
    press("⇅", "Flip", "flip", own.flip, () => flip(c));
    if (!column.categories) press("log", "Logarithm", "log", own.log, () => logarithm(c));
    press("●", "Colour by this", "colour", state.colour === c, () => colourBy(c));
    press("×", "Hide", "hide", null, () => hide(c));
  });
  if (focus !== undefined) document.querySelector(`[data-head="${focus}"][data-tool="${tool}"]`)?.focus();
}
const changed = (c, news) => { Object.assign(state.col[c], news); all(); };
const choose = c => changed(c, { choice: CHOICES[(CHOICES.indexOf(state.col[c].choice) + 1) % 3], brushes: [] });
const flip = c => changed(c, { flip: !state.col[c].flip });
const logarithm = c => { if (!columns[c].categories) changed(c, { log: !state.col[c].log, brushes: [] }); };
const colourBy = c => { state.colour = state.colour === c ? -1 : c; all(); };
const hide = c => { state.axes = state.axes.filter(other => other !== c); all(); };
