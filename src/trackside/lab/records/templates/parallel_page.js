
// ---- brushing and moving ----
function brushing(event, c) {
  const box = $("axes").getBoundingClientRect(), at = e => e.clientY - box.top, y0 = at(event), own = state.col[c];
  const grabbed = own.brushes.findIndex(brush => spansOf(c, brush).some(([a, b]) => y0 >= a - 5 && y0 <= b + 5));
  const before = grabbed >= 0 ? own.brushes[grabbed].slice() : null;
  const ends = before && before[0] <= before[1] ? spansOf(c, before)[0] : null;
  const end = ends ? ends.findIndex(y => Math.abs(y - y0) < 6) : -1;
  let index = grabbed, moved = false;
  const made = (a, b) => {  // From two heights on the axis, the lane of missing values included.
    const [upper, lower] = [Math.min(a, b), Math.max(a, b)], gap = places[c].gaps && lower > foot() + LANE / 2 ? 1 : 0;
    const t = [tOf(c, Math.max(TOP, upper)), tOf(c, Math.min(foot(), lower))].sort((p, q) => p - q);
    return upper > foot() ? [1, 0, gap] : [t[0], t[1], gap];
  };
  const move = e => {
    if (!moved && Math.abs(at(e) - y0) < 4) return;
    if (index < 0) { index = own.brushes.length; own.brushes.push([1, 0, 0]); }
    moved = true;
    const shift = at(e) - y0;
    if (before && end >= 0) own.brushes[index] = made(ends[1 - end], at(e));
    else if (ends) own.brushes[index] = made(...ends.map(y => y + Math.max(TOP - ends[0], Math.min(foot() - ends[1], shift))));
    else own.brushes[index] = made(y0, at(e));
    brushed();
  };
  const up = e => {
    removeEventListener("pointermove", move); removeEventListener("pointerup", up); removeEventListener("pointercancel", up);
    if (!moved && grabbed >= 0) own.brushes.splice(grabbed, 1);
    else if (!moved && y0 > foot() + LANE / 3 && places[c].gaps) own.brushes.push([1, 0, 1]);
    own.brushes = own.brushes.filter(([lo, hi, gap]) => lo <= hi || gap);
    brushed();
  };
  event.preventDefault();
  addEventListener("pointermove", move); addEventListener("pointerup", up); addEventListener("pointercancel", up);
}
function moveAxis(from, to) {
  state.axes.splice(to, 0, ...state.axes.splice(from, 1));
  all();
}
function moving(event, c) {
  const box = $("plot").getBoundingClientRect(), start = event.clientX;
  const move = e => {
    if (Math.abs(e.clientX - start) < 5) return;
    const x = e.clientX - box.left, k = state.axes.indexOf(c);
    const to = xs.reduce((best, at, i) => Math.abs(at - x) < Math.abs(xs[best] - x) ? i : best, 0);
    if (to !== k) moveAxis(k, to);
  };
  const up = () => { removeEventListener("pointermove", move); removeEventListener("pointerup", up); };
  addEventListener("pointermove", move); addEventListener("pointerup", up);
}
function keyed(event, c) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const k = state.axes.indexOf(c), own = state.col[c], newest = own.brushes[own.brushes.length - 1];
  const shift = way => { if (k + way >= 0 && k + way < state.axes.length) moveAxis(k, k + way); };
  const slide = way => {
    if (!newest || newest[0] > newest[1]) return;
    const by = 0.05 * (own.flip ? -way : way);
    if (event.shiftKey) newest[1] = Math.min(1, Math.max(newest[0] + 0.01, newest[1] + by));
    else if (newest[0] + by > -1e-9 && newest[1] + by < 1 + 1e-9) { newest[0] += by; newest[1] += by; }
    brushed();
  };
  const does = {
    ArrowLeft: () => shift(-1), ArrowRight: () => shift(1), ArrowUp: () => slide(1), ArrowDown: () => slide(-1),
    b: () => { own.brushes.push([0.35, 0.65, 0]); brushed(); }, m: () => { own.brushes.push([1, 0, 1]); brushed(); },
    f: () => flip(c), l: () => logarithm(c), c: () => colourBy(c), v: () => columns[c].kind === "metric" && choose(c),
    Escape: () => { own.brushes = []; brushed(); }, Delete: () => hide(c),
  }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (does) { event.preventDefault(); does(); }
}

// ---- what the pointer is on ----
function pointed(event) {
  const box = $("plot").getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
  let best = -1, nearest = 7;
  const k = xs.findIndex((at, i) => i + 1 < xs.length && x >= at && x <= xs[i + 1]);
  if (k >= 0 && y > TOP - 4) {
    const share = (x - xs[k]) / (xs[k + 1] - xs[k]), here = lines[k], there = lines[k + 1];
    for (const run of chosen) {
      const far = Math.abs(here[run] + share * (there[run] - here[run]) - y);
      if (far < nearest) { nearest = far; best = run; }
    }
  }
  highlight(best, x, y);
}
function highlight(run, x, y) {
  const context = $("over").getContext("2d"), tip = $("tip");
  context.clearRect(0, 0, width, height);
  tip.hidden = run < 0 || x === undefined;
  if (run < 0 || !xs.length) return;
  context.globalAlpha = 1; context.lineJoin = "round";
  for (const [strokeStyle, lineWidth] of [[look("--card"), 5], [colours[run], 2.5]]) {
    Object.assign(context, { strokeStyle, lineWidth });
    trace(context, run);
  }
  if (tip.hidden) return;
  tip.replaceChildren();
  element(tip, "b", {}, short(names[run], 80));
  for (const c of state.axes.slice(0, 16)) {
    const row = element(tip, "div");
    element(row, "span", {}, short(columns[c].name, 30));
    element(row, "em", {}, short(shown(c, values(c)[run]), 30));
  }
  tip.style.left = Math.max(0, x + 16 + tip.offsetWidth > width ? x - 16 - tip.offsetWidth : x + 16) + "px";
  tip.style.top = Math.max(0, Math.min(y + 10, height - tip.offsetHeight)) + "px";
}

// ---- the table ----
let pages = 1;
function drawTable() {
  const [by, down] = state.sort, list = by >= 0 ? values(by) : by === -1 ? names : by === -2 ? status : seconds, cell = run => list[run];
  const text = by === -1 || by === -2, sign = down ? -1 : 1;
  const sorted = listed.slice().sort((a, b) => {
    const u = cell(a), v = cell(b);
    if (text) return sign * (u < v ? -1 : u > v ? 1 : 0);
    return missing(u) ? (missing(v) ? 0 : 1) : missing(v) ? -1 : sign * (u - v);
  });
  const table = $("table");
  table.replaceChildren();
  const heading = element(element(table, "thead"), "tr");
  element(heading, "th");
  const title = (name, number, c) => {
    const cell = element(heading, "th", { className: number ? "number" : "" }), arrow = by !== c ? "" : down ? " ↓" : " ↑";
    const button = element(cell, "button", { className: arrow ? "sorted" : "", title: name }, name + arrow);
    button.onclick = () => { state.sort = [c, by === c ? !down : false]; drawTable(); keep(); };
  };
  title("run", false, -1); title("status", false, -2); title("seconds", true, -3);
  const shownColumns = state.axes.slice().sort((a, b) => (b === state.top.by) - (a === state.top.by));  // What ranks comes first.
  for (const c of shownColumns) title(columns[c].name, !columns[c].categories, c);
  const body = element(table, "tbody");
  for (const run of sorted.slice(0, pages * TABLE_PAGE)) {
    const row = element(body, "tr", { onmouseenter: () => highlight(run), onmouseleave: () => highlight(-1) });
    row.className = unticked[run] ? "off" : "";
    const tick = element(element(row, "td"), "input", { type: "checkbox", checked: !unticked[run], ariaLabel: names[run] });
    tick.onchange = () => { unticked[run] = tick.checked ? 0 : 1; row.className = tick.checked ? "" : "off"; brushed(false); };
    element(row, "td", { title: `${names[run]}\n${ids[run]}` }, short(names[run], 40));
    element(row, "td", {}, status[run]);
    element(row, "td", { className: "number" }, missing(seconds[run]) ? "" : seconds[run].toFixed(1));
    for (const c of shownColumns) {
      const v = values(c)[run];
      element(row, "td", { className: columns[c].categories ? "" : "number" }, v === null ? "" : short(shown(c, v), 40));
    }
  }
  $("more").hidden = sorted.length <= pages * TABLE_PAGE;
}
function save() {
  const quote = v => {
    const text = String(v ?? ""), formula = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text));
    return `"${(formula ? "'" : "") + text.replaceAll('"', '""')}"`;
  };
  const title = c => columns[c].name + (columns[c].kind === "metric" ? ` (${state.col[c].choice})` : "");
  const rows = [["id", "name", "status", "seconds", ...columns.map((_, c) => title(c))]];
  const cell = (run, c) => columns[c].categories ? columns[c].categories[values(c)[run]] : values(c)[run];
  for (const run of chosen) rows.push([ids[run], names[run], status[run], seconds[run], ...columns.map((_, c) => cell(run, c))]);
  const link = document.createElement("a");
  const text = rows.map(row => row.map(quote).join(",") + "\r\n").join("");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
  link.download = "runs.csv"; link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// ---- controls ----
function drawControls() {
  const fill = (id, first, chosenOne, fits) => {
    $(id).replaceChildren();
    element($(id), "option", { value: -1 }, first);
    columns.forEach((column, c) => { if (fits(column)) element($(id), "option", { value: c }, short(column.name, 40)); });
    $(id).value = chosenOne;
  };
  fill("colour", "none", state.colour, () => true);
  fill("by", "—", state.top.by, column => !column.categories);
  $("share").value = state.top.share; $("share").disabled = $("direction").disabled = state.top.by < 0;
  $("shareText").textContent = state.top.share + " %";
  $("direction").textContent = state.top.lower ? "lowest" : "highest";
  $("choices").replaceChildren();
  columns.forEach((column, c) => {
    const tick = element(element($("choices"), "label"), "input", { type: "checkbox", checked: state.axes.includes(c) });
    tick.parentElement.append(column.name + (column.varies ? "" : " (the same in all)"));
    tick.onchange = () => { state.axes = tick.checked ? [...state.axes, c] : state.axes.filter(other => other !== c); all(); };
  });
}
function drawLegend() {
  const c = state.colour, legend = $("legend");
  legend.replaceChildren();
  if (c < 0) return;
  const spot = places[c];
  element(legend, "span", {}, columns[c].name);
  const swatch = (name, fill) => {
    const one = element(legend, "span", { className: "key" });
    const dot = element(one, "canvas", { className: "dot", width: 1, height: 1 }).getContext("2d");
    dot.fillStyle = fill; dot.fillRect(0, 0, 1, 1);
    one.append(short(name, 30));
  };
  if (spot.categories) spot.categories.slice(0, 20).forEach((name, i) => swatch(name, KINDS[i % KINDS.length]));
  else {
    element(legend, "span", {}, shown(c, spot.v(0)));
    const strip = element(legend, "canvas", { width: BINS, height: 1 }).getContext("2d");
    palette.forEach((colour, k) => { strip.fillStyle = colour; strip.fillRect(k, 0, 1, 1); });
    element(legend, "span", {}, shown(c, spot.v(1)));
  }
  if (spot.gaps) swatch("none", look("--soft"));
}

// ---- putting it together ----
let wasWhole = true, tableTimer = 0;
function brushed(table = true) {
  select(); paintFront(); drawAxes(); highlight(-1);
  if (wasWhole !== (chosen.length === total)) { wasWhole = !wasWhole; paintBack(); }
  $("count").textContent = `${chosen.length.toLocaleString("en")} of ${total.toLocaleString("en")} runs`;
  $("listed").textContent = `${chosen.length.toLocaleString("en")} selected`;
  clearTimeout(tableTimer);
  if (table) tableTimer = setTimeout(drawTable, 60);
  keep();
}
function all() {
  columns.forEach((_, c) => place(c));
  recolour(); measure(); select();
  wasWhole = chosen.length === total;
  paintBack(); drawHeads(); drawControls(); drawLegend(); brushed();
}
$("colour").onchange = event => { state.colour = +event.target.value; all(); };
$("by").onchange = event => {
  const by = +event.target.value;
  state.top = { by, share: state.top.share, lower: by >= 0 && !!columns[by].lower };
  drawControls(); brushed();
};
$("share").oninput = event => {
  state.top.share = +event.target.value;
  $("shareText").textContent = state.top.share + " %";
  brushed();
};
$("direction").onclick = () => { state.top.lower = !state.top.lower; drawControls(); brushed(); };
$("clear").onclick = () => { for (const own of state.col) own.brushes = []; state.top.share = 100; drawControls(); brushed(); };
$("reset").onclick = () => { state = fresh(); unticked.fill(0); all(); };
$("export").onclick = save;
$("help").onclick = event => event.target.setAttribute("aria-expanded", !($("keys").hidden = !$("keys").hidden));
const tickAll = off => { for (const run of listed) unticked[run] = off; brushed(false); drawTable(); };
$("all").onclick = () => tickAll(0);
$("none").onclick = () => tickAll(1);
$("more").onclick = () => { pages++; drawTable(); };
$("plot").addEventListener("pointermove", event => { if (!event.buttons) pointed(event); });
$("plot").addEventListener("pointerleave", () => highlight(-1));
document.addEventListener("pointerdown", event => { if (!$("columns").contains(event.target)) $("columns").open = false; });
addEventListener("resize", all);
dark.addEventListener("change", all);
restore();
const away = new Set(state.out);
every.forEach(run => { unticked[run] = away.has(ids[run]) ? 1 : 0; });
all();

