//! The same work for many askers, on all processors.

use std::sync::atomic::{AtomicUsize, Ordering};

use crate::iam::estate::Asker;

/// What comes of each asker, in the order of the askers, whatever thread does it. Each thread has a scratch of its own.
pub(super) fn in_parallel<'b, 'a, T: Send, S: Default>(
    askers: &'b [Asker<'a>],
    threads: bool,
    work: impl Fn(&'b Asker<'a>, &mut S) -> Vec<T> + Sync,
) -> Vec<T> {
    let threads = if threads { std::thread::available_parallelism().map_or(1, std::num::NonZero::get) } else { 1 };
    if threads == 1 {
        let mut scratch = S::default();
        return askers.iter().flat_map(|asker| work(asker, &mut scratch)).collect();
    }
    let chunks: Vec<&'b [Asker<'a>]> = askers.chunks(askers.len().div_ceil(threads * 8).max(1)).collect();
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done: Vec<(usize, Vec<T>)> = Vec::new();
        let mut scratch = S::default();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(chunk) = chunks.get(at) else { return done };
            done.push((at, chunk.iter().flat_map(|asker| work(asker, &mut scratch)).collect()));
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
