//! The same work on many items, on all processors.

use std::sync::atomic::{AtomicUsize, Ordering};

/// So many pieces a thread, lest one has all that takes long.
const PIECES: usize = 8;

/// What comes of each item, in the order of the items, whatever thread does it. Each thread has a scratch of its own.
/// A panic of the work is one here.
pub fn in_parallel<'b, T: Sync, R: Send, S: Default>(items: &'b [T], threads: usize, work: impl Fn(&'b T, &mut S) -> R + Sync) -> Vec<R> {
    let threads = threads.min(items.len());
    if threads <= 1 {
        let mut scratch = S::default();
        return items.iter().map(|item| work(item, &mut scratch)).collect();
    }
    let pieces: Vec<&'b [T]> = items.chunks(items.len().div_ceil(threads * PIECES).max(1)).collect();
    let next = AtomicUsize::new(0);
    let take = || {
        let (mut done, mut scratch) = (Vec::new(), S::default());
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(piece) = pieces.get(at) else { return done };
            done.push((at, piece.iter().map(|item| work(item, &mut scratch)).collect::<Vec<R>>()));
        }
    };
    let mut parts = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(take)).collect();
        let joined = handles.into_iter().map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.flatten().collect::<Vec<_>>()
    });
    parts.sort_by_key(|(at, _)| *at);
    parts.into_iter().flat_map(|(_, part)| part).collect()
}

/// As many threads as there are processors.
#[must_use]
pub fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_is_that_of_the_items() {
        let items: Vec<usize> = (0..1_000).collect();
        for threads in [0, 1, 2, 7] {
            let done = in_parallel(&items, threads, |item, seen: &mut usize| {
                *seen += 1;
                (*item * 2, *seen > 0)
            });
            assert!(done.iter().copied().eq(items.iter().map(|item| (item * 2, true))), "{threads}");
        }
    }
}
