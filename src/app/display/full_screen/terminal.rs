use std::io;
use std::mem::ManuallyDrop;
use std::time::Duration;

use ratatui::{DefaultTerminal, Frame};

/// In which a stop of this process is there for all of its threads.
#[cfg(unix)]
const TAKES_EFFECT: Duration = Duration::from_millis(50);

/// Waits for keys, for so long at most.
///
/// # Errors
/// When the terminal is gone: crossterm would read from it for ever.
#[cfg(target_os = "linux")]
pub fn wait(most: Duration) -> io::Result<()> {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let keys = rustix::stdio::stdin();
    let mut keys = [PollFd::new(&keys, PollFlags::IN)];
    let most = Timespec {
        tv_sec: i64::try_from(most.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: i64::from(most.subsec_nanos()),
    };
    match poll(&mut keys, Some(&most)) {
        // A change of the terminal's size comes as a signal.
        Ok(_) | Err(rustix::io::Errno::INTR) => {}
        Err(why) => return Err(why.into()),
    }
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    if keys[0].revents().intersects(gone) {
        return Err(io::Error::other("the terminal is gone"));
    }
    Ok(())
}

/// Waits for keys, for so long at most.
///
/// # Errors
/// When the terminal cannot be read.
#[cfg(not(target_os = "linux"))]
pub fn wait(most: Duration) -> io::Result<()> {
    ratatui::crossterm::event::poll(most).map(drop)
}

/// The terminal while the view has it; it is given back when this goes, whatever happens.
pub struct Terminal {
    /// Never dropped: where it cannot show the cursor it says so on stderr and panics, since that is gone too.
    terminal: ManuallyDrop<DefaultTerminal>,
}

impl Terminal {
    /// Takes the terminal. A panic gives it back before it is reported.
    pub fn enter() -> io::Result<Self> {
        let terminal = ManuallyDrop::new(ratatui::try_init()?);
        Ok(Self { terminal })
    }

    pub fn draw(&mut self, draw: impl FnOnce(&mut Frame<'_>)) -> io::Result<()> {
        self.terminal.draw(draw).map(drop)
    }

    /// Gives the terminal to the shell, stops this process as Ctrl-Z does, and takes it again when it goes on.
    #[cfg(unix)]
    pub fn suspend(&mut self) -> io::Result<()> {
        self.terminal.show_cursor()?;
        ratatui::try_restore()?;
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::TSTP)?;
        // Another thread may be the one that takes the signal: until all have stopped the terminal is the shell's.
        std::thread::sleep(TAKES_EFFECT);
        self.terminal = ManuallyDrop::new(ratatui::try_init()?);
        self.terminal.clear()
    }

    /// There is nothing to suspend to.
    #[cfg(not(unix))]
    pub fn suspend(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // A terminal that is gone needs nothing back.
        let _ = self.terminal.show_cursor();
        let _ = ratatui::try_restore();
    }
}
