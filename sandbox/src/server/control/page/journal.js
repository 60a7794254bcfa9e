// The live journal: one line a request. Only the lines in view are elements, so
// that tens of thousands stay quick.

import { $, clock, control, el, show } from "./api.js";

const HEIGHT = 22;
const KEPT = 20000;

let entries = [];
let matching = [];
let selected = null;
let drawing = false;

export function start() {
  $("filters").addEventListener("input", filter);
  $("filters").addEventListener("submit", (event) => event.preventDefault());
  $("lines").addEventListener("scroll", draw);
  $("lines").addEventListener("keydown", keyed);
  $("clear-journal").addEventListener("click", async () => {
    await control("DELETE", "/journal");
    clear();
  });
  $("copy").addEventListener("click", async () => {
    const text = $("exports").textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      getSelection().selectAllChildren($("exports"));
      document.execCommand("copy");
    }
    $("copied").textContent = "Copied";
  });
  new ResizeObserver(draw).observe($("lines"));
}

export function clear() {
  entries = [];
  matching = [];
  select(null);
  redraw(true);
}

/** Requests that are new since the last call. */
export function add(news) {
  if (!news.length) return;
  entries.push(...news);
  const over = entries.length - KEPT;
  if (over > 0) {
    const first = entries[over].number;
    entries.splice(0, over);
    let gone = 0;
    while (gone < matching.length && matching[gone].number < first) gone += 1;
    matching.splice(0, gone);
  }
  const wanted = test();
  matching.push(...news.filter(wanted));
  redraw(atEnd());
}

export function update(state) {
  const callers = [...state.robots.map((robot) => [robot.id, robot.name]), ...state.users.map((user) => [user.id, user.username])];
  const choice = $("filters").elements.caller;
  const chosen = choice.value;
  show(choice, JSON.stringify(callers), () => [el("option", { value: "" }, "all"), ...callers.map(([id, name]) => el("option", { value: id }, name))]);
  choice.value = callers.some(([id]) => id === chosen) ? chosen : "";
  const robot = state.robots[0];
  const called = entries.some((entry) => state.robots.some((known) => known.id === entry.caller));
  $("point").hidden = called || !robot;
  if (robot) {
    const lines = `export LAG_API_BASE=${state.baseUrl}\nexport LAG_ROBOT_API_KEY=${robot.key}\n`;
    if ($("exports").textContent !== lines) $("exports").textContent = lines;
  }
}

function test() {
  const { caller, method, status, path } = $("filters").elements;
  const part = path.value.trim().toLowerCase();
  return (entry) =>
    (!caller.value || entry.caller === caller.value) &&
    (!method.value || entry.method === method.value) &&
    (!status.value || (status.value === "-" ? entry.status === null : String(entry.status).startsWith(status.value))) &&
    (!part || entry.target.toLowerCase().includes(part));
}

function filter() {
  matching = entries.filter(test());
  redraw(true);
}

function atEnd() {
  const box = $("lines");
  return box.scrollHeight - box.scrollTop - box.clientHeight < HEIGHT * 2;
}

function redraw(toEnd) {
  $("count").textContent = entries.length === matching.length ? `${entries.length} requests` : `${matching.length} of ${entries.length} requests`;
  const space = $("lines").firstElementChild;
  space.style.height = `${matching.length * HEIGHT}px`;
  if (toEnd) $("lines").scrollTop = matching.length * HEIGHT;
  draw();
}

function draw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    const box = $("lines");
    const first = Math.max(0, Math.floor(box.scrollTop / HEIGHT) - 5);
    const last = Math.min(matching.length, Math.ceil((box.scrollTop + box.clientHeight) / HEIGHT) + 5);
    box.firstElementChild.replaceChildren(...matching.slice(first, last).map((entry, index) => line(entry, first + index)));
  });
}

function line(entry, index) {
  const kind = entry.status === null ? "none" : `s${String(entry.status)[0]}`;
  const shown = el("div", { class: `line ${kind}`, role: "option", id: `line-${entry.number}`, "aria-selected": String(entry === selected), onclick: () => select(entry) },
    el("span", {}, clock(entry.at)), el("span", { class: "status" }, String(entry.status ?? "–")),
    el("span", { class: "method" }, entry.method), el("span", { class: "path" }, entry.target),
    el("span", { class: "caller" }, entry.callerName ?? ""), el("span", {}, entry.fault ? "⚡" : ""),
    el("span", { class: "millis" }, entry.millis === null ? "" : `${entry.millis.toFixed(1)} ms`));
  shown.style.top = `${index * HEIGHT}px`;
  return shown;
}

function keyed(event) {
  const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 20, PageUp: -20, Home: -Infinity, End: Infinity }[event.key];
  if (!step || !matching.length) return;
  event.preventDefault();
  const from = selected ? matching.indexOf(selected) : step > 0 ? -1 : matching.length;
  const to = Math.min(matching.length - 1, Math.max(0, from + step));
  const box = $("lines");
  if (to * HEIGHT < box.scrollTop) box.scrollTop = to * HEIGHT;
  else if ((to + 1) * HEIGHT > box.scrollTop + box.clientHeight) box.scrollTop = (to + 1) * HEIGHT - box.clientHeight;
  select(matching[to]);
}

async function select(entry) {
  selected = entry;
  $("details").hidden = !entry;
  if (entry) $("lines").setAttribute("aria-activedescendant", `line-${entry.number}`);
  draw();
  if (!entry) return;
  let whole;
  try {
    whole = await control("GET", `/journal/${entry.number}`);
  } catch (error) {
    $("details").replaceChildren(el("p", { role: "alert" }, error.message));
    return;
  }
  if (selected !== entry) return;
  $("details").replaceChildren(...[
    el("h3", {}, `${whole.method} ${whole.target}`, el("button", { type: "button", onclick: () => select(null) }, "Close")),
    el("p", {}, `${whole.status ?? "no answer"}, connection ${whole.connection}${whole.expected ? "" : ", not a documented request"}`),
    whole.fault && el("p", {}, `⚡ Injected: ${whole.fault}`),
    whole.cause && el("h3", {}, "The last event that the robot had got"),
    whole.cause && el("pre", {}, pretty(JSON.stringify(whole.cause))),
    ...part("Request", whole.request), ...part("Answer", whole.answer),
  ].filter(Boolean));
}

function part(name, { headers, body, bodyLength }) {
  const lines = headers.map(([header, value]) => `${header}: ${value}`).join("\n");
  const size = body !== null && bodyLength > body.length ? ` (the beginning of ${bodyLength} bytes)` : "";
  return [
    el("h3", {}, name), el("pre", {}, lines),
    body ? el("pre", { "aria-label": `Body${size}` }, pretty(body)) : null,
  ];
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
