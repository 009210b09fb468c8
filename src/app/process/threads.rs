use std::sync::{Arc, Mutex, mpsc};
use std::thread;

/// Whether so many threads can be had at once: the runtime of the service panics where it gets none.
pub fn available(count: usize) -> std::io::Result<()> {
    let (hold, held) = mpsc::channel::<()>();
    let held = Arc::new(Mutex::new(held));
    let started = (0..count).map(|_| {
        let held = Arc::clone(&held);
        thread::Builder::new().spawn(move || {
            // Until the other end goes.
            let _ = held.lock().map(|held| held.recv());
        })
    });
    let started: Vec<_> = started.collect();
    drop(hold);
    let mut all = Ok(());
    for thread in started {
        match thread {
            // It does nothing that could fail.
            Ok(thread) => drop(thread.join()),
            Err(why) => all = Err(why),
        }
    }
    all
}
