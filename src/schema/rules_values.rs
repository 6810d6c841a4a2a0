//! The shapes of a rule file that say the values of the law: parameters, tables, scales, records, schedules.

use super::Val::{Date, Either, Formula, List, Map, Name, Names, OneOrMore, Text, Unit, Words};
use super::{CITE, FROM, MAY_CITE, NEED_TITLE, NOTE, Shape, TITLE, UNTIL, Val, may, need, shape};

/// A literal, a formula, the bands of a scale, a record.
const GIVEN: Val = Either(&[Formula, List(&Map("a band")), Map("a record")]);

pub const SHAPES: &[Shape] = &[
    Shape {
        one_of: &[&["unit"], &["fields"]],
        ..shape(
            "a parameter",
            "A value of the law, with its dates.",
            &[
                NEED_TITLE,
                NOTE,
                may("unit", Unit, "Its unit: `money`, `rate`, `number`, `EUR per kWh`, `date`, `bands`, ..."),
                may("fields", Names(&Unit), "Values that are dated together, each with its unit."),
                need(
                    "selected_by",
                    Words(&["tax_year", "period", "row", "disposed", "acquired"]),
                    "Whose day decides which value holds.",
                ),
                may("by", List(&Name), "What its tables are looked up by: facts, labels, readings, choices."),
                may("existing_since", Name, "The fact that says since when somebody is there: for `existing_by`."),
                may("known_through", Date, "The last day for which it is known to hold; past it, it is an assumption."),
                need("values", List(&Map("a dated value")), "The values, in the order of their dates."),
            ],
        )
    },
    Shape {
        one_of: &[&["value"], &["table"]],
        ..shape(
            "a dated value",
            "A value from a day on.",
            &[
                FROM,
                UNTIL,
                may("existing_by", Date, "From when on it binds those who were there before it began."),
                may("value", GIVEN, "`10%`, `0.2`, `5000 EUR`, `2024-07-01`, a formula over parameters, or `unknown`."),
                may("table", List(&Map("a row of a table")), "Rows, tried in order; the first that fits counts."),
                CITE,
                NOTE,
            ],
        )
    },
    Shape {
        one_of: &[&["value"], &["otherwise"]],
        // The words asked for, by the names of `by`.
        rest: Some(OneOrMore(&Text)),
        ..shape(
            "a row of a table",
            "The words that it asks for, and its value.",
            &[
                may("value", GIVEN, "Its value: `10%`, a formula over parameters, or `unknown`."),
                may("otherwise", GIVEN, "The value where no row above fits."),
                MAY_CITE,
                NOTE,
            ],
        )
    },
    Shape {
        one_of: &[&["above"], &["from"]],
        ..shape(
            "a band",
            "A stretch of a scale.",
            &[
                may("above", Formula, "Where it begins; the amount itself is still below it."),
                may("from", Formula, "Where it begins; the amount itself belongs to it."),
                need("rate", Formula, "The rate of the band."),
                may("name", Name, "A name by which formulas read where it begins, and its rate."),
            ],
        )
    },
    // The fields are names that the parameter declares.
    Shape { rest: Some(Formula), ..shape("a record", "A value for each field.", &[]) },
    Shape {
        one_of: &[&["slice"], &["whole"], &["formula"], &["cases"]],
        ..shape(
            "a schedule",
            "A function of one amount.",
            &[
                TITLE,
                NOTE,
                may("of", Unit, "The unit of the amount; money if nothing is said."),
                may("gives", Unit, "The unit of the result; money if nothing is said."),
                may("slice", Text, "A scale: each part of the amount at the rate of its band."),
                may("whole", Text, "A scale: the whole amount at the rate of the band that it is in."),
                may("formula", Formula, "How it is computed from `amount`."),
                may("cases", List(&Map("a case")), "Cases, tried in order; the last one is `otherwise`."),
                CITE,
            ],
        )
    },
];
