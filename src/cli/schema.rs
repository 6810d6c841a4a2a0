//! `fisc schema`

use crate::schema::{File, facts, facts_in};

use super::args_law::{SchemaArgs, SchemaOf};
use super::{End, files, json, output, usage};

pub fn run(args: &SchemaArgs) -> End {
    let file = match args.of {
        SchemaOf::Rules => File::Rules,
        SchemaOf::Example => File::Example,
        SchemaOf::Format => File::Format,
        SchemaOf::Provider => File::Provider,
        SchemaOf::Facts => return of_facts(args),
    };
    if args.jurisdiction.is_some() {
        return usage("`--in` goes with `fisc schema facts`: the other files are alike under every law");
    }
    output(&json(&file.schema()), args.output.as_deref())
}

fn of_facts(args: &SchemaArgs) -> End {
    let schema = match &args.jurisdiction {
        Some(code) => match files::law(code, args.rules.as_deref()) {
            Ok((book, _)) => facts_in(&book),
            Err(end) => return end,
        },
        None => facts(),
    };
    output(&json(&schema), args.output.as_deref())
}
