//! Reading the index of methods, and what the source has.

use std::path::Path;

const INDEX: &str = include_str!("../../../src/api/methods.md");

/// A row of the index.
#[derive(Debug)]
pub(super) struct Method {
    /// The dotted name.
    pub(super) name: &'static str,
    /// Where the documentation links to.
    pub(super) link: Option<&'static str>,
    /// Whether the official Python SDK has it.
    pub(super) is_official: bool,
    /// `U` for users, `R` for robots.
    pub(super) token: &'static str,
    /// Whether robots call it although it is not documented for them.
    pub(super) is_undocumented: bool,
    endpoint: &'static str,
    robot_endpoint: Option<&'static str>,
}

impl Method {
    fn read(row: &'static str) -> Self {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [name, token, endpoints] = cells[..] else {
            panic!("{row}")
        };
        let is_undocumented = endpoints.contains('†');
        let mut endpoints = endpoints.split('`').skip(1).step_by(2);
        Self {
            is_undocumented,
            name: name.split('`').nth(1).expect(row),
            link: name
                .split_once("](")
                .map(|(_, rest)| rest.split_once(')').expect(row).0),
            is_official: !name.ends_with('✱'),
            token,
            endpoint: endpoints.next().expect(row),
            robot_endpoint: endpoints.next(),
        }
    }

    pub(super) fn namespace(&self) -> &'static str {
        self.name
            .rsplit_once('.')
            .map_or("", |(namespace, _)| namespace)
    }

    /// The last part of the name.
    pub(super) fn call(&self) -> &'static str {
        self.name.rsplit('.').next().unwrap()
    }

    /// The name of the module that its wire tests are in, or the end of it.
    pub(super) fn module(&self) -> &'static str {
        match self.name {
            "images.upload" => "uploads",
            "servers.upload_icon" | "users.upload_avatar" => "avatar",
            name if name.starts_with("robot.") => "robot_events",
            name => name.rsplit('.').nth(1).unwrap_or(name),
        }
    }

    /// What a user's call requests. `None` if it must not request anything.
    pub(super) fn by_user(&self) -> Option<String> {
        let allowed = self.token.split(", ").any(|kind| kind == "U");
        allowed.then(|| self.endpoint.to_owned())
    }

    /// What a robot's call requests.
    pub(super) fn by_robot(&self) -> Option<String> {
        let allowed = self.token.split(", ").any(|kind| kind == "R");
        let endpoint = self.robot_endpoint.unwrap_or(self.endpoint);
        allowed.then(|| endpoint.replace(" /servers", " /robots/@me/servers"))
    }
}

pub(super) fn methods() -> Vec<Method> {
    let rows = INDEX.lines().filter(|line| line.starts_with('|'));
    let methods = rows.skip(2).map(Method::read);
    // What is there with a feature only.
    let is_there = |method: &Method| method.name != "gateway" || cfg!(feature = "gateway");
    methods.filter(is_there).collect()
}

/// The tests that are named after a method, in the module named after its
/// resource: those of `list_bans` are not those of `list`.
pub(super) fn wire_tests<'a>(
    method: &Method,
    methods: &[Method],
    tests: &[(&str, &'a str)],
) -> Vec<&'a str> {
    let is_of = |test: &str, call: &str| {
        let rest = test.strip_prefix(call);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    };
    let of_the_module = tests.iter().filter(|(module, _)| {
        let before = module.strip_suffix(method.module());
        before.is_some_and(|before| before.is_empty() || before.ends_with('_'))
    });
    let own = of_the_module.filter(|(_, test)| {
        if method.namespace().is_empty() {
            return true;
        }
        let siblings = methods
            .iter()
            .filter(|m| m.namespace() == method.namespace());
        let owner = siblings.map(Method::call).filter(|call| is_of(test, call));
        owner.max_by_key(|call| call.len()) == Some(method.call())
    });
    own.map(|(_, test)| *test).collect()
}

/// A public function in the source of the clients, with what stands above it.
pub(super) struct Function {
    /// The type that it belongs to, such as `Servers`.
    handle: String,
    pub(super) name: String,
    /// Whether it calls an endpoint, or hands out what does.
    calls: bool,
    pub(super) docs: String,
    /// The lines of its `example!`.
    pub(super) example: Vec<String>,
    pub(super) aliases: Vec<String>,
}

/// The function that a link in the index leads to.
pub(super) fn function(link: &str) -> Function {
    let mut functions = functions("src/api").into_iter();
    let found = functions.find(|function| {
        let path = format!("::{}::{}", function.handle, function.name);
        link.ends_with(&path)
    });
    found.unwrap_or_else(|| panic!("{link} is not in the source"))
}

/// All functions that call an endpoint, of all clients.
pub(super) fn calls() -> Vec<Function> {
    let folders = ["src/api", "src/api/gateway", "src/nolag/api"];
    let functions = folders.into_iter().flat_map(functions);
    functions.filter(|function| function.calls).collect()
}

/// The dotted names of what `src/api/` makes public: asynchronous methods and
/// those that hand out pages, of the types that say how they are reached.
pub(super) fn of_the_source() -> Vec<String> {
    let mut namespaces = vec![("Client".to_owned(), String::new())];
    for source in &sources("src/api") {
        namespaces.extend(handles(source));
    }
    let calls = functions("src/api").into_iter().filter(|f| f.calls);
    let names = calls.filter_map(|function| {
        let namespace = namespaces.iter().find(|(name, _)| *name == function.handle);
        namespace.map(|(_, namespace)| format!("{namespace}{}", function.name))
    });
    names.collect()
}

/// The files of a folder.
fn sources(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(folder);
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    files
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect()
}

/// The types that are handles of resources, with their namespaces.
fn handles(source: &str) -> Vec<(String, String)> {
    let mut reached = None;
    let mut handles = Vec::new();
    for line in source.lines() {
        if let Some(path) = line.strip_prefix("/// Reached by `client.") {
            let path = path.split('`').next().unwrap();
            reached = Some(path.replace("()", "") + ".");
        } else if let Some(name) = line.strip_prefix("pub struct ") {
            handles.extend(reached.take().map(|path| (first_word(name), path)));
        }
    }
    handles
}

/// What methods return that are not asynchronous themselves.
const LISTS: &[&str] = &[
    "-> Pages<",
    "-> RobotEvents",
    #[cfg(feature = "gateway")]
    "-> super::Gateway",
];

fn functions(folder: &str) -> Vec<Function> {
    let sources = sources(folder);
    sources
        .iter()
        .flat_map(|source| functions_of(source))
        .collect()
}

fn functions_of(source: &str) -> Vec<Function> {
    let mut functions = Vec::new();
    let mut handle = String::new();
    let (mut docs, mut example, mut aliases) = (String::new(), Vec::new(), Vec::new());
    let mut lines = source.lines();
    while let Some(line) = lines.next() {
        if let Some(block) = line.strip_prefix("impl") {
            handle = first_word(block.trim_start_matches("<'a>").trim());
        }
        let code = line.trim_start();
        let asynchronous = line.strip_prefix("    pub async fn ");
        if let Some(doc) = code.strip_prefix("///") {
            docs += doc;
        } else if code == "#[doc = example! {" {
            let inside = lines.by_ref().take_while(|line| line.trim_start() != "}]");
            example.extend(inside.map(str::to_owned));
        } else if let Some(alias) = code.strip_prefix("#[doc(alias = \"") {
            aliases.push(alias.trim_end_matches("\")]").to_owned());
        } else if let Some(function) = asynchronous.or_else(|| line.strip_prefix("    pub fn ")) {
            let mut signature = line.to_owned();
            while !signature.ends_with('{') {
                signature.push_str(lines.next().unwrap());
            }
            functions.push(Function {
                handle: handle.clone(),
                name: first_word(function),
                calls: asynchronous.is_some() || LISTS.iter().any(|list| signature.contains(list)),
                docs: std::mem::take(&mut docs),
                example: std::mem::take(&mut example),
                aliases: std::mem::take(&mut aliases),
            });
        } else if code.ends_with(['{', '}', ';']) {
            docs.clear();
            example.clear();
            aliases.clear();
        }
    }
    functions
}

fn first_word(text: &str) -> String {
    let is_outside = |c: char| !c.is_alphanumeric() && c != '_';
    text.split(is_outside).next().unwrap().to_owned()
}
