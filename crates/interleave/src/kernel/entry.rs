//! A system call before a function of x86-64 begins: in place of its first instructions there is a jump to code that makes the call, then does
//! what these do, and goes on behind them. (Intel's manual, volume 2, "Instruction format" and "Opcode map".)

use super::arch::CALL;

/// A jump to anywhere within two gigabytes.
const JUMP: usize = 5;

/// What to put where, so that a function begins with a system call.
#[derive(Debug, PartialEq, Eq)]
pub struct Entry {
    /// Where the function begins.
    pub jump: Vec<u8>,
    /// Where that jumps to.
    pub code: Vec<u8>,
    /// How far in that code the system call ends.
    pub call: usize,
}

impl Entry {
    /// For the `function`, all of its code, which begins at the address `start`, if the way round is put at the address `at`: it makes
    /// the call `nr`, with the function's own first three arguments. `None` if its first instructions are not known to do the same elsewhere, if it
    /// goes back to one of these, or if it is too far away.
    pub fn of(function: &[u8], start: u64, at: u64, nr: i64) -> Option<Entry> {
        // push rax; push rcx; mov eax, nr. A system call changes rcx, which is an argument, and rax, where it may stand how many of the arguments
        // are in vector registers. (It also changes r11, which is nobody's.)
        let mut code = vec![0x50, 0x51, 0xb8];
        code.extend(i32::try_from(nr).ok()?.to_le_bytes());
        code.extend(CALL);
        let call = code.len();
        // pop rcx; pop rax
        code.extend([0x59, 0x58]);
        let mut moved = 0;
        while moved < JUMP {
            let piece = Piece::first_of(function.get(moved..)?)?;
            let bytes = function.get(moved..moved + piece.length)?;
            moved += piece.length;
            let target = |distance: i64| (start + moved as u64).wrapping_add_signed(distance);
            match (piece.goes, bytes) {
                (Goes::On, _) => code.extend(bytes),
                (Goes::Near, [0xeb, distance]) => {
                    code.push(0xe9);
                    code.extend(distance_to(target(i64::from(distance.cast_signed())), at, code.len())?);
                }
                (Goes::Near, [condition, distance]) => {
                    code.extend([0x0f, condition + 0x10]);
                    code.extend(distance_to(target(i64::from(distance.cast_signed())), at, code.len())?);
                }
                // A call comes back behind itself in the function, and not here: whoever unwinds the stack looks there for how to.
                // lea rsp, [rsp - 8]; mov dword [rsp], low; mov dword [rsp + 4], high; jmp target
                (Goes::Far, [0xe8, distance @ ..]) => {
                    let back = start + moved as u64;
                    let (low, high) = (back as u32, (back >> 32) as u32);
                    code.extend([0x48, 0x8d, 0x64, 0x24, 0xf8, 0xc7, 0x04, 0x24]);
                    code.extend(low.to_le_bytes());
                    code.extend([0xc7, 0x44, 0x24, 0x04]);
                    code.extend(high.to_le_bytes());
                    code.push(0xe9);
                    let distance = i64::from(i32::from_le_bytes(distance.try_into().ok()?));
                    code.extend(distance_to(target(distance), at, code.len())?);
                }
                (Goes::Far, [opcode @ .., a, b, c, d]) => {
                    code.extend(opcode);
                    let distance = i64::from(i32::from_le_bytes([*a, *b, *c, *d]));
                    code.extend(distance_to(target(distance), at, code.len())?);
                }
                _ => return None,
            }
        }
        if goes_between(function, 1..moved) {
            return None;
        }
        code.push(0xe9);
        code.extend(distance_to(start + moved as u64, at, code.len())?);
        let mut jump = vec![0xe9];
        jump.extend(distance_to(at, start, jump.len())?);
        Some(Entry { jump, code, call })
    }
}

/// The last four bytes of an instruction that goes to `target`, if they are put so many bytes behind `from`.
fn distance_to(target: u64, from: u64, behind: usize) -> Option<[u8; 4]> {
    let next = from.checked_add(behind as u64 + 4)?;
    i32::try_from(i128::from(target) - i128::from(next)).ok().map(i32::to_le_bytes)
}

/// Whether some bytes of a function look as if they went to one of these places in it.
fn goes_between(function: &[u8], places: std::ops::Range<usize>) -> bool {
    let is_there = |after: usize, distance: i64| {
        (after as i64)
            .checked_add(distance)
            .and_then(|to| usize::try_from(to).ok())
            .is_some_and(|to| places.contains(&to))
    };
    (0..function.len()).any(|at| match function[at..] {
        [0x70..=0x7f | 0xeb | 0xe0..=0xe3, distance, ..] => is_there(at + 2, i64::from(distance.cast_signed())),
        _ => false,
    }) || (0..function.len()).any(|at| match function[at..] {
        [0xe8 | 0xe9, a, b, c, d, ..] => is_there(at + 5, i64::from(i32::from_le_bytes([a, b, c, d]))),
        [0x0f, 0x80..=0x8f, a, b, c, d, ..] => is_there(at + 6, i64::from(i32::from_le_bytes([a, b, c, d]))),
        _ => false,
    })
}

/// An instruction.
struct Piece {
    /// How many bytes it has.
    length: usize,
    goes: Goes,
}

/// Where an instruction goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Goes {
    /// With the next one.
    On,
    /// Perhaps to where its last byte says.
    Near,
    /// Perhaps to where its last four bytes say.
    Far,
}

impl Piece {
    /// The instruction with which this begins, if it is one of those with which functions of the C library do.
    fn first_of(code: &[u8]) -> Option<Piece> {
        let prefixes = code.iter().take_while(|byte| matches!(byte, 0xf0 | 0xf2 | 0xf3 | 0x64 | 0x66)).count();
        let mut at = prefixes;
        let is_short = code[..prefixes].contains(&0x66);
        let mut is_wide = false;
        if let rex @ 0x40..=0x4f = *code.get(at)? {
            is_wide = rex & 8 != 0;
            at += 1;
        }
        let opcode = *code.get(at)?;
        at += 1;
        let on = |length: usize| Some(Piece { length, goes: Goes::On });
        let number = if is_short { 2 } else { 4 };
        match opcode {
            // push, pop, nop
            0x50..=0x5f | 0x90 => on(at),
            // mov of a number to a register
            0xb8..=0xbf => on(at + if is_wide { 8 } else { number }),
            0xb0..=0xb7 | 0xa8 | 0x6a => on(at + 1),
            0xa9 | 0x68 => on(at + number),
            // add, or, adc, sbb, and, sub, xor, cmp
            0x00..=0x3f if opcode & 7 < 4 => on(at + place(&code[at..])?),
            0x00..=0x3f if opcode & 7 == 4 => on(at + 1),
            0x00..=0x3f if opcode & 7 == 5 => on(at + number),
            0x80 | 0x83 | 0xc0 | 0xc1 | 0xc6 | 0x6b => on(at + place(&code[at..])? + 1),
            0x81 | 0xc7 | 0x69 => on(at + place(&code[at..])? + number),
            0x63 | 0x84..=0x8b | 0x8d | 0xd0..=0xd3 | 0xfe => on(at + place(&code[at..])?),
            // (The others of these go elsewhere, or have a number.)
            0xff if code.get(at)? >> 3 & 7 < 2 => on(at + place(&code[at..])?),
            0xf6 | 0xf7 if code.get(at)? >> 3 & 7 > 1 => on(at + place(&code[at..])?),
            0x70..=0x7f | 0xeb if prefixes == 0 && at == 1 => Some(Piece { length: at + 1, goes: Goes::Near }),
            0xe8 | 0xe9 if prefixes == 0 && at == 1 => Some(Piece { length: at + 4, goes: Goes::Far }),
            0x0f => match *code.get(at)? {
                // endbr64, and a nop of several bytes; cmovcc, setcc, imul, cmpxchg, movzx, movsx, xadd
                0x1e..=0x1f | 0x40..=0x4f | 0x90..=0x9f | 0xaf..=0xb1 | 0xb6 | 0xb7 | 0xbe..=0xc1 => {
                    on(at + 1 + place(&code[at + 1..])?)
                }
                0x80..=0x8f if prefixes == 0 && at == 1 => Some(Piece { length: at + 5, goes: Goes::Far }),
                _ => None,
            },
            _ => None,
        }
    }
}

/// How many bytes name a register or a place in memory; `None` if that depends on where the instruction is.
fn place(code: &[u8]) -> Option<usize> {
    let modes = *code.first()?;
    let (mode, base) = (modes >> 6, modes & 7);
    Some(match (mode, base) {
        (3, _) => 1,
        (0, 5) => return None,
        (0, 4) if code.get(1)? & 7 == 5 => 6,
        (_, base) => 1 + usize::from(base == 4) + [0, 1, 4][usize::from(mode)],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: u64 = 0x10_0000;
    const AT: u64 = 0x20_0000;

    /// How long what comes before the function's own instructions is.
    const BEFORE: usize = 11;

    fn moved(function: &[u8]) -> Option<Vec<u8>> {
        let entry = Entry::of(function, START, AT, 24)?;
        assert_eq!(entry.code[..entry.call], [0x50, 0x51, 0xb8, 24, 0, 0, 0, 0x0f, 0x05]);
        assert_eq!(entry.code[entry.call..BEFORE], [0x59, 0x58]);
        assert_eq!(entry.jump, [0xe9, 0xfb, 0xff, 0x0f, 0x00], "to 0x200000 from behind 0x100005");
        let (back, moved) = (entry.code.len() - JUMP, entry.code[BEFORE..].to_vec());
        let distance = i32::from_le_bytes(entry.code[back + 1..].try_into().unwrap());
        let to = (AT + entry.code.len() as u64).wrapping_add_signed(i64::from(distance));
        assert!((START + 5..START + 16).contains(&to), "{to:#x}");
        Some(moved[..moved.len() - JUMP].to_vec())
    }

    #[test]
    fn first_instructions_are_moved() {
        // mov eax, [rdi + 0x10]; mov edx, eax; ...
        assert_eq!(moved(&[0x8b, 0x47, 0x10, 0x89, 0xc2, 0xc3]).unwrap(), [0x8b, 0x47, 0x10, 0x89, 0xc2]);
        // push r14; push r13; push r12
        assert_eq!(moved(&[0x41, 0x56, 0x41, 0x55, 0x41, 0x54, 0xc3]).unwrap(), [0x41, 0x56, 0x41, 0x55, 0x41, 0x54]);
        // endbr64; mov r9, [rsp + 8]
        let code = [0xf3, 0x0f, 0x1e, 0xfa, 0x4c, 0x8b, 0x4c, 0x24, 0x08, 0xc3];
        assert_eq!(moved(&code).unwrap(), code[..9]);
        // cmp qword [rsi + 8], 999999999
        let code = [0x48, 0x81, 0x7e, 0x08, 0xff, 0xc9, 0x9a, 0x3b, 0xc3];
        assert_eq!(moved(&code).unwrap(), code[..8]);
        // mov eax, fs:[0x2d0]
        let code = [0x64, 0x8b, 0x04, 0x25, 0xd0, 0x02, 0x00, 0x00, 0xc3];
        assert_eq!(moved(&code).unwrap(), code[..8]);
    }

    #[test]
    fn what_goes_elsewhere_still_goes_there() {
        // lock dec [rdi]; jne +0x0b, to 0x100010
        let code = moved(&[0xf0, 0xff, 0x0f, 0x75, 0x0b, 0xc3]).unwrap();
        assert_eq!(code[..5], [0xf0, 0xff, 0x0f, 0x0f, 0x85]);
        let distance = i32::from_le_bytes(code[5..].try_into().unwrap());
        assert_eq!((AT + 11 + 9).wrapping_add_signed(distance.into()), START + 0x10);
        // xor esi, esi; call +0x100
        let code = moved(&[0x31, 0xf6, 0xe8, 0x00, 0x01, 0x00, 0x00, 0xc3]).unwrap();
        assert_eq!(code[7..14], [0xc7, 0x04, 0x24, 0x07, 0x00, 0x10, 0x00], "it comes back to 0x100007");
        let distance = i32::from_le_bytes(code[code.len() - 4..].try_into().unwrap());
        assert_eq!((AT + (BEFORE + code.len()) as u64).wrapping_add_signed(distance.into()), START + 7 + 0x100);
    }

    #[test]
    fn what_is_not_known_is_left() {
        for (code, what) in [
            (&[0x8b, 0x05, 1, 0, 0, 0, 0xc3][..], "mov eax, [rip + 1]"),
            (&[0x31, 0xc0, 0xc3], "too short"),
            (&[0x48, 0x8b, 0x07, 0x85, 0xc0, 0x90, 0x75, 0xfb, 0xc3], "goes back to its second instruction"),
            (&[0xc5, 0xfe, 0x6f, 0x00, 0x90], "vmovdqu"),
            (&[], "nothing"),
        ] {
            assert_eq!(Entry::of(code, START, AT, 24), None, "{what}");
        }
        assert_eq!(Entry::of(&[0x41, 0x56, 0x41, 0x55, 0x41, 0x54], START, 1 << 40, 24), None, "too far");
    }

    #[test]
    fn bytes_by_chance_do_no_harm() {
        let mut chance = 1u64;
        for _ in 0..200_000 {
            let code: Vec<u8> = (0..24)
                .map(|_| {
                    chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (chance >> 56) as u8
                })
                .collect();
            if let Some(entry) = Entry::of(&code, START, AT, 24) {
                assert!(entry.code.len() <= BEFORE + 4 + 15 + 9 + 16 + JUMP);
            }
        }
    }
}
