//! Where `--summary-json` and `--report` go: what can be known of the place before the run, and how it is written after it.

use std::fs::{self, File, Metadata, OpenOptions, Permissions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::app::process::output;

/// How long the end of a run waits for somebody to read from a pipe, and for a reader that has stopped to go on.
const READER: Duration = Duration::from_secs(5);
/// How often it looks.
const BEAT: Duration = Duration::from_millis(20);

/// A place for one text.
#[derive(Debug)]
pub enum Destination {
    /// `-`.
    Stdout,
    /// A regular file: the text gets this name when it is whole, with the permissions of the file that was there.
    Renamed(PathBuf, Option<Permissions>),
    /// A regular file that keeps its inode: a hard link, a file of somebody else, or one whose folder takes no new file.
    InPlace(PathBuf),
    /// A pipe, a terminal or another device.
    Stream(PathBuf),
}

impl Destination {
    /// Looks at the place that an option names, and changes nothing there.
    ///
    /// # Errors
    /// What will keep it from being written, as far as that can be known now.
    pub fn look(option: &str, path: &Path) -> Result<Self, String> {
        if path.as_os_str() == "-" {
            return Ok(Self::Stdout);
        }
        find(path).map_err(|(why, remedy)| format!("{option} {}: {why}; {remedy}", path.display()))
    }

    /// Writes the text.
    ///
    /// # Errors
    /// When it could not be written whole.
    pub fn write(&self, text: &str) -> io::Result<()> {
        match self {
            Self::Stdout => output::write(text),
            Self::Renamed(file, mode) => match beside(file, mode.as_ref(), text) {
                Err(Half::Place) => in_place(file, text),
                Err(Half::Text(why)) => Err(why),
                Ok(()) => Ok(()),
            },
            Self::InPlace(file) => in_place(file, text),
            Self::Stream(file) => stream(file, text.as_bytes()),
        }
    }
}

type Fault = (String, &'static str);

const ANOTHER: &str = "name a file that can be written";

fn find(path: &Path) -> Result<Destination, Fault> {
    let system = |why: io::Error| (why.to_string(), ANOTHER);
    match fs::metadata(path) {
        Ok(meta) if meta.is_dir() => Err((
            "is a folder".to_owned(),
            "name a file in it, such as summary.json",
        )),
        // What stands for an open file of this process is no file of its own: it is neither replaced nor cut.
        Ok(meta) if !meta.is_file() || is_virtual(path) => stream_at(path, &meta),
        Ok(meta) => {
            OpenOptions::new().write(true).open(path).map_err(system)?;
            let file = path.canonicalize().map_err(system)?;
            let can_be_replaced = is_plain(&meta) && probe(&file).is_ok();
            Ok(match can_be_replaced {
                true => Destination::Renamed(file, Some(meta.permissions())),
                false => Destination::InPlace(file),
            })
        }
        Err(why) if why.kind() == ErrorKind::NotFound => new_file(path),
        Err(why) => Err(system(why)),
    }
}

fn new_file(path: &Path) -> Result<Destination, Fault> {
    let system = |why: io::Error| (why.to_string(), ANOTHER);
    if path.is_symlink() {
        // It leads to a file that is not there yet.
        let mut options = OpenOptions::new();
        options
            .append(true)
            .create(true)
            .open(path)
            .map_err(system)?;
        return Ok(Destination::InPlace(path.to_owned()));
    }
    let named = path.as_os_str().as_encoded_bytes();
    if named.ends_with(b"/") || path.file_name().is_none() {
        return Err(("is not a valid file name".to_owned(), ANOTHER));
    }
    let folder = folder_of(path);
    if !folder.is_dir() {
        return Err((
            "its folder is not there".to_owned(),
            "make it, or name a file in another one",
        ));
    }
    // A name may be too long, or of a kind that its file system has not.
    let made = OpenOptions::new().write(true).create_new(true).open(path);
    made.map_err(system)?;
    let removed = fs::remove_file(path);
    removed.map_err(system)?;
    match probe(path) {
        Ok(()) => Ok(Destination::Renamed(path.to_owned(), None)),
        Err(_) => Ok(Destination::InPlace(path.to_owned())),
    }
}

/// Opening a pipe tells its reader; so it is only asked whether it may be.
#[cfg(unix)]
fn stream_at(path: &Path, meta: &Metadata) -> Result<Destination, Fault> {
    use std::os::unix::fs::FileTypeExt as _;
    if meta.file_type().is_socket() {
        return Err(("is a socket".to_owned(), ANOTHER));
    }
    rustix::fs::access(path, rustix::fs::Access::WRITE_OK)
        .map_err(|why| (io::Error::from(why).to_string(), ANOTHER))?;
    Ok(Destination::Stream(path.to_owned()))
}

#[cfg(not(unix))]
fn stream_at(path: &Path, _: &Metadata) -> Result<Destination, Fault> {
    Ok(Destination::Stream(path.to_owned()))
}

fn is_virtual(path: &Path) -> bool {
    path.starts_with("/dev") || path.starts_with("/proc")
}

/// Whether nothing is lost when another file of the same permissions gets its name.
#[cfg(unix)]
fn is_plain(meta: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    meta.nlink() == 1 && meta.uid() == rustix::process::geteuid().as_raw()
}

#[cfg(not(unix))]
fn is_plain(_: &Metadata) -> bool {
    true
}

fn folder_of(file: &Path) -> &Path {
    let folder = file.parent().unwrap_or(Path::new("."));
    match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    }
}

/// The name that a text has until it is whole; one of its own for each process.
fn unfinished(file: &Path) -> PathBuf {
    folder_of(file).join(format!(".throng-summary-{}.tmp", std::process::id()))
}

/// Whether the file's folder takes another one.
fn probe(file: &Path) -> io::Result<()> {
    let probe = unfinished(file);
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&probe)?;
    fs::remove_file(&probe)
}

/// Why a text did not get its name.
enum Half {
    /// The folder takes no second file, or the file cannot be replaced (one that is mounted by itself): nothing is lost.
    Place,
    /// It could not be written.
    Text(io::Error),
}

fn beside(file: &Path, mode: Option<&Permissions>, text: &str) -> Result<(), Half> {
    let unfinished = unfinished(file);
    let mut options = OpenOptions::new();
    let made = options.write(true).create_new(true).open(&unfinished);
    let mut made = made.map_err(|_| Half::Place)?;
    let written = made
        .write_all(text.as_bytes())
        // Some file systems say only now that they are full.
        .and_then(|()| made.sync_all())
        .and_then(|()| mode.map_or(Ok(()), |mode| made.set_permissions(mode.clone())))
        .map_err(Half::Text)
        .and_then(|()| fs::rename(&unfinished, file).map_err(|_| Half::Place));
    if written.is_err() {
        // What is said is why the text is not there.
        let _ = fs::remove_file(&unfinished);
    }
    written
}

fn in_place(file: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options.write(true).create(true).truncate(true).open(file)?;
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all());
    if written.is_err() {
        // Half a text must not be taken for one.
        let _ = file.set_len(0);
    }
    written
}

/// Writes to what may have no reader, or one that does not read: it is waited for, and not for ever.
fn stream(path: &Path, mut text: &[u8]) -> io::Result<()> {
    let mut file = open_stream(path)?;
    let mut until = Instant::now() + READER;
    while !text.is_empty() {
        match file.write(text) {
            Ok(0) => return Err(ErrorKind::WriteZero.into()),
            Ok(written) => {
                text = &text[written..];
                until = Instant::now() + READER;
            }
            Err(why) if why.kind() == ErrorKind::Interrupted => {}
            Err(why) if why.kind() == ErrorKind::WouldBlock => {
                if Instant::now() >= until {
                    let words = format!("its reader did not read for {} s", READER.as_secs());
                    return Err(io::Error::new(ErrorKind::TimedOut, words));
                }
                std::thread::sleep(BEAT);
            }
            Err(why) => return Err(why),
        }
    }
    Ok(())
}

#[cfg(unix)]
fn open_stream(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags =
        i32::try_from(rustix::fs::OFlags::NONBLOCK.bits() | rustix::fs::OFlags::NOCTTY.bits());
    let mut options = OpenOptions::new();
    // The flags of this system are small numbers.
    options.append(true).custom_flags(flags.unwrap_or(0));
    let until = Instant::now() + READER;
    loop {
        match options.open(path) {
            // A pipe that nobody has open for reading.
            Err(why) if why.raw_os_error() == Some(rustix::io::Errno::NXIO.raw_os_error()) => {
                if Instant::now() >= until {
                    let words =
                        format!("nobody opened it for reading within {} s", READER.as_secs());
                    return Err(io::Error::new(ErrorKind::TimedOut, words));
                }
                std::thread::sleep(BEAT);
            }
            opened => return opened,
        }
    }
}

#[cfg(not(unix))]
fn open_stream(path: &Path) -> io::Result<File> {
    OpenOptions::new().append(true).open(path)
}
