//! How fast to ask. A lane (account, service, region: what AWS throttles by) runs free until AWS says "slow down", then
//! at a rate that falls with each such answer and recovers with time; `--max-rps` is one pace for everything.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// No slower than this, in requests per second.
const SLOWEST: f64 = 0.5;
/// What is left of the rate when AWS throttles.
const BACK_OFF: f64 = 0.7;
/// Growth per second while AWS does not, as a share of the rate it was when it last did.
const RECOVERY: f64 = 0.1;
/// Throttling answers to requests sent before a cut say nothing of the new rate.
const SETTLE: Duration = Duration::from_secs(1);

/// A fixed number of requests per second, or no limit.
#[derive(Debug, Default)]
pub struct Pace {
    per_second: Option<f64>,
    next: Mutex<Option<Instant>>,
}

impl Pace {
    /// At most `per_second` requests each second.
    #[must_use]
    pub fn new(per_second: Option<f64>) -> Self {
        Self { per_second, next: Mutex::default() }
    }

    /// Waits for the next turn.
    pub async fn wait(&self) {
        if let Some(rate) = self.per_second {
            let turn = take_turn(&mut self.next.lock().unwrap_or_else(PoisonError::into_inner), rate);
            tokio::time::sleep_until(turn).await;
        }
    }
}

/// The next free moment at `rate`; the one after it moves on.
fn take_turn(next: &mut Option<Instant>, rate: f64) -> Instant {
    let now = Instant::now();
    let turn = next.map_or(now, |next| next.max(now));
    *next = Some(turn + Duration::from_secs_f64(1.0 / rate));
    turn
}

/// The pace of one service in one region of one account.
#[derive(Debug, Default)]
pub struct Lane {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Requests per second; none until AWS throttles.
    rate: Option<f64>,
    /// The rate when it was last cut.
    ceiling: f64,
    next: Option<Instant>,
    cut: Option<Instant>,
    grown: Option<Instant>,
    /// Requests in the window that began at `window`.
    window: Option<Instant>,
    count: f64,
    measured: f64,
}

impl Lane {
    /// Waits for the next turn.
    pub async fn wait(&self) {
        let turn = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.count();
            let rate = state.rate;
            rate.map(|rate| take_turn(&mut state.next, rate))
        };
        if let Some(turn) = turn {
            tokio::time::sleep_until(turn).await;
        }
    }

    /// Takes an answer into account.
    pub fn learn(&self, throttled: bool) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if throttled { state.slow_down() } else { state.speed_up() }
    }

    /// Requests per second at the moment; `None` = not limited.
    #[must_use]
    pub fn rate(&self) -> Option<f64> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).rate
    }
}

impl State {
    fn count(&mut self) {
        let now = Instant::now();
        let start = *self.window.get_or_insert(now);
        let elapsed = now.duration_since(start).as_secs_f64();
        if elapsed >= 0.5 {
            self.measured = self.count / elapsed;
            self.window = Some(now);
            self.count = 0.0;
        }
        self.count += 1.0;
    }

    fn slow_down(&mut self) {
        let now = Instant::now();
        if self.cut.is_some_and(|cut| now.duration_since(cut) < SETTLE) {
            return;
        }
        let was = self.rate.unwrap_or_else(|| self.measured.max(self.count)).max(SLOWEST);
        self.ceiling = was;
        self.rate = Some((was * BACK_OFF).max(SLOWEST));
        self.cut = Some(now);
        self.grown = Some(now);
    }

    fn speed_up(&mut self) {
        let Some(rate) = self.rate else { return };
        let now = Instant::now();
        let seconds = self.grown.map_or(0.0, |grown| now.duration_since(grown).as_secs_f64());
        self.grown = Some(now);
        let faster = rate + seconds * (self.ceiling * RECOVERY).max(SLOWEST);
        // Twice as fast as when AWS last complained: it has forgotten.
        self.rate = if faster > 2.0 * self.ceiling { None } else { Some(faster) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_fixed_pace_is_kept() {
        let pace = Pace::new(Some(10.0));
        let start = Instant::now();
        for _ in 0..21 {
            pace.wait().await;
        }
        assert_eq!(start.elapsed().as_millis(), 2000);
    }

    #[tokio::test(start_paused = true)]
    async fn a_lane_slows_down_when_told_and_recovers() {
        let lane = Lane::default();
        for _ in 0..100 {
            lane.wait().await;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert_eq!(lane.rate(), None);
        lane.learn(true);
        let cut = lane.rate().unwrap();
        assert!((60.0..80.0).contains(&cut), "70 % of 100 a second, not {cut}");
        lane.learn(true);
        assert!((lane.rate().unwrap() - cut).abs() < f64::EPSILON, "one cut per round");
        for _ in 0..4000 {
            lane.wait().await;
            lane.learn(false);
        }
        assert_eq!(lane.rate(), None, "forgotten");
    }
}
