//! Which pieces are one transaction: those of one key, at one moment where the group says so.

use chrono::TimeDelta;

use super::bundle::Maker;
use super::format::{Group, Sides};
use super::pieces::Piece;

/// All pieces to rows.
pub fn rows(maker: &mut Maker<'_>, pieces: &[Piece]) {
    let mut keyed: Vec<&Piece> = Vec::new();
    for piece in pieces {
        if piece.key == 0 { maker.one(&[piece]) } else { keyed.push(piece) }
    }
    keyed.sort_by_key(|p| (p.key, p.time, p.file, p.order));
    for run in keyed.chunk_by(|a, b| a.key == b.key) {
        let Some(group) = run.first().and_then(|p| maker.group(p)) else { continue };
        if group.sides == Sides::Pairs {
            maker.pairs(run, group.within.unwrap_or(0));
            continue;
        }
        for bundle in bundles(group, run) {
            match group.sides {
                Sides::Split => maker.split(&bundle),
                _ => maker.one(&bundle),
            }
        }
    }
}

/// The pieces of one key, cut by time where the group goes by time.
fn bundles<'p>(group: &Group, run: &[&'p Piece]) -> Vec<Vec<&'p Piece>> {
    if !group.by_time && group.within.is_none() {
        return vec![run.to_vec()];
    }
    let window = TimeDelta::seconds(group.within.unwrap_or(0));
    let mut found: Vec<Vec<&Piece>> = Vec::new();
    for moment in run.chunk_by(|a, b| a.time == b.time) {
        if let (Some(last), Some(first)) = (found.last_mut(), moment.first())
            && last.first().is_some_and(|l| first.time - l.time <= window)
            && joins(last, moment)
        {
            last.extend(moment);
            continue;
        }
        found.push(moment.to_vec());
    }
    found
}

/// What lacks a side, or is only a fee, belongs to its neighbour of the next second.
fn joins(last: &[&Piece], next: &[&Piece]) -> bool {
    let only_fees = |side: &[&Piece]| side.iter().all(|p| p.is_fee);
    let complete = |side: &[&Piece]| side.iter().any(|p| p.sent.is_some()) && side.iter().any(|p| p.received.is_some());
    only_fees(last) || only_fees(next) || !complete(last) && !complete(next)
}
