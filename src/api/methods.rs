#![doc = include_str!("methods.md")]
