// Puts the parts together: one stream of what happens, one look at the state a
// second and after each change.

import { $, control, stream } from "./api.js";
import * as chat from "./chat.js";
import * as faults from "./faults.js";
import * as journal from "./journal.js";
import * as robots from "./robots.js";

let source = null;
let waiting = [];
let looking = false;

function pane(name) {
  document.body.dataset.pane = name;
  for (const button of document.querySelectorAll("[data-show]")) {
    const here = button.dataset.show === name || (name === "talk" && button.id === "tab-journal");
    button.setAttribute(button.role === "tab" ? "aria-selected" : "aria-current", String(here));
  }
}

async function look() {
  if (looking) return;
  looking = true;
  try {
    const state = await control("GET", "/state");
    chat.update(state);
    journal.update(state);
    robots.update(state);
    faults.update(state);
  } catch {
    // The stream says whether the sandbox is there.
  } finally {
    looking = false;
  }
}

function connected(word, text) {
  $("connection").className = word;
  $("connection").textContent = text;
}

/** Requests come by the hundred when a test runs: they are drawn once a frame. */
function collect(entry) {
  if (!waiting.length) {
    requestAnimationFrame(() => {
      journal.add(waiting);
      waiting = [];
    });
  }
  waiting.push(entry);
}

async function connect() {
  source?.close();
  const { requests, last } = await control("GET", "/journal?limit=20000");
  journal.clear();
  journal.add(requests);
  source = stream(last);
  source.addEventListener("open", () => connected("live", "live"));
  source.addEventListener("request", ({ data }) => collect(JSON.parse(data)));
  source.addEventListener("change", ({ data }) => {
    if (chat.told(JSON.parse(data))) look();
  });
  source.addEventListener("error", () => {
    connected("lost", "connection lost");
    source.close();
    setTimeout(begin, 1000);
  });
}

async function begin() {
  try {
    await connect();
    await look();
  } catch {
    connected("lost", "connection lost");
    setTimeout(begin, 1000);
  }
}

for (const button of document.querySelectorAll("[data-show]")) {
  button.addEventListener("click", () => pane(button.dataset.show));
}
pane("talk");
chat.start();
journal.start();
faults.start(begin);
await begin();
setInterval(look, 1000);
