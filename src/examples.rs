//! The examples of methods: each is written once, shown by both clients in
//! their own form, and run as a test on the sandbox.
//!
//! ```ignore
//! #[doc = example! {
//!     let rooms = client.servers().rooms();
//!     let lobby = rooms.create("srv_dev", "lobby").await?;
//!     println!("{}", lobby.id);
//!     # assert_eq!(lobby.name.as_deref(), Some("lobby"));
//! }]
//! ```
//!
//! Two variables are there already: `client`, with alice's token, and
//! `sandbox`, the server that it talks to.
//!
//! | | |
//! |---|---|
//! | `as robot;` | at the beginning of an example: `client` has a robot's key |
//! | `as listener;` | at the beginning: there is also the variable `remote`, which belongs to a listener that is connected to the gateway |
//! | `no_run;` | at the beginning: the example is only compiled, and there is no `sandbox` and no `client` |
//! | `# …;` | this statement is not shown |
//! | `/// …` | a comment in the example |
//! | `~` | begins a new line, for a long chain of calls |
//! | `.await` | is left out for the blocking client, but not inside parentheses, whose content stays as it is |
//! | `use lagclient::Client;`, `Client::`, `use lagclient::blocking::…;` | for the async client, its type and its module are named instead |
//! | `if blocking { … } else { … }` | shows one of the two blocks, for code that differs in another way |
//!
//! A statement becomes one line, which must not be longer than 76 columns. Each
//! `use` names one thing.

/// The text of an example. `$client` is `blocking` or `asynchronous`.
/// `$service` says whose client it is: `user`, `robot` or `nolag`.
#[cfg(doc)]
macro_rules! example {
    ($client:ident $service:ident no_run; $($code:tt)*) => {
        concat!(
            "```no_run\n",
            crate::examples::main!($client),
            crate::examples::code!($client [] [] [] $($code)*),
            "# Ok(())\n# }\n```",
        )
    };
    ($client:ident $service:ident as robot; $($code:tt)*) => {
        crate::examples::example!($client robot $($code)*)
    };
    ($client:ident $service:ident as listener; $($code:tt)*) => {
        crate::examples::example!(
            $client $service
            # let mut events = client.gateway().events();
            # events.next_event().await.ok_or("it has ended")??;
            # let remote = events.remote();
            $($code)*
        )
    };
    ($client:ident $service:ident $($code:tt)*) => {
        concat!(
            "```\n",
            crate::examples::main!($client),
            "# let sandbox = lag_sandbox::Sandbox::start()?;\n",
            "# let client = ", crate::examples::client!($client $service), ".build()?;\n",
            crate::examples::code!($client [] [] [] $($code)*),
            "# Ok(())\n# }\n```",
        )
    };
}

/// Except for documentation, examples are empty, so that no compilation has to
/// wait for them.
#[cfg(not(doc))]
macro_rules! example {
    ($($code:tt)*) => {
        ""
    };
}

#[cfg(doc)]
macro_rules! main {
    (blocking) => {
        "# fn main() -> Result<(), Box<dyn std::error::Error>> {\n"
    };
    (asynchronous) => {
        "# #[tokio::main(flavor = \"current_thread\")]
# async fn main() -> Result<(), Box<dyn std::error::Error>> {\n"
    };
}

#[cfg(doc)]
macro_rules! client {
    (blocking nolag) => {
        "lagclient::nolag::Client::builder(sandbox.nolag_key()).base_url(sandbox.nolag_base_url())"
    };
    (asynchronous nolag) => {
        "lagclient::nolag::AsyncClient::builder(sandbox.nolag_key()).base_url(sandbox.nolag_base_url())"
    };
    (blocking user) => {
        "lagclient::Client::builder(sandbox.user_token()).base_url(sandbox.base_url())"
    };
    (asynchronous user) => {
        "lagclient::AsyncClient::builder(sandbox.user_token()).base_url(sandbox.base_url())"
    };
    (blocking robot) => {
        "lagclient::Client::builder(sandbox.robot_key()).base_url(sandbox.base_url())"
    };
    (asynchronous robot) => {
        "lagclient::AsyncClient::builder(sandbox.robot_key()).base_url(sandbox.base_url())"
    };
}

/// Turns code into text, token by token. The arguments are the client, the
/// indentation, the text so far, the line so far, and the tokens that are left.
/// `stringify!` keeps the spaces between tokens, but no line breaks, so these
/// are added here.
#[cfg(doc)]
macro_rules! code {
    // What differs between the clients.
    (blocking $in:tt $text:tt [] if blocking {$($code:tt)*} else $other:tt $($rest:tt)*) => {
        crate::examples::code!(blocking $in $text [] $($code)* $($rest)*)
    };
    (asynchronous $in:tt $text:tt [] if blocking $other:tt else {$($code:tt)*} $($rest:tt)*) => {
        crate::examples::code!(asynchronous $in $text [] $($code)* $($rest)*)
    };
    (blocking $in:tt $text:tt $line:tt .await $($rest:tt)*) => {
        crate::examples::code!(blocking $in $text $line $($rest)*)
    };
    (blocking $in:tt $text:tt $line:tt ~.await $($rest:tt)*) => {
        crate::examples::code!(blocking $in $text $line $($rest)*)
    };
    (asynchronous [] [$($text:tt)*] [$($line:tt)*] Client::$($rest:tt)*) => {
        crate::examples::code!(
            asynchronous [] [$($text)* stringify!($($line)*), " AsyncClient::",] [] $($rest)*
        )
    };
    (asynchronous [] $text:tt [] use lagclient::Client; $($rest:tt)*) => {
        crate::examples::code!(
            @import asynchronous $text ["use lagclient::AsyncClient"] $($rest)*
        )
    };
    (asynchronous [] $text:tt [] use lagclient::nolag::Client; $($rest:tt)*) => {
        crate::examples::code!(
            @import asynchronous $text ["use lagclient::nolag::AsyncClient"] $($rest)*
        )
    };
    (asynchronous [] $text:tt [] use lagclient::blocking::$name:ident; $($rest:tt)*) => {
        crate::examples::code!(
            @import asynchronous $text ["use lagclient::asynchronous::", stringify!($name)] $($rest)*
        )
    };
    // The end of the example, and of a block in it.
    ($client:ident [] [$($text:tt)*] []) => {
        concat!($($text)*)
    };
    ($client:ident [] [$($text:tt)*] [$($line:tt)+]) => {
        concat!($($text)* stringify!($($line)+), "\n")
    };
    ($client:ident ["    " $($in:tt)*] [$($text:tt)*] [] @end; $($rest:tt)*) => {
        crate::examples::code!($client [$($in)*] [$($text)* $($in,)* "};\n",] [] $($rest)*)
    };
    ($client:ident ["    " $($in:tt)*] [$($text:tt)*] [] @end $($rest:tt)*) => {
        crate::examples::code!($client [$($in)*] [$($text)* $($in,)* "}\n",] [] $($rest)*)
    };
    ($client:ident [$($in:tt)*] [$($text:tt)*] [$($line:tt)+] @end $($rest:tt)*) => {
        crate::examples::code!(
            $client [$($in)*] [$($text)* $($in,)* stringify!($($line)+), "\n",] [] @end $($rest)*
        )
    };
    // A comment, something that is not shown, and a new line.
    ($client:ident [$($in:tt)*] [$($text:tt)*] [] #[doc = $comment:literal] $($rest:tt)*) => {
        crate::examples::code!(
            $client [$($in)*] [$($text)* $($in,)* "//", $comment, "\n",] [] $($rest)*
        )
    };
    ($client:ident $in:tt [$($text:tt)*] [] # $($rest:tt)*) => {
        crate::examples::code!($client $in [$($text)* "# ",] [] $($rest)*)
    };
    ($client:ident [$($in:tt)*] [$($text:tt)*] [$($line:tt)*] ~ $($rest:tt)*) => {
        crate::examples::code!(
            $client [$($in)*] [$($text)* $($in,)* stringify!($($line)*), "\n    ",] [] $($rest)*
        )
    };
    // The imports, which come first.
    ($client:ident [] $text:tt [use $($line:tt)*] ; $($rest:tt)*) => {
        crate::examples::code!(@import $client $text [stringify!(use $($line)*)] $($rest)*)
    };
    (@import $client:ident [$($text:tt)*] [$($import:tt)*] use $($rest:tt)*) => {
        crate::examples::code!($client [] [$($text)* $($import)*, ";\n",] [] use $($rest)*)
    };
    (@import $client:ident [$($text:tt)*] [$($import:tt)*] $($rest:tt)*) => {
        crate::examples::code!($client [] [$($text)* $($import)*, ";\n\n",] [] $($rest)*)
    };
    // Fields of a pattern, an arm of a match, a statement, and a block, which
    // ends at the mark `@end`.
    ($client:ident $in:tt $text:tt [$($line:tt)+] {$($fields:tt)+} => $($rest:tt)*) => {
        crate::examples::code!($client $in $text [$($line)+ { $($fields)+ } =>] $($rest)*)
    };
    ($client:ident ["    " $($in:tt)*] [$($text:tt)*] [$($line:tt)*] , $($rest:tt)*) => {
        crate::examples::code!(
            $client ["    " $($in)*]
            [$($text)* "    ", $($in,)* stringify!($($line)*), ",\n",] [] $($rest)*
        )
    };
    ($client:ident [$($in:tt)*] [$($text:tt)*] [$($line:tt)*] ; $($rest:tt)*) => {
        crate::examples::code!(
            $client [$($in)*] [$($text)* $($in,)* stringify!($($line)*), ";\n",] [] $($rest)*
        )
    };
    ($client:ident [$($in:tt)*] [$($text:tt)*] [$($line:tt)+] {$($code:tt)*} $($rest:tt)*) => {
        crate::examples::code!(
            $client ["    " $($in)*] [$($text)* $($in,)* stringify!($($line)+), " {\n",] []
            $($code)* @end $($rest)*
        )
    };
    ($client:ident $in:tt $text:tt [$($line:tt)*] $token:tt $($rest:tt)*) => {
        crate::examples::code!($client $in $text [$($line)* $token] $($rest)*)
    };
}

pub(crate) use example;
#[cfg(doc)]
pub(crate) use {client, code, main};
