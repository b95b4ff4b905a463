// The page of a live calibration: takes pictures from the camera, sends one at a time, draws what comes back.

const $ = (id) => document.getElementById(id);
const video = $("video"), overlay = $("overlay"), picture = $("picture");
const still = document.createElement("canvas");
const SIDES = ["right", "lower right", "bottom", "lower left", "left", "upper left", "top", "upper right"];
const QUALITY = 0.92;
const PAUSE_AFTER_TROUBLE = 1000;
let settings = null, stream = null, running = false, ended = false, seen = 0, looking = Promise.resolve();

async function ask(path, options = {}) {
  const answer = await fetch(path, { cache: "no-store", ...options });
  const data = await answer.json();
  if (answer.ok) return data;
  const detail = data.detail ?? data;
  throw new Error(Array.isArray(detail) ? "the request was refused" : [detail.what, detail.fix].filter(Boolean).join("; "));
}

function say(text, tone = "") {
  const mirrored = $("mirror").checked;
  const shown = mirrored ? text.replace(/left|right/g, (side) => (side === "left" ? "right" : "left")) : text;
  if ($("advice").textContent !== shown) $("advice").textContent = shown;
  $("advice").className = `advice ${tone}`;
}

function style(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }

async function start() {
  try {
    const chosen = $("camera").value;
    stream?.getTracks().forEach((track) => track.stop());
    const wanted = { width: { ideal: 1920 }, height: { ideal: 1080 } };
    if (stream && chosen && chosen !== "default") wanted.deviceId = { exact: chosen };
    stream = await navigator.mediaDevices.getUserMedia({ video: wanted, audio: false });
  } catch (error) {
    say(`The camera cannot be used: ${error.message}. Allow it in the browser, or plug one in.`, "trouble");
    return;
  }
  video.srcObject = stream;
  await video.play();
  $("welcome").hidden = true;
  for (const id of ["pause", "restart", "camera"]) $(id).disabled = false;
  await listCameras();
  say("Hold the board in front of the camera.");
  goOn();
}

async function listCameras() {
  const cameras = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === "videoinput");
  const current = stream.getVideoTracks()[0].getSettings().deviceId;
  $("camera").replaceChildren(...cameras.map((camera, number) =>
    new Option(camera.label || `camera ${number + 1}`, camera.deviceId, false, camera.deviceId === current)));
}

function goOn() {
  if (running) return;
  running = true;
  $("pause").textContent = "Pause";
  looking = looking.then(loop);
}

async function halt() {
  running = false;
  $("pause").textContent = "Go on";
  await looking; // A picture may still be looked at: its answer comes first.
}

async function loop() {
  while (running) {
    try {
      await look();
    } catch (error) {
      say(`${error.message[0].toUpperCase()}${error.message.slice(1)}`, "trouble");
      await new Promise((done) => setTimeout(done, PAUSE_AFTER_TROUBLE));
    }
  }
}

async function look() {
  [still.width, still.height] = [video.videoWidth, video.videoHeight];
  if (!still.width) { await new Promise((done) => setTimeout(done, 100)); return; }
  still.getContext("2d").drawImage(video, 0, 0);
  const at = performance.now() / 1000;
  const jpeg = await new Promise((done) => still.toBlob(done, "image/jpeg", QUALITY));
  const state = await ask(`frames?time=${at.toFixed(3)}`, { method: "POST", headers: { "Content-Type": "image/jpeg" }, body: jpeg });
  if (running) show(state);
}

function show(state) {
  seen += 1;
  document.body.dataset.seen = seen;
  picture.style.aspectRatio = `${state.size[0]} / ${state.size[1]}`;
  picture.classList.toggle("kept", state.kept);
  say(state.advice, state.done ? "good" : state.points.length === 0 || /^(hold still|slower|the picture)/.test(state.reason) ? "trouble" : "");
  $("reason").textContent = state.kept ? "Taken." : state.points.length ? state.reason : "\u00a0";
  $("count").textContent = state.count;
  $("area").textContent = `${Math.round(100 * state.area)} %`;
  $("finish").disabled = state.count < 3;
  $("finish").classList.toggle("quiet", !state.done); // It may be pressed before it is enough, but does not ask for it.
  $("missing-title").textContent = state.done ? "Would still help" : "Still missing";
  showError(state);
  showRose(state);
  $("missing-card").hidden = state.missing.length === 0;
  $("missing").replaceChildren(...state.missing.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  draw(state);
}

function showError(state) {
  const known = state.expected_error !== null;
  const share = known ? Math.min(100, (100 * settings.goal) / state.expected_error) : 0;
  $("error").textContent = known ? state.expected_text : "–";
  $("goal").textContent = goalText(state, known);
  $("goal").classList.toggle("trouble", !known && Boolean(state.trouble));
  $("meter").firstElementChild.style.width = `${share}%`;
  $("meter").setAttribute("aria-valuenow", Math.round(share));
  $("meter").classList.toggle("done", state.done);
}

function isSmall(state) { return state.expected_error <= settings.goal; }

function goalText(state, known) {
  if (known) return state.done ? "This is enough." : `enough: ${settings.goal_text}${isSmall(state) ? ", with views in what is still missing" : ""}`;
  if (state.trouble) return `Not known yet: ${state.trouble}.`;
  const left = state.until_first;
  return left ? `told in ${left} more view${left === 1 ? "" : "s"}; enough: ${settings.goal_text}` : "working it out …";
}

function showRose(state) {
  const mirrored = $("mirror").checked ? -1 : 1;
  const parts = SIDES.map((name, side) => {
    const [from, to] = [side * 45 - 22.5, side * 45 + 22.5].map((degrees) => (degrees * Math.PI) / 180);
    const point = (radius, angle) => `${mirrored * radius * Math.cos(angle)} ${radius * Math.sin(angle)}`;
    const sweep = mirrored > 0 ? [1, 0] : [0, 1];
    const path = `M ${point(38, from)} L ${point(100, from)} A 100 100 0 0 ${sweep[0]} ${point(100, to)} L ${point(38, to)} A 38 38 0 0 ${sweep[1]} ${point(38, from)} Z`;
    return [svg("path", { d: path, class: state.sides[side] ? "seen" : "" }, `${name}: ${state.sides[side]}`),
      svg("text", { x: mirrored * 70 * Math.cos(side * Math.PI / 4), y: 70 * Math.sin(side * Math.PI / 4) }, "", state.sides[side] || "")];
  });
  const middle = [svg("circle", { r: 34, class: state.face_on ? "seen" : "" }, `face on: ${state.face_on}`), svg("text", { x: 0, y: 0 }, "", state.face_on || "")];
  $("rose").replaceChildren(...parts.flat(), ...middle);
}

function svg(kind, attributes, title, text = "") {
  const element = document.createElementNS("http://www.w3.org/2000/svg", kind);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  if (title) { const label = document.createElementNS("http://www.w3.org/2000/svg", "title"); label.textContent = title; element.append(label); }
  return element;
}

function draw(state) {
  const [width, height] = state.size;
  [overlay.width, overlay.height] = [width, height];
  const brush = overlay.getContext("2d"), unit = Math.max(width, height) / 640;
  drawCells(brush, state, width, height);
  if (state.outline.length && !state.done) drawOutline(brush, state.outline, unit);
  brush.fillStyle = state.kept ? "#2fe08a" : "#ffd24a";
  brush.strokeStyle = "rgba(0,0,0,.7)";
  brush.lineWidth = unit;
  for (const [x, y] of state.points) {
    brush.beginPath();
    brush.arc(x, y, 3.2 * unit, 0, 2 * Math.PI);
    brush.fill();
    brush.stroke();
  }
}

function drawCells(brush, state, width, height) {
  state.cells.forEach((row, y) => row.forEach((count, x) => {
    if (!count) return;
    brush.fillStyle = `rgba(47, 224, 138, ${Math.min(0.34, 0.12 + 0.04 * count)})`;
    brush.fillRect((x * width) / row.length + 1, (y * height) / state.cells.length + 1, width / row.length - 2, height / state.cells.length - 2);
  }));
}

function drawOutline(brush, outline, unit) {
  const trace = () => { brush.beginPath(); outline.forEach(([x, y], n) => (n ? brush.lineTo(x, y) : brush.moveTo(x, y))); brush.closePath(); };
  for (const [colour, thick, dash] of [["rgba(0,0,0,.55)", 7, []], ["#fff", 3.5, [12 * unit, 8 * unit]]]) {
    trace();
    brush.strokeStyle = colour;
    brush.lineWidth = thick * unit;
    brush.setLineDash(dash);
    brush.stroke();
  }
  brush.setLineDash([]);
}

async function finish() {
  $("finish").disabled = true;
  await halt();
  say("Calibrating …");
  try {
    await ask("finish", { method: "POST" });
    ended = true;
    stream?.getTracks().forEach((track) => track.stop());
    location.href = "report";
  } catch (error) {
    say(`Not yet: ${error.message}`, "trouble");
    await new Promise((done) => setTimeout(done, 4 * PAUSE_AFTER_TROUBLE));
    if (stream && !ended) goOn();
  }
}

function pause() {
  if (running) halt();
  else if (stream) goOn();
}

async function restart() {
  if (!confirm("Forget all views and start again?")) return;
  await halt();
  try { await ask("restart", { method: "POST" }); seen = 0; } catch (error) { say(error.message, "trouble"); }
  goOn();
}

$("start").addEventListener("click", start);
$("camera").addEventListener("change", start);
$("pause").addEventListener("click", pause);
$("restart").addEventListener("click", restart);
$("finish").addEventListener("click", finish);
$("mirror").addEventListener("change", () => picture.classList.toggle("mirrored", $("mirror").checked));

settings = await ask("settings");
$("name").textContent = settings.name;
$("board").textContent = settings.board;
$("distance").textContent = settings.distance;
$("goal").textContent = `told in ${settings.first} more views; enough: ${settings.goal_text}`;
$("folder").textContent = `Results go to ${settings.folder}`;
showRose({ sides: Array(8).fill(0), face_on: 0 });
