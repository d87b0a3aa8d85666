//! Finds the source line at which a process is, from what the engine tells of its registers and its stack.
//!
//! A held process stands in the C library, in the middle of a system call. The way back to the program's own code is found
//! by the unwind tables that all compilers write, so no frame pointers are needed; the line by the debug information.

use std::collections::HashMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use addr2line::Loader;
use framehop::{ExplicitModuleSectionInfo, FrameAddress, Module, Unwinder};
use interleave::explore::{CodePlace, MappedCode};
use object::{Object, ObjectSection, ObjectSegment, SegmentFlags, elf};

#[cfg(target_arch = "aarch64")]
use framehop::aarch64::{CacheAarch64 as Cache, UnwindRegsAarch64 as Registers, UnwinderAarch64 as NativeUnwinder};
#[cfg(target_arch = "x86_64")]
use framehop::x86_64::{CacheX86_64 as Cache, UnwindRegsX86_64 as Registers, UnwinderX86_64 as NativeUnwinder};

/// So many frames are looked at.
const DEEPEST: usize = 200;

/// A line of a program's source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file.
    pub file: PathBuf,
    /// The line, counted from 1.
    pub line: u32,
    /// What stands there.
    pub text: String,
}

/// Looks up source lines, and keeps what it has read of each file.
#[derive(Default)]
pub struct Sources {
    programs: HashMap<String, Option<Program>>,
    texts: HashMap<PathBuf, Option<Vec<String>>>,
}

/// A file with code.
struct Program {
    /// What finds its lines; `None` if it has no debug information.
    lines: Option<Loader>,
    sections: Sections,
    /// Each part of the file that holds code: where in the file it lies, and at which address it asks to be.
    segments: Vec<(Range<u64>, u64)>,
}

#[derive(Clone, Default)]
struct Sections {
    text: Option<(Range<u64>, Arc<[u8]>)>,
    eh_frame: Option<(Range<u64>, Arc<[u8]>)>,
    eh_frame_hdr: Option<(Range<u64>, Arc<[u8]>)>,
    got: Option<Range<u64>>,
}

impl Sources {
    /// The line of the program's own code that has led to this place. `None` if there is no debug information, or no way back
    /// to code that has some.
    pub fn find(&mut self, place: &CodePlace) -> Option<Source> {
        let lines: Vec<(PathBuf, u32)> =
            self.frames(place).into_iter().flat_map(|address| self.lines_at(place, address)).collect();
        // The outermost is in the program's own main file; the innermost beside it is where the program is, and not in a
        // library that it uses.
        let own = lines.last()?.0.parent()?.to_owned();
        let (file, line) = lines.into_iter().find(|(file, _)| file.starts_with(&own))?;
        let text = self.text(&file, line)?;
        Some(Source { file, line, text })
    }

    /// The addresses of the code that is being run, from the innermost call to the outermost. Each lies in its call.
    fn frames(&mut self, place: &CodePlace) -> Vec<u64> {
        let mut unwinder = NativeUnwinder::new();
        for code in &place.code {
            if let Some(module) = self.program(&code.file).and_then(|program| program.module(code)) {
                unwinder.add_module(module);
            }
        }
        let stack = |address: u64| {
            let word = address.checked_sub(place.stack_pointer)? / 8;
            place.stack.get(usize::try_from(word).ok()?).copied()
        };
        let mut read = |address: u64| stack(address).ok_or(());
        #[cfg(target_arch = "x86_64")]
        let registers = Registers::new(place.instruction, place.stack_pointer, place.frame_pointer);
        #[cfg(target_arch = "aarch64")]
        let registers = Registers::new(place.link, place.stack_pointer, place.frame_pointer);
        let mut cache: Cache = Cache::new();
        let mut frames = unwinder.iter_frames(place.instruction, registers, &mut cache, &mut read);
        let mut addresses = Vec::new();
        while let Ok(Some(frame)) = frames.next() {
            addresses.push(match frame {
                FrameAddress::InstructionPointer(address) => address,
                FrameAddress::ReturnAddress(address) => u64::from(address).saturating_sub(1),
            });
            if addresses.len() > DEEPEST {
                break;
            }
        }
        addresses
    }

    /// The lines of source at an address, from the innermost inlined call to the outermost; only of files that are there,
    /// and that no package manager has put there.
    fn lines_at(&mut self, place: &CodePlace, address: u64) -> Vec<(PathBuf, u32)> {
        let Some(code) = place.code.iter().find(|code| (code.start..code.end).contains(&address)) else {
            return Vec::new();
        };
        let Some(program) = self.program(&code.file) else { return Vec::new() };
        let (Some(lines), Some(base)) = (&program.lines, program.base(code)) else { return Vec::new() };
        let Ok(mut frames) = lines.find_frames(address - base) else { return Vec::new() };
        let mut found = Vec::new();
        while let Ok(Some(frame)) = frames.next() {
            let Some(location) = frame.location else { continue };
            if let (Some(file), Some(line)) = (location.file, location.line)
                && is_own(Path::new(file))
            {
                found.push((PathBuf::from(file), line));
            }
        }
        found
    }

    fn program(&mut self, file: &str) -> Option<&Program> {
        self.programs.entry(file.to_owned()).or_insert_with(|| Program::read(file)).as_ref()
    }

    fn text(&mut self, file: &Path, line: u32) -> Option<String> {
        let read = || Some(fs::read_to_string(file).ok()?.lines().map(str::to_owned).collect());
        let lines = self.texts.entry(file.to_owned()).or_insert_with(read).as_ref()?;
        let text = lines.get(usize::try_from(line).ok()?.checked_sub(1)?)?;
        Some(text.trim().to_owned())
    }
}

/// Whether a source file is the user's own: it is there, and lies where people keep what they write.
fn is_own(file: &Path) -> bool {
    let foreign = ["/rustc/", "/.cargo/registry/", "/.cargo/git/", "/.rustup/"];
    let name = file.to_string_lossy();
    !name.starts_with("/usr/") && !foreign.iter().any(|part| name.contains(part)) && file.is_file()
}

impl Program {
    fn read(file: &str) -> Option<Program> {
        let bytes = fs::read(file).ok()?;
        let parsed = object::File::parse(&*bytes).ok()?;
        let section = |name: &str| {
            let section = parsed.section_by_name(name)?;
            let range = section.address()..section.address() + section.size();
            Some((range, Arc::from(section.data().ok()?)))
        };
        let sections = Sections {
            text: section(".text"),
            eh_frame: section(".eh_frame"),
            eh_frame_hdr: section(".eh_frame_hdr"),
            got: section(".got").map(|(range, _)| range),
        };
        let is_code = |flags: SegmentFlags| matches!(flags, SegmentFlags::Elf { p_flags } if p_flags & elf::PF_X != 0);
        let segments = parsed.segments().filter(|segment| is_code(segment.flags())).map(|segment| {
            let (offset, size) = segment.file_range();
            (offset..offset + size, segment.address())
        });
        let segments = segments.collect();
        let has_lines = parsed.section_by_name(".debug_line").is_some();
        let lines = if has_lines { Loader::new(file).ok() } else { None };
        Some(Program { lines, sections, segments })
    }

    /// How far from where it asks to be a mapping lies. It begins with the page in which its part of the file does.
    fn base(&self, code: &MappedCode) -> Option<u64> {
        let behind = code.offset + (code.end - code.start);
        let (range, address) =
            self.segments.iter().find(|(range, _)| range.start < behind && code.offset < range.end)?;
        (code.start + range.start).checked_sub(code.offset + address)
    }

    fn module(&self, code: &MappedCode) -> Option<Module<Arc<[u8]>>> {
        let base = self.base(code)?;
        let Sections { text, eh_frame, eh_frame_hdr, got } = self.sections.clone();
        let (text_svma, text) = text.unzip();
        let (eh_frame_svma, eh_frame) = eh_frame.unzip();
        let (eh_frame_hdr_svma, eh_frame_hdr) = eh_frame_hdr.unzip();
        let info = ExplicitModuleSectionInfo {
            base_svma: 0,
            text_svma,
            text,
            eh_frame_svma,
            eh_frame,
            eh_frame_hdr_svma,
            eh_frame_hdr,
            got_svma: got,
            ..ExplicitModuleSectionInfo::default()
        };
        Some(Module::new(code.file.clone(), code.start..code.end, base, info))
    }
}
