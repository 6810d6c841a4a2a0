//! The shapes of a rule file: the file, its head, sources, what is given, the values of the law, figures.

use super::Val::{Currency, Date, Either, Form, Formula, List, Map, MonthDay, Name, Names, OneOrMore, Text, Unit, Words};
use super::{BECAUSE, CITE, FROM, Key, LIST_OF_TEXT, MAY_CITE, NOTE, PER_ABOUT, Shape, TITLE, UNTIL, may, need, shape};

const FORMULA: Key = may("formula", Formula, "How it is computed; `cases` where that depends on conditions.");
const CASES: Key = may("cases", List(&Map("a case")), "Cases, tried in order; the last one is `otherwise`.");
const HEAD: &[&str] = &["jurisdiction"];

pub const SHAPES: &[Shape] = &[
    Shape {
        with: &[
            ("jurisdiction", &["title", "currency", "time_zone", "covers"]),
            ("title", HEAD),
            ("currency", HEAD),
            ("time_zone", HEAD),
            ("tax_year", HEAD),
            ("covers", HEAD),
            ("units", HEAD),
            ("member_of", HEAD),
            ("month_end", HEAD),
            ("working_days", HEAD),
            ("note", HEAD),
        ],
        ..shape(
            "a rule file",
            "A file of law. All `.yaml` files of a folder are one law; one of them has the head.",
            &[
                may("jurisdiction", Text, "The code of the law: the folder's name."),
                may("title", Text, "The name of the country."),
                may("currency", Currency, "The law's currency, by its code; formulas call it `money`."),
                may("time_zone", Text, "The zone in which a row's day is found, such as `Europe/Paris`."),
                may("tax_year", Map("the tax year"), "When the tax year begins; 1 January if nothing is said."),
                may("covers", Map("`covers`"), "The periods for which the law is written down."),
                may("member_of", LIST_OF_TEXT, "The unions whose rules hold here too, by their codes."),
                may("units", LIST_OF_TEXT, "Further units, such as `kWh`."),
                may("month_end", Map("`month_end`"), "How months and years are added to a date at the end of a month."),
                may("working_days", Map("`working_days`"), "Days of rest and holidays, for due dates that move."),
                NOTE,
                may("sources", Names(&Map("a source")), "Acts, articles and other texts, by the keys that citations use."),
                may("watch", List(&Map("an entry of `watch`")), "What may change soon."),
                may("labels", Names(&Map("a label")), "Groups of words in the ledger's `category`."),
                may("facts", Names(&Map("a fact")), "What only the taxpayer can say."),
                may("choices", Names(&Map("a choice")), "Rights of the taxpayer."),
                may("readings", Names(&Map("a reading")), "Points where the law is unclear, with their options."),
                may("parameters", Names(&Map("a parameter")), "Rates, thresholds and other values, with their dates."),
                may("schedules", Names(&Map("a schedule")), "Functions of one amount: scales, tariffs."),
                may("valuation", Map("`valuation`"), "Where the value of a row is looked for."),
                may("treatment", List(&Map("a treatment")), "What each kind of row is; for each row the first entry that fits."),
                may("fees", List(&Map("a fee rule")), "What fees do; the first entry that fits."),
                may(
                    "matching",
                    OneOrMore(&Map("`matching`")),
                    "Which lots a disposal takes; a list of versions where the law changed.",
                ),
                may("bases", Names(&Map("a basis")), "Amounts that lots carry beside their cost."),
                may("on_date", List(&Map("an entry of `on_date`")), "What the law does to holdings on a day."),
                may("deny_loss", OneOrMore(&Map("`deny_loss`")), "Losses that do not count; the first entry that is in force."),
                may("each_match", Names(&Map("a field")), "Fields of a disposal's part matched to one lot."),
                may("each_disposal", Names(&Map("a field")), "Fields of a disposal."),
                may("each_income", Names(&Map("a field")), "Fields of an income."),
                may("each_expense", Names(&Map("a field")), "Fields of an expense."),
                may("each_acquisition", Names(&Map("a field")), "Fields of an acquisition."),
                may("each_holding", Names(&Map("a field")), "Fields of what is held."),
                may("quantities", Names(&Map("a quantity")), "Amounts of a period."),
                may("offsets", Names(&Map("an offset")), "Losses and other amounts that are carried to later years."),
                may("taxes", Names(&Map("a tax")), "What is owed."),
                may("registers", Names(&Map("a register")), "Names that authorities keep: licensed operators, sanctions."),
                may(
                    "regulation",
                    Names(&Map("a rule of regulation")),
                    "What is required, forbidden, or to be reported beside taxes.",
                ),
            ],
        )
    },
    shape(
        "the tax year",
        "The tax year.",
        &[
            need("begins", MonthDay, "Its first day, as month-day: `01-01`."),
            may("stated_by", Name, "A fact that is a date: its month and day begin the year of a taxpayer who states it."),
        ],
    ),
    shape(
        "`covers`",
        "The periods that may be assessed.",
        &[need("from", Date, "The first day."), need("through", Date, "The last day.")],
    ),
    shape(
        "`month_end`",
        "What happens where a month has no such day.",
        &[need("rule", Words(&["clip", "next_day"]), "The month's last day, or the first day of the next."), CITE],
    ),
    Shape {
        one_of: &[&["title", "kind"], &["part_of"]],
        ..shape(
            "a source",
            "An act, or an article of one.",
            &[
                may("title", Text, "The title of the act."),
                may("kind", Words(&["law", "regulation", "guidance", "case", "practice"]), "What kind of text it is."),
                may("part_of", Text, "The key of the act that this is an article of."),
                may("at", Text, "Where in the act: `Art. 439`."),
                may("url", Text, "Where it can be read."),
                may("dated", Date, "The day of the act."),
                may("checked", Date, "When it was last looked at."),
                may("read_as_of", Date, "The day of the version that was read."),
                may("in_force", Map("`in_force`"), "When it was in force."),
                may(
                    "status",
                    Words(&[
                        "confirmed",
                        "guidance",
                        "disputed",
                        "law_silent",
                        "unconfirmed",
                        "cancelled",
                        "replaced",
                        "proposed",
                    ]),
                    "How sure it is; that of the act it is part of, else `unconfirmed`.",
                ),
                may("void_from", Date, "From when on it is void."),
                may("replaced_by", Text, "The key of the source that took its place."),
                may("against", Either(&[Text, LIST_OF_TEXT]), "Sources that say otherwise."),
                NOTE,
            ],
        )
    },
    shape(
        "an entry of `watch`",
        "A change that may come.",
        &[need("title", Text, "What may change."), CITE, may("expected", Date, "From when on, where that is known."), NOTE],
    ),
    shape("`in_force`", "When an act was in force.", &[FROM, UNTIL]),
    shape(
        "a label",
        "A group of words of which a row has one.",
        &[
            TITLE,
            NOTE,
            need("one_of", List(&Name), "The words."),
            need("default", Name, "The word of a row that has none of them."),
        ],
    ),
    Shape {
        one_of: &[&["one_of"], &["some_of"], &["unit"], &["list_of"]],
        ..shape(
            "a fact",
            "Something that only the taxpayer can say.",
            &[
                TITLE,
                NOTE,
                may("one_of", List(&Name), "The words it can be."),
                may("some_of", List(&Name), "The words of which it can be several."),
                may("unit", Unit, "The unit of its amount, or `date`, or `yes_no`."),
                may(
                    "list_of",
                    Names(&Either(&[Unit, List(&Name), Map("a key of a list")])),
                    "A list of records: their keys, each with its unit, its words, or both and a default.",
                ),
                may(
                    "varies",
                    Words(&["no", "by_year", "by_month", "by_date"]),
                    "How it varies over time; not at all if nothing is said.",
                ),
                may("about", Words(&["taxpayer", "row", "asset"]), "Whom or what it is about; the taxpayer if nothing is said."),
                may("counts_as", Words(&["ledger"]), "`ledger`: it belongs to what the ledger shows."),
                may(
                    "default",
                    Either(&[Text, List(&Text)]),
                    "What holds where it is not given; without it the figures that need it are refused.",
                ),
                MAY_CITE,
            ],
        )
    },
    shape(
        "a reading",
        "A point where the law is unclear.",
        &[
            need("question", Text, "What the law leaves open."),
            need("options", Names(&Map("an option")), "How it can be read, each with its argument."),
            need(
                "default",
                Either(&[Name, Form("^least [a-z]")]),
                "The option that holds if nothing is chosen, or `least NAME`: the one with the least of a figure.",
            ),
            CITE,
            NOTE,
        ],
    ),
    shape(
        "a choice",
        "A right of the taxpayer.",
        &[
            need("question", Text, "What may be chosen."),
            need("options", Names(&Map("an option")), "What can be chosen."),
            need(
                "default",
                Either(&[Name, Form("^least [a-z]")]),
                "The option that holds if nothing is chosen, or `least NAME`: the one with the least of a figure.",
            ),
            CITE,
            NOTE,
        ],
    ),
    Shape {
        one_of: &[&["unit"], &["one_of"]],
        ..shape(
            "a key of a list",
            "What stands under a key of each record.",
            &[
                may("unit", Unit, "Its unit."),
                may("one_of", List(&Name), "The words it can be."),
                may("default", Text, "What holds where a record leaves it out."),
            ],
        )
    },
    shape(
        "an option",
        "An option of a reading or choice.",
        &[TITLE, may("argument", Text, "What speaks for it; a reading needs it.")],
    ),
    shape(
        "`per`",
        "How long a period is, where that depends on conditions.",
        &[need("cases", List(&Map("a case of `per`")), "Cases, tried in order on the first day of the tax year.")],
    ),
    Shape {
        one_of: &[&["when", "then"], &["otherwise"]],
        ..shape(
            "a case of `per`",
            "A condition and how long a period is then.",
            &[
                may("when", Formula, "The condition, over readings, choices and facts."),
                may("then", Words(&["year", "quarter", "month"]), "How long a period is where it is met."),
                may("otherwise", Words(&["year", "quarter", "month"]), "How long a period is where no condition above was met."),
            ],
        )
    },
    Shape {
        one_of: &[&["when", "then"], &["otherwise"]],
        ..shape(
            "a case",
            "A condition and what holds then.",
            &[
                may("when", Formula, "The condition."),
                may("then", Formula, "What holds where it is met."),
                may("otherwise", Formula, "What holds where no condition above was met."),
                BECAUSE,
            ],
        )
    },
    Shape {
        one_of: &[&["unit", "formula"], &["unit", "cases"], &["one_of", "formula"], &["one_of", "cases"]],
        ..shape(
            "a field",
            "A field computed for each row of a block.",
            &[
                TITLE,
                NOTE,
                may("unit", Unit, "Its unit."),
                may("one_of", List(&Name), "The words it can be."),
                FORMULA,
                CASES,
                may(
                    "shown_as",
                    Words(&["gain", "taxable_gain", "allowable_cost", "term"]),
                    "The column of the report that it fills.",
                ),
                BECAUSE,
                CITE,
            ],
        )
    },
    Shape {
        one_of: &[&["formula"], &["cases"], &["allocate"]],
        ..shape(
            "a quantity",
            "An amount of a period.",
            &[
                TITLE,
                NOTE,
                need("unit", Unit, "Its unit."),
                may(
                    "per",
                    Either(&[Words(&["year", "quarter", "month", "day", "row"]), Form("^segment of [a-z]"), Map("`per`")]),
                    PER_ABOUT,
                ),
                FORMULA,
                CASES,
                may("allocate", Map("`allocate`"), "An amount shared out over heads, or over the periods of the quantity."),
                may("under", Text, "An act not in force, under which it is computed all the same."),
                BECAUSE,
                CITE,
            ],
        )
    },
];
