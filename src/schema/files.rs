//! The shapes of worked examples and of formats of exports.

use crate::ledger::Kind;

use super::Val::{Any, Bool, Date, Either, List, Map, Names, Number, OrNothing, Text, Words, WordsOf};
use super::{LIST_OF_TEXT, NOTE, Shape, TITLE, may, need, shape};

pub const EXAMPLE: &[Shape] = &[
    shape(
        "an example",
        "A small ledger, and the figures that must come out.",
        &[
            need("id", Text, "Its name."),
            TITLE,
            NOTE,
            may("source", Map("the source of an example"), "Where the example comes from."),
            need("year", Text, "The tax year, by the calendar year in which it begins."),
            may("facts", OrNothing(&Names(&Any)), "Facts about the taxpayer, as in a facts file."),
            may("readings", Names(&Text), "Readings that are not the default."),
            may("choices", Names(&Text), "Choices that are not the default."),
            may("ledger", OrNothing(&Text), "The ledger, as CSV."),
            may("rates", OrNothing(&Text), "Exchange rates, as CSV `date,base,quote,rate`."),
            may("prices", OrNothing(&Text), "Prices, as CSV `timestamp,asset,currency,price`."),
            need("expect", List(&Map("an expectation")), "The figures that must come out."),
        ],
    ),
    shape(
        "the source of an example",
        "Where an example comes from.",
        &[
            TITLE,
            may("url", Text, "Where it can be read."),
            may("at", Text, "Where in the text."),
            may(
                "confirmed",
                Either(&[Words(&["true", "false", "yes", "no"]), Bool]),
                "Whether the source itself has the figures.",
            ),
            NOTE,
        ],
    ),
    shape(
        "an expectation",
        "A figure and its value.",
        &[
            need(
                "figure",
                Text,
                "A tax (`NAME.amount`, `NAME.payable`), a quantity, a field of a row, `total_tax`, or `quantity` and `cost` of a holding.",
            ),
            may("at", OrNothing(&Map("`at`")), "The period, row or holding; the year if nothing is said."),
            need(
                "value",
                Either(&[Number, Date, Words(&["refused", "none"])]),
                "The value, a date for `NAME.due`, `refused`, or `none`.",
            ),
            may("rounded_to", OrNothing(&Map("`rounded_to`")), "How the source rounded it."),
            NOTE,
        ],
    ),
    shape(
        "`at`",
        "Where a figure stands.",
        &[
            may("period", Text, "The month or quarter: `2024-07`, `2024-Q1`."),
            may("row", Text, "The id of the row."),
            may("holding", Text, "The asset held."),
            may("on", Date, "The day on which it is held."),
            may("account", Text, "The account it is held in."),
            may("lot", Text, "The lot it is held in."),
        ],
    ),
    shape(
        "`rounded_to`",
        "How a printed figure was rounded.",
        &[
            need("to", Number, "The step: `1`, `0.01`."),
            need("toward", Words(&["down", "up", "half_up", "half_even", "zero"]), "In which direction."),
        ],
    ),
];

fn becomes() -> Vec<&'static str> {
    ["trade"].into_iter().chain(Kind::ALL.iter().map(|k| k.word())).collect()
}

pub const FORMAT: &[Shape] = &[
    shape(
        "a format",
        "How the rows of an export become rows of a ledger.",
        &[
            need("format", Text, "Its name, for `--format`."),
            need("title", Text, "Whose export it is."),
            need("account", Text, "The account of its rows."),
            need(
                "rows",
                Words(&["one", "grouped"]),
                "A row for each transaction, or several of one moment that belong together.",
            ),
            need("layouts", List(&Map("a layout")), "The headers that the source has used."),
            need("time", Map("`time`"), "How times are written."),
            may("join_within_seconds", Number, "Groups so many seconds apart belong together, where one is incomplete."),
            may("types_in_lower_case", Words(&["yes", "no"]), "Words of types are compared in lower case."),
            may("assets", List(&Map("a rule for assets")), "How names of assets are rewritten."),
            need("types", List(&Map("a type")), "What rows of each type become."),
        ],
    ),
    shape(
        "a layout",
        "A header that the source has used.",
        &[
            need("columns", Map("the columns of a layout"), "The role of each column, by the column's name."),
            may("optional", LIST_OF_TEXT, "Columns that may be missing or are not read."),
            may("zone", Words(&["file_name"]), "The zone of the times stands in the file's name."),
        ],
    ),
    shape(
        "the columns of a layout",
        "What each column holds.",
        &[
            may("time", Text, "When it happened."),
            may("type", Text, "The type of the row."),
            may("asset", Text, "The asset of a signed amount."),
            may("change", Text, "A signed amount."),
            may("part", Text, "The sub-account."),
            may("note", Text, "A remark."),
            may("tx_hash", Text, "The transaction on a chain."),
            may("sent_amount", Text, "How much went out."),
            may("sent_asset", Text, "What went out."),
            may("received_amount", Text, "How much came in."),
            may("received_asset", Text, "What came in."),
            may("fee_amount", Text, "The fee."),
            may("fee_asset", Text, "What the fee was paid in."),
            may("value", Text, "The value of the row."),
            may("value_currency", Text, "The currency of the value."),
        ],
    ),
    shape(
        "`time`",
        "How times are written.",
        &[need("formats", LIST_OF_TEXT, "Patterns of times, or `rfc3339`."), need("zone", Words(&["utc"]), "Their zone.")],
    ),
    shape(
        "a rule for assets",
        "A prefix that is taken off.",
        &[need("prefix", Text, "The prefix."), need("longer_than", Number, "Only of names longer than so many letters."), NOTE],
    ),
    shape(
        "a type",
        "What rows of some types become.",
        &[
            need("words", LIST_OF_TEXT, "The words of the type."),
            may("fees", LIST_OF_TEXT, "Types of rows that are fees of such a group."),
            may("group", Words(&["exchange", "transfer"]), "How rows of one moment belong together."),
            may("by_note", Words(&["yes", "no"]), "Only rows of one note belong together."),
            may("both", WordsOf(becomes), "What it becomes where something came in and something went out."),
            may("received", WordsOf(becomes), "What it becomes where something came in."),
            may("sent", WordsOf(becomes), "What it becomes where something went out."),
        ],
    ),
];
