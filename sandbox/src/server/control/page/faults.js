// Faults, the clock, and what else a person does to the whole sandbox.

import { $, clock, control, el, show } from "./api.js";

/** The usual faults: what they are called here, and how the interface is told. */
const KINDS = {
  "429 with Retry-After": { unit: "Seconds to wait", amount: 1, fault: (n) => ({ effect: "status", status: 429, headers: { "retry-after": String(n) } }) },
  "status 500": { fault: () => ({ effect: "status", status: 500 }) },
  "status 503": { fault: () => ({ effect: "status", status: 503 }) },
  "answer late": { unit: "Seconds", amount: 2, fault: (n) => ({ effect: "delay", millis: Math.round(n * 1000) }) },
  "reset the connection": { fault: () => ({ effect: "reset" }) },
  "close without an answer": { fault: () => ({ effect: "close" }) },
  "carry out, then lose the answer": { fault: () => ({ effect: "close", afterEffect: true }) },
  "cut the body": { fault: () => ({ effect: "close_in_body" }) },
  "cut the stream after": { unit: "Bytes", amount: 200, fault: (n) => ({ effect: "cut_body_after", bytes: Math.round(n) }) },
  "stall in the body": { fault: () => ({ effect: "stall_in_body" }) },
  "slow body": { unit: "Milliseconds a byte", amount: 10, fault: (n) => ({ effect: "slow_body", millis: Math.round(n) }) },
  "not HTTP": { fault: () => ({ effect: "garbage" }) },
};

export function start(restarted) {
  const form = $("arm");
  const { kind, amount, times, method, path } = form.elements;
  kind.append(...Object.keys(KINDS).map((name) => el("option", {}, name)));
  const choose = () => {
    const { unit, amount: usual } = KINDS[kind.value];
    amount.parentElement.hidden = !unit;
    if (!unit) return;
    $("amount-name").textContent = unit;
    amount.value = usual;
  };
  kind.addEventListener("change", choose);
  choose();
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const fault = KINDS[kind.value].fault(Number(amount.value));
    fault.times = Number(times.value) || 1;
    if (method.value) fault.method = method.value;
    if (path.value.trim()) fault.path = path.value.trim();
    tell(control("POST", "/faults", fault));
  });
  $("disarm").addEventListener("click", () => tell(control("DELETE", "/faults")));
  for (const button of $("clock").querySelectorAll("button")) {
    button.addEventListener("click", () => tell(control("PATCH", "/clock", { advanceSeconds: Number(button.dataset.advance) })));
  }
  $("clock").addEventListener("submit", (event) => event.preventDefault());
  $("clock").elements.speed.addEventListener("change", ({ target }) => tell(control("PATCH", "/clock", { speed: Number(target.value) })));
  $("rate-limits").addEventListener("change", ({ target }) => tell(control("PATCH", "/rate-limits", { enforced: target.checked })));
  $("end-streams").addEventListener("click", () => tell(control("POST", "/streams/end")));
  $("reset").addEventListener("click", async () => {
    await tell(control("POST", "/reset"));
    restarted();
  });
}

export function update(state) {
  const { armed, fired } = state.faults;
  show($("armed"), JSON.stringify(armed), () => armed.length
    ? armed.map((fault) => el("li", {}, `${fault.description}, ${fault.times ?? "all"} more`))
    : [el("li", { class: "none" }, "Nothing is armed")]);
  show($("fired"), JSON.stringify(fired), () => fired.length
    ? [...fired].reverse().map((fault) => el("li", {}, `${clock(fault.at)} ${fault.description} ← ${fault.method} ${fault.target}`))
    : [el("li", { class: "none" }, "Nothing has fired yet")]);
  $("now").textContent = `${state.now}${state.clockSpeed === 1 ? "" : `, ${state.clockSpeed} × real time`}`;
  const { speed } = $("clock").elements;
  if (document.activeElement !== speed) speed.value = state.clockSpeed;
  $("rate-limits").checked = state.rateLimits;
}

async function tell(promise) {
  $("arm-refusal").textContent = "";
  try {
    await promise;
  } catch (error) {
    $("arm-refusal").textContent = error.message;
  }
}
