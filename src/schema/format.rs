//! The shapes of a format of exports.

use super::Val::{Either, List, Map, Names, Number, OneOrMore, Text, Words};
use super::{LIST_OF_TEXT, Shape, Val, may, need, shape};

/// `[AMOUNT, ASSET]`, each a formula.
const MONEY: Val = Either(&[Words(&["none"]), LIST_OF_TEXT]);
const TEXTS: Val = OneOrMore(&Text);
const BECOMES: Val = Either(&[Text, Map("`becomes`")]);
const YES_NO: Val = Words(&["yes", "no"]);
const TESTS: Val = Names(&OneOrMore(&Text));

/// A map with the keys that a layout may have; those of the file stand for all its layouts.
macro_rules! with_body {
    ($($own:expr),* $(,)?) => {
        &[
            $($own,)*
            may("columns", Names(&TEXTS), "The columns that must stand in the header: `FIELD: COLUMN`, or all names it has had."),
            may("also", Names(&TEXTS), "Columns that may stand there."),
            may("unused", LIST_OF_TEXT, "Columns that are known and tell nothing."),
            may("each", Map("`each`"), "Columns that stand once for each asset."),
            may("file_name", LIST_OF_TEXT, "Patterns of the file's name; their gaps are fields."),
            may("preamble", LIST_OF_TEXT, "Patterns of the cells above the header; their gaps are fields."),
            may("given", Names(&Map("what is asked")), "What the file may not say: `--set NAME=..`."),
            may("parts", List(&Map("a part")), "Texts cut by patterns; the gaps are fields."),
            may("set", Names(&Text), "Fields by formula."),
            may("time", Map("`time`"), "How times are written, and in which zone."),
            may("account", Text, "The account of the rows, with fields in braces."),
            may("counterparty", Text, "The account a transfer went to."),
            may("assets", Map("`assets`"), "How names of assets are rewritten."),
            may("unique", LIST_OF_TEXT, "Fields that together are a row's own id."),
            may("balance", MONEY, "The balance that a row states, and of what."),
            may("part", Text, "The sub-account that the stated balance is of."),
            may("change", MONEY, "A signed amount: what came in or went out."),
            may("received", MONEY, "What came in."),
            may("sent", MONEY, "What went out."),
            may("fee", MONEY, "The fee; a negative one is money back."),
            may("fee_inside", Text, "The fee stands inside the amounts: `yes`, `no`, or a field that says `inside`."),
            may("value", MONEY, "What the source says the row was worth."),
            may("tx_hash", Text, "The transaction on a chain."),
            may("note", TEXTS, "The note of the row, with fields in braces."),
            may("groups", Names(&Map("a group")), "Which rows are one transaction."),
            may("void", List(&Map("an entry of `void`")), "Rows that have no effect, whatever their type."),
            may("types", List(&Map("a type")), "What rows become; the first that fits counts."),
            may("refuse", Text, "The header is known, and why the file is not read."),
        ]
    };
}

pub const FORMAT: &[Shape] = &[
    shape(
        "a format",
        "How the rows of an export become rows of a ledger.",
        with_body![
            need("format", Text, "Its name, for `--format`."),
            need("title", Text, "Whose export it is."),
            may("like", Text, "A format whose keys count where this file has none of that name."),
            may("layouts", List(&Map("a layout")), "The headers that the source has used, where there are several."),
        ],
    ),
    shape("a layout", "A header that the source has used; its keys count before those of the file.", with_body![]),
    shape(
        "`each`",
        "Columns that stand once for each asset: `{coin} Amount {coin}`.",
        &[may("change", TEXTS, "Of signed amounts."), may("fee", TEXTS, "Of fees."), may("balance", TEXTS, "Of balances.")],
    ),
    shape(
        "what is asked",
        "Something the file may not say.",
        &[
            need("about", Text, "What it is, in words that follow `the file does not say`."),
            may("default", Text, "What is taken, and told, where nothing says otherwise."),
            may("common_to", LIST_OF_TEXT, "Columns one of which has it in every row."),
            may("by_name", Names(&Text), "Answers, each with a word (with `*`) that the file's name then fits."),
        ],
    ),
    shape(
        "a part",
        "A text cut by patterns.",
        &[
            need("of", Text, "The text: a formula."),
            need("like", TEXTS, "Patterns, the first that fits: `Converted {} {} to {amount} {asset}`."),
            may("only", Names(&Either(&[Words(&["currency"]), LIST_OF_TEXT])), "What a gap may hold."),
        ],
    ),
    shape(
        "`time`",
        "How times are written.",
        &[
            may("of", TEXTS, "The text of the time, with fields in braces; the first that can be read counts."),
            may("formats", LIST_OF_TEXT, "Patterns beside the usual forms; `unix` for seconds since 1970."),
            may("zone", Text, "`utc`, `asked`, `assumed`, a zone, or a field in braces that holds it."),
            may("zone_words", Names(&Text), "Names of zones that only this source uses."),
        ],
    ),
    shape(
        "`assets`",
        "How names of assets are rewritten.",
        &[
            may("upper", YES_NO, "In capitals."),
            may("rename", Names(&Text), "One name for another."),
            may("suffixes", LIST_OF_TEXT, "Taken off; `#.S` with digits before it."),
            may("prefixes", Names(&Number), "Taken off where the rest has so many letters."),
        ],
    ),
    shape(
        "a group",
        "What rows must share to be one transaction.",
        &[
            need("by", LIST_OF_TEXT, "Formulas that give the same text; `time` for the same moment."),
            may("within", Number, "Rows that are incomplete alone join those of so many seconds after."),
            may("at", Words(&["first", "last"]), "Which row's time counts."),
            may("sides", Words(&["sum", "pairs", "split"]), "Summed, row against opposite row, or one asset got for several."),
            may("unclear", Words(&["refuse", "apart"]), "What cannot be told apart is refused, or written row by row."),
            may("across", YES_NO, "Rows of other formats with a group of this name belong to it too."),
            may("becomes", BECOMES, "What the rows become where their type does not say."),
        ],
    ),
    shape(
        "an entry of `void`",
        "Rows that have no effect.",
        &[
            may("when", TESTS, "Formulas, and the words of which one must be theirs."),
            may("unless", TESTS, "Formulas, and words none of which may be theirs."),
            need("why", Text, "Why they have none."),
        ],
    ),
    shape(
        "a type",
        "What rows of some types become.",
        &[
            may("words", LIST_OF_TEXT, "Words of the field `type`; `*` stands for any text."),
            may("fees", LIST_OF_TEXT, "Words of rows whose change is a fee of the same transaction."),
            may("when", TESTS, "Formulas, and the words of which one must be theirs: `=FIELD`, `> 0` too."),
            may("unless", TESTS, "Formulas, and words none of which may be theirs."),
            may("becomes", BECOMES, "A kind, `trade`, `nothing`, or a map by the legs that stand."),
            may("change", MONEY, "A signed amount."),
            may("received", MONEY, "What came in."),
            may("sent", MONEY, "What went out."),
            may("fee", MONEY, "The fee."),
            may("fee_inside", Text, "The fee stands inside the amounts."),
            may("value", MONEY, "What the source says it was worth."),
            may("group", Text, "The group of rows that are one transaction."),
            may("account", Text, "The account, where it is another."),
            may("counterparty", Text, "The account a transfer went to."),
            may("tx_hash", Text, "The transaction on a chain."),
            may("note", TEXTS, "The note of the row."),
            may("why", Text, "Why such rows have no effect."),
            may("warn", Text, "What has to be told where such a row stands."),
        ],
    ),
    shape(
        "`becomes`",
        "What rows become by the legs that stand.",
        &[
            may("both", Text, "Something came in and something went out."),
            may("same", Text, "The same asset came in and went out."),
            may("received", Text, "Something came in."),
            may("sent", Text, "Something went out."),
            may("fee", Text, "Only a fee stands."),
        ],
    ),
];
