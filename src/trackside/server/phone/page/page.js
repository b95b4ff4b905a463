// Uploads by the tus protocol 1.0, in pieces: what has come is kept when the connection is lost, and the rest follows.
"use strict";

const PIECE = 8 * 1024 * 1024;
const TUS = { "Tus-Resumable": "1.0.0" };
// Answers after which trying again helps: lost, busy, or another place to go on from.
const AGAIN = new Set([0, 408, 409, 423, 429, 500, 502, 503, 504]);
const items = [];
let busy = false;

const $ = (id) => document.getElementById(id);
const wait = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds));
const base64 = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

/** Sends a request; status 0 is a lost connection. */
function ask(item, method, url, headers, body, onProgress) {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    item.request = request;
    request.open(method, url);
    for (const [name, value] of Object.entries({ ...TUS, ...headers })) request.setRequestHeader(name, value);
    if (onProgress) request.upload.onprogress = (event) => onProgress(event.loaded);
    request.onloadend = () => done(request);
    request.send(body ?? null);
  });
}

/** Asks until there is an answer that trying again would not change. */
async function insist(item, send) {
  for (let pause = 1; !item.cancelled; pause = Math.min(2 * pause, 15)) {
    const answer = await send();
    if (!AGAIN.has(answer.status) || item.cancelled) return answer;
    say(item, answer.status === 0 ? "No connection; trying again" : `Waiting: ${sentence(answer)}`);
    await Promise.race([wait(pause), new Promise((done) => addEventListener("online", done, { once: true }))]);
  }
  return null;
}

function sentence(answer) {
  try {
    const [problem] = JSON.parse(answer.responseText).problems;
    return problem.fix ? `${problem.what}; ${problem.fix}` : problem.what;
  } catch {
    return `the computer answered ${answer.status}`;
  }
}

/** Where the upload of the same file stopped, if this phone began it before; a new one otherwise. */
async function begin(item) {
  const known = localStorage.getItem(item.key);
  if (known?.startsWith(location.pathname)) {
    const answer = await insist(item, () => ask(item, "HEAD", known, {}));
    if (answer?.status === 200) return resumed(item, known, answer);
  }
  const told = `filename ${base64(item.file.name)}`;
  const headers = { "Upload-Length": String(item.file.size), "Upload-Metadata": told };
  const answer = await insist(item, () => ask(item, "POST", "uploads", headers));
  if (answer?.status !== 201) return fail(item, answer);
  item.url = answer.getResponseHeader("Location");
  localStorage.setItem(item.key, item.url);
  return true;
}

function resumed(item, url, answer) {
  item.url = url;
  item.sent = Number(answer.getResponseHeader("Upload-Offset"));
  return true;
}

async function piece(item) {
  const headers = { "Upload-Offset": String(item.sent), "Content-Type": "application/offset+octet-stream" };
  const body = item.file.slice(item.sent, item.sent + PIECE);
  const answer = await ask(item, "PATCH", item.url, headers, body, (come) => show(item, item.sent + come));
  if (answer.status === 204) {
    item.sent = Number(answer.getResponseHeader("Upload-Offset"));
    return answer;
  }
  if (!AGAIN.has(answer.status)) return answer;
  // What came before the connection was lost counts.
  const where = await ask(item, "HEAD", item.url, {});
  if (where.status === 200) resumed(item, item.url, where);
  return where.status === 404 ? where : answer;
}

async function upload(item) {
  if (!(await begin(item))) return;
  while (item.sent < item.file.size && !item.cancelled) {
    show(item, item.sent);
    const answer = await insist(item, () => piece(item));
    if (answer && answer.status !== 204) return fail(item, answer);
  }
  localStorage.removeItem(item.key);
  if (item.cancelled) return;
  item.state = "done";
  item.row.className = "done";
  item.row.querySelector(".state").textContent = "Sent ✓";
  item.row.querySelector("button").hidden = true;
  say(item, "It is on the computer now");
}

function fail(item, answer) {
  localStorage.removeItem(item.key);
  if (item.cancelled) return false;
  item.state = "failed";
  item.row.className = "failed";
  item.row.querySelector(".state").textContent = "Not sent";
  item.row.querySelector("button").textContent = "Remove";
  const said = sentence(answer);
  say(item, `${said[0].toUpperCase()}${said.slice(1)}.`);
  return false;
}

function say(item, text) {
  item.row.querySelector(".said").textContent = text;
}

function show(item, sent) {
  const share = item.file.size ? Math.min(sent / item.file.size, 1) : 0;
  item.row.querySelector("progress").value = share;
  item.row.querySelector(".state").textContent = `${Math.floor(100 * share)} %`;
  say(item, `${(sent / 1e6).toFixed(1)} of ${(item.file.size / 1e6).toFixed(1)} MB`);
}

function cancel(item) {
  item.cancelled = true;
  item.request?.abort();
  if (item.url && item.state !== "failed") ask({}, "DELETE", item.url, {});
  localStorage.removeItem(item.key);
  items.splice(items.indexOf(item), 1);
  item.row.remove();
  summarise();
}

function add(file) {
  const row = $("row").content.firstElementChild.cloneNode(true);
  const key = `upload:${file.name}:${file.size}:${file.lastModified}`;
  const item = { file, row, key, sent: 0, url: "", state: "waiting", cancelled: false, request: null };
  row.querySelector(".name").textContent = file.name;
  row.querySelector(".state").textContent = "Waiting";
  row.querySelector("progress").setAttribute("aria-label", `Progress of ${file.name}`);
  row.querySelector("button").setAttribute("aria-label", `Cancel ${file.name}`);
  row.querySelector("button").onclick = () => cancel(item);
  items.push(item);
  $("list").prepend(row);
}

function summarise() {
  const count = (state) => items.filter((item) => item.state === state).length;
  const [done, failed, open] = [count("done"), count("failed"), items.length - count("done") - count("failed")];
  const videos = (number) => (number === 1 ? "1 video" : `${number} videos`);
  const all = `${videos(done)} sent. You can film more, or put the phone away.`;
  const summary = $("summary");
  summary.textContent = open ? `Sending: ${done} of ${videos(items.length)} done` : failed ? `${videos(failed)} could not be sent` : done ? all : "";
  summary.className = open ? "" : failed ? "bad" : "good";
  $("keep").hidden = !open;
}

/** One after the other: a phone's radio gains nothing from two at once. */
async function work() {
  if (busy) return;
  busy = true;
  for (let next; (next = items.find((item) => item.state === "waiting")); summarise()) {
    next.state = "sending";
    summarise();
    await upload(next);
  }
  busy = false;
}

for (const id of ["film", "choose"]) {
  $(id).onchange = (event) => {
    for (const file of event.target.files) add(file);
    event.target.value = "";
    summarise();
    work();
  };
}

addEventListener("beforeunload", (event) => {
  if (items.some((item) => item.state === "waiting" || item.state === "sending")) event.preventDefault();
});
