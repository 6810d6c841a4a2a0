//! `fisc prices fetch`

use std::collections::BTreeMap;

use chrono::{NaiveDate, Utc};
use indicatif::{ProgressBar, ProgressStyle};

use crate::net::{Asked, Client, Fetched, Manners, Public, fetch, sources};
use crate::value::symbol::Pair;

use super::args_prices::FetchArgs;
use super::{End, fail, usage};

pub fn run(args: &FetchArgs) -> End {
    match fetched(args) {
        Ok(end) | Err(end) => end,
    }
}

fn fetched(args: &FetchArgs) -> Result<End, End> {
    let all = with_addresses(&args.base_url)?;
    let chosen: Vec<(&String, &Public)> = match args.source.as_slice() {
        [] => all.iter().filter(|(_, source)| source.is_rates() || !args.pair.is_empty()).collect(),
        names => names.iter().map(|name| all.get_key_value(name).ok_or_else(|| unknown(name, &all))).collect::<Result<_, _>>()?,
    };
    if args.pair.is_empty()
        && let Some((name, _)) = chosen.iter().find(|(_, source)| !source.is_rates())
    {
        return Err(usage(&format!("`{name}` has prices: name the pairs, `--pair BTC/USD`")));
    }
    let pair = |text: &String| {
        Pair::stated(text).ok_or_else(|| usage(&format!("`--pair {text}` is not ASSET/CURRENCY, such as `BTC/USD`")))
    };
    let today = Utc::now().date_naive();
    let asked = Asked {
        pairs: args.pair.iter().map(pair).collect::<Result<_, _>>()?,
        from: args.from.or(NaiveDate::from_yo_opt(chrono::Datelike::year(&today) - 1, 1)).unwrap_or(today),
        through: args.through.unwrap_or(today).min(today),
        today,
    };
    if asked.from > asked.through {
        return Err(usage(&format!("`--from {}` is after `--through {}`", asked.from, asked.through)));
    }
    let usual = Manners::default();
    let milliseconds = std::time::Duration::from_millis;
    let client = Client::new(Manners {
        pause: args.pause.map_or(usual.pause, milliseconds),
        backoff: args.pause.map_or(usual.backoff, |pause| milliseconds(pause.saturating_mul(2))),
        timeout: args.timeout.map_or(usual.timeout, std::time::Duration::from_secs),
        ..usual
    });
    // Hidden by itself where standard error is no terminal.
    let style = ProgressStyle::with_template("{spinner} {pos} files, {elapsed}").ok();
    let bar = style.map_or_else(ProgressBar::new_spinner, |style| ProgressBar::new_spinner().with_style(style));
    let (mut fresh, mut kept, mut failed) = (0, 0, Vec::new());
    for (name, source) in chosen {
        fetch(&client, (name.as_str(), source), &args.cache, &asked, &mut |one| {
            bar.inc(1);
            match one {
                Fetched::New(_) => fresh += 1,
                Fetched::Kept(_) => kept += 1,
                Fetched::Failed(why) => failed.push(format!("{name}: {why}")),
            }
        });
    }
    bar.finish_and_clear();
    for why in &failed {
        fail(why);
    }
    let text = format!("{fresh} files fetched, {kept} there already, {} failed: `{}`\n", failed.len(), args.cache.display());
    let end = if failed.is_empty() { End::Done } else { End::Errors };
    Ok(end.or_unwritten(super::output(&text, None)))
}

/// The sources, with other addresses where the user names them.
fn with_addresses(other: &[String]) -> Result<BTreeMap<String, Public>, End> {
    let mut all = sources().map_err(|why| fail(&why))?;
    for text in other {
        let Some((name, url)) = text.split_once('=') else {
            return Err(usage(&format!("`--base-url {text}` is not SOURCE=URL")));
        };
        match all.get_mut(name) {
            Some(source) => url.clone_into(&mut source.base_url),
            None => return Err(unknown(name, &all)),
        }
    }
    Ok(all)
}

fn unknown(name: &str, all: &BTreeMap<String, Public>) -> End {
    let known: Vec<String> = all.iter().map(|(name, source)| format!("`{name}` ({})", source.title)).collect();
    usage(&format!("there is no source `{name}`; known: {}", known.join(", ")))
}
