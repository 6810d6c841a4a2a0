//! The shapes of a rule file that say what rows are: valuation, treatment, fees, matching.

use crate::ledger::Kind;

use super::Val::{Formula, List, Map, Text, Words, WordsOf};
use super::{CITE, FROM, NOTE, Shape, UNTIL, may, need, shape};

const EFFECTS: &[&str] =
    &["acquisition", "disposal", "exchange", "rollover", "income", "expense", "move", "removal", "ignore", "refuse"];

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
            need("day", Words(&["same", "previous_publication"]), "The rate of the day itself, or the last one published."),
        ],
    ),
    shape(
        "a treatment",
        "What rows of some kinds are.",
        &[
            need("kinds", List(&WordsOf(kinds)), "The kinds of row; `[other]`, once and last, for all that are not named."),
            may("when", Formula, "For which of these rows it holds."),
            need("as", Words(EFFECTS), "What such a row is."),
            may("class", Text, "The class of the income, expense or lot; the row's kind if nothing is said."),
            may("proceeds", Formula, "What the sale counts for: `value`, `zero` or a formula."),
            may("cost", Formula, "What the lot costs: `value`, `zero` or a formula."),
            FROM,
            UNTIL,
            CITE,
            NOTE,
        ],
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
                Words(&["received", "sent", "apart", "lost"]),
                "Raises the cost of what came in, lowers the proceeds, stands apart, or has no effect.",
            ),
            need("in_coin", Words(&["removal", "disposal"]), "What paying in a coin does to that coin's lots."),
            CITE,
            NOTE,
        ],
    ),
    shape(
        "`matching`",
        "Which lots a disposal takes.",
        &[
            need("pool_by", List(&Words(&["asset", "account"])), "What shares a pool of lots."),
            need("sequence", Words(&["by_disposal"]), "The order of matching."),
            need("steps", List(&Map("a step")), "The steps, in order."),
            NOTE,
        ],
    ),
    Shape {
        one_of: &[&["specific"], &["average"], &["fifo"]],
        ..shape(
            "a step",
            "A step of matching: its method.",
            &[
                may("specific", Map("a matching step"), "The lots that the row names."),
                may("average", Map("a matching step"), "The cost of the pool, by the share taken."),
                may("fifo", Map("a matching step"), "The lots acquired first."),
            ],
        )
    },
    shape("a matching step", "When a step is taken.", &[may("when", Formula, "When; always if nothing is said."), CITE, NOTE]),
];
