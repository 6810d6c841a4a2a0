//! Words of the ledger, kept once: assets, accounts, categories.

use std::collections::HashMap;

/// A word of the ledger. [`Symbol::NONE`] is the empty one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol(u32);

impl Symbol {
    pub const NONE: Symbol = Symbol(0);

    pub fn index(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

/// The table of words.
#[derive(Debug, Clone)]
pub struct Symbols {
    names: Vec<Box<str>>,
    currency: Vec<bool>,
    by_name: HashMap<Box<str>, Symbol>,
    /// Of each asset the right to get as much of it back.
    claims: HashMap<Symbol, Symbol>,
    /// And the asset of each such right.
    claimed: HashMap<Symbol, Symbol>,
}

/// What the name of a claim begins with.
const CLAIM: &str = "claim on ";

impl Default for Symbols {
    fn default() -> Self {
        Symbols {
            names: vec!["".into()],
            currency: vec![false],
            by_name: [("".into(), Symbol::NONE)].into_iter().collect(),
            claims: HashMap::new(),
            claimed: HashMap::new(),
        }
    }
}

impl Symbols {
    /// The symbol of a word, made if new.
    pub fn intern(&mut self, name: &str) -> Symbol {
        // Most cells of a row are empty.
        if name.is_empty() {
            return Symbol::NONE;
        }
        if let Some(symbol) = self.by_name.get(name) {
            return *symbol;
        }
        let symbol = Symbol(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        self.names.push(name.into());
        self.currency.push(is_currency(name));
        self.by_name.insert(name.into(), symbol);
        symbol
    }

    /// The symbol of an asset; what is lent of it has one of its own.
    pub fn asset(&mut self, name: &str) -> Symbol {
        if let Some(of) = name.strip_prefix(CLAIM).filter(|of| !of.is_empty() && !of.starts_with(CLAIM)) {
            let of = self.asset(of);
            return self.claim(of).unwrap_or_else(|| self.intern(name));
        }
        let asset = self.intern(name);
        if asset != Symbol::NONE && !self.is_currency(asset) && !self.claims.contains_key(&asset) {
            let claim = self.intern(&format!("{CLAIM}{name}"));
            self.claims.insert(asset, claim);
            self.claimed.insert(claim, asset);
        }
        asset
    }

    /// The right to get an asset back.
    pub fn claim(&self, asset: Symbol) -> Option<Symbol> {
        self.claims.get(&asset).copied()
    }

    /// What a claim is a claim on: it is worth as much. Any other asset is itself.
    pub fn claimed(&self, asset: Symbol) -> Symbol {
        self.claimed.get(&asset).copied().unwrap_or(asset)
    }

    /// The symbol of a word already known.
    pub fn find(&self, name: &str) -> Option<Symbol> {
        self.by_name.get(name).copied()
    }

    pub fn name(&self, symbol: Symbol) -> &str {
        self.names.get(symbol.index()).map_or("", |n| n)
    }

    pub fn is_currency(&self, symbol: Symbol) -> bool {
        self.currency.get(symbol.index()).copied().unwrap_or(false)
    }

    /// How many words there are, the empty one included.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    pub fn is_empty(&self) -> bool {
        false
    }
}

/// True for a currency code of ISO 4217, precious metals and test codes aside.
pub fn is_currency(name: &str) -> bool {
    name.len() == 3
        && iso_currency::Currency::from_code(name)
            .is_some_and(|_| !name.starts_with('X') || ["XAF", "XCD", "XCG", "XOF", "XPF"].contains(&name))
}
