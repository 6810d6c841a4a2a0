//! The closed list of kinds of rows.

use std::fmt;

macro_rules! kinds {
    ($($variant:ident $word:literal),* $(,)?) => {
        /// What a row records.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Kind { $(#[doc = concat!("`", $word, "`")] $variant),* }

        impl Kind {
            pub const ALL: &'static [Kind] = &[$(Kind::$variant),*];

            /// The word in the ledger.
            pub fn word(self) -> &'static str {
                match self { $(Kind::$variant => $word),* }
            }

            pub fn from_word(word: &str) -> Option<Kind> {
                match word { $($word => Some(Kind::$variant),)* _ => None }
            }
        }
    };
}

kinds! {
    Buy "buy", Sell "sell", Swap "swap", Spend "spend",
    Deposit "deposit", Withdrawal "withdrawal", Transfer "transfer", Bridge "bridge",
    Mining "mining", Staking "staking", Airdrop "airdrop", Fork "fork", Interest "interest", Reward "reward",
    Referral "referral", Cashback "cashback", Prize "prize", Salary "salary", Revenue "revenue", Compensation "compensation",
    GiftReceived "gift_received", GiftGiven "gift_given", Donation "donation", Inheritance "inheritance",
    Lost "lost", Stolen "stolen", Worthless "worthless", Slashed "slashed",
    Borrow "borrow", Repay "repay", Lend "lend", Return "return", CollateralIn "collateral_in", CollateralOut "collateral_out",
    Liquidation "liquidation",
    LiquidityAdd "liquidity_add", LiquidityRemove "liquidity_remove", Wrap "wrap", Unwrap "unwrap", Lock "lock", Unlock "unlock",
    Migrate "migrate", DustConversion "dust_conversion",
    DerivativePnl "derivative_pnl", Funding "funding", Rebase "rebase",
    Fee "fee", Expense "expense", TaxPaid "tax_paid",
    Issue "issue", Opening "opening", Ignore "ignore",
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Kind {
    /// Kinds whose meaning the engine itself fixes; a law gives no treatment for them.
    pub fn is_fixed(self) -> bool {
        matches!(self, Kind::Ignore | Kind::Opening | Kind::TaxPaid | Kind::Transfer | Kind::Deposit | Kind::Withdrawal)
    }
}

/// The words of `counterparty_kind`.
pub const COUNTERPARTY_KINDS: &[&str] = &[
    "exchange",
    "self_hosted",
    "own",
    "casino",
    "dex",
    "merchant",
    "person",
    "bank",
    "employer",
    "issuer",
    "state",
    "charity",
    "unknown",
];
