//! `fisc new`

use std::fmt::Write;
use std::path::Path;

use crate::library;
use crate::template::Head;

use super::args_law::NewArgs;
use super::{End, fail, output, usage};

pub fn run(args: &NewArgs) -> End {
    let code = args.folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let head = match Head::new(&code, args.title.as_deref(), &args.currency, &args.time_zone) {
        Ok(head) => head,
        Err(unfit) => return usage(&format!("{}: {}", unfit.message, unfit.help)),
    };
    if library::codes(None).contains(&code) {
        return usage(&format!(
            "`{code}` is a built-in jurisdiction: `fisc check {code}`; take another code for a law of your own"
        ));
    }
    let folder = args.folder.as_path();
    if folder.symlink_metadata().is_ok() {
        return fail(&format!("`{}` is there already, so nothing was written; choose another place", folder.display()));
    }
    let files = head.files();
    if let Err(error) = write(folder, &files) {
        return fail(&format!("`{}` cannot be written: {error}", folder.display()));
    }
    let mut text = String::from("Written:\n");
    for (path, _) in &files {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  {}", folder.join(path).display());
    }
    let name = folder.display();
    let _ = writeln!(text, "\nPut the law in the place of the placeholders, then ask");
    let _ = writeln!(text, "  fisc check {name}    what is missing or wrong");
    let _ = writeln!(text, "  fisc test {name}     whether the examples come out");
    output(&text, None)
}

/// The folder is complete or it is not there: it is written beside its place and then moved.
fn write(folder: &Path, files: &[(std::path::PathBuf, String)]) -> std::io::Result<()> {
    let mut name = std::ffi::OsString::from(".");
    name.push(folder.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    let part = folder.with_file_name(name);
    let all = || {
        for (path, text) in files {
            let file = part.join(path);
            file.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            std::fs::write(file, text)?;
        }
        std::fs::rename(&part, folder)
    };
    let result = all();
    if result.is_err() {
        // Nothing half done is left behind; that it may not exist is no further fault.
        let _ = std::fs::remove_dir_all(&part);
    }
    result
}
