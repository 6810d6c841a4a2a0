//! The lines of one customer as one user.

use std::sync::Arc;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::reporting::rows::{PERSON, USER};
use crate::reporting::sorted::Item;

use super::{Line, Named, User};

/// What the file of users says of somebody.
#[derive(Debug)]
pub enum Known {
    /// Nothing.
    No,
    /// Something that has faults, which are told.
    Faulty,
    Yes(Box<User>),
}

/// Who the lines of one name are about. Lines that do not belong together are faults. `file`: the name of the file of users.
pub fn known(items: &[Item], file: &Arc<str>, problems: &mut Vec<Diagnostic>) -> Known {
    let mut found = Known::No;
    let mut first: Option<Place> = None;
    for item in items {
        // What the reading wrote can be read again.
        let Ok(line) = serde_json::from_slice::<Line>(&item.payload) else { continue };
        let place = Place::new(file, item.line, line.at.0, line.at.1);
        match item.rank {
            USER => match &first {
                Some(first) => {
                    let problem =
                        Diagnostic::new(Code::F0109, format!("the taxpayer `{}` stands twice among the users", item.key));
                    let problem = problem.at(place).related(first.clone(), "first here");
                    problems.push(problem.help("keep one line for each taxpayer"));
                }
                None => {
                    first = Some(place);
                    let user = |party| Known::Yes(Box::new(User { party, controlled_by: Vec::new() }));
                    found = line.party.map_or(Known::Faulty, user);
                }
            },
            PERSON => match (&mut found, line.party) {
                // Whose line is faulty has been told of it.
                (Known::Faulty, _) | (_, None) => {}
                (Known::Yes(user), Some(party)) if matches!(user.party.named, Named::Entity { .. }) => {
                    user.controlled_by.push((party, line.how));
                }
                _ => {
                    let message = format!("`{}` is not an entity among the users", item.key);
                    problems.push(Diagnostic::new(Code::F0102, message).at(place).help("name the taxpayer of an entity"));
                }
            },
            _ => {}
        }
    }
    found
}
