//! What a table is about: the pair in a symbol (`BTC/USDT`, `XBTUSD`), in a file's name, or as the user says it.

use crate::ledger::is_currency;

/// Coins in which exchanges quote prices, besides currencies.
const QUOTED_IN: &[&str] = &["USDT", "USDC", "FDUSD", "BUSD", "TUSD", "DAI", "USDP", "EURC", "BTC", "XBT", "ETH", "BNB"];
/// What some exchanges call the assets that everyone else calls otherwise.
const OTHER_NAMES: &[(&str, &str)] = &[("XBT", "BTC"), ("XDG", "DOGE")];
/// Quotes that a name in lower case may end in: among longer words others would be found by chance.
const IN_LOWER_CASE: &[&str] = &["usd", "eur", "usdt", "usdc", "gbp", "jpy"];

/// An asset and what its price is in: a currency, or another asset.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Pair {
    pub asset: String,
    pub quote: String,
}

impl Pair {
    fn new(asset: &str, quote: &str) -> Pair {
        let usual = |name: &str| {
            let upper = name.to_uppercase();
            OTHER_NAMES.iter().find(|(other, _)| *other == upper).map_or(upper, |(_, usual)| (*usual).to_owned())
        };
        Pair { asset: usual(asset), quote: usual(quote) }
    }

    /// As the user or a column with a separator writes it: `BTC/USD`. The asset stays as written, for ledgers tell case apart.
    pub fn stated(text: &str) -> Option<Pair> {
        let (asset, quote) = text.split_once('/')?;
        let name = |t: &str| !t.is_empty() && !t.contains(['/', ' ', '\\']);
        (name(asset) && name(quote)).then(|| Pair { asset: asset.to_owned(), quote: quote.to_owned() })
    }
}

fn is_quote(name: &str) -> bool {
    is_currency(name) || QUOTED_IN.contains(&name)
}

/// The pair of a symbol; `None` where there is none, or where it may be parted in several ways.
pub fn of_symbol(symbol: &str) -> Option<Pair> {
    if let Some((asset, quote)) = symbol.split_once(['/', '-', '_', ':']) {
        let name = |t: &str| !t.is_empty() && t.chars().all(|c| c.is_alphanumeric() || c == '.');
        return (name(asset) && name(quote)).then(|| Pair::new(asset, quote));
    }
    let symbol = symbol.to_uppercase();
    if !symbol.is_ascii() {
        return None;
    }
    // `XXBTZUSD`, `XETHXXBT`: four letters each, marked as a coin or as a currency.
    if let (8, Some("X"), Some(mark), Some(asset), Some(quote)) =
        (symbol.len(), symbol.get(..1), symbol.get(4..5), symbol.get(1..4), symbol.get(5..))
        && ((mark == "Z" && is_currency(quote)) || (mark == "X" && QUOTED_IN.contains(&quote)))
    {
        return Some(Pair::new(asset, quote));
    }
    let ends = (3..=5).filter_map(|length| symbol.split_at_checked(symbol.len().checked_sub(length)?));
    let mut ways: Vec<(&str, &str)> = ends.filter(|(asset, quote)| asset.len() >= 2 && is_quote(quote)).collect();
    if ways.len() > 1 {
        // Two letters before BUSD, or a currency as the asset, are found by chance.
        ways.retain(|(asset, _)| asset.len() > 2 && !is_currency(asset));
    }
    match ways.as_slice() {
        [(asset, quote)] => Some(Pair::new(asset, quote)),
        _ => None,
    }
}

/// The pair in the name of a file, if it has exactly one: `BTCUSDT-1d-2024-01.csv`, `XBTUSD_1440.csv`, `BTC_USDT-202401.csv`.
pub fn of_file(name: &str) -> Option<Pair> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let words: Vec<&str> = stem.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let mut found: Vec<Pair> = Vec::new();
    let mut add = |pair: Option<Pair>| {
        if let Some(pair) = pair.filter(|p| !found.contains(p)) {
            found.push(pair);
        }
    };
    for word in &words {
        let upper = word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        let lower = word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit());
        if word.len() >= 5 && (upper || (lower && IN_LOWER_CASE.iter().any(|quote| word.ends_with(quote)))) {
            add(of_symbol(word));
        }
    }
    for pair in words.windows(2) {
        if let [asset, quote] = pair
            && (is_quote(quote) || IN_LOWER_CASE.contains(quote))
            && (2..=10).contains(&asset.len())
            && asset.starts_with(|c: char| c.is_ascii_alphabetic())
            && !is_currency(asset)
        {
            add(Some(Pair::new(asset, quote)));
        }
    }
    match found.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}

/// What a table of rates is about, as the user says it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// `EUR`: how much of it so many units of each currency are worth, as a national bank publishes.
    In(String),
    /// `EUR/`: how much of each currency one unit of it is worth.
    Of(String),
}

impl About {
    pub fn stated(text: &str) -> Option<About> {
        match text.strip_suffix('/') {
            Some(base) if is_currency(base) => Some(About::Of(base.to_owned())),
            None if is_currency(text) => Some(About::In(text.to_owned())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(pair: Option<Pair>) -> String {
        pair.map_or("none".to_owned(), |p| format!("{}/{}", p.asset, p.quote))
    }

    #[test]
    fn pairs_of_symbols() {
        for (symbol, pair) in [
            ("BTC/USDT", "BTC/USDT"),
            ("BTC-USD", "BTC/USD"),
            ("ETH_EUR", "ETH/EUR"),
            ("BTCUSDT", "BTC/USDT"),
            ("XBTUSD", "BTC/USD"),
            ("XDGEUR", "DOGE/EUR"),
            ("XXBTZUSD", "BTC/USD"),
            ("XETHXXBT", "ETH/BTC"),
            ("ETHBTC", "ETH/BTC"),
            ("DOTUSD", "DOT/USD"),
            ("BNBUSD", "BNB/USD"),
            ("USDTUSD", "USDT/USD"),
            ("USDCUSDT", "USDC/USDT"),
            ("1INCHUSDT", "1INCH/USDT"),
            // SHI in BUSD, or SHIB in USD.
            ("SHIBUSD", "none"),
            ("BTC", "none"),
            ("", "none"),
        ] {
            assert_eq!(is(of_symbol(symbol)), pair, "{symbol}");
        }
    }

    #[test]
    fn pairs_of_file_names() {
        for (name, pair) in [
            ("data/BTCUSDT-1d-2024-01.csv", "BTC/USDT"),
            ("XBTUSD_1440.csv", "BTC/USD"),
            ("Binance_BTCUSDT_d.csv", "BTC/USDT"),
            ("Bitstamp_ETHEUR_1h.csv", "ETH/EUR"),
            ("BTC_USDT-202401.csv", "BTC/USDT"),
            ("btc-usd-max.csv", "BTC/USD"),
            ("ethusd.csv", "ETH/USD"),
            ("COINBASE_BTCUSD, 60.csv", "BTC/USD"),
            ("candles.csv", "none"),
            ("dollars.csv", "none"),
            ("BTCUSDT-and-ETHUSDT.csv", "none"),
        ] {
            assert_eq!(is(of_file(name)), pair, "{name}");
        }
    }
}
