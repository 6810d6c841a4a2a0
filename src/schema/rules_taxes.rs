//! The shapes of a rule file that say what is owed and when it is paid.

use super::Val::{Date, Either, Formula, List, Map, MonthDay, Number, OneOrMore, Text, Words};
use super::{CITE, FROM, NEED_TITLE, NOTE, PER_ABOUT, Shape, UNTIL, may, need, shape};

pub const SHAPES: &[Shape] = &[
    Shape {
        one_of: &[&["base", "rate"], &["amount"]],
        with: &[("late", &["due"])],
        ..shape(
            "a tax",
            "What is owed for a period.",
            &[
                NEED_TITLE,
                may(
                    "kind",
                    Words(&["tax", "fee", "social", "withholding"]),
                    "What kind of charge it is; a tax if nothing is said.",
                ),
                may("borne_by", Text, "Who bears it; the taxpayer if nothing is said."),
                FROM,
                UNTIL,
                may("applies", Formula, "The condition under which it is owed; always if nothing is said."),
                may("per", Either(&[Words(&["year", "quarter", "month"]), Map("`per`")]), PER_ABOUT),
                may("base", Formula, "What the rate is taken of."),
                may("rate", Formula, "The rate."),
                may("amount", Formula, "The tax itself, where it is no base times a rate."),
                may("less", Formula, "Credits and tax withheld: payable is the whole less this."),
                may("round", Map("a rounding"), "How the tax is rounded."),
                may("due", OneOrMore(&Map("a due date")), "By when it is paid; of a list, the first entry whose `when` holds."),
                may("late", Map("`late`"), "Interest on what was paid after the due day."),
                may("advances", Map("`advances`"), "Payments on account, for parts of the period."),
                CITE,
                NOTE,
            ],
        )
    },
    shape(
        "a rounding",
        "How an amount is rounded.",
        &[
            need("to", Number, "The step: `1`, `0.01`."),
            need("toward", Words(&["down", "up", "half_up", "half_even", "zero"]), "In which direction."),
            CITE,
            NOTE,
        ],
    ),
    Shape {
        one_of: &[&["day", "of"], &["before", "of"], &["days"], &["months"], &["months", "days"]],
        ..shape(
            "a due date",
            "The last day for payment.",
            &[
                may("when", Formula, "For whom it holds."),
                may("day", Number, "The day of the month."),
                may("before", MonthDay, "The last day is the day before this one."),
                may(
                    "of",
                    Words(&["same_month", "next_month", "month_after_next", "next_year"]),
                    "Of which month or year, seen from the end of the period.",
                ),
                may("days", Number, "So many days after the end of the period."),
                may("months", Number, "So many months after the end of the period."),
                may(
                    "moved",
                    Words(&["next_working_day", "previous_working_day"]),
                    "Where it goes if no work is done on that day.",
                ),
                CITE,
                NOTE,
            ],
        )
    },
    shape(
        "`late`",
        "Interest on what was paid after the due day.",
        &[
            need("rate", Formula, "The rate of interest."),
            need("each", Words(&["day", "month", "begun_month", "year"]), "For how long a time the rate is."),
            may("year_days", Words(&["360", "365", "actual"]), "Over how many days a yearly rate is spread."),
            may("compound", Words(&["no", "day", "month", "year"]), "Whether interest bears interest."),
            may("limit", Formula, "The most that is borne, as a share of what was paid late."),
            may("round", Map("a rounding"), "How the interest is rounded."),
            CITE,
            NOTE,
        ],
    ),
    shape(
        "`advances`",
        "Payments on account.",
        &[
            need("per", Words(&["quarter", "month"]), "The parts of the period."),
            need("amount", Formula, "What is paid for a part."),
            may("parts", List(&Number), "The parts that have an advance, counted from 1."),
            may("cumulative", Words(&["yes", "no"]), "What earlier advances of the year came to is taken off."),
            may("round", Map("a rounding"), "How an advance is rounded."),
            need("due", OneOrMore(&Map("a due date")), "By when it is paid."),
            may("late", Words(&["yes", "no"]), "An advance paid late bears interest too."),
            CITE,
            NOTE,
        ],
    ),
    shape(
        "`working_days`",
        "On which days no work is done.",
        &[
            need(
                "rest",
                List(&Words(&["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])),
                "The days of rest of a week.",
            ),
            may("holidays", List(&Either(&[MonthDay, Date])), "`01-01` recurs each year, `2025-03-21` is one day."),
            CITE,
            NOTE,
        ],
    ),
];
