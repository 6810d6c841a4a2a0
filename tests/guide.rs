//! docs/write-your-own-jurisdiction.md, followed word by word: every box is put into its file, every command is run, and what it
//! prints is what the page shows. At the end stands a country that is sound and whose examples come out.
//!
//! With `UPDATE_DOCS=1` the answers on the page are written anew; read what changed.

use std::path::{Path, PathBuf};
use std::process::Command;

use fisc::diagnostic::Source;

const PAGE: &str = "docs/write-your-own-jurisdiction.md";

/// A box of the page: what it is, what stands in it, the text before it.
struct Block {
    kind: String,
    text: String,
    before: String,
    line: usize,
}

fn blocks(page: &str) -> Vec<Block> {
    let (mut found, mut open, mut before): (Vec<Block>, Option<Block>, String) = Default::default();
    for (number, line) in page.lines().enumerate() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(""), Some(_)) => found.extend(open.take()),
            (Some(kind), None) => {
                open =
                    Some(Block { kind: kind.into(), text: String::new(), before: std::mem::take(&mut before), line: number + 1 });
            }
            (_, Some(block)) => block.text.push_str(&format!("{line}\n")),
            (_, None) => before.push_str(&format!("{line}\n")),
        }
    }
    assert!(open.is_none(), "a box is not closed");
    found
}

struct Desk {
    folder: PathBuf,
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Desk {
    fn new() -> Desk {
        let folder = std::env::temp_dir().join(format!("fisc-guide-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Desk { folder }
    }

    /// What a command of the page prints on a terminal, messages first, and whether it went well.
    fn run(&self, command: &str) -> (bool, String) {
        let words: Vec<&str> = command.split_whitespace().collect();
        assert_eq!(words.first(), Some(&"fisc"), "{command}");
        let out = Command::new(env!("CARGO_BIN_EXE_fisc")).current_dir(&self.folder).args(&words[1..]).output().unwrap();
        (out.status.success(), String::from_utf8([out.stderr, out.stdout].concat()).unwrap())
    }

    /// Puts the box into its file: an example whole, the sections of a law in the place of those of their names, or below their lines.
    fn put(&self, block: &Block) {
        let (name, text) = block.text.strip_prefix("# ").unwrap().split_once('\n').unwrap();
        let (name, added) = name.strip_suffix(", to be added").map_or((name, false), |name| (name, true));
        let path = self.folder.join(name);
        if name.contains("/examples/") {
            std::fs::write(path, text).unwrap();
            return;
        }
        let mut file: Vec<String> = std::fs::read_to_string(&path).unwrap().lines().map(str::to_owned).collect();
        for section in sections(text) {
            let key = section.first().and_then(|l| l.split_once(':')).unwrap().0;
            let begin = file.iter().position(|l| l.starts_with(&format!("{key}:")));
            match begin {
                Some(begin) => {
                    let mut end = begin + 1;
                    while file.get(end).is_some_and(|l| l.is_empty() || l.starts_with(' ')) {
                        end += 1;
                    }
                    while file.get(end - 1).is_some_and(String::is_empty) {
                        end -= 1;
                    }
                    // What is added goes below the old lines, without the name of the section.
                    let (begin, skipped) = if added { (end, 1) } else { (begin, 0) };
                    file.splice(begin..end, section.into_iter().skip(skipped));
                }
                None => file.extend(std::iter::once(String::new()).chain(section)),
            }
        }
        std::fs::write(path, file.join("\n") + "\n").unwrap();
    }
}

/// The lines of each section of a box.
fn sections(text: &str) -> Vec<Vec<String>> {
    let mut found: Vec<Vec<String>> = Vec::new();
    for line in text.lines() {
        if !line.starts_with([' ', '#']) && !line.is_empty() {
            found.push(Vec::new());
        }
        found.last_mut().expect("a box begins with the name of a section").push(line.to_owned());
    }
    for section in &mut found {
        while section.last().is_some_and(String::is_empty) {
            section.pop();
        }
    }
    found
}

/// Blanks at the ends of lines do not show.
fn shown(text: &str) -> String {
    text.trim_end().lines().map(|l| format!("{}\n", l.trim_end())).collect()
}

#[test]
fn the_guide_is_followed_word_by_word() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = std::fs::read_to_string(&path).unwrap();
    let desk = Desk::new();
    let mut answers: Vec<String> = Vec::new();
    let mut faults: Vec<String> = Vec::new();
    let mut said: Option<(String, bool)> = None;
    for block in blocks(&page) {
        let answered = block.kind == "text";
        assert!(answered || said.take().is_none_or(|(_, well)| well), "line {}: a failure that is not shown", block.line);
        match block.kind.as_str() {
            "sh" => {
                let ran: Vec<(bool, String)> = block.text.lines().map(|command| desk.run(command)).collect();
                said = Some((ran.iter().map(|(_, text)| text.as_str()).collect(), ran.iter().all(|(well, _)| *well)));
            }
            "text" => {
                let (text, well) = said.take().expect("an answer follows a command");
                let wrong = text.contains("error[") || text.contains("FAILED");
                assert_eq!(well, !wrong, "line {}: {text}", block.line);
                if shown(&text) != shown(&block.text) {
                    faults.push(format!("{PAGE}:{}: the answer is\n{}", block.line, shown(&text)));
                }
                answers.push(shown(&text));
            }
            "yaml" if block.text.starts_with("# xx/") => desk.put(&block),
            "yaml" => drop(fisc::yaml::parse(&Source::new("box", block.text.as_str())).unwrap()),
            "csv" => {
                let name = block.before.rsplit('`').nth(1).expect("the text before says how the file is called");
                std::fs::write(desk.folder.join(name), &block.text).unwrap();
            }
            other => panic!("line {}: a box of `{other}`", block.line),
        }
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, with_answers(&page, answers)).unwrap();
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    // From nothing to a country.
    assert_eq!(desk.run("fisc check xx"), (true, "xx: 0 errors, 0 warnings\n".into()));
    let (well, text) = desk.run("fisc test xx");
    assert!(well && text.ends_with(" passed, 0 failed\n") && !text.starts_with("0 "), "{text}");
}

/// The page with the answers of this build in its boxes.
fn with_answers(page: &str, answers: Vec<String>) -> String {
    let mut answers = answers.into_iter();
    let (mut out, mut inside) = (String::new(), false);
    for line in page.lines() {
        match line {
            "```text" => {
                inside = true;
                out.push_str(&format!("```text\n{}", answers.next().unwrap()));
            }
            "```" if inside => {
                inside = false;
                out.push_str("```\n");
            }
            _ if inside => {}
            _ => out.push_str(&format!("{line}\n")),
        }
    }
    out
}
