//! Words of a file that are memory of this process.

#![expect(
    unsafe_code,
    reason = "memory that the kernel keeps when the process ends can be had in no other way"
)]

use std::fs::File;
use std::io;
use std::ptr::NonNull;
use std::sync::atomic::AtomicU64;

use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

/// The words of a file, shared with it. The file must keep its length for as long as this lives.
#[derive(Debug)]
pub struct Mapping {
    first: NonNull<AtomicU64>,
    words: usize,
}

// SAFETY: the memory belongs to the mapping until it is dropped, and is accessed as atomic words alone.
unsafe impl Send for Mapping {}
// SAFETY: as above.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps so many words of a file that has them.
    ///
    /// # Errors
    /// When the file is shorter, or the system does not allow it.
    pub fn new(file: &File, words: usize) -> io::Result<Self> {
        let bytes = words * size_of::<AtomicU64>();
        if words == 0 || file.metadata()?.len() < bytes as u64 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a new mapping at an address that the kernel chooses touches no other memory.
        let mapped = unsafe {
            let anywhere = std::ptr::null_mut();
            mmap(anywhere, bytes, access, MapFlags::SHARED, file, 0)
        };
        let first = NonNull::new(mapped?.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { first, words })
    }

    pub fn words(&self) -> &[AtomicU64] {
        // SAFETY: the mapping has so many words, begins at a page, and lives as long as `self`; others write the file
        // as atomic words, too.
        unsafe { std::slice::from_raw_parts(self.first.as_ptr(), self.words) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: it was mapped with this address and length, and nobody has a reference any more.
        let _ = unsafe {
            munmap(
                self.first.as_ptr().cast(),
                self.words * size_of::<AtomicU64>(),
            )
        };
    }
}
