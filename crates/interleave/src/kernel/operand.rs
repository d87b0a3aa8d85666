//! Where in memory an instruction of x86-64 loads or stores: Intel's manual, volume 2, "Instruction format".

use super::stopped::All;

/// What an instruction reaches beside registers and its own stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operand {
    /// No memory; or such as no other process shares: the library's own data, the thread's own, the stack.
    Nothing,
    /// What is at this address.
    Memory(u64),
    /// It makes a system call.
    Call,
    /// That is not known of it.
    Unknown,
}

impl Operand {
    /// That of the instruction with which this begins, for a thread with these registers.
    #[cfg(target_arch = "x86_64")]
    pub fn of(code: &[u8], registers: &All) -> Operand {
        decode(code, registers).unwrap_or(Operand::Unknown)
    }

    /// No instruction is known of another processor.
    #[cfg(not(target_arch = "x86_64"))]
    pub fn of(_code: &[u8], _registers: &All) -> Operand {
        Operand::Unknown
    }
}

#[cfg(target_arch = "x86_64")]
fn decode(code: &[u8], registers: &All) -> Option<Operand> {
    let mut code = code.iter().copied();
    let (mut rex, mut is_of_thread) = (0, false);
    let opcode = loop {
        match code.next()? {
            0xf0 | 0xf2 | 0xf3 | 0x66 | 0x2e | 0x3e => {}
            0x64 => is_of_thread = true,
            prefix @ 0x40..=0x4f => {
                rex = prefix;
                break code.next()?;
            }
            opcode => break opcode,
        }
    };
    match opcode {
        // push, pop, call, ret, leave: the stack. Jumps; registers alone, and numbers in the instruction.
        0x50..=0x5f | 0x68 | 0x6a | 0x70..=0x7f | 0x90..=0x99 | 0xa8 | 0xa9 | 0xb0..=0xbf => Some(Operand::Nothing),
        0xc2 | 0xc3 | 0xc9 | 0xe8 | 0xe9 | 0xeb => Some(Operand::Nothing),
        0x00..=0x3f if matches!(opcode & 7, 4 | 5) => Some(Operand::Nothing),
        // lea only computes an address.
        0x8d => Some(Operand::Nothing),
        0x00..=0x3f if opcode & 7 < 4 => place(code, rex, is_of_thread, registers),
        0x63 | 0x69 | 0x6b | 0x80 | 0x81 | 0x83..=0x8b | 0xc0 | 0xc1 | 0xc6 | 0xc7 | 0xd0..=0xd3 | 0xf6 | 0xf7 => {
            place(code, rex, is_of_thread, registers)
        }
        // inc, dec; call and jmp by a place in memory
        0xfe | 0xff => place(code, rex, is_of_thread, registers),
        0x0f => match code.next()? {
            0x05 => Some(Operand::Call),
            // nop and endbr64, prefetches; jumps, bswap
            0x18..=0x1f | 0x80..=0x8f | 0xc8..=0xcf => Some(Operand::Nothing),
            // Fences are written like registers.
            0xae if code.clone().next()? >> 6 == 3 => Some(Operand::Nothing),
            // cmovcc, setcc, imul, cmpxchg, movzx and movsx, bsf and bsr, xadd
            0x40..=0x4f | 0x90..=0x9f | 0xaf..=0xb1 | 0xb6 | 0xb7 | 0xbc..=0xbf | 0xc0 | 0xc1 => {
                place(code, rex, is_of_thread, registers)
            }
            _ => None,
        },
        _ => None,
    }
}

/// The place that the bytes behind an opcode name: a register, or memory ("ModR/M and SIB Bytes").
#[cfg(target_arch = "x86_64")]
fn place(mut code: impl Iterator<Item = u8>, rex: u8, is_of_thread: bool, registers: &All) -> Option<Operand> {
    let modes = code.next()?;
    let (mode, base) = (modes >> 6, modes & 7);
    if mode == 3 || is_of_thread {
        return Some(Operand::Nothing);
    }
    let mut address = match base {
        4 => {
            let sib = code.next()?;
            let (scale, index, base) = (sib >> 6, sib >> 3 & 7 | (rex & 2) << 2, sib & 7);
            let index = if index == 4 { 0 } else { register(index, registers) << scale };
            let base =
                if base == 5 && mode == 0 { number(&mut code, 4)? } else { register(base | (rex & 1) << 3, registers) };
            base.wrapping_add(index)
        }
        // By where the instruction is: the library's own.
        5 if mode == 0 => return Some(Operand::Nothing),
        base => register(base | (rex & 1) << 3, registers),
    };
    match mode {
        1 => address = address.wrapping_add(number(&mut code, 1)?),
        2 => address = address.wrapping_add(number(&mut code, 4)?),
        _ => {}
    }
    Some(Operand::Memory(address))
}

/// A number with a sign, of so many bytes.
#[cfg(target_arch = "x86_64")]
fn number(code: &mut impl Iterator<Item = u8>, bytes: usize) -> Option<u64> {
    if bytes == 1 {
        return Some(i64::from(code.next()?.cast_signed()).cast_unsigned());
    }
    let bytes = [code.next()?, code.next()?, code.next()?, code.next()?];
    Some(i64::from(i32::from_le_bytes(bytes)).cast_unsigned())
}

#[cfg(target_arch = "x86_64")]
fn register(number: u8, r: &All) -> u64 {
    [r.rax, r.rcx, r.rdx, r.rbx, r.rsp, r.rbp, r.rsi, r.rdi, r.r8, r.r9, r.r10, r.r11, r.r12, r.r13, r.r14, r.r15]
        [usize::from(number & 15)]
}

#[cfg(all(test, target_arch = "x86_64"))]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_computed() {
        // SAFETY: a struct of integers.
        let mut registers: All = unsafe { std::mem::zeroed() };
        (registers.rax, registers.rbx, registers.rcx, registers.rdi) = (0x1000, 0x2000, 3, 0x7000);
        (registers.rbp, registers.r12, registers.r13, registers.rsp) = (0x5000, 0xc000, 0xd000, 0x9000);
        for (code, operand, what) in [
            (&[0x48, 0x8b, 0x03][..], Operand::Memory(0x2000), "mov rax, [rbx]"),
            (&[0x8b, 0x47, 0x10], Operand::Memory(0x7010), "mov eax, [rdi+0x10]"),
            (&[0x8b, 0x47, 0xf8], Operand::Memory(0x6ff8), "mov eax, [rdi-8]"),
            (&[0x8b, 0x87, 0, 1, 0, 0], Operand::Memory(0x7100), "mov eax, [rdi+0x100]"),
            (&[0xf0, 0x48, 0x0f, 0xb1, 0x13], Operand::Memory(0x2000), "lock cmpxchg [rbx], rdx"),
            (&[0x41, 0x8b, 0x04, 0x24], Operand::Memory(0xc000), "mov eax, [r12]"),
            (&[0x41, 0x8b, 0x45, 0x00], Operand::Memory(0xd000), "mov eax, [r13+0]"),
            (&[0x8b, 0x04, 0x8b], Operand::Memory(0x200c), "mov eax, [rbx+rcx*4]"),
            (&[0x8b, 0x45, 0x04], Operand::Memory(0x5004), "mov eax, [rbp+4]"),
            (&[0x8b, 0x44, 0x24, 0x08], Operand::Memory(0x9008), "mov eax, [rsp+8]"),
            (&[0x8b, 0x04, 0x25, 0, 0x30, 0, 0], Operand::Memory(0x3000), "mov eax, [0x3000]"),
            (&[0x8b, 0x05, 1, 0, 0, 0], Operand::Nothing, "mov eax, [rip+1]"),
            (&[0x64, 0x8b, 0x04, 0x25, 0xd0, 2, 0, 0], Operand::Nothing, "mov eax, fs:[0x2d0]"),
            (&[0x89, 0xd8], Operand::Nothing, "mov eax, ebx"),
            (&[0x48, 0x8d, 0x03], Operand::Nothing, "lea rax, [rbx]"),
            (&[0x83, 0xc0, 0x01], Operand::Nothing, "add eax, 1"),
            (&[0xf3, 0x0f, 0x1e, 0xfa], Operand::Nothing, "endbr64"),
            (&[0xc3], Operand::Nothing, "ret"),
            (&[0x0f, 0x05], Operand::Call, "syscall"),
            (&[0xf3, 0xa4], Operand::Unknown, "rep movsb"),
            (&[0xc5, 0xfe, 0x6f, 0x00], Operand::Unknown, "vmovdqu ymm0, [rax]"),
            (&[0x0f, 0x10, 0x00], Operand::Unknown, "movups xmm0, [rax]"),
            (&[0x67, 0x8b, 0x03], Operand::Unknown, "mov eax, [ebx]"),
            (&[0x65, 0x8b, 0x03], Operand::Unknown, "mov eax, gs:[rbx]"),
            (&[], Operand::Unknown, "nothing"),
        ] {
            assert_eq!(Operand::of(code, &registers), operand, "{what}");
        }
    }
}
