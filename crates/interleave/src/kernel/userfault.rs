//! Faults of a process at memory that we hide from it: userfaultfd(2), ioctl_userfaultfd(2).

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};

/// What userfaultfd(2) is given in the process that is to fault: it has to close the descriptor when it executes another program,
/// poll(2) works for us, and no rights are needed as long as the kernel itself need not wait (Linux 5.11).
pub const FLAGS: u64 = (libc::O_CLOEXEC | libc::O_NONBLOCK) as u64 | 1;

/// A load or store that the kernel holds, since its page is hidden.
#[derive(Debug, Clone, Copy)]
pub struct Fault {
    /// The exact address.
    pub address: u64,
    /// It stores, be it after a load.
    pub writes: bool,
}

/// Where the kernel tells of the faults of one address space. Dropping it hides nothing any more.
pub struct Userfault(OwnedFd);

const API: u64 = 0xaa;

/// Faults where a page is in the page cache but not in the process's table (Linux 5.14 for memory that has no file on a disk),
/// and exact addresses (Linux 5.18).
const FEATURES: u64 = 1 << 5 | 1 << 10 | 1 << 11;

/// `_IOWR(0xAA, number, size)` of linux/userfaultfd.h.
const fn request(number: u64, size: u64) -> libc::Ioctl {
    (3 << 30 | size << 16 | 0xaa << 8 | number) as libc::Ioctl
}

impl Userfault {
    /// Takes over a new descriptor of another process.
    ///
    /// # Errors
    /// If the kernel has not what it takes.
    pub fn new(fd: OwnedFd) -> io::Result<Userfault> {
        let faults = Userfault(fd);
        // `struct uffdio_api`: API, features, and the calls that there are.
        faults.ioctl(request(0x3f, 24), &mut [API, FEATURES, 0])?;
        Ok(faults)
    }

    /// Hears of loads and stores in this range from now on, as far as its pages are not in the process's table.
    ///
    /// # Errors
    /// `EINVAL` if it is memory of another kind: a file on a disk, say.
    pub fn register(&self, start: u64, end: u64) -> io::Result<()> {
        const MISSING: u64 = 1;
        const MINOR: u64 = 1 << 2;
        // `struct uffdio_register`: start, length, modes, and the calls that there are.
        self.ioctl(request(0x00, 32), &mut [start, end - start, MISSING | MINOR, 0])
    }

    /// Puts the pages of this range into the process's table.
    pub fn show(&self, start: u64, end: u64, page: u64) {
        for at in (start..end).step_by(page as usize) {
            // `struct uffdio_continue`: start, length, mode, and how much was done.
            if self.ioctl(request(0x07, 32), &mut [at, page, 0, 0]).is_err() {
                // There is no such page yet (`struct uffdio_zeropage`); or it is in the table already.
                let _ = self.ioctl(request(0x04, 32), &mut [at, page, 0, 0]);
            }
        }
    }

    /// The next fault, if there is one.
    pub fn next(&self) -> Option<Fault> {
        const PAGEFAULT: u8 = 0x12;
        const WRITES: u64 = 1;
        // `struct uffd_msg`: a kind in the first byte; then flags and address.
        let mut message = [0u64; 4];
        let bytes = size_of_val(&message);
        // SAFETY: the call writes no more than so many bytes to `message`.
        let read = unsafe { libc::read(self.0.as_raw_fd(), message.as_mut_ptr().cast(), bytes) };
        (read == bytes as isize && message[0] as u8 == PAGEFAULT)
            .then(|| Fault { address: message[2], writes: message[1] & WRITES != 0 })
    }

    fn ioctl<const N: usize>(&self, request: libc::Ioctl, argument: &mut [u64; N]) -> io::Result<()> {
        // SAFETY: each request reads and writes a struct of as many integers as its caller gives.
        if unsafe { libc::ioctl(self.0.as_raw_fd(), request, argument.as_mut_ptr()) } < 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(())
    }
}

impl AsFd for Userfault {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
