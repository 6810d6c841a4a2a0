//! The shapes of what says how lots are matched: `matching`, `bases`, `on_date`, `deny_loss`.

use super::Val::{Date, Either, Formula, List, Map, Names, Number, Text, Words};
use super::{CITE, FROM, Key, NOTE, Shape, TITLE, UNTIL, may, need, shape};

const TOWARD: &[&str] = &["down", "up", "half_up", "half_even", "zero"];
const FINDS: super::Val = Map("a step that finds lots");
const QUEUES: super::Val = Map("a step that queues lots");
const WHEN: Key = may("when", Formula, "When it holds; always if nothing is said. It reads what holds for the whole run.");
const WHERE: Key = may("where", Formula, "Which lots it is about; all if nothing is said.");

pub const SHAPES: &[Shape] = &[
    shape(
        "`matching`",
        "Which lots a disposal takes, and at what cost.",
        &[
            FROM,
            UNTIL,
            WHEN,
            need(
                "pool_by",
                List(&Formula),
                "What shares a pool of lots: `asset`, `account`, facts whose values are words; nothing for the whole portfolio.",
            ),
            need(
                "sequence",
                Words(&["by_disposal", "by_step"]),
                "Each disposal goes through the steps, or each step through all disposals.",
            ),
            may("merge", Words(&["day"]), "A day's purchases are one, made before its sales."),
            need("steps", List(&Map("a step")), "The steps, in order."),
            may("moves", Map("`moves`"), "Which lots a move between accounts takes."),
            may("shortfall", Map("`shortfall`"), "What units cost that were never seen coming in; an error if nothing is said."),
            NOTE,
        ],
    ),
    Shape {
        one_of: &[
            &["specific"],
            &["same_row"],
            &["same_day"],
            &["acquired_within"],
            &["fifo"],
            &["lifo"],
            &["highest"],
            &["lowest"],
            &["average"],
            &["total_average"],
            &["portfolio_share"],
        ],
        ..shape(
            "a step",
            "A step of matching: its method.",
            &[
                may("specific", FINDS, "The lots that the row names."),
                may("same_row", FINDS, "The lots that the same row brought in."),
                may("same_day", FINDS, "The lots acquired on the same day, later in it too."),
                may("acquired_within", Map("`acquired_within`"), "The lots acquired some days before or after."),
                may("fifo", QUEUES, "The lots acquired first."),
                may("lifo", QUEUES, "The lots acquired last."),
                may("highest", QUEUES, "The lots of the highest unit cost."),
                may("lowest", QUEUES, "The lots of the lowest unit cost."),
                may("average", QUEUES, "The cost of the pool, by the share taken."),
                may("total_average", QUEUES, "One average of the whole tax year."),
                may("portfolio_share", Map("`portfolio_share`"), "The share that the price has of what everything is worth."),
            ],
        )
    },
    shape("a step that finds lots", "Lots found by the row or the day.", &[WHEN, WHERE, CITE, NOTE]),
    shape(
        "a step that queues lots",
        "Lots in an order.",
        &[
            WHEN,
            WHERE,
            may("cost", Words(&["own", "average"]), "What the units cost: what their own lot cost, or the average of the pool."),
            may("unit_cost", Map("`unit_cost`"), "How the law rounds the average of a unit."),
            CITE,
            NOTE,
        ],
    ),
    Shape {
        one_of: &[&["after"], &["before"]],
        ..shape(
            "`acquired_within`",
            "Lots acquired near the day of the disposal; both ends count.",
            &[
                WHEN,
                WHERE,
                may("after", Text, "So many days after it: `30 days`."),
                may("before", Text, "So many days before it: `28 days`."),
                may("order", Words(&["fifo", "lifo"]), "The earliest first, or the latest."),
                CITE,
                NOTE,
            ],
        )
    },
    shape(
        "`portfolio_share`",
        "Cost by share of the portfolio.",
        &[
            WHEN,
            WHERE,
            may("value", Formula, "What everything is worth just before; `value_held`, by the prices given, if nothing is said."),
            CITE,
            NOTE,
        ],
    ),
    shape(
        "`unit_cost`",
        "An average of a unit that the law rounds.",
        &[
            need("round", Map("`round`"), "To what."),
            may("at_least", Number, "A unit that costs less than this is not rounded."),
            need(
                "remainder",
                Words(&["held", "sold", "dropped"]),
                "What bears the difference: what is held, what is sold, nothing.",
            ),
            CITE,
            NOTE,
        ],
    ),
    shape(
        "`round`",
        "A rounding.",
        &[need("to", Number, "A multiple of this."), need("toward", Words(TOWARD), "In which direction.")],
    ),
    shape(
        "`moves`",
        "Moves between accounts whose pools differ.",
        &[
            need(
                "take",
                Words(&["steps", "fifo", "lifo", "highest", "lowest"]),
                "Which lots go: as the steps say, or in this order.",
            ),
            need("queue", Words(&["acquired", "arrival"]), "Where they queue: by their acquisition, or behind what is there."),
            CITE,
            NOTE,
        ],
    ),
    shape(
        "`shortfall`",
        "Units that were never seen coming in.",
        &[need("cost", Words(&["zero", "value"]), "What they cost."), CITE, NOTE],
    ),
    shape(
        "a basis",
        "An amount that lots carry beside their cost.",
        &[TITLE, need("start", Formula, "What a lot starts with."), CITE, NOTE],
    ),
    Shape {
        one_of: &[&["set"], &["deem"], &["regroup"]],
        ..shape(
            "an entry of `on_date`",
            "What the law does to holdings on a day, before its first row.",
            &[
                need("on", Either(&[Date, Formula]), "The day: a date, or a fact that is one."),
                WHEN,
                WHERE,
                may("set", Names(&Formula), "New amounts of `cost` or of bases."),
                may("deem", Map("`deem`"), "All is disposed of and acquired again."),
                may("regroup", Map("`regroup`"), "Lots are allotted to the pools that hold from then on."),
                CITE,
                NOTE,
            ],
        )
    },
    shape(
        "`deem`",
        "A disposal that the law itself makes.",
        &[
            need("class", Text, "The class of the disposals."),
            may("proceeds", Formula, "What a lot counts for: `value`, `zero`, `cost` or a formula."),
            may("acquired", Words(&["own", "carried"]), "The day of acquisition is this day, or stays."),
        ],
    ),
    shape(
        "`regroup`",
        "Which lots go to which account.",
        &[need("order", Words(&["fifo", "lifo", "highest", "lowest"]), "The order in which lots go to the accounts.")],
    ),
    shape(
        "`deny_loss`",
        "A loss that does not count, since the same was bought around the sale.",
        &[
            FROM,
            UNTIL,
            WHEN,
            may("where", Formula, "Of which lots the loss is denied; all, if left out."),
            need("window", Map("`window`"), "How near purchases are."),
            need("units", Formula, "On how many units the loss is denied."),
            need("into", Text, "Where it goes: `cost`, a basis, or `nothing`."),
            CITE,
            NOTE,
        ],
    ),
    shape(
        "`window`",
        "Days around the sale, both ends in.",
        &[may("before", Text, "So many days before it: `30 days`."), may("after", Text, "So many days after it: `30 days`.")],
    ),
];
