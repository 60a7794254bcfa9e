// Rooms and direct messages: reading and writing as one of the users.

import { $, as, clock, control, el, gateway, show } from "./api.js";

const PAGE = 100;
/** How many messages are on the page at the most, so that it stays quick. */
const KEPT = 2000;

let state = null;
let me = null;
/** Where we are: `{id, name, path, server?}`; `path` is that of its messages. */
let place = null;
let oldest = null;
/** Whether newer messages than those on the page have been taken away. */
let cut = false;
/** What is being answered or edited: `{kind, message}`. */
let context = null;
let loading = false;
let lastTyped = 0;
/** The connection to the gateway, whose it is, and which servers it hears of. */
let socket = null;
let heard = "";
let pinged = 0;
const unread = new Map();
const typing = new Map();

export const self = () => me;

export function start() {
  $("who").addEventListener("change", () => become($("who").value));
  $("status").addEventListener("change", () =>
    tell(control("POST", `/users/${me.id}/status`, { status: $("status").value })));
  $("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  $("text").addEventListener("keydown", keyed);
  $("text").addEventListener("input", typed);
  $("context").querySelector("button").addEventListener("click", () => setContext(null));
  $("older").addEventListener("click", older);
  $("newest").addEventListener("click", () => tell(load(null)));
  $("messages").addEventListener("scroll", () => {
    if ($("messages").scrollTop < 200) older();
  });
  $("image").addEventListener("change", () => {
    const [file] = $("image").files;
    if (file) setContext({ kind: "image", file });
  });
  setInterval(showTyping, 1000);
}

/** The newest state of the sandbox. */
export function update(next) {
  state = next;
  show($("who"), JSON.stringify(state.users.map((user) => [user.id, user.username])), () =>
    state.users.map((user) => el("option", { value: user.id }, user.username)));
  const known = state.users.find((user) => user.id === me?.id) ?? state.users[0] ?? null;
  if (known?.id !== me?.id) {
    me = known;
    place = null;
  }
  me = known;
  if (!me) return;
  listen();
  $("who").value = me.id;
  if (document.activeElement !== $("status")) $("status").value = me.status;
  const all = places();
  const here = all.find((other) => other.id === place?.id);
  if (here) place = here;
  else enter(all[0] ?? null);
  showPlaces(all);
  showMembers();
}

function become(id) {
  me = state.users.find((user) => user.id === id);
  place = null;
  unread.clear();
  update(state);
}

/** Where this user can read: rooms, then conversations. */
function places() {
  const servers = state.servers.filter((server) => server.members.includes(me.id));
  const rooms = servers.flatMap((server) => server.rooms.map((room) => ({
    id: room.id, server, name: room.name, group: server.name, voice: room.voice,
    path: `/servers/${encodeURIComponent(server.id)}/rooms/${encodeURIComponent(room.id)}/messages`,
  })));
  const conversations = state.conversations.filter((other) => other.users.includes(me.id));
  return rooms.concat(conversations.map((conversation) => ({
    id: conversation.id, name: nameOf(conversation.users.find((id) => id !== me.id)),
    group: "Direct messages", path: `/dms/${encodeURIComponent(conversation.id)}/messages`,
  })));
}

function nameOf(id) {
  const found = state.users.find((user) => user.id === id) ?? state.robots.find((robot) => robot.id === id);
  return found?.displayName ?? found?.username ?? found?.name ?? id;
}

function showPlaces(all) {
  const others = state.users.filter((user) => user.id !== me.id &&
    !state.conversations.some((c) => c.users.includes(me.id) && c.users.includes(user.id)));
  const key = JSON.stringify([me.id, place?.id, all.map((p) => [p.id, p.name, p.group, p.voice]), [...unread], others.map((u) => u.id)]);
  show($("rooms"), key, () => {
    const shown = [];
    let group = null;
    for (const other of all) {
      if (other.group !== group) shown.push(el("h2", {}, (group = other.group)));
      const news = unread.get(other.id);
      shown.push(el("button", { type: "button", "aria-current": String(other.id === place?.id), onclick: () => enter(other) },
        el("span", {}, (other.server ? "# " : "@ ") + other.name),
        other.voice?.length ? el("span", { title: "in voice" }, `🔊${other.voice.length}`) : null,
        news && el("span", { class: news.mention ? "badge mention" : "badge", "aria-label": `${news.count} unread` }, String(news.count))));
    }
    if (others.length) shown.push(el("h2", {}, "Write to"));
    for (const user of others) {
      shown.push(el("button", { type: "button", onclick: () => tell(openConversation(user)) }, el("span", {}, user.username)));
    }
    return shown;
  });
}

async function openConversation(user) {
  const conversation = await as(me.id, "POST", "/dms", { userId: user.id });
  update(await control("GET", "/state"));
  enter(places().find((other) => other.id === conversation.id));
}

function showMembers() {
  const server = place?.server;
  const ids = server ? server.members : state.conversations.find((c) => c.id === place?.id)?.users ?? [];
  const people = ids.map((id) => state.users.find((user) => user.id === id)).filter(Boolean);
  const robots = state.robots.filter((robot) => robot.serverId === server?.id);
  const key = JSON.stringify([people.map((p) => [p.username, p.status]), robots.map((r) => [r.name, r.connected])]);
  show($("members"), key, () => [
    ...people.map((user) => el("li", {}, user.username, " ", el("small", {}, user.status))),
    ...robots.map((robot) => el("li", {}, robot.name, " ", el("span", { class: "bot" }, "bot"), " ",
      el("small", {}, robot.connected ? "connected" : "not connected"))),
  ]);
}

function enter(next) {
  place = next;
  setContext(null);
  unread.delete(place?.id);
  $("place-name").textContent = place ? `${place.name} · ${place.group}` : "No room";
  $("messages").replaceChildren();
  $("text").disabled = !place;
  if (place) {
    showPlaces(places());
    showMembers();
    tell(load(null));
  }
}

async function older() {
  if (loading || $("older").hidden) return;
  loading = true;
  await tell(load(oldest));
  loading = false;
}

async function load(cursor) {
  const { id, path } = place;
  const query = cursor ? `&cursor=${encodeURIComponent(cursor)}` : "";
  const page = await as(me.id, "GET", `${path}?limit=${PAGE}${query}`);
  if (place?.id !== id) return;
  const list = $("messages");
  const items = page.messages.map(item);
  if (cursor) {
    const height = list.scrollHeight;
    list.prepend(...items);
    list.scrollTop += list.scrollHeight - height;
    while (list.children.length > KEPT) {
      list.lastElementChild.remove();
      cut = true;
    }
  } else {
    list.replaceChildren(...items);
    list.scrollTop = list.scrollHeight;
    cut = false;
  }
  $("newest").hidden = !cut;
  oldest = page.nextCursor;
  $("older").hidden = !page.hasMore;
}

/** Takes away what is far above the newest message: it can be loaded again. */
function trim(list) {
  if (list.children.length <= KEPT) return;
  while (list.children.length > KEPT) list.firstElementChild.remove();
  oldest = list.querySelector("time").dateTime;
  $("older").hidden = false;
}

function item(message) {
  const author = message.robotName ?? message.displayName ?? message.username ?? "?";
  const mine = message.userId === me.id && !message.robotId;
  const mentioned = message.mentions?.some((mention) => mention.id === me.id);
  return el("li", { "data-id": message.id, class: mentioned ? "mentioned" : "" },
    message.replyTo && el("blockquote", {}, `${message.replyTo.robotName ?? message.replyTo.username ?? "?"}: ${message.replyTo.content ?? ""}`),
    el("div", { class: "head" },
      el("strong", {}, author), message.robotId && el("span", { class: "bot" }, "bot"),
      el("time", { dateTime: message.createdAt }, clock(message.createdAt)),
      message.editedAt && el("small", {}, "edited"),
      el("span", { class: "tools" },
        el("button", { type: "button", onclick: () => setContext({ kind: "reply", message }) }, "Reply"),
        mine && el("button", { type: "button", onclick: () => setContext({ kind: "edit", message }) }, "Edit"),
        el("button", { type: "button", onclick: () => tell(as(me.id, "DELETE", `${place.path}/${encodeURIComponent(message.id)}`)) }, "Delete"))),
    el("p", {}, ...withMentions(message)),
    message.image && el("img", { src: message.image.url, alt: "Image", loading: "lazy" }));
}

/** The text of a message, with the names that it mentions marked. */
function withMentions(message) {
  const names = (message.mentions ?? []).map((mention) => `@${mention.name}`);
  const parts = [];
  let rest = message.content ?? "";
  while (rest) {
    const found = names.map((name) => [rest.toLowerCase().indexOf(name.toLowerCase()), name]).filter(([at]) => at >= 0).sort(([a], [b]) => a - b)[0];
    if (!found) break;
    const [at, name] = found;
    parts.push(rest.slice(0, at), el("mark", {}, rest.slice(at, at + name.length)));
    rest = rest.slice(at + name.length);
  }
  return [...parts, rest];
}

/** Keeps the user's own connection to the gateway, with all of its servers. */
function listen() {
  const servers = state.servers.filter((server) => server.members.includes(me.id)).map((server) => server.id);
  if (socket?.user !== me.id || socket.readyState > WebSocket.OPEN) {
    socket?.close();
    const opened = gateway(me.id);
    opened.user = me.id;
    opened.addEventListener("message", ({ data }) => {
      if (opened === socket) changed(JSON.parse(data));
    });
    socket = opened;
    heard = "";
  }
  if (socket.readyState !== WebSocket.OPEN) return;
  if (heard !== servers.join()) {
    heard = servers.join();
    pinged = Date.now();
    socket.send(JSON.stringify({ type: "subscribe_servers", serverIds: servers }));
  } else if (Date.now() - pinged >= 30000) {
    pinged = Date.now();
    socket.send(JSON.stringify({ type: "ping" }));
  }
}

/** Something that changed, from the control stream: what the gateway tells, too,
 * is left to that. Whether it is to be looked at in another way. */
export function told(event) {
  const live = socket?.readyState === WebSocket.OPEN && heard;
  return live && /^(room|dm)_/.test(event.type) ? false : changed(event);
}

/** Something that changed in the world. */
function changed(event) {
  const at = event.roomId ?? event.conversationId;
  const list = $("messages");
  const shown = at === place?.id && [...list.children].reverse().find((known) => known.dataset.id === (event.messageId ?? event.message?.id));
  switch (event.type) {
    case "room_message":
    case "dm_message":
      typing.delete(event.message.userId);
      if (at === place?.id) {
        const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80;
        if (cut) {
          if (event.message.userId === me.id) tell(load(null));
          break;
        }
        if (!shown) list.append(item(event.message));
        if (atEnd) trim(list);
        if (atEnd || event.message.userId === me.id) list.scrollTop = list.scrollHeight;
      } else if (event.message.userId !== me?.id) {
        const news = unread.get(at) ?? { count: 0, mention: false };
        news.count += 1;
        news.mention ||= event.message.mentions?.some((mention) => mention.id === me?.id) ?? false;
        unread.set(at, news);
        if (state && me) showPlaces(places());
      }
      break;
    case "room_message_edited":
    case "dm_message_edited":
      if (shown) shown.replaceWith(item(event.message));
      break;
    case "room_message_deleted":
    case "dm_message_deleted":
      if (shown) shown.remove();
      break;
    case "room_typing":
    case "dm_typing":
      if (event.userId !== me?.id) typing.set(event.userId, { at, until: Date.now() + 4000 });
      showTyping();
      break;
    default:
      return true;
  }
  return false;
}

function showTyping() {
  for (const [id, { until }] of typing) if (until < Date.now()) typing.delete(id);
  const names = [...typing].filter(([, known]) => known.at === place?.id).map(([id]) => nameOf(id));
  const text = names.length ? `${names.join(", ")} ${names.length > 1 ? "are" : "is"} typing …` : "";
  if ($("typing").textContent !== text) $("typing").textContent = text;
}

function setContext(next) {
  context = next;
  $("context").hidden = !next;
  if (!next || next.kind !== "image") $("image").value = "";
  if (!next) return;
  const words = { reply: "Answering", edit: "Editing", image: "With image" }[next.kind];
  $("context").querySelector("span").textContent = `${words}: ${next.file?.name ?? next.message.content}`;
  if (next.kind === "edit") $("text").value = next.message.content;
  $("text").focus();
  $("text").setSelectionRange(-1, -1);
}

function keyed(event) {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  } else if (event.key === "Escape") {
    setContext(null);
  } else if (event.key === "ArrowUp" && !$("text").value) {
    const mine = [...$("messages").querySelectorAll("li")].reverse().flatMap((known) =>
      [...known.querySelectorAll(".tools button")].filter((button) => button.textContent === "Edit"))[0];
    if (mine) event.preventDefault();
    mine?.click();
  }
}

function typed() {
  if (!place || Date.now() - lastTyped < 3000) return;
  lastTyped = Date.now();
  const where = place.server ? { serverId: place.server.id, roomId: place.id } : { conversationId: place.id };
  control("POST", `/users/${me.id}/typing`, where).catch(() => {});
}

function send() {
  const content = $("text").value.trim();
  const what = context;
  if (!place || (!content && what?.kind !== "image")) return;
  $("text").value = "";
  lastTyped = 0;
  setContext(null);
  tell(deliver(content, what), () => {
    if (!$("text").value) $("text").value = content;
  });
}

async function deliver(content, what) {
  if (what?.kind === "edit") {
    return as(me.id, "PATCH", `${place.path}/${encodeURIComponent(what.message.id)}`, { content });
  }
  const body = { content };
  if (what?.kind === "reply") body.replyToId = what.message.id;
  if (what?.kind === "image") {
    const form = new FormData();
    form.append("purpose", "chat");
    form.append("file", what.file);
    body.imageId = (await as(me.id, "POST", "/images", form)).id;
  }
  return as(me.id, "POST", place.path, body);
}

/** Shows why something was refused. */
async function tell(promise, undo) {
  $("refusal").textContent = "";
  try {
    await promise;
  } catch (error) {
    $("refusal").textContent = error.message;
    undo?.();
  }
}
