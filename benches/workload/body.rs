//! What the server answers with.

/// A user, in 225 bytes.
pub(crate) const ME: &str = concat!(
    r#"{"id":"usr_3f9a1c7e52","username":"alice","displayName":"Alice of the Long Walks","#,
    r#""avatarUrl":"https://cdn.example.com/avatars/usr_3f9a1c7e52.webp","#,
    r#""status":"online","steamId":null,"createdAt":"2024-01-10T09:00:00.000Z"}"#
);

/// What was sent.
pub(super) const SENT: &str = concat!(
    r#"{"id":"msg_00f1e2d3","roomId":"room_59d0be","userId":"usr_3f9a1c7e52","#,
    r#""username":"alice","displayName":"Alice of the Long Walks","avatarUrl":null,"#,
    r#""content":"The build is green again, thanks to everybody who helped.","#,
    r#""createdAt":"2024-03-05T18:21:07.412Z"}"#
);

/// What messages are written in.
pub(super) const ENGLISH: &str = "the build is green again so who wants to try it on a slow machine before we \
    ship and what about the room list it still flickers when somebody joins tonight maybe";

pub(super) const RUSSIAN: &str = "сборка снова зелёная так что кто хочет попробовать её на \
    медленной машине прежде чем мы выпустим и что со списком комнат он всё ещё мигает когда \
    кто-нибудь заходит может быть сегодня вечером";
pub(super) const JAPANESE: &str = "ビルドは また 緑です 遅い マシンで 試したい 人は いますか \
    リリース前に 部屋の 一覧は どうですか 誰かが 入ると まだ ちらつきます 今夜 たぶん";
pub(super) const EMOJI: &str = "🎉 👍 build 🟢 👩‍💻 ship 🚀🚀 ok 👌🏽 🇵🇱 ❤️ again 😅 lol 🤖 room 🙈";

/// A poll's answer of so many events. They have no ids: what was seen before is left out.
pub(super) fn polled(events: usize) -> String {
    let event = r#"{"eventType":"room.message","payload":{"type":"room.message","serverId":"srv_abc123","timestamp":"2026-01-15T12:30:00.000Z","data":{"roomId":"room_xyz","messageId":"msg_1","userId":"usr_abc123","senderName":"Alice","content":"hello"}}}"#;
    format!("[{}]", vec![event; events].join(","))
}

/// The newest 100 messages of a busy room: a mention, an answer, an edit, an emoji, a quotation
/// now and then.
pub(super) fn page(words: &str) -> String {
    let mut random = fastrand::Rng::with_seed(11);
    let words: Vec<&str> = words.split_whitespace().collect();
    let messages: Vec<String> = (0..100)
        .map(|n| {
            let user = random.u8(0..8);
            let name = ["alice", "bob", "carol", "dmitri", "eve", "frank", "grzegorz", "hana"]
                [usize::from(user)];
            let mut text: Vec<&str> = (0..random.usize(8..38))
                .filter_map(|_| random.choice(&words).copied())
                .collect();
            match n % 10 {
                3 => text.push("🎉"),
                6 => text.push(r#"\"really\"\nyes"#),
                _ => {}
            }
            let text = text.join(" ");
            let avatar = format!(r#""https://cdn.example.com/avatars/usr_{user:010x}.webp""#);
            let extra = match n % 12 {
                2 => r#","mentions":[{"type":"user","id":"usr_0000000001","name":"bob"}]"#,
                5 => r#","replyTo":{"id":"msg_0000002a","userId":"usr_0000000002","username":"carol","displayName":"Carol","content":"who broke it"}"#,
                9 => r#","editedAt":"2024-03-05T18:30:00.001Z""#,
                _ => "",
            };
            format!(
                r#"{{"id":"msg_{n:08x}","roomId":"room_59d0be","userId":"usr_{user:010x}","username":"{name}","displayName":"{name} the {user}th","avatarUrl":{avatar},"content":"{text}","createdAt":"2024-03-05T18:{:02}:07.{:03}Z"{extra}}}"#,
                n % 60,
                n * 7,
            )
        })
        .collect();
    format!(
        r#"{{"messages":[{}],"hasMore":true,"nextCursor":"msg_00000000"}}"#,
        messages.join(",")
    )
}
