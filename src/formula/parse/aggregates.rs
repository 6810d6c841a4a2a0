//! Aggregates: how, of what, over what, where, and from which days.

use super::Parser;
use crate::formula::token::{Span, Token, Trouble};
use crate::formula::tree::{Best, DateUnit, HeldAt, How, Node, Over, Reach};

impl Parser<'_> {
    pub(super) fn aggregate(&mut self, how: How) -> Result<Node, Trouble> {
        // `largest sum of ..`, `smallest count over ..`: the best of rolling windows.
        let best = match how {
            How::Largest if self.word_ahead(0, &["sum", "count"]) => Some(Best::Largest),
            How::Smallest if self.word_ahead(0, &["sum", "count"]) => Some(Best::Smallest),
            _ => None,
        };
        let how = match best {
            Some(_) if self.eat_word("count") => How::Count,
            Some(_) => {
                self.want_word("sum")?;
                How::Sum
            }
            None => how,
        };
        let (of, (over, over_span)) = if how == How::Count {
            if !self.eat_word("over") {
                self.want_word("of")?;
            }
            (None, self.over()?)
        } else {
            self.want_word("of")?;
            let of = self.expr(0)?;
            self.want_word("over")?;
            (Some(Box::new(of)), self.over()?)
        };
        let filter = if self.eat_word("where") { Some(Box::new(self.expr(0)?)) } else { None };
        let reach = self.reach(best)?;
        Ok(Node::Aggregate { how, of, over, over_span, filter, reach })
    }

    /// `in any 12 months ending in the period`, `in the year so far`, or nothing.
    fn reach(&mut self, best: Option<Best>) -> Result<Reach, Trouble> {
        let Some(best) = best else {
            if !(self.is_word("in") && self.word_ahead(1, &["any", "the"])) {
                return Ok(Reach::Period);
            }
            self.at += 1;
            if self.is_word("any") {
                let help = "write `largest sum of ..`, `smallest sum of ..`, `largest count over ..` or `smallest count over ..`";
                return Err(Trouble::new(self.span(), "which of the windows is meant is not said").help(help));
            }
            for word in ["the", "year", "so", "far"] {
                self.want_word(word)?;
            }
            return Ok(Reach::YearSoFar);
        };
        self.want_word("in")?;
        self.want_word("any")?;
        let span = self.span();
        let Token::Number(count) = self.next() else {
            self.at -= 1;
            return self.fail("the length of the window, such as `12 months`");
        };
        let (word, unit_span) = self.name("`days`, `months` or `years`")?;
        let (unit, most) = match word.as_str() {
            "days" | "day" => (DateUnit::Days, 36_525),
            "months" | "month" => (DateUnit::Months, 1200),
            "years" | "year" => (DateUnit::Years, 100),
            _ => {
                let trouble = Trouble::new(unit_span, format!("a window is not measured in `{word}`"));
                return Err(trouble.help("write `days`, `months` or `years`"));
            }
        };
        let whole = count.is_integer().then(|| u32::try_from(count.trunc().mantissa()).ok()).flatten();
        let Some(count) = whole.filter(|n| (1..=most).contains(n)) else {
            let message = format!("a window has a whole number of {} from 1 to {most}", unit.word());
            return Err(Trouble::new(span, message));
        };
        for word in ["ending", "in", "the", "period"] {
            self.want_word(word)?;
        }
        Ok(Reach::Any { best, count, unit })
    }

    fn over(&mut self) -> Result<(Over, Span), Trouble> {
        let (word, span) = self.name("what to run over")?;
        match word.as_str() {
            "its" => {
                self.want_word("matches")?;
                return Ok((Over::ItsMatches, span.to(self.last_span())));
            }
            "holdings" => {
                self.want_word("at")?;
                let day = self.expr(5)?;
                let at = match day.node {
                    Node::PeriodBegin => HeldAt::Begin,
                    Node::PeriodEnd => HeldAt::End,
                    Node::Date(day) => HeldAt::Day(day),
                    Node::Name(name) => HeldAt::Name(name),
                    _ => {
                        let help = "write `holdings at period.end`, a date, or the name of one";
                        return Err(Trouble::new(day.span, "what is held is looked at on a day").help(help.to_owned()));
                    }
                };
                return Ok((Over::Holdings(at), span.to(self.last_span())));
            }
            "days" | "periods" | "segments" => {
                self.want_word("of")?;
                let (name, at) = self.name(match word.as_str() {
                    "days" => "the name of a list",
                    "periods" => "the name of a quantity or tax",
                    _ => "the name of a parameter or fact",
                })?;
                let over = match word.as_str() {
                    "days" => Over::DaysOf(name),
                    "periods" => Over::PeriodsOf(name),
                    _ => Over::SegmentsOf(name),
                };
                return Ok((over, at));
            }
            _ => {}
        }
        let over =
            Over::WORDS.iter().find(|(w, _)| *w == word).map_or_else(|| Over::List(word.clone()), |(_, over)| over.clone());
        Ok((over, span))
    }
}
