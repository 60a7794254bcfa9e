// The robots: how each is connected, what waits for it, what it may do, and how
// near it is to its limits.

import { $, control, el, show } from "./api.js";

const PERMISSIONS = ["read_messages", "send_messages", "read_members", "read_voice", "read_rooms", "read_presence"];
const SECONDS = 60;

/** The use of both limits, a sample a second, by robot. */
const samples = new Map();

export function update(state) {
  for (const robot of state.robots) sample(robot);
  const key = JSON.stringify(state.robots.map((robot) => ({ ...robot, limits: 0, events: 0, connected: 0 })));
  show($("robots"), key, () => state.robots.length ? state.robots.map((robot) => card(robot, state)) : [el("p", {}, "There is no robot in this world.")]);
  for (const robot of state.robots) refresh(robot);
}

function sample({ id, limits }) {
  const known = samples.get(id) ?? [];
  known.push([limits.requests, limits.messageWrites]);
  if (known.length > SECONDS) known.shift();
  samples.set(id, known);
}

function card(robot, state) {
  const server = state.servers.find((known) => known.id === robot.serverId);
  const change = (body) => control("PATCH", `/robots/${encodeURIComponent(robot.id)}`, body);
  return el("article", { class: "robot", "data-robot": robot.id, "aria-label": robot.name },
    el("h3", {}, `${robot.name} in ${server?.name ?? robot.serverId}`),
    el("p", { class: "connection", role: "status" }),
    el("p", { class: "queue" }),
    el("canvas", { role: "img", "aria-label": "Use of the limits over the last minute" }),
    el("p", {}, el("span", { class: "key requests" }), " · ", el("span", { class: "key writes" })),
    el("fieldset", {}, el("legend", {}, "May"), ...PERMISSIONS.map((permission) => el("label", {},
      el("input", {
        type: "checkbox", checked: robot.permissions.includes(permission),
        onchange: ({ target }) => change({
          permissions: target.checked ? [...robot.permissions, permission] : robot.permissions.filter((known) => known !== permission),
        }),
      }), ` ${permission}`))),
    el("label", {}, el("input", { type: "checkbox", checked: robot.active, onchange: ({ target }) => change({ active: target.checked }) }), " active"),
    robot.webhook && el("h3", {}, "Last deliveries"),
    robot.webhook && el("ul", {}, ...robot.deliveries.slice(-5).reverse().map((delivery) =>
      el("li", {}, `${delivery.id}, attempt ${delivery.attempt}: ${delivery.status ?? "no answer"}`))));
}

function refresh(robot) {
  const shown = document.querySelector(`[data-robot="${CSS.escape(robot.id)}"]`);
  const set = (name, text) => {
    const element = shown.querySelector(name);
    if (element.textContent !== text) element.textContent = text;
  };
  const ways = [
    robot.streams && `${robot.streams} event stream${robot.streams > 1 ? "s" : ""}`,
    robot.polls && `polling${robot.polls > 1 ? ` ${robot.polls} times` : ""}`,
    robot.webhook && "by webhook",
  ].filter(Boolean);
  set(".connection", ways.length ? `Connected: ${ways.join(", ")}` : "Not connected");
  set(".queue", `${robot.delivered} of ${robot.events} events handed over, ${robot.queued} waiting`);
  const { requests, messageWrites } = robot.limits;
  set(".requests", `${requests.used} of ${requests.allowed} requests in the last minute`);
  set(".writes", `${messageWrites.used} of ${messageWrites.allowed} message writes in the last 10 seconds`);
  if (document.body.dataset.pane === "robots") plot(shown.querySelector("canvas"), samples.get(robot.id), shown);
}

/** The use of both limits over the last minute; the dashed line is the limit. */
function plot(canvas, known, shown) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const ratio = devicePixelRatio;
  if (!width) return;
  if (canvas.width !== Math.round(width * ratio)) {
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  const top = 14;
  const y = (share) => height - 4 - share * (height - 4 - top);
  const color = (name) => getComputedStyle(shown.querySelector(name), "::before").color;
  pen.strokeStyle = pen.fillStyle = getComputedStyle(shown).color;
  pen.setLineDash([4, 4]);
  line(pen, [[0, y(1)], [width, y(1)]]);
  pen.setLineDash([]);
  pen.font = "11px system-ui, sans-serif";
  pen.fillText("limit", 4, y(1) - 3);
  [".requests", ".writes"].forEach((name, index) => {
    pen.strokeStyle = color(name);
    pen.lineWidth = 2;
    line(pen, known.map((pair, at) => [width - (known.length - 1 - at) * (width / (SECONDS - 1)), y(Math.min(1.1, pair[index].used / pair[index].allowed))]));
  });
  pen.lineWidth = 1;
  canvas.setAttribute("aria-label", `Use of the limits over the last minute: ${shown.querySelector(".requests").textContent}, ${shown.querySelector(".writes").textContent}`);
}

function line(pen, points) {
  pen.beginPath();
  for (const [x, y] of points) pen.lineTo(x, y);
  pen.stroke();
}
