//! The codes of messages. A code, once given, keeps its meaning. Each has its text and example under `tests/diagnostics/`,
//! from which [`crate::catalogue`] is made.
//!
//! Families: `R` rule files, `L` the ledger, `F` facts and options, `P` prices and rates, `A` assessing, `I` importing.

use super::Severity;

macro_rules! catalogue {
    ($($id:ident $severity:ident $title:literal;)*) => {
        /// What a message is about.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code { $(#[doc = $title] $id),* }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Code] = &[$(Code::$id),*];

            /// The code as printed, `R0101`.
            pub fn id(self) -> &'static str {
                match self { $(Code::$id => stringify!($id)),* }
            }

            /// What the code means, in a few words.
            pub fn title(self) -> &'static str {
                match self { $(Code::$id => $title),* }
            }

            pub fn severity(self) -> Severity {
                match self { $(Code::$id => Severity::$severity),* }
            }
        }
    };
}

catalogue! {
    // YAML
    R0101 Error "the file is not valid YAML";
    R0102 Error "a key stands twice";
    R0103 Error "anchors, aliases, merge keys and tags are not used in rule files";
    R0104 Error "the file is too large or nested too deeply";
    R0105 Error "YAML cut a formula";
    // shape
    R0201 Error "an unknown key";
    R0202 Error "a key is missing";
    R0203 Error "a value has the wrong shape";
    R0204 Error "a word that is not one of those possible";
    R0205 Error "a name is not well formed or is reserved";
    R0206 Error "a name is declared twice";
    R0207 Error "dates overlap or are out of order";
    R0208 Error "a gap between dated values";
    R0209 Error "a folder is not a rule folder";
    // names, units, types
    R0301 Error "a formula cannot be read";
    R0302 Error "an unknown name";
    R0303 Error "units do not agree";
    R0304 Error "types do not agree";
    R0305 Error "a name is used where it has no meaning";
    R0306 Error "a cycle of formulas";
    R0307 Error "periods are mixed without an aggregate";
    R0308 Error "a divisor may be zero";
    R0309 Error "a unit is not known";
    // completeness
    R0401 Error "a citation is missing";
    R0402 Error "a citation names no source";
    R0403 Error "cases do not end with `otherwise`";
    R0404 Error "a kind of row has no treatment";
    R0405 Error "the last treatment of a kind has a condition";
    R0406 Error "a fee has no rule";
    R0407 Error "a value rests on a cancelled or proposed source";
    R0408 Warning "a source is never cited";
    R0409 Warning "a declared name is never used";
    R0410 Warning "a rule can never be reached";
    R0411 Error "a table leaves a combination unanswered";
    R0412 Error "a row of a table can never be reached";
    // examples
    R0501 Error "an example is not well formed";
    // the ledger
    L0101 Error "the ledger cannot be read";
    L0102 Error "an unknown column";
    L0103 Error "a required column is missing";
    L0104 Error "a column stands twice";
    L0105 Error "a row has another number of fields than the header";
    L0201 Error "a timestamp cannot be read";
    L0202 Error "an unknown kind";
    L0203 Error "an amount cannot be read";
    L0204 Error "an amount is negative";
    L0205 Error "an amount has too many digits";
    L0206 Error "an amount without its asset, or an asset without its amount";
    L0207 Error "the legs do not fit the kind";
    L0208 Error "a value without a currency";
    L0209 Error "a currency is not known";
    L0210 Error "an id stands twice";
    L0211 Error "a lot selection cannot be read";
    L0212 Error "a category contradicts itself";
    L0213 Warning "a category is not known to the law";
    L0214 Error "a tax payment does not name the tax and the period";
    L0215 Error "a fixed list of words does not contain this one";
    L0216 Error "a tax payment names a tax or period that the law does not have";
    // facts, readings, choices, options
    F0101 Error "an unknown fact";
    F0102 Error "the value of a fact does not fit";
    F0103 Error "a fact is keyed in the wrong way";
    F0104 Error "an unknown reading or choice";
    F0105 Error "an unknown option";
    F0106 Error "an unknown jurisdiction";
    F0107 Error "the facts file cannot be read";
    F0108 Warning "a taxpayer has no line in the facts";
    F0109 Error "a taxpayer stands twice in the facts";
    F0110 Error "facts of several taxpayers";
    // prices and rates
    P0101 Error "the price or rate file cannot be read";
    P0102 Error "a row of prices or rates cannot be read";
    P0103 Error "two different prices or rates for one moment";
    P0104 Error "a table does not say what it is about";
    P0105 Warning "a column of a table that is not read";
    P0106 Warning "something a table does not say was taken as usual";
    // assessing
    A0101 Error "the year is not covered";
    A0102 Error "rows of several taxpayers";
    A0103 Error "the ledger shows no row of the taxpayer";
    A0201 Error "more is sold than is held";
    A0202 Error "a rate is missing";
    A0203 Error "a price or value is missing";
    A0204 Error "a cost is not known";
    A0205 Error "the law has no value for the day";
    A0206 Error "a value changes inside the period";
    A0207 Error "a fact is missing";
    A0208 Error "the law refuses this kind of row";
    A0209 Error "a number outgrew what can be kept exactly";
    A0210 Error "a lot that was chosen is not held";
    A0213 Error "no such figure";
    A0214 Error "the law calls for an amount that the row does not give";
    A0301 Warning "a withdrawal has no matching deposit";
    A0302 Warning "a deposit has no matching withdrawal";
    A0303 Warning "a chosen lot is set aside by the cost method";
    A0305 Warning "units are sold that were never seen coming in";
    A0304 Error "a value is used past the day it is known to hold";
    A0306 Warning "a rate or price is older than usual";
    // importing
    I0101 Error "the format of the file is not recognised";
    I0102 Error "an unknown type of row";
    I0103 Error "a field cannot be read";
    I0104 Error "rows that belong together do not fit";
    I0105 Error "a format file has an error";
    I0106 Error "the file does not say something that must be known";
    I0107 Warning "something the file does not say was taken as usual";
    I0108 Warning "a column that the format does not know";
    I0109 Warning "digits that cannot be kept were rounded";
    I0110 Error "the file is no table of text";
    I0111 Warning "a balance that the file states differs";
    I0112 Error "the file is a report, not a record of events";
    I0113 Warning "the export is not complete";
}
