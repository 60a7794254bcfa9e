//! The two tables in the guide to errors: the summary and the rows.

use super::Row;
use super::rows::ROWS;

const GUIDE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/errors.md");

/// What does not come from a connection, but from before or behind it.
const OTHERS: [&str; 5] = [
    "Environment",
    "InvalidArgument",
    "InvalidToken",
    "Io",
    "NotReady",
];

/// A row of the summary.
pub(super) struct Summary {
    variant: String,
    code: String,
    retried: String,
    carefully: String,
}

fn guide() -> String {
    std::fs::read_to_string(GUIDE).unwrap()
}

pub(super) fn summary() -> Vec<Summary> {
    let guide = guide();
    let table = guide.split_once("# The table\n\n").unwrap().1;
    let table = table.split_once("\n\n").unwrap().0;
    let rows = table.lines().skip(2).map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let variant = cells[2].split('`').nth(1).expect(line);
        let [code, retried, carefully] = [cells[3], cells[4], cells[5]].map(str::to_owned);
        Summary {
            variant: variant.to_owned(),
            code,
            retried,
            carefully,
        }
    });
    rows.collect()
}

/// What the summary says of a row; it must say it once.
fn find<'s>(row: &Row, summary: &'s [Summary]) -> &'s Summary {
    let (variant, _) = row.error.split_once(' ').unwrap_or((row.error, ""));
    let (retried, carefully) = match row.attempts {
        [1, 1] => ("no", "no"),
        [_, 1] => ("**yes**", "reads only"),
        _ => ("**yes**", "**yes**"),
    };
    let mut fitting = summary.iter().filter(|line| {
        line.variant == variant && line.retried == retried && line.carefully == carefully
    });
    match (fitting.next(), fitting.next()) {
        (Some(line), None) => line,
        _ => panic!("{}: {variant}, {retried}, {carefully}", row.what),
    }
}

/// The code of a row, by the summary.
pub(super) fn code(row: &Row, summary: &[Summary]) -> String {
    let line = find(row, summary);
    match line.code.split_once("<status>") {
        // Where the body says nothing else.
        Some(_) => format!("http_{}", row.error.split_once(' ').unwrap().1),
        None => line.code.trim_matches('`').to_owned(),
    }
}

#[test]
fn the_summary_and_the_rows_agree() {
    let summary = summary();
    let met: Vec<*const Summary> = ROWS
        .iter()
        .map(|row| std::ptr::from_ref(find(row, &summary)))
        .collect();
    for line in &summary {
        let is_met = met.contains(&std::ptr::from_ref(line));
        let is_other = OTHERS.contains(&&*line.variant);
        assert!(is_met != is_other, "{}, {}", line.variant, line.carefully);
    }
    assert_eq!(summary.len(), 12 + OTHERS.len());
}

/// `LAGCLIENT_WRITE_GUIDE=1` writes the table instead of checking it.
#[cfg(all(feature = "rustls", feature = "socks"))]
#[test]
fn the_guide_has_the_rows() {
    use std::fmt::Write as _;

    const BEGIN: &str = "<!-- The rows are those of tests/suite/matrix/rows.rs. -->\n";
    const END: &str = "<!-- End of the rows. -->";

    assert!(ROWS.len() >= 60, "{}", ROWS.len());
    let mut table = "| what happens | error | processed? | tries | tries with \
                     `repeat_writes(false)` |\n|---|---|---|---|---|\n"
        .to_owned();
    for row in ROWS {
        let processed = match row.maybe_processed {
            Some(true) => "maybe",
            Some(false) => "no",
            None if row.error == "Decode" => "yes",
            None => "as the status says",
        };
        let (variant, status) = row.error.split_once(' ').unwrap_or((row.error, ""));
        let status = if status.is_empty() {
            String::new()
        } else {
            format!(" {status}")
        };
        let (what, [tries, careful]) = (row.what, row.attempts);
        let _ = writeln!(
            table,
            "| {what} | `{variant}`{status} | {processed} | {tries} | {careful} |"
        );
    }
    let guide = guide();
    let begin = guide.find(BEGIN).expect("the beginning of the rows") + BEGIN.len();
    let end = guide.find(END).expect("the end of the rows");
    if std::env::var_os("LAGCLIENT_WRITE_GUIDE").is_some() {
        let guide = [&guide[..begin], &table, &guide[end..]].concat();
        std::fs::write(GUIDE, guide).unwrap();
        return;
    }
    assert!(
        guide[begin..end] == table,
        "docs/errors.md is out of date:\n{table}"
    );
}
