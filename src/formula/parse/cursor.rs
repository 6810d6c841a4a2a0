//! Where the parser stands: what comes next, and what was wanted there.

use crate::formula::token::{Span, Token, Trouble};

use super::Parser;

impl Parser<'_> {
    pub(super) fn peek(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |(token, _)| token)
    }

    pub(super) fn span(&self) -> Span {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(Span::default(), |(_, span)| *span)
    }

    pub(super) fn last_span(&self) -> Span {
        self.at.checked_sub(1).and_then(|i| self.tokens.get(i)).map_or(Span::default(), |(_, span)| *span)
    }

    pub(super) fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Name(n) if n == word)
    }

    pub(super) fn word_ahead(&self, by: usize, words: &[&str]) -> bool {
        matches!(self.tokens.get(self.at + by), Some((Token::Name(n), _)) if words.contains(&n.as_str()))
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    pub(super) fn is_sign(&self, sign: &'static str) -> bool {
        *self.peek() == Token::Sign(sign)
    }

    pub(super) fn eat(&mut self, sign: &'static str) -> bool {
        let found = *self.peek() == Token::Sign(sign);
        self.at += usize::from(found);
        found
    }

    pub(super) fn fail<T>(&self, wanted: &str) -> Result<T, Trouble> {
        let found = describe(self.peek());
        let mut trouble = Trouble::new(self.span(), format!("{wanted} was expected, but {found} stands here"));
        trouble.at_end = *self.peek() == Token::End;
        Err(trouble)
    }

    pub(super) fn want(&mut self, sign: &'static str) -> Result<(), Trouble> {
        if self.eat(sign) { Ok(()) } else { self.fail(&format!("`{sign}`")) }
    }

    pub(super) fn want_word(&mut self, word: &str) -> Result<(), Trouble> {
        if self.eat_word(word) {
            return Ok(());
        }
        let failed = self.fail(&format!("`{word}`"));
        if word == "else" {
            return failed.map_err(|t| t.help("every `if` says what holds otherwise: `if .. then .. else 0`"));
        }
        failed
    }

    pub(super) fn name(&mut self, what: &str) -> Result<(String, Span), Trouble> {
        match self.peek() {
            Token::Name(n) => {
                let found = (n.clone(), self.span());
                self.at += 1;
                Ok(found)
            }
            _ => self.fail(what),
        }
    }
}

pub(super) fn describe(token: &Token) -> String {
    match token {
        Token::Number(n) => format!("`{n}`"),
        Token::Percent(n) => format!("`{}`", crate::number::percent(*n)),
        Token::Date(d) => format!("`{d}`"),
        Token::Name(n) => format!("`{n}`"),
        Token::Sign(s) => format!("`{s}`"),
        Token::End => "the end of the formula".to_owned(),
    }
}
