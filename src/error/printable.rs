//! Makes text from a server safe to show in a terminal or a log.

use std::fmt::{self, Write as _};

/// Shows control characters, and characters that change the direction of
/// writing, as escapes. Otherwise a line break would begin a new line in a log,
/// which looks as if the program had written it, and a terminal would do what
/// control characters say.
pub(crate) struct Printable<'a>(pub(crate) &'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            if is_obeyed(character) {
                write!(f, "{}", character.escape_default())?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}

fn is_obeyed(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{200e}'
                | '\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2066}'..='\u{2069}'
                | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::Printable;

    #[test]
    fn what_a_terminal_obeys_is_escaped() {
        let text = "a\r\nb\t\u{1b}[31mc\u{9b}d\u{202e}e\u{0}";
        let shown = Printable(text).to_string();
        assert_eq!(shown, r"a\r\nb\t\u{1b}[31mc\u{9b}d\u{202e}e\u{0}");
        let plain = "Größe \\ \"x\" 🦀";
        assert_eq!(Printable(plain).to_string(), plain);
    }
}
