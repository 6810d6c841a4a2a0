//! `fisc import`

use crate::diagnostic::{Diagnostic, Source, SourceMap, any_error};
use crate::import;

use super::args::ImportArgs;
use super::{End, files, output, show};

pub fn run(args: &ImportArgs) -> End {
    if let Some(name) = &args.format
        && !import::formats().iter().any(|f| f.name == *name)
    {
        let names: Vec<String> = import::formats().iter().map(|f| f.name.clone()).collect();
        return super::usage(&format!("there is no format `{name}`; known: {}", names.join(", ")));
    }
    let (mut sources, mut unread): (Vec<Source>, Vec<Diagnostic>) = (Vec::new(), Vec::new());
    for path in &args.exports {
        match files::read(path) {
            Ok(source) => sources.push(source),
            Err(problem) => unread.push(problem),
        }
    }
    if !unread.is_empty() {
        show(&unread, &SourceMap::default(), args.quiet);
        return End::Errors;
    }
    let mut map = SourceMap::default();
    sources.iter().for_each(|s| map.insert(s));
    let (text, problems) = import::to_csv(&sources, args.format.as_deref());
    show(&problems, &map, args.quiet);
    // A ledger with holes would be trusted: it is written only where every row was understood.
    if any_error(&problems) {
        return End::Errors;
    }
    output(&text, args.output.as_deref())
}
