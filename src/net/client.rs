//! Asking politely: one request at a time, with a pause between, and longer ones where a server asks for it.

use std::cell::Cell;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

/// How a server is treated.
#[derive(Debug, Clone, Copy)]
pub struct Manners {
    /// Between two requests.
    pub pause: Duration,
    /// Before the second try; doubled for each further one.
    pub backoff: Duration,
    /// The longest that is waited, whatever a server asks for.
    pub patience: Duration,
    /// Of one request, from beginning to end.
    pub timeout: Duration,
    pub tries: u32,
}

impl Default for Manners {
    fn default() -> Manners {
        Manners {
            pause: Duration::from_millis(500),
            backoff: Duration::from_secs(1),
            patience: Duration::from_secs(120),
            timeout: Duration::from_secs(60),
            tries: 5,
        }
    }
}

/// More is no table of rates or candles.
const BODY_MAX: u64 = 256 << 20;

pub struct Client {
    agent: ureq::Agent,
    manners: Manners,
    last: Cell<Option<Instant>>,
}

/// Why a try failed, and whether another may not.
struct Failed {
    why: String,
    again: bool,
    /// How long the server asks to wait.
    after: Option<Duration>,
}

impl Client {
    pub fn new(manners: Manners) -> Client {
        let config = ureq::Agent::config_builder()
            .timeout_global(Some(manners.timeout))
            .http_status_as_error(false)
            .user_agent(concat!("fisc/", env!("CARGO_PKG_VERSION"), " (tax rules engine; fetches on request of its user)"))
            .build();
        Client { agent: config.into(), manners, last: Cell::new(None) }
    }

    /// The answer of a server, taken by `read`. What fails on the way, or is not what it should be, is tried again.
    pub fn get<T>(&self, url: &str, read: impl Fn(Vec<u8>) -> Result<T, String>) -> Result<T, String> {
        let mut wait = self.manners.backoff;
        for tried in 1..=self.manners.tries.max(1) {
            self.pause();
            let broken = |why: String| Failed { why: format!("the answer cannot be used: {why}"), again: true, after: None };
            let failed = match self.once(url).and_then(|body| read(body).map_err(broken)) {
                Ok(found) => return Ok(found),
                Err(failed) => failed,
            };
            if !failed.again || tried >= self.manners.tries {
                let times = if tried == 1 { String::new() } else { format!(" ({tried} tries)") };
                return Err(format!("{url}: {}{times}", failed.why));
            }
            std::thread::sleep(failed.after.unwrap_or(wait).min(self.manners.patience));
            wait = wait.saturating_mul(2).min(self.manners.patience);
        }
        Err(format!("{url}: not asked"))
    }

    fn pause(&self) {
        if let Some(last) = self.last.get() {
            std::thread::sleep(self.manners.pause.saturating_sub(last.elapsed()));
        }
        self.last.set(Some(Instant::now()));
    }

    fn once(&self, url: &str) -> Result<Vec<u8>, Failed> {
        let lost = |error: ureq::Error| Failed { why: error.to_string(), again: true, after: None };
        let mut response = self.agent.get(url).call().map_err(lost)?;
        let status = response.status().as_u16();
        if status == 200 {
            return response.body_mut().with_config().limit(BODY_MAX).read_to_vec().map_err(lost);
        }
        let header = response.headers().get("retry-after").and_then(|value| value.to_str().ok());
        let after = header.and_then(|text| retry_after(text, Utc::now()));
        let again = matches!(status, 408 | 425 | 429 | 500 | 502..=504);
        Err(Failed { why: format!("the server answers {status}"), again, after })
    }
}

/// Seconds, or the time from which on.
fn retry_after(text: &str, now: DateTime<Utc>) -> Option<Duration> {
    let text = text.trim();
    match text.parse::<u64>() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => {
            let then = DateTime::parse_from_rfc2822(text).ok()?.with_timezone(&Utc);
            Some((then - now).to_std().unwrap_or_default())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_a_server_asks_to_wait() {
        let now = "2024-03-01T12:00:00Z".parse().unwrap();
        assert_eq!(retry_after("7", now), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Fri, 01 Mar 2024 12:00:30 GMT", now), Some(Duration::from_secs(30)));
        assert_eq!(retry_after("Fri, 01 Mar 2024 11:00:00 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("soon", now), None);
    }
}
