//! The notes' Python programs beside ours: which is which, and what differs.

use std::path::{Path, PathBuf};

use crate::words::Language;

/// A Python program that stands beside one of ours.
pub struct Python {
    /// Our program.
    pub program: &'static str,
    /// The Python one, in `tests/programs`.
    pub file: &'static str,
    /// What differs.
    differs: [&'static str; 2],
}

impl Python {
    /// Its file, seen from the course's folder.
    pub fn path(&self) -> PathBuf {
        Path::new("tests/programs").join(self.file)
    }

    /// What differs between the two, in words.
    pub fn differs(&self, language: Language) -> &'static str {
        language.pick(self.differs[0], self.differs[1])
    }
}

/// Those that stand beside the program of this name.
pub fn beside(program: &str) -> impl Iterator<Item = &'static Python> {
    PYTHON.iter().filter(move |python| python.program == program)
}

/// All of them. `print` flushes in each, since a line that is held back until the process ends comes in no order at all.
pub const PYTHON: &[Python] = &[
    Python {
        program: "single_task_demo",
        file: "single_task.py",
        differs: [
            "The body of run is indented here, as it is not in the notes. Python warns of nothing; Rust sees that run is never reached.",
            "这里给 run 的函数体补上了缩进（讲义里漏了）。Python 不会有任何警告；Rust 看得出 run 永远不会执行到。",
        ],
    },
    Python {
        program: "spawn_demo",
        file: "spawn.py",
        differs: [
            "Python makes the process and starts it in two steps (Process(…), then start()); Rust does both in one (Process::spawn).",
            "Python 分两步：先 Process(…) 创建进程，再 start() 启动；Rust 一步完成（Process::spawn）。",
        ],
    },
    Python {
        program: "ordering_demo",
        file: "ordering.py",
        differs: [
            "After its last line Python's parent still waits for its child: multiprocessing joins all children before the process ends. Ours is gone at once.",
            "Python 的父进程输出最后一行之后还会等子进程：multiprocessing 在进程结束前会 join 所有子进程。我们的父进程立刻就结束了。",
        ],
    },
    Python {
        program: "ordering_join_demo",
        file: "ordering_join.py",
        differs: [
            "The same in both. Only that Rust's join also hands over how the child has ended; Python asks p.exitcode.",
            "两者相同。只是 Rust 的 join 还会交出子进程是怎样结束的；Python 要去看 p.exitcode。",
        ],
    },
    Python {
        program: "isolation_demo",
        file: "isolation.py",
        differs: [
            "Python needs `global num`, or += would make a local variable. Rust needs an atomic, for a static may be reached by several threads.",
            "Python 要写 global num，否则 += 会造出一个局部变量；Rust 要用原子类型，因为静态变量可能被多个线程访问。",
        ],
    },
    Python {
        program: "isolation_second_child_demo",
        file: "isolation_second_child.py",
        differs: [
            "The same in both: each child begins with the parent's 100.",
            "两者相同：每个子进程都从父进程的 100 开始。",
        ],
    },
    Python {
        program: "pool_demo",
        file: "pool_fixed.py",
        differs: [
            "Mended: random.choice is called, where the notes' listing indexes it. Python notices a forgotten close() when it runs; in Rust that does not compile.",
            "已改正：讲义把 random.choice 写成了下标访问，这里改成调用。忘了 close()，Python 要到运行时才报错，Rust 则编译不过。",
        ],
    },
    Python {
        program: "pool_demo",
        file: "pool_as_published.py",
        differs: [
            "As published: random.choice[1, 2, 3] fails in every task, and nobody hears of it, for the results are thrown away.",
            "讲义原样：random.choice[1, 2, 3] 使每个任务都出错，而结果被丢掉了，所以没有人知道。",
        ],
    },
    Python {
        program: "queue_demo",
        file: "queue_as_published.py",
        differs: [
            "As published: the reader is terminated when the writer has ended, whether it has printed everything or not. Messages can be lost.",
            "讲义原样：写进程一结束就终止读进程，不管它有没有输出完。消息可能丢失。",
        ],
    },
    Python {
        program: "queue_demo",
        file: "queue_joinable.py",
        differs: [
            "Mended with a JoinableQueue: the reader says task_done() when it has printed a value. Our program does that with a second channel.",
            "用 JoinableQueue 改正：读进程每输出一个值就调用 task_done()。我们的程序用另一条通道做同样的事。",
        ],
    },
    Python {
        program: "queue_shared_demo",
        file: "queue_end_value.py",
        differs: ["The same in both: a last value, None, means the end.", "两者相同：最后放入 None，表示“结束”。"],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_is_there() {
        for python in PYTHON {
            let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
            assert!(root.join(python.path()).is_file(), "{}", python.file);
        }
    }
}
