//! The shapes of rules of regulation and of registers.

use super::Val::{Either, Form, Formula, List, Map, Text, Words};
use super::{CITE, FROM, LIST_OF_TEXT, MAY_CITE, NEED_TITLE, NOTE, Shape, UNTIL, may, need, shape};

const SPANS: &[&str] = &["day", "month", "quarter", "year", "transaction", "disposal"];

const CUSTOMER_SPANS: &[&str] = &["customer", "day", "month", "quarter", "year", "transaction", "disposal"];

pub const SHAPES: &[Shape] = &[
    Shape {
        one_of: &[&["requires"], &["forbids"], &["must_report"]],
        ..shape(
            "a rule of regulation",
            "Something that the law requires, forbids, or wants to be told.",
            &[
                NEED_TITLE,
                FROM,
                UNTIL,
                may("subject", Formula, "Whom it binds; everybody if nothing is said."),
                may(
                    "each",
                    Either(&[Words(SPANS), Form("^record of [a-z]"), List(&Words(CUSTOMER_SPANS))]),
                    "What it is held against one by one: `day` if nothing is said, `record of LIST`, `[customer, day]`.",
                ),
                may("when", Formula, "When it applies."),
                may("requires", Formula, "What must hold."),
                may("forbids", Formula, "What must not be."),
                may("must_report", Formula, "When something is to be told; `yes` where always."),
                may("severity", Words(&["breach", "duty", "warning", "indicator"]), "How grave a finding is."),
                may("figures", List(&Formula), "The numbers that a finding shows; those of its condition if nothing is said."),
                may("message", Text, "What a finding says; `{NAME}` is replaced by the value."),
                may("cure", Text, "What would mend it."),
                may("due", Either(&[Map("a due date"), List(&Map("a due date"))]), "When it is to be done."),
                CITE,
                NOTE,
            ],
        )
    },
    shape(
        "a register",
        "Names that an authority keeps.",
        &[NEED_TITLE, need("entries", List(&Map("an entry of a register")), "Who is on it."), CITE, NOTE],
    ),
    shape(
        "an entry of a register",
        "A name, and what else it goes by.",
        &[
            need("name", Text, "The name, as a ledger would write it."),
            may("also", LIST_OF_TEXT, "Other names."),
            FROM,
            UNTIL,
            MAY_CITE,
            NOTE,
        ],
    ),
];
