//! The columns of a ledger, and a row of text in them, wherever it came from.

use crate::diagnostic::Place;

macro_rules! columns {
    ($($variant:ident $word:literal),* $(,)?) => {
        /// A column of the ledger.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Column { $(#[doc = concat!("`", $word, "`")] $variant),* }

        impl Column {
            pub const ALL: &'static [Column] = &[$(Column::$variant),*];

            /// The name in the header.
            pub fn word(self) -> &'static str {
                match self { $(Column::$variant => $word),* }
            }
        }
    };
}

columns! {
    Timestamp "timestamp", Kind "kind", Account "account",
    ReceivedAmount "received_amount", ReceivedAsset "received_asset", SentAmount "sent_amount", SentAsset "sent_asset",
    FeeAmount "fee_amount", FeeAsset "fee_asset",
    Value "value", ValueCurrency "value_currency", ReceivedValue "received_value", SentValue "sent_value", FeeValue "fee_value",
    Note "note", Id "id", Taxpayer "taxpayer", Category "category",
    Counterparty "counterparty", CounterpartyKind "counterparty_kind", Country "country", TxHash "tx_hash", Lot "lot",
}

/// The text of a row by column. Empty where the column is empty or absent.
pub trait Cells {
    fn cell(&self, column: Column) -> &str;
    /// Columns `x_NAME` that are not empty: the name without `x_`, and the text.
    fn extras(&self) -> Vec<(&str, &str)>;
    /// Line of the file, from 1.
    fn line(&self) -> u32;
    /// The place of a cell, or of the row where there is no such cell.
    fn place(&self, column: Column) -> Place;
}
