//! The shapes of a rule file that say what rows are: valuation, treatment, fees, matching.

use crate::ledger::Kind;

use super::Val::{Either, Formula, List, Map, Text, Words, WordsOf};
use super::{BECAUSE, CITE, FROM, Key, NOTE, Shape, UNTIL, may, need, shape};

const EFFECTS: &[&str] =
    &["acquisition", "disposal", "exchange", "rollover", "income", "expense", "move", "removal", "ignore", "refuse"];

const PROCEEDS: Key =
    may("proceeds", Formula, "What the sale counts for: `value`, `zero`, `cost` (neither gain nor loss) or a formula.");
const COST: Key = may("cost", Formula, "What the lot costs: `value`, `zero`, `carried` or a formula.");
const ACQUIRED: Key =
    may("acquired", Words(&["own", "carried"]), "The day of acquisition is the row's, or goes over from what was given.");

fn kinds() -> Vec<&'static str> {
    Kind::ALL.iter().filter(|k| !k.is_fixed()).map(|k| k.word()).chain(["other"]).collect()
}

pub const SHAPES: &[Shape] = &[
    shape(
        "`valuation`",
        "Where the value of a row is looked for.",
        &[
            need(
                "order",
                List(&Words(&["row", "money_leg", "prices", "other_leg"])),
                "Where, in order: the first that answers counts.",
            ),
            need(
                "exchange",
                List(&Words(&["received", "sent"])),
                "Of a swap, whose value counts for both legs: the first that is known.",
            ),
            need("rates", Map("`rates`"), "Which exchange rates count."),
            need("price_at", Words(&["instant", "day"]), "The price of the moment, or of the day."),
            CITE,
            NOTE,
        ],
    ),
    shape(
        "`rates`",
        "Exchange rates.",
        &[
            need("source", Text, "Whose rates count."),
            need(
                "day",
                Words(&["same", "previous_publication", "publication_before", "month_average", "year_average"]),
                "The rate of the day itself, the last one published by the day or before it, or the average of its month or tax year.",
            ),
        ],
    ),
    shape(
        "a treatment",
        "What rows of some kinds are.",
        &[
            need("kinds", List(&WordsOf(kinds)), "The kinds of row; `[other]`, once and last, for all that are not named."),
            may("when", Formula, "For which of these rows it holds."),
            need("as", Either(&[Words(EFFECTS), List(&Map("an effect"))]), "What such a row is; a list where it is two things."),
            may("class", Text, "The class of the income, expense or lot; the row's kind if nothing is said."),
            PROCEEDS,
            COST,
            ACQUIRED,
            may("taxed", Formula, "Of an exchange: which of the lots given are disposed of; the others carry their cost over."),
            may(
                "share",
                Formula,
                "Of a rollover: the part of the cost that goes over, while the units sent stay where they are.",
            ),
            may("lots", Words(&["kept", "merged"]), "Of a rollover: what comes in is a lot for each that left, or one."),
            may(
                "for",
                Words(&["claim"]),
                "Of an exchange with one leg: the coins are exchanged for the right to get them back, or that right for them.",
            ),
            BECAUSE,
            FROM,
            UNTIL,
            CITE,
            NOTE,
        ],
    ),
    shape(
        "an effect",
        "One of the things that a row is.",
        &[need("as", Words(EFFECTS), "What the leg is."), may("class", Text, "Its class."), PROCEEDS, COST, ACQUIRED],
    ),
    shape(
        "a fee rule",
        "What a fee does.",
        &[
            need("to", List(&Words(EFFECTS)), "The effects that the fee belongs to."),
            may("paid_in", Words(&["money", "sent", "received", "other"]), "In what it is paid."),
            may("when", Formula, "For which rows it holds."),
            FROM,
            UNTIL,
            need(
                "goes",
                Words(&["received", "sent", "split", "apart", "lost"]),
                "Raises the cost of what came in, lowers the proceeds, half of each, stands apart, or has no effect.",
            ),
            need("in_coin", Words(&["removal", "disposal"]), "What paying in a coin does to that coin's lots."),
            may("worth", Words(&["value", "cost"]), "A fee in a coin counts at its market value, or at what the coin cost."),
            CITE,
            NOTE,
        ],
    ),
];
