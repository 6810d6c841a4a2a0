//! The shapes of worked examples and of formats of exports.

use super::Val::{Any, Bool, Date, Either, List, Map, Name, Names, Number, OrNothing, Text, Words};
use super::{NOTE, Shape, TITLE, may, need, shape};

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
            may("choices", Names(&Either(&[Text, Names(&Text)])), "Choices that are not the default."),
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
            need("value", Either(&[Number, Date, Name]), "The value, a date for `NAME.due`, a word, `refused`, or `none`."),
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
