//! Two friends write to each other.

use lagclient::ListMessages;
use lagclient::models::{DmConversation, DmMessage, SendMessage};

use super::{Cast, cast, refused};
use crate::client::{maybe_async, test};

#[maybe_async]
#[test]
async fn friends_write_and_others_do_not() {
    let cast = cast();
    let talk = only_friends_meet(&cast).await;
    let (hello, answer) = they_write(&cast, &talk).await;
    nobody_touches_what_is_not_his(&cast, &talk, &hello).await;
    an_answer_is_taken_back(&cast, &talk, &hello, &answer).await;
}

#[maybe_async]
async fn only_friends_meet(cast: &Cast) -> DmConversation {
    let Cast {
        sandbox,
        alice,
        bob,
        ..
    } = cast;
    sandbox.user("alice").unfriend(&sandbox.user("bob"));
    let strangers = alice.dms().create(&cast.bob_id).await;
    refused!(strangers, Permission);
    sandbox.user("alice").befriend(&sandbox.user("bob"));
    let nobody = alice.dms().create("usr_nobody").await;
    refused!(nobody, NotFound);
    let talk = alice.dms().create(&cast.bob_id).await.unwrap();
    assert_eq!(talk.other_user.username, "bob");
    assert_eq!(talk.last_message, None);
    // Both mean the same conversation, each seen from its own side.
    let same = bob.dms().create(&cast.alice_id).await.unwrap();
    assert_eq!((&same.id, &*same.other_user.username), (&talk.id, "alice"));
    talk
}

#[maybe_async]
async fn they_write(cast: &Cast, talk: &DmConversation) -> (DmMessage, DmMessage) {
    let Cast { alice, bob, .. } = cast;
    let hello = alice.dms().send_message(&talk.id, "Helo").await.unwrap();
    assert_eq!(hello.edited_at, None);
    let answer = SendMessage::new("Hi!").reply_to(&hello.id);
    let answer = bob.dms().send_message(&talk.id, answer).await.unwrap();
    let quoted = answer.reply_to.as_ref().unwrap();
    assert_eq!((&quoted.id, &*quoted.content), (&hello.id, "Helo"));

    let edited = alice
        .dms()
        .edit_message(&talk.id, &hello.id, "Hello")
        .await
        .unwrap();
    assert_eq!(edited.content, "Hello");
    assert!(edited.edited_at.is_some());
    (hello, answer)
}

#[maybe_async]
async fn nobody_touches_what_is_not_his(cast: &Cast, talk: &DmConversation, hello: &DmMessage) {
    let Cast { bob, carol, .. } = cast;
    let not_his = bob.dms().edit_message(&talk.id, &hello.id, "Bye").await;
    refused!(not_his, Permission);
    let not_his = bob.dms().delete_message(&talk.id, &hello.id).await;
    refused!(not_his, Permission);
    let outside = carol.dms().send_message(&talk.id, "Me too").await;
    refused!(outside, Permission);
    let outside = carol.dms().list_messages(&talk.id, ()).await;
    refused!(outside, Permission);
}

#[maybe_async]
async fn an_answer_is_taken_back(
    cast: &Cast,
    talk: &DmConversation,
    hello: &DmMessage,
    answer: &DmMessage,
) {
    let Cast {
        alice, bob, carol, ..
    } = cast;
    let seen = bob.dms().get(&talk.id).await.unwrap();
    assert_eq!(seen.last_message.unwrap().id, answer.id);
    bob.dms()
        .delete_message(&talk.id, &answer.id)
        .await
        .unwrap();
    let twice = bob.dms().delete_message(&talk.id, &answer.id).await;
    refused!(twice, NotFound);
    let page = alice.dms().list_messages(&talk.id, ()).await.unwrap();
    let left: Vec<_> = page.items.iter().map(|m| (&m.id, &*m.content)).collect();
    assert_eq!(left, [(&hello.id, "Hello")]);
    let listed = alice.dms().list().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].last_message.as_ref().unwrap().content, "Hello");
    let none = carol.dms().list().await.unwrap();
    assert!(none.is_empty());
}

#[maybe_async]
#[test]
async fn a_long_talk_is_walked_page_by_page() {
    const SAID: usize = 12;
    let cast = cast();
    let (sandbox, alice) = (&cast.sandbox, &cast.alice);
    sandbox.user("alice").befriend(&sandbox.user("bob"));
    let talk = alice.dms().create(&cast.bob_id).await.unwrap();
    for number in 0..SAID {
        alice
            .dms()
            .send_message(&talk.id, number.to_string())
            .await
            .unwrap();
    }

    // Pages go back in time; inside a page the oldest comes first.
    let newest = alice
        .dms()
        .list_messages(&talk.id, ListMessages::new().limit(5))
        .await
        .unwrap();
    let said: Vec<_> = newest
        .items
        .iter()
        .map(|message| &*message.content)
        .collect();
    assert_eq!(said, ["7", "8", "9", "10", "11"]);
    assert!(newest.has_more);

    sandbox.clear_requests();
    let mut walk = alice.dms().iter_messages(&talk.id).limit(5).items();
    let mut all = Vec::new();
    while let Some(message) = walk.next_item().await {
        all.push(message.unwrap().content.parse::<usize>().unwrap());
    }
    assert_eq!(all.len(), SAID);
    all.sort_unstable();
    assert!(all.into_iter().eq(0..SAID));
    assert_eq!(sandbox.requests().len(), 3);

    // A walk resumes where the first page ended.
    let cursor = newest.next_cursor.unwrap();
    let mut walk = alice.dms().iter_messages(&talk.id).limit(5).cursor(cursor);
    let page = walk.next_page().await.unwrap().unwrap();
    let said: Vec<_> = page.items.iter().map(|message| &*message.content).collect();
    assert_eq!(said, ["2", "3", "4", "5", "6"]);
}
