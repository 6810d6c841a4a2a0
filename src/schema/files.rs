//! The shapes of worked examples and of formats of exports.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::reporting::form;

use super::Val::{Any, Bool, Currency, Date, Either, Form, List, Map, Name, Names, Number, OrNothing, Text, Words, WordsOf};
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

pub const PROVIDER: &[Shape] = &[
    shape(
        "a provider",
        "Who reports its customers.",
        &[
            need("name", Text, "Its name."),
            need("tin", Text, "Its tax number in the country of residence."),
            need("country", COUNTRY, "Its country of residence."),
            need("currency", Currency, "Amounts are reported in it."),
            need("time_zone", Text, "By which the year begins: a name of the IANA database, `Europe/Vilnius`."),
            need("address", Map("an address"), "Where it is."),
            may("transmitting_country", COUNTRY, "To whose authority the report goes; the country of residence if not given."),
            may("receiving_country", COUNTRY, "For whom the report is; the country it goes to if not given."),
            may(
                "nexus",
                WordsOf(nexus),
                "Why it reports there, in the words of the report's file: `tax_residence`, `authorisation`.",
            ),
            may(
                "valuation",
                WordsOf(valuations),
                "How transfers were valued, where not by prices of its own trade: `third_party`.",
            ),
            may("contact", Text, "Whom to ask."),
            may("warning", Text, "A remark to the authority."),
            may("identification_number", Text, "Given where it is registered, by the country the report goes to."),
            may("lei", Form("^[0-9A-Z]{20}$"), "Its legal entity identifier."),
            may("reports", Names(&Names(&Any)), "What single reports ask of the provider, by their names."),
            may(
                "reportable",
                List(&COUNTRIES),
                "Residents of these countries are reported: codes, or groups of the report's file.",
            ),
        ],
    ),
    shape(
        "an address",
        "An address.",
        &[
            may("street", Text, "The street."),
            may("building", Text, "The number in the street."),
            may("post_code", Text, "The post code."),
            need("city", Text, "The city."),
            may("region", Text, "The state, province or county."),
            may("country", COUNTRY, "The country; that of residence if not given."),
        ],
    ),
];

const COUNTRY: super::Val = Form("^[A-Z]{2}$");
const COUNTRIES: super::Val = Form("^([A-Z]{2}|[a-z][a-z_]*)$");

/// Words that the reports take.
fn words(of: fn(form::Form) -> form::Words) -> Vec<String> {
    let forms = form::names().into_iter().filter_map(|name| form::read(&form::shipped(&name)?).ok());
    let words: BTreeSet<String> = forms.flat_map(of).map(|(word, _)| word).collect();
    words.into_iter().collect()
}

fn nexus() -> Vec<&'static str> {
    static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| words(|form| form.nexus));
    WORDS.iter().map(String::as_str).collect()
}

fn valuations() -> Vec<&'static str> {
    static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| words(|form| form.valuations));
    WORDS.iter().map(String::as_str).collect()
}
