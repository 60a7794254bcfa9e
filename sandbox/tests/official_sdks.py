"""Drives the official Python SDKs, every method of them, against `lag-sandbox`.

    pip install lagclient==0.2.0 nolag==2.6.0
    python3 sandbox/tests/official_sdks.py target/debug/lag-sandbox

What the sandbox answers must be what those packages can read. Each method is
called through the blocking and the asynchronous client, from one story.
"""

import asyncio
import base64
import inspect
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta, timezone

import lagclient
import nolag.api
from nolag import api_types as nolag_types

ALICE, BOB = "lag_pat_sandbox_alice", "lag_pat_sandbox_bob"
ROBOT = "lag_robot_sandbox_secret"
PROJECT = "nlg_live_sandbox.secret"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)

checks = 0


def check(holds, what=""):
    global checks
    checks += 1
    assert holds, what


async def done(value):
    """What a call of either client comes to."""
    return await value if inspect.isawaitable(value) else value


async def items(pages):
    """All items of a walk over pages."""
    found = []
    if hasattr(pages, "__aiter__"):
        async for page in pages:
            found += page.items
    else:
        for page in pages:
            found += page.items
    return found


async def refused(error, call):
    try:
        await done(call())
    except error:
        check(True)
    else:
        check(False, f"{error.__name__} was expected")


async def of_users(make):
    alice, bob = make(ALICE), make(BOB)
    me, other = await done(alice.users.me()), await done(bob.users.me())
    check((await done(alice.identity())).display_name)
    check((await done(alice.system.health())).status == "ok")
    check((await done(alice.system.version())).version)
    check((await done(alice.system.status())).outage is False)
    check((await done(alice.system.config())).features is not None)
    check((await done(alice.users.update_me(display_name="Alice A"))).display_name == "Alice A")
    encoded = base64.b64encode(PNG).decode()
    check((await done(alice.users.upload_avatar(image_base64=encoded, content_type="image/png"))).avatar_url)
    check(await done(alice.users.register_push_token(token="t", platform="ios")))
    check(await done(alice.users.remove_push_token("t")))
    check((await done(alice.users.request_deletion())).id == me.id)
    check((await done(alice.users.cancel_deletion())).id == me.id)
    profile = await done(alice.users.steam_lookup("alice_plays"))
    check(profile.steam_id)
    if profile.avatar_url:
        check((await done(alice.users.import_steam_avatar(profile.avatar_url))).avatar_url)
    await done(alice.users.steam_activity())
    check((await done(alice.users.check_username("alice"))).available is False)
    check([user.username for user in await done(alice.users.search("bob"))] == ["bob"])
    check((await done(alice.users.get(other.id))).username == "bob")

    # Friends: the two begin as friends.
    friend = (await done(alice.friends.list()))[0]
    await done(alice.friends.remove(friend.friendship_id))
    request = await done(alice.friends.send_request("bob"))
    check(len((await done(bob.friends.requests())).incoming) == 1)
    await done(bob.friends.decline(request.id))
    request = await done(alice.friends.send_request("bob"))
    check((await done(bob.friends.accept(request.id))).status == "accepted")

    conversation = await done(alice.dms.create(other.id))
    check((await done(alice.dms.get(conversation.id))).other_user.username == "bob")
    sent = await done(alice.dms.send_message(conversation.id, content="Hello"))
    answer = await done(bob.dms.send_message(conversation.id, content="Hi", reply_to_id=sent.id))
    check(answer.reply_to is not None)
    check((await done(alice.dms.edit_message(conversation.id, sent.id, content="Hello!"))).content == "Hello!")
    check(len((await done(alice.dms.list_messages(conversation.id, limit=1)))["messages"]) == 1)
    check(len(await items(alice.dms.iter_messages(conversation.id, limit=1))) == 2)
    await done(alice.dms.delete_message(conversation.id, sent.id))
    check(len(await done(alice.dms.list())) == 1)

    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        file.write(PNG)
        file.flush()
        image = await done(alice.images.upload(file.name, purpose="chat", alt="a pixel"))
    check(image.width == 1)
    check((await done(alice.images.get(image.id))).id == image.id)
    check((await done(alice.images.status(image.id))).processing_status == "ready")
    check((await done(alice.dms.send_message(conversation.id, content="see", image_id=image.id))).image)
    await done(alice.images.delete(image.id))
    check((await done(bob.friends.block(me.id))).status == "blocked")


async def of_servers(make):
    alice, bob = make(ALICE), make(BOB)
    me, other = await done(alice.users.me()), await done(bob.users.me())
    dev = (await done(alice.servers.list()))[0]
    details = await done(alice.servers.get(dev.id))
    room = details.rooms[0]
    check((await done(alice.servers.update(dev.id, name="Dev", icon_emoji="🚀"))).name == "Dev")
    encoded = base64.b64encode(PNG).decode()
    check(await done(alice.servers.upload_icon(dev.id, image_base64=encoded, content_type="image/png")))

    messages = alice.servers.rooms.messages
    sent = await done(messages.send(dev.id, room.id, content="Hello @bob"))
    answer = await done(messages.send(dev.id, room.id, content="again", reply_to_id=sent.id))
    check(answer.reply_to.id == sent.id)
    check((await done(messages.edit(dev.id, room.id, sent.id, content="Hello, @bob"))).edited_at)
    check(len((await done(messages.list(dev.id, room.id, limit=1)))["messages"]) == 1)
    check(len(await items(messages.iter(dev.id, room.id, limit=1))) == 2)
    await done(messages.delete(dev.id, room.id, sent.id))

    lab = await done(alice.servers.rooms.create(dev.id, name="lab", max_participants=5))
    check((await done(alice.servers.rooms.update(dev.id, lab.id, name="labs"))).name == "labs")
    await done(alice.servers.rooms.delete(dev.id, lab.id))

    roles = alice.servers.roles
    check({"Owner", "Admin", "Member"} <= {role.name for role in await done(roles.list(dev.id))})
    role = await done(roles.create(dev.id, name="mods", permissions=32, color="#ff8800"))
    check((await done(roles.update(dev.id, role.id, name="moderators", sort_order=3))).name == "moderators")
    check((await done(roles.assign_to_member(dev.id, other.id, role_id=role.id))).role_id == role.id)
    await done(roles.delete(dev.id, role.id))

    members, invites = alice.servers.members, alice.servers.invites
    check((await done(members.mute(dev.id, other.id, reason="loud", duration=5))).reason == "loud")
    check(len(await done(members.list_mutes(dev.id))) == 1)
    await done(members.unmute(dev.id, other.id))
    check((await done(members.ban(dev.id, other.id))).user_id == other.id)
    check(len(await done(members.list_bans(dev.id))) == 1)
    await done(members.unban(dev.id, other.id))
    invite = await done(invites.create(dev.id, max_uses=3, expires_in_hours=1))
    check((await done(bob.servers.invites.preview(invite.code))).valid)
    check((await done(bob.servers.invites.join(invite.code))).id == dev.id)
    check(len(await done(invites.list(dev.id))) == 1)
    await done(invites.revoke(dev.id, invite.id))
    await done(bob.servers.leave(dev.id))
    check(await done(invites.invite_friend(dev.id, other.id)))
    invite = await done(invites.create(dev.id))
    await done(bob.servers.invites.join(invite.code))
    await done(members.kick(dev.id, other.id))

    events = alice.events
    starts = (datetime.now(timezone.utc) + timedelta(days=1)).isoformat()
    event = await done(events.create(dev.id, title="Party", starts_at=starts))
    check((await done(events.get(dev.id, event.id))).title == "Party")
    check((await done(events.update(dev.id, event.id, description="with cake"))).description)
    check((await done(events.rsvp(dev.id, event.id, status="going"))).status == "going")
    await done(events.toggle_external_access(dev.id, event.id))
    check(len(await done(events.list(dev.id))) == 1)
    check(await done(events.guests.list(dev.id, event.id)) == [])
    await done(events.cancel(dev.id, event.id))
    template = await done(
        events.templates.create(
            dev.id, title="Weekly", rrule="FREQ=WEEKLY", timezone="UTC", start_time="18:00"
        )
    )
    check((await done(events.templates.update(dev.id, template.id, title="W"))).title == "W")
    check(len(await done(events.templates.list(dev.id))) == 1)
    check(await done(events.templates.delete(dev.id, template.id)))

    await refused(lagclient.LagNotFoundError, lambda: alice.servers.get("srv_nowhere"))
    await done(alice.servers.delete(dev.id))


async def of_a_robot(make):
    robot = make(ROBOT)
    me = await done(robot.identity())
    check(me.kind == "robot" and me.server_id)
    server = await done(robot.servers.get(me.server_id))
    room = server.rooms[0]
    messages = robot.servers.rooms.messages
    sent = await done(messages.send(me.server_id, room.id, content="Hello"))
    edited = await done(messages.edit(me.server_id, room.id, sent.id, content="Hello!"))
    check(edited.content == "Hello!")
    check(len((await done(messages.list(me.server_id, room.id)))["messages"]) == 1)
    check(len(await items(messages.iter(me.server_id, room.id))) == 1)
    await done(messages.delete(me.server_id, room.id, sent.id))
    await refused(lagclient.LagInvalidTokenError, lambda: robot.users.me())


async def of_nolag(base):
    async with nolag.api.NoLagApi(PROJECT, nolag_types.NoLagApiOptions(base_url=base)) as api:
        app = await api.apps.create(nolag_types.AppCreate(name="chat", topics=["messages"]))
        check((await api.apps.get(app.app_id)).name == "chat")
        check((await api.apps.update(app.app_id, nolag_types.AppUpdate(description="d"))).app_id)
        check(app.app_id in [known.app_id for known in (await api.apps.list()).data])
        room = await api.rooms.create(app.app_id, nolag_types.RoomCreate(name="general"))
        check((await api.rooms.get(app.app_id, room.room_id)).name == "general")
        check((await api.rooms.update(app.app_id, room.room_id, nolag_types.RoomUpdate(name="g"))).name == "g")
        check(len(await api.rooms.list(app.app_id)) == 1)
        actor = await api.actors.create(nolag_types.ActorCreate(name="phone", actor_type="device"))
        check(actor.access_token)
        check((await api.actors.get(actor.actor_token_id)).name == "phone")
        check((await api.actors.update(actor.actor_token_id, nolag_types.ActorUpdate(name="p"))).name == "p")
        check(actor.actor_token_id in [known.actor_token_id for known in await api.actors.list()])
        grant = await api.rooms.grant_actor(
            app.app_id,
            room.room_id,
            nolag_types.RoomActorAccessCreate(permission="pubSub", actor_token_id=actor.actor_token_id),
        )
        check(len(await api.rooms.list_actors(app.app_id, room.room_id)) == 1)
        await api.rooms.revoke_actor(app.app_id, room.room_id, grant.room_actor_access_id)
        scope = await api.scopes.create(nolag_types.ScopeCreate(slug="team", name="Team"))
        check((await api.scopes.get(scope.access_scope_id)).slug == "team")
        check((await api.scopes.update(scope.access_scope_id, nolag_types.ScopeUpdate(name="T"))).name == "T")
        check(scope.access_scope_id in [known.access_scope_id for known in (await api.scopes.list()).data])
        check(await api.scopes.add_actor(scope.access_scope_id, actor.actor_token_id))
        check(len(await api.scopes.list_actors(scope.access_scope_id)) == 1)
        check(await api.scopes.remove_actor(actor.actor_token_id))
        await api.scopes.delete(scope.access_scope_id)
        await api.actors.delete(actor.actor_token_id)
        await api.rooms.delete(app.app_id, room.room_id)
        check((await api.apps.delete(app.app_id))["success"])


async def in_a_sandbox(program, story):
    with subprocess.Popen([program, "--port", "0"], stdout=subprocess.PIPE, text=True) as sandbox:
        try:
            base = next(line.split()[-1] for line in sandbox.stdout if line.startswith("base URL"))
            await story(base)
        finally:
            sandbox.terminate()


async def main(program):
    for client in (lagclient.Client, lagclient.AsyncClient):
        for story in (of_users, of_servers, of_a_robot):
            await in_a_sandbox(
                program,
                lambda base: story(lambda token: client(token=token, base_url=base, max_retries=0)),
            )
            print(f"{client.__name__} {story.__name__}: good")
    await in_a_sandbox(program, lambda base: of_nolag(f"{base}/v1"))
    print("NoLagApi: good")
    print(f"{checks} checks")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
