//! The shapes of a rule file that share amounts out: over heads, over years.

use super::Val::{Either, Formula, Map, Names, Text, Unit, Words};
use super::{CITE, NOTE, Shape, TITLE, Val, may, need, shape};

/// Heads by their names: the room, or the room with what each unit is worth there.
const HEADS: Val = Names(&Either(&[Formula, Map("a head")]));

pub const SHAPES: &[Shape] = &[
    Shape {
        one_of: &[&["over"], &["room"]],
        ..shape(
            "`allocate`",
            "An amount that is shared out, as far as each has room.",
            &[
                need("amount", Formula, "What is shared out."),
                may("over", HEADS, "The heads by their names."),
                may("room", Formula, "The most that a period of the quantity takes."),
                may("worth", Formula, "What each unit saves in a period of the quantity."),
                may("order", Words(&["listed", "worth"]), "Who comes first; in the order listed if nothing is said."),
            ],
        )
    },
    shape(
        "a head",
        "One of those over which an amount is shared out.",
        &[need("room", Formula, "The most that it takes."), may("worth", Formula, "What each unit saves there.")],
    ),
    shape(
        "an offset",
        "Losses, or other amounts, that are carried to later years.",
        &[
            TITLE,
            NOTE,
            may("unit", Unit, "Its unit; money if nothing is said."),
            need("arises", Formula, "What a year adds; nothing where it is below zero."),
            need("against", Either(&[Formula, HEADS]), "What it is used against, as far as that has room."),
            may("limit", Formula, "The most that is used in a year."),
            may("lasts", Formula, "For how many years after its own; for ever if nothing is said."),
            may("order", Words(&["oldest_first", "newest_first"]), "What is used first; the oldest if nothing is said."),
            may("brought", Text, "The fact that states what was brought into the first year."),
            CITE,
        ],
    ),
];
