//! The shapes of worked examples and of formats of exports.

use super::Val::{Any, Bool, Date, Either, List, Map, Name, Names, Number, OrNothing, Text, Words};
use super::{NOTE, Shape, TITLE, may, need, shape};

pub const EXAMPLE: &[Shape] = &[
    Shape {
        one_of: &[&["year"], &["on"]],
        ..shape(
            "an example",
            "A small ledger, and the figures that must come out.",
            &[
                need("id", Text, "Its name."),
                TITLE,
                NOTE,
                may("source", Map("the source of an example"), "Where the example comes from."),
                may("year", Text, "The tax year, by the calendar year in which it begins."),
                may("on", Date, "The day on which duties are asked, in place of a year."),
                may("facts", OrNothing(&Names(&Any)), "Facts about the taxpayer, as in a facts file."),
                may("readings", Names(&Text), "Readings that are not the default."),
                may("choices", Names(&Either(&[Text, Names(&Text)])), "Choices that are not the default."),
                may("ledger", OrNothing(&Text), "The ledger, as CSV."),
                may("rates", OrNothing(&Text), "Exchange rates, as CSV `date,base,quote,rate`."),
                may("prices", OrNothing(&Text), "Prices, as CSV `timestamp,asset,currency,price`."),
                need("expect", List(&Map("an expectation")), "The figures that must come out."),
            ],
        )
    },
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
    Shape {
        one_of: &[&["figure", "value"], &["finding", "outcome"]],
        ..shape(
            "an expectation",
            "A figure and its value.",
            &[
                may("finding", Text, "A rule of regulation: what it comes to."),
                may(
                    "figure",
                    Text,
                    "A tax (`NAME.amount`, `NAME.payable`), a quantity, a field of a row, `total_tax`, or `quantity` and `cost` of a holding.",
                ),
                may(
                    "outcome",
                    Words(&["failed", "to_report", "not_checked", "would_fail", "would_be_met", "met", "none"]),
                    "What a rule comes to; `none` where it does not apply.",
                ),
                may("at", OrNothing(&Map("`at`")), "The period, row or holding; the year if nothing is said."),
                may("value", Either(&[Number, Date, Name]), "The value, a date for `NAME.due`, a word, `refused`, or `none`."),
                may("rounded_to", OrNothing(&Map("`rounded_to`")), "How the source rounded it."),
                NOTE,
            ],
        )
    },
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
            may("subject", Text, "Whom a finding is about."),
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
