//! Where the functions of a library are: the symbols in a file as elf(5) describes it, and its table for unwinding (Linux Standard Base, Core, "DWARF
//! Extensions").

/// A function that other files can call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    /// The address of its first byte, as the file counts them, and the one behind its last.
    pub start: u64,
    pub end: u64,
}

/// Code of a file, as it is to be mapped: where that begins in the file, and at which address, as the file counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    pub offset: u64,
    pub address: u64,
}

/// The section with the symbols needed at run time; a part of the file that is mapped; and the table for unwinding.
const SHT_DYNSYM: u32 = 11;
const PT_LOAD: u32 = 1;
const PT_GNU_EH_FRAME: u32 = 0x6474_e550;

/// What kind of symbol it is: the low half of `st_info`.
const STT_OBJECT: u8 = 1;
const STT_FUNC: u8 = 2;

/// How a file of 64 bits begins, whose numbers are as on x86-64 and ARM.
const MAGIC: &[u8] = b"\x7fELF\x02\x01";

/// The functions that a file offers to others; nothing if it is none of 64 bits.
pub fn functions(image: &[u8]) -> Option<Vec<Function>> {
    symbols_of(image, STT_FUNC)
}

/// Where the variable of this name is that a file offers to others, as the file counts addresses.
pub fn object(image: &[u8], name: &str) -> Option<u64> {
    symbols_of(image, STT_OBJECT)?.into_iter().find(|object| object.name == name).map(|object| object.start)
}

fn symbols_of(image: &[u8], kind: u8) -> Option<Vec<Function>> {
    image.starts_with(MAGIC).then_some(())?;
    let (sections, size, count) = (u64_at(image, 0x28)?, u16_at(image, 0x3a)?, u16_at(image, 0x3c)?);
    let section = |number: u64| sections.checked_add(number * u64::from(size));
    let mut functions = Vec::new();
    for table in (0..u64::from(count)).filter_map(section) {
        if u32_at(image, table.saturating_add(4))? != SHT_DYNSYM {
            continue;
        }
        let (symbols, length) =
            (u64_at(image, table.saturating_add(0x18))?, u64_at(image, table.saturating_add(0x20))?);
        let strings = section(u64::from(u32_at(image, table.saturating_add(0x28))?))?;
        let names = u64_at(image, strings.saturating_add(0x18))?;
        for symbol in (symbols..symbols.checked_add(length)?).step_by(24) {
            let name = names.checked_add(u64::from(u32_at(image, symbol)?))?;
            let name = image.get(usize::try_from(name).ok()?..)?.split(|&byte| byte == 0).next()?;
            let (start, size) = (u64_at(image, symbol.saturating_add(8))?, u64_at(image, symbol.saturating_add(16))?);
            let is_it = bytes::<1>(image, symbol.saturating_add(4))?[0] & 0xf == kind && start != 0;
            if is_it && let Ok(name) = str::from_utf8(name) {
                functions.push(Function { name: name.to_owned(), start, end: start.saturating_add(size) });
            }
        }
    }
    Some(functions)
}

/// What of a file is mapped, in its order.
pub fn segments(image: &[u8]) -> Option<Vec<Segment>> {
    parts(image, PT_LOAD)
}

/// Where functions begin, also those that other files cannot call, in order; nothing if the file has no usual table of them.
pub fn beginnings(image: &[u8]) -> Option<Vec<u64>> {
    /// The version, and how its numbers are written: that of the entries with 4 bytes, and these with 4 bytes and a sign, from here.
    const USUAL: [u8; 4] = [1, 0x1b, 0x03, 0x3b];
    let &[Segment { offset, address }] = parts(image, PT_GNU_EH_FRAME)?.as_slice() else { return None };
    (bytes::<4>(image, offset)? == USUAL).then_some(())?;
    let count = u64::from(u32_at(image, offset.saturating_add(8))?);
    (0..count)
        .map(|number| {
            let from_here = u32_at(image, offset.saturating_add(12 + 8 * number))?.cast_signed();
            Some(address.wrapping_add_signed(i64::from(from_here)))
        })
        .collect()
}

fn parts(image: &[u8], kind: u32) -> Option<Vec<Segment>> {
    image.starts_with(MAGIC).then_some(())?;
    let (headers, size, count) = (u64_at(image, 0x20)?, u16_at(image, 0x36)?, u16_at(image, 0x38)?);
    let mut parts = Vec::new();
    for header in (0..u64::from(count)).map(|number| headers.saturating_add(number * u64::from(size))) {
        if u32_at(image, header)? == kind {
            parts.push(Segment {
                offset: u64_at(image, header.saturating_add(8))?,
                address: u64_at(image, header.saturating_add(0x10))?,
            });
        }
    }
    Some(parts)
}

fn bytes<const N: usize>(image: &[u8], at: u64) -> Option<[u8; N]> {
    image.get(usize::try_from(at).ok()?..)?.first_chunk().copied()
}

fn u16_at(image: &[u8], at: u64) -> Option<u16> {
    bytes(image, at).map(u16::from_ne_bytes)
}

fn u32_at(image: &[u8], at: u64) -> Option<u32> {
    bytes(image, at).map(u32::from_ne_bytes)
}

fn u64_at(image: &[u8], at: u64) -> Option<u64> {
    bytes(image, at).map(u64::from_ne_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_c_library_is_read() {
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
        let line = maps.lines().find(|line| line.contains(" r-xp ") && line.contains("/libc.so.6"));
        // (There is none where the library is linked into the program.)
        let Some(path) = line.and_then(|line| line.split_whitespace().last()) else { return };
        let image = std::fs::read(path).unwrap();
        let functions = functions(&image).unwrap();
        let wait = functions.iter().find(|function| function.name == "getppid").unwrap();
        assert!(wait.start < wait.end && wait.end < image.len() as u64 * 2);
        assert!(segments(&image).unwrap().iter().any(|segment| segment.address <= wait.start));
        let beginnings = beginnings(&image).unwrap();
        assert!(beginnings.is_sorted() && beginnings.contains(&wait.start));
    }

    #[test]
    fn what_is_no_such_file_has_none() {
        let wrong = [MAGIC, &[0xff; 4096]].concat();
        for image in [&[][..], b"#!/bin/sh\n", &[0xff; 64], MAGIC, &wrong] {
            assert_eq!(functions(image), None);
            assert_eq!(segments(image), None);
            assert_eq!(beginnings(image), None);
        }
    }
}
