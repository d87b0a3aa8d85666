//! What an instruction of x86-64 does to memory, as far as it has to be known to take it apart: Intel's manual, volume 2,
//! "Instruction format" and "Opcode map".

/// What an instruction does to memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instruction {
    /// How many bytes it loads or stores; no less than that, if it is not known.
    pub width: u64,
    /// It loads, and then stores, and another processor may come between the two.
    pub is_two: bool,
    /// It locks: what it stores others see before whatever its thread does next.
    pub is_locked: bool,
}

/// No instruction has more bytes than this.
pub const LONGEST: usize = 15;

/// The widest that there is: a register of AVX-512.
const WIDEST: u64 = 64;

/// Of an instruction that others may see half of, or that touches two places: as if it were wider than that.
const TORN: u64 = 2 * WIDEST;

impl Instruction {
    /// Makes out the instruction with which this begins.
    pub fn decode(code: &[u8]) -> Instruction {
        Self::known(code).unwrap_or(Instruction { width: WIDEST, is_two: false, is_locked: false })
    }

    /// Whether nobody can see a part of what it loads or stores at this address ("Guaranteed Atomic Operations" in volume 3).
    pub fn is_atomic_at(&self, address: u64) -> bool {
        /// What a processor moves at a time, in bytes.
        const LINE: u64 = 64;
        match self.width {
            // No more than 16 bytes, which are moved in one if they are aligned.
            WIDEST => address.is_multiple_of(16),
            TORN => false,
            width => address % LINE + width <= LINE,
        }
    }

    fn known(code: &[u8]) -> Option<Instruction> {
        let mut code = code.iter().copied();
        let (mut is_locked, mut is_short, mut wide) = (false, false, false);
        let opcode = loop {
            match code.next()? {
                0xf0 => is_locked = true,
                0x66 => is_short = true,
                0x26 | 0x2e | 0x36 | 0x3e | 0x64..=0x65 | 0x67 | 0xf2 | 0xf3 => {}
                rex @ 0x40..=0x4f => {
                    wide = rex & 8 != 0;
                    break code.next()?;
                }
                opcode => break opcode,
            }
        };
        let word = match (wide, is_short) {
            (true, _) => 8,
            (_, true) => 2,
            _ => 4,
        };
        // In most of these the lowest bit tells a byte from a word.
        let sized = |opcode: u8| if opcode & 1 == 0 { 1 } else { word };
        let one = |width| Some(Instruction { width, is_two: false, is_locked });
        let two = |width| Some(Instruction { width, is_two: !is_locked, is_locked });
        match opcode {
            0x0f => {
                let opcode = code.next()?;
                let digit = code.next()? >> 3 & 7;
                match opcode {
                    // movzx, movsx
                    0xb6 | 0xbe => one(1),
                    0xb7 | 0xbf => one(2),
                    // setcc
                    0x90..=0x9f => one(1),
                    // cmovcc, imul, bt
                    0x40..=0x4f | 0xaf | 0xa3 => one(word),
                    0xba if digit == 4 => one(word),
                    // cmpxchg, xadd
                    0xb0 | 0xb1 | 0xc0 | 0xc1 => two(sized(opcode)),
                    // bts, btr, btc; shld, shrd
                    0xab | 0xb3 | 0xbb | 0xba | 0xa4 | 0xa5 | 0xac | 0xad => two(word),
                    // cmpxchg8b, cmpxchg16b
                    0xc7 if digit == 1 => two(if wide { 16 } else { 8 }),
                    _ => None,
                }
            }
            // add, or, adc, sbb, and, sub, xor: to memory, and from it; cmp only looks.
            0x00..=0x37 if opcode & 7 < 2 => two(sized(opcode)),
            0x00..=0x3b if opcode & 7 < 4 => one(sized(opcode)),
            0x80 | 0x81 | 0x83 => {
                let width = if opcode == 0x80 { 1 } else { word };
                if code.next()? >> 3 & 7 == 7 { one(width) } else { two(width) }
            }
            // test, mov, movsxd
            0x84 | 0x85 | 0x88..=0x8b | 0xc6 | 0xc7 | 0xa0..=0xa3 => one(sized(opcode)),
            0x63 => one(4),
            // xchg locks by itself.
            0x86 | 0x87 => Some(Instruction { width: sized(opcode), is_two: false, is_locked: true }),
            // stos, lods, scas: once at a time; movs and cmps have two places
            0xaa..=0xaf => one(sized(opcode)),
            0xa4..=0xa7 => one(TORN),
            // AVX with registers of more than 16 bytes
            0xc5 if code.next()? & 4 != 0 => one(TORN),
            0xc4 if code.nth(1)? & 4 != 0 => one(TORN),
            0x62 => one(TORN),
            // x87: numbers of 4 and 8 bytes, and what is longer
            0xd8..=0xdb if code.clone().next()? >> 3 & 7 < 4 => one(4),
            0xd8 | 0xda => one(4),
            0xdc | 0xde => one(8),
            0xdd | 0xdf if code.next()? >> 3 & 7 < 4 => one(8),
            0xd9 | 0xdb | 0xdd | 0xdf => one(TORN),
            // push and pop
            0x8f => one(8),
            // shifts
            0xc0 | 0xc1 | 0xd0..=0xd3 => two(sized(opcode)),
            // not, neg; test, mul, div
            0xf6 | 0xf7 => match code.next()? >> 3 & 7 {
                2 | 3 => two(sized(opcode)),
                _ => one(sized(opcode)),
            },
            // inc, dec; call, jmp, push
            0xfe | 0xff => match code.next()? >> 3 & 7 {
                0 | 1 => two(sized(opcode)),
                _ => one(8),
            },
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_crosses_a_line_may_be_torn() {
        let load = Instruction::decode(&[0x48, 0x8b, 0x00]);
        assert!(load.is_atomic_at(56) && load.is_atomic_at(1) && !load.is_atomic_at(60) && !load.is_atomic_at(4092));
        let unknown = Instruction::decode(&[0xc5, 0xfa, 0x6f, 0x00]);
        assert!(unknown.is_atomic_at(16) && !unknown.is_atomic_at(8));
    }

    #[test]
    fn what_instructions_do() {
        for (code, width, is_two, is_locked, what) in [
            (&[0x8b, 0x00][..], 4, false, false, "mov eax, [rax]"),
            (&[0x48, 0x8b, 0x00], 8, false, false, "mov rax, [rax]"),
            (&[0x66, 0x8b, 0x00], 2, false, false, "mov ax, [rax]"),
            (&[0x8a, 0x00], 1, false, false, "mov al, [rax]"),
            (&[0xc7, 0x00, 1, 0, 0, 0], 4, false, false, "mov dword [rax], 1"),
            (&[0x0f, 0xb6, 0x00], 1, false, false, "movzx eax, byte [rax]"),
            (&[0x83, 0x00, 0x01], 4, true, false, "add dword [rax], 1"),
            (&[0xf0, 0x83, 0x00, 0x01], 4, false, true, "lock add dword [rax], 1"),
            (&[0x48, 0x83, 0x00, 0x01], 8, true, false, "add qword [rax], 1"),
            (&[0x83, 0x38, 0x01], 4, false, false, "cmp dword [rax], 1"),
            (&[0x01, 0x10], 4, true, false, "add [rax], edx"),
            (&[0x03, 0x10], 4, false, false, "add edx, [rax]"),
            (&[0x39, 0x10], 4, false, false, "cmp [rax], edx"),
            (&[0xff, 0x00], 4, true, false, "inc dword [rax]"),
            (&[0xfe, 0x08], 1, true, false, "dec byte [rax]"),
            (&[0x87, 0x10], 4, false, true, "xchg [rax], edx"),
            (&[0xf0, 0x0f, 0xb1, 0x11], 4, false, true, "lock cmpxchg [rcx], edx"),
            (&[0x0f, 0xb1, 0x11], 4, true, false, "cmpxchg [rcx], edx"),
            (&[0xf0, 0x48, 0x0f, 0xc1, 0x01], 8, false, true, "lock xadd [rcx], rax"),
            (&[0xc5, 0xfa, 0x6f, 0x00], 64, false, false, "vmovdqu xmm0, [rax]"),
            (&[0xf3, 0xa4], TORN, false, false, "rep movsb"),
            (&[0xf3, 0xaa], 1, false, false, "rep stosb"),
            (&[0xc5, 0xfe, 0x6f, 0x00], TORN, false, false, "vmovdqu ymm0, [rax]"),
            (&[0xdb, 0x28], TORN, false, false, "fld tbyte [rax]"),
            (&[0xdd, 0x00], 8, false, false, "fld qword [rax]"),
            (&[], 64, false, false, "nothing"),
        ] {
            assert_eq!(Instruction::decode(code), Instruction { width, is_two, is_locked }, "{what}");
        }
    }
}
