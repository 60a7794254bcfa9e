// How the page talks to the sandbox, and how it makes elements. Everything that
// comes from outside becomes text: nothing here or elsewhere writes markup.

const ROOT = "/_sandbox";

/** Calls the control interface. Throws an error with the sandbox's own words. */
export async function control(method, path, body) {
  const init = { method, headers: {} };
  if (body instanceof FormData) {
    init.body = body;
  } else if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers["content-type"] = "application/json";
  }
  const response = await fetch(ROOT + path, init);
  const text = await response.text();
  const json = text ? JSON.parse(text) : null;
  if (!response.ok) throw new Error(json?.message ?? `HTTP ${response.status}`);
  return json;
}

/** Calls the service's own API as this user or robot, without that one's token. */
export function as(who, method, path, body) {
  return control(method, `/as/${encodeURIComponent(who)}${path}`, body);
}

/** What happens in the sandbox from now on, as server-sent events. */
export function stream(after) {
  return new EventSource(`${ROOT}/stream?after=${after}`);
}

/** The gateway, as this user: what is for that one, as it happens. */
export function gateway(who) {
  return new WebSocket(`ws://${location.host}${ROOT}/as/${encodeURIComponent(who)}/ws`);
}

/** An element: its properties, then its children (text or elements). */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "class") element.className = value;
    else if (name in element && !name.startsWith("aria")) element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const $ = (id) => document.getElementById(id);

/** Replaces what a list shows, unless it would show the same. */
export function show(element, key, build) {
  if (element.dataset.key === key) return;
  element.dataset.key = key;
  element.replaceChildren(...build());
}

export function clock(time) {
  return new Date(time).toLocaleTimeString([], { hour12: false });
}
