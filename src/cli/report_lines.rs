//! `fisc report` of a record for each sale.

use std::io::Write;
use std::path::Path;

use crate::diagnostic::{Diagnostic, Source, SourceMap, any_error};
use crate::facts::FactsInput;
use crate::reporting::{lines, provider, users};

use super::output::output_with;
use super::report::{ReportArgs, ReportFormat, inputs};
use super::{End, files, show, usage};

pub fn report(args: &ReportArgs, form_source: &Source) -> Result<End, End> {
    if !args.corrects.is_empty() {
        let why = "a correction names the record by the number that the authority gave it, which fisc does not know";
        let help = "write the whole report again, and let the transmitter file what differs";
        return Err(usage(&format!("`--corrects` is not possible for `{}`: {why}; {help}", args.report)));
    }
    if args.timestamp.is_some() {
        return Err(usage(&format!("the records of `{}` have no time of their own: leave out `--timestamp`", args.report)));
    }
    let mut map = SourceMap::default();
    map.insert(form_source);
    let told = |problems: &[Diagnostic], map: &SourceMap| {
        show(problems, map, args.quiet);
        End::Errors
    };
    let mut problems = Vec::new();
    let mut text = |path: &Path| match files::read(path) {
        Ok(source) => {
            map.insert(&source);
            Some(source)
        }
        Err(problem) => {
            problems.push(problem);
            None
        }
    };
    let (provider_source, users_source) = (text(&args.provider), text(&args.users));
    let facts_source = args.facts.as_deref().map(&mut text);
    let (Some(provider_source), Some(users_source), true) = (provider_source, users_source, problems.is_empty()) else {
        return Err(told(&problems, &map));
    };
    // A report of the user's own is called as its file, and has its rules in a folder beside it.
    let own = Path::new(&args.report);
    let name =
        own.file_stem().filter(|_| args.report.ends_with(".yaml")).map_or(args.report.clone(), |s| s.to_string_lossy().into());
    let beside = own.parent().filter(|_| args.report.ends_with(".yaml"));
    let form = lines::read(&name, form_source, beside).map_err(|problems| told(&problems, &map))?;
    map.extend(&form.texts);
    let facts = facts_source.flatten().map_or_else(FactsInput::default, FactsInput::file);
    if args.facts.is_some() && facts.taxpayers().is_none() && facts.source().is_some() {
        return Err(usage("`--facts` is a CSV with a line for each customer; what holds for all stands in the provider's file"));
    }
    let (users, mut problems) = users::read(&users_source, &form.people);
    let own = provider::read(&provider_source, &form.people).and_then(|p| lines::own(&provider_source, &form, &p));
    let inputs = inputs(args, &mut map)?;
    problems.extend(inputs.problems.iter().cloned());
    let own = match own {
        Ok(own) => own,
        Err(more) => return Err(told(&[more, problems].concat(), &map)),
    };
    let job = lines::Job::new(&form, &own, args.year, (&inputs.prices, &inputs.rates), &facts);
    let found = lines::Report::new(&job, &users, &inputs.ledger);
    problems.extend(match &found {
        Ok(report) => report.warnings.clone(),
        Err(more) => more.clone(),
    });
    show(&problems, &map, args.quiet);
    match found {
        Ok(report) if !any_error(&problems) => Ok(output_with(args.output.as_deref(), |out: &mut dyn Write| match args.format {
            ReportFormat::Xml => report.xml(out),
            ReportFormat::Csv => report.csv(out),
        })),
        _ => Err(End::Errors),
    }
}
