//! The source is layers, of which each knows only those below it.

use std::fs;
use std::path::{Path, PathBuf};

/// From the bottom to the top.
const LAYERS: [&str; 4] = ["world", "routes", "server", "handle"];

#[test]
fn no_layer_knows_one_above_it() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut seen = 0;
    let mut wrong = Vec::new();
    for (height, layer) in LAYERS.iter().enumerate() {
        for file in files(&source.join(layer)) {
            let text = fs::read_to_string(&file).expect("a source file");
            let module = module(file.strip_prefix(&source).expect("a file of the source"));
            for (line, path) in paths(&text) {
                seen += 1;
                let target = resolve(&module, &path);
                match LAYERS.iter().position(|known| *known == target) {
                    Some(found) if found <= height => {}
                    _ => wrong.push(format!("{}:{line}: {path}", file.display())),
                }
            }
        }
    }
    assert!(wrong.is_empty(), "from above:\n{}", wrong.join("\n"));
    assert!(seen > 200, "only {seen} paths were found");
}

#[test]
fn the_world_knows_no_http_and_has_no_clock() {
    let world = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/world");
    for file in files(&world) {
        let text = fs::read_to_string(&file).expect("a source file");
        for (number, line) in code(&text) {
            let named = ["http::", "hyper", "Instant", "SystemTime"]
                .into_iter()
                .find(|name| line.contains(name));
            assert_eq!(named, None, "{}:{number}", file.display());
        }
    }
}

/// Every Rust file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of the source") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.append(&mut files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found
}

/// The path of the module that a file is.
fn module(file: &Path) -> Vec<String> {
    let mut names: Vec<String> = file
        .with_extension("")
        .iter()
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.retain(|name| name != "mod");
    names
}

/// Lines with their numbers, without those that are comments.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Everything that names a module by its place: `crate::…` and `super::…`.
fn paths(text: &str) -> Vec<(usize, String)> {
    let is_path = |c: char| c.is_alphanumeric() || "_:{*".contains(c);
    let mut found = Vec::new();
    for (number, line) in code(text) {
        for word in line.split(|c| !is_path(c)) {
            // `use super::*` is for the tests at the end of a file.
            if word != "super::*" && (word.starts_with("crate::") || word.starts_with("super::")) {
                found.push((number, word.to_owned()));
            }
        }
    }
    found
}

/// The layer, or whatever else at the top, that a path in a module leads to.
fn resolve(module: &[String], path: &str) -> String {
    let mut at = module.to_vec();
    for step in path.split("::") {
        match step {
            "crate" => at.clear(),
            "super" => drop(at.pop()),
            name => {
                at.push(name.to_owned());
                break;
            }
        }
    }
    at.into_iter().next().unwrap_or_default()
}

#[test]
fn paths_are_resolved() {
    let module = |file: &str| module(Path::new(file));
    assert_eq!(module("world/mod.rs"), ["world"]);
    assert_eq!(
        module("routes/call/fields.rs"),
        ["routes", "call", "fields"]
    );
    let found = paths("// crate::a\nuse crate::b::{c, d};\nlet e = f(super::g::h);\nuse super::*;");
    assert_eq!(
        found,
        [
            (2, "crate::b::{c".to_owned()),
            (3, "super::g::h".to_owned())
        ]
    );
    let resolved = |file: &str, path: &str| resolve(&module(file), path);
    assert_eq!(resolved("world/rooms.rs", "super::World"), "world");
    assert_eq!(resolved("world/rooms.rs", "super::{Id"), "world");
    assert_eq!(resolved("world/rooms.rs", "super::super::handle"), "handle");
    assert_eq!(resolved("world/rooms.rs", "crate::Sandbox"), "Sandbox");
    assert_eq!(resolved("world/rooms.rs", "crate::{routes"), "{routes");
    assert_eq!(resolved("world/mod.rs", "super::routes::all"), "routes");
}
