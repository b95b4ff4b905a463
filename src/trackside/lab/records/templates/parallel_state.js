
"use strict";
// Parallel coordinates of many runs. Columns are known by their number, because their names are strangers'; text reaches the
// page by textContent only. Lines are drawn in parts of a few milliseconds, so that no brush ever waits for 10,000 of them.

const data = JSON.parse(document.getElementById("data").textContent);
const { ids, names, status, seconds, columns } = data;
const total = ids.length, every = Array.from({ length: total }, (_, run) => run);
const $ = id => document.getElementById(id);
const TOP = 76, BOTTOM = 16, LANE = 34, LEFT = 78, RIGHT = 52, NARROWEST = 84, TABLE_PAGE = 50;
const CHOICES = ["last", "min", "max"];
const VIRIDIS = ["#440154", "#482878", "#3e4a89", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"];
const KINDS = ["#4477aa", "#ee8866", "#44aa77", "#aa4499", "#ccaa33", "#66ccee", "#cc3344", "#8866cc", "#88aa44", "#dd77aa"];
const BINS = 40;

// ---- state: kept in the address and in this browser, under the names of the columns ----
const key = "trackside-parallel:" + JSON.stringify(columns.map(column => [column.name, column.kind]));
const fresh = () => ({
  axes: data.view.axes.slice(), colour: data.view.colour, out: [], sort: [data.view.by, !data.view.lower],
  top: { by: data.view.by, share: 100, lower: data.view.lower },
  col: columns.map((column, c) => ({ flip: false, log: data.view.log.includes(c), choice: data.view.choice[c] || "last", brushes: [] })),
});
let state = fresh();

function restore() {
  let told = null;
  try { told = JSON.parse(decodeURIComponent(location.hash.slice(1))); } catch { /* none, or not ours */ }
  if (!told || told.key !== digest(key)) try { told = JSON.parse(localStorage.getItem(key)); } catch { told = null; }
  if (told && typeof told === "object") try { state = checked(told); } catch { state = fresh(); }
}
function checked(told) {  // What an address says is a stranger's: only what can be meant is taken.
  const made = fresh(), real = c => Number.isInteger(c) && c >= 0 && c < columns.length;
  if (Array.isArray(told.axes)) made.axes = [...new Set(told.axes.filter(real))];
  if (real(told.colour) || told.colour === -1) made.colour = told.colour;
  if (told.top && (real(told.top.by) || told.top.by === -1))
    made.top = { by: told.top.by, share: Math.min(100, Math.max(1, Number(told.top.share) || 100)), lower: !!told.top.lower };
  if (Array.isArray(told.out)) made.out = told.out.filter(id => typeof id === "string");
  if (Array.isArray(told.sort) && Number.isInteger(told.sort[0]) && told.sort[0] < columns.length)
    made.sort = [told.sort[0], !!told.sort[1]];
  for (const [c, one] of (told.col || []).entries()) if (real(c) && one) made.col[c] = {
    flip: !!one.flip, log: !!one.log, choice: CHOICES.includes(one.choice) ? one.choice : "last",
    brushes: (one.brushes || []).filter(b => Array.isArray(b) && b.length === 3 && b.every(Number.isFinite)).slice(0, 20),
  };
  return made;
}
let keeping = 0;
function keep() {
  clearTimeout(keeping);
  keeping = setTimeout(() => {
    state.out = every.filter(run => unticked[run]).map(run => ids[run]);
    const told = { key: digest(key), ...state };
    try { localStorage.setItem(key, JSON.stringify(told)); } catch { /* private window, or full */ }
    if (told.out.length > 200) told.out = [];
    try { history.replaceState(null, "", "#" + encodeURIComponent(JSON.stringify(told))); } catch { /* a page without address */ }
  }, 150);
}
function digest(text) {
  let h = 5381;
  for (const letter of text) h = (h * 33 ^ letter.codePointAt(0)) >>> 0;
  return h.toString(36);
}

// ---- columns: values, and where on its axis (0 to 1) each run is; NaN where it has no value ----
const values = c => columns[c].kind === "metric" ? columns[c][state.col[c].choice] : columns[c].values;
const missing = v => v === null || v === undefined || !Number.isFinite(v);
const places = [];
function place(c) {
  const list = values(c), column = columns[c], categories = column.categories;
  let lo = Infinity, hi = -Infinity, gaps = 0;
  const log = state.col[c].log && !categories, f = log ? v => v > 0 ? Math.log10(v) : NaN : v => v;
  const at = new Float32Array(total);
  for (let run = 0; run < total; run++) {
    const v = missing(list[run]) ? NaN : f(list[run]);
    at[run] = v;
    if (v < lo) lo = v;
    if (v > hi) hi = v;
    if (Number.isNaN(v)) gaps++;
  }
  if (lo > hi) lo = hi = 0;
  if (categories) { lo = -0.5; hi = categories.length - 0.5; }
  const span = hi - lo || 1, level = hi === lo && !categories;
  for (let run = 0; run < total; run++)
    at[run] = level ? (Number.isNaN(at[run]) ? NaN : 0.5) : ((categories ? at[run] + jitter(run) : at[run]) - lo) / span;
  const t = v => level ? 0.5 : (f(v) - lo) / span, v = t => log ? 10 ** (lo + t * span) : lo + t * span;
  places[c] = { at, lo, hi, log, gaps, categories, level, t, v };
}
const jitter = run => ((run * 0.618034) % 1 - 0.5) * 0.5;  // Runs of one category lie side by side, within half its place.
const shuffled = every.slice();  // A part of the lines is a fair sample of all.
for (let i = total - 1, seed = 1; i > 0; i--) {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  const j = seed % (i + 1);
  [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
}

// ---- selection: within the best share, within the brushes (listed), and ticked (chosen) ----
const unticked = new Uint8Array(total);
let listed = [], chosen = [];
function select() {
  const inside = new Uint8Array(total).fill(1), { by, share, lower } = state.top;
  if (by >= 0 && share < 100) {
    const list = values(by), sign = lower ? 1 : -1;
    const ranked = every.filter(run => !missing(list[run])).sort((a, b) => sign * (list[a] - list[b]));
    inside.fill(0);
    for (const run of ranked.slice(0, Math.max(1, Math.ceil(ranked.length * share / 100)))) inside[run] = 1;
  }
  for (const c of state.axes) {
    const { brushes } = state.col[c], at = places[c].at, categories = places[c].categories;
    if (!brushes.length) continue;
    const size = categories ? categories.length : 0, list = values(c);
    for (let run = 0; run < total; run++) if (inside[run]) {
      const t = size ? (missing(list[run]) ? NaN : (list[run] + 0.5) / size) : at[run];
      if (!brushes.some(([lo, hi, gap]) => Number.isNaN(t) ? gap : t >= lo && t <= hi)) inside[run] = 0;
    }
  }
  listed = every.filter(run => inside[run]);
  chosen = listed.filter(run => !unticked[run]);
}
