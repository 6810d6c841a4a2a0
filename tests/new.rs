//! `fisc new`: the folder it writes is a sound law whose example comes out, before anything is put into it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use fisc::diagnostic::Source;
use fisc::rules::load;
use fisc::template::Head;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("fisc-new-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    fn fisc(&self, words: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_fisc")).current_dir(&self.0).args(words).output().unwrap()
    }

    fn said(&self, words: &[&str]) -> (Option<i32>, String) {
        let out = self.fisc(words);
        (out.status.code(), String::from_utf8([out.stderr, out.stdout].concat()).unwrap())
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            std::fs::read_dir(&self.0).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_it_writes_is_sound_and_its_example_comes_out() {
    let folder = Folder::new("sound");
    let options = ["--title", "Ruritania", "--currency", "CHF", "--time-zone", "Europe/Zurich"];
    let (status, text) = folder.said(&[&["new", "rr"], &options[..]].concat());
    assert_eq!(status, Some(0), "{text}");
    assert_eq!(folder.names(), ["rr"]);
    assert_eq!(folder.said(&["check", "rr"]), (Some(0), "rr: 0 errors, 0 warnings\n".into()));
    assert_eq!(folder.said(&["test", "rr"]), (Some(0), "2 passed, 0 failed\n".into()));
    let law = std::fs::read_to_string(folder.0.join("rr/tax.yaml")).unwrap();
    let book = load(&[Source::new("tax.yaml", law.as_str())]).book.unwrap();
    assert_eq!((book.code.as_str(), book.title.as_str(), book.currency.as_str()), ("rr", "Ruritania", "CHF"));
    assert_eq!(book.zone.name(), "Europe/Zurich");
    for word in ["CODE", "TITLE", "CURRENCY", "TIME_ZONE"] {
        assert!(!law.contains(word), "{word}");
    }
    // What was not read says so: nothing of a placeholder may look confirmed.
    assert!(book.sources.keys().all(|key| book.status(key).word() != "confirmed"));
    // It can be assessed at once.
    let rows = "timestamp,kind,received_amount,received_asset,sent_amount,sent_asset\n\
        2024-01-02T00:00:00Z,buy,2,ETH,10,CHF\n2024-03-02T00:00:00Z,swap,1,BTC,2,ETH\n";
    std::fs::write(folder.0.join("l.csv"), rows).unwrap();
    std::fs::write(folder.0.join("p.csv"), "timestamp,asset,currency,price\n2024-03-02T00:00:00Z,BTC,CHF,30\n").unwrap();
    let (status, text) = folder.said(&["assess", "l.csv", "--in", "rr", "--year", "2024", "--rules", ".", "--prices", "p.csv"]);
    assert_eq!(status, Some(0), "{text}");
    assert!(text.contains("tax on what the ledger shows: 2 CHF"), "{text}");
    // Without `--rules` it says how it is found.
    let (status, text) = folder.said(&["assess", "l.csv", "--in", "rr", "--year", "2024"]);
    assert!(status == Some(2) && text.contains("the folder `rr` is here") && text.contains("--rules ."), "{text}");
}

#[test]
fn without_options_too() {
    let folder = Folder::new("bare");
    std::fs::create_dir(folder.0.join("laws")).unwrap();
    assert_eq!(folder.fisc(&["new", "laws/xx-ab"]).status.code(), Some(0));
    assert_eq!(folder.said(&["check", "laws/xx-ab"]).0, Some(0));
    assert_eq!(folder.said(&["test", "xx-ab", "--rules", "laws"]), (Some(0), "2 passed, 0 failed\n".into()));
}

#[test]
fn nothing_is_overwritten() {
    let folder = Folder::new("over");
    std::fs::create_dir(folder.0.join("xx")).unwrap();
    std::fs::write(folder.0.join("xx/mine.txt"), "mine").unwrap();
    std::fs::write(folder.0.join("yy"), "a file").unwrap();
    for code in ["xx", "yy"] {
        let (status, text) = folder.said(&["new", code]);
        assert!(status == Some(1) && text.contains("there already"), "{text}");
    }
    assert_eq!(std::fs::read_to_string(folder.0.join("xx/mine.txt")).unwrap(), "mine");
    assert_eq!(std::fs::read_dir(folder.0.join("xx")).unwrap().count(), 1);
    // A place that is not there: nothing is left behind.
    assert_eq!(folder.said(&["new", "yy/xx"]).0, Some(1));
    assert_eq!(folder.names(), ["xx", "yy"]);
}

#[test]
fn what_cannot_be_the_head_of_a_law_is_a_mistake_in_the_command_line() {
    let folder = Folder::new("unfit");
    let cases: [(&[&str], &str); 9] = [
        (&["XX"], "the two letters"),
        (&["x"], "the two letters"),
        (&["xx_1"], "the two letters"),
        (&["ruritania"], "the two letters"),
        (&["."], "is not a code"),
        (&["kg"], "built-in"),
        (&["xx", "--currency", "Franken"], "is not a currency code"),
        (&["xx", "--time-zone", "Europe/Zurch"], "did you mean `Europe/Zurich`?"),
        (&["xx", "--title", " "], "the title is empty"),
    ];
    for (words, wanted) in cases {
        let (status, text) = folder.said(&[&["new"], words].concat());
        assert!(status == Some(2) && text.contains(wanted), "{words:?}: {text}");
    }
    assert!(folder.names().is_empty());
}

/// Whatever a country is called, the file is read as it was meant.
#[test]
fn any_title_is_kept() {
    for title in [r#"Land "of": {x}, [y] # z \ 'w'"#, "Österreich", "- a", "CODE of TITLE"] {
        let head = Head::new("xx", Some(title), "EUR", "UTC").unwrap();
        let files = head.files();
        let (_, text) = files.iter().find(|(path, _)| path == Path::new("tax.yaml")).unwrap();
        let loaded = load(&[Source::new("tax.yaml", text.as_str())]);
        let book = loaded.book.unwrap_or_else(|| panic!("{title}: {:#?}", loaded.diagnostics));
        assert_eq!(book.title, title);
    }
}
