//! What `ProcessBuilder` promises.

use std::fs;
use std::io::{Read, Write};

use multiprocess::{Process, ProcessBuilder, Queue, Resource};

use crate::forking::{Case, Gate, open_descriptors};

pub const CASES: &[Case] = cases![
    exitcode_speaks_pythons_words,
    a_child_has_the_streams_that_it_was_given,
    an_empty_standard_input_is_empty,
    output_is_collected_whole,
    output_of_a_child_that_panics_is_collected,
    limits_niceness_and_processors_are_the_childs_alone,
    what_is_refused_is_said_and_nothing_runs,
    no_descriptor_is_left,
];

fn exitcode_speaks_pythons_words() {
    let gate = Gate::new();
    let mut p = Process::spawn(|| gate.pass()).unwrap();
    assert_eq!(p.exitcode().unwrap(), None);
    gate.open();
    p.join().unwrap();
    assert_eq!(p.exitcode().unwrap(), Some(0));

    let mut p = Process::spawn(|| std::process::exit(7)).unwrap();
    p.join().unwrap();
    assert_eq!(p.exitcode().unwrap(), Some(7));

    let mut p = Process::spawn(|| gate.pass()).unwrap();
    p.terminate().unwrap();
    p.join().unwrap();
    assert_eq!(p.exitcode().unwrap(), Some(-libc::SIGTERM));
}

fn a_child_has_the_streams_that_it_was_given() {
    let (from, mut to) = std::io::pipe().unwrap();
    let (mut out, to_out) = std::io::pipe().unwrap();
    to.write_all(b"question").unwrap();
    drop(to);
    let mut child = ProcessBuilder::new()
        .stdin(from)
        .stdout(to_out)
        .spawn(|| {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).unwrap();
            print!("{text}, answer");
        })
        .unwrap();
    let mut text = String::new();
    out.read_to_string(&mut text).unwrap();
    assert_eq!(text, "question, answer");
    assert!(child.join().unwrap().success());
}

fn an_empty_standard_input_is_empty() {
    let mut child = ProcessBuilder::new()
        .stdin_null()
        .unwrap()
        .spawn(|| assert_eq!(std::io::stdin().read(&mut [0]).unwrap(), 0))
        .unwrap();
    assert!(child.join().unwrap().success());
}

fn output_is_collected_whole() {
    // More than a pipe holds, by turns.
    let output = ProcessBuilder::new()
        .output(|| {
            for n in 0..20_000 {
                println!("out {n}");
                eprintln!("err {n}");
            }
            std::process::exit(3);
        })
        .unwrap();
    assert_eq!(output.status.code(), Some(3));
    for (stream, text) in [("out", output.stdout), ("err", output.stderr)] {
        let all: String = (0..20_000).map(|n| format!("{stream} {n}\n")).collect();
        assert!(String::from_utf8(text).unwrap() == all);
    }
}

fn output_of_a_child_that_panics_is_collected() {
    let output = ProcessBuilder::new().name("unlucky").output(|| panic!("as asked")).unwrap();
    assert_eq!(output.status.code(), Some(101));
    assert!(String::from_utf8(output.stderr).unwrap().contains("as asked"));
}

fn limits_niceness_and_processors_are_the_childs_alone() {
    // SAFETY: plain numbers.
    let niceness = || unsafe { libc::getpriority(libc::PRIO_PROCESS, 0) };
    let open_files = || {
        let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
        // SAFETY: the limit is written to a live place.
        assert_eq!(unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) }, 0);
        (limit.rlim_cur, limit.rlim_max)
    };
    let processors = || {
        let status = fs::read_to_string("/proc/self/status").unwrap();
        status.lines().find_map(|line| line.strip_prefix("Cpus_allowed_list:\t")).unwrap().to_owned()
    };
    let before = (niceness(), open_files(), processors());
    let first: usize = before.2.split([',', '-']).next().unwrap().parse().unwrap();
    let mut child = ProcessBuilder::new()
        .limit(Resource::OpenFiles, 50)
        .niceness(19)
        .affinity([first])
        .spawn(|| assert_eq!((niceness(), open_files(), processors()), (19, (50, 50), first.to_string())))
        .unwrap();
    assert!(child.join().unwrap().success());
    assert_eq!((niceness(), open_files(), processors()), before);

    let mut child = ProcessBuilder::new()
        .limit(Resource::CpuSeconds, 1)
        .limit(Resource::CoreDump, 0)
        .spawn(|| {
            loop {
                std::hint::spin_loop();
            }
        })
        .unwrap();
    assert!(!child.join().unwrap().success());
}

fn what_is_refused_is_said_and_nothing_runs() {
    let ran = Queue::<()>::new().unwrap();
    let refused = |builder: ProcessBuilder| builder.spawn(|| ran.put(()).unwrap()).unwrap_err();
    let error = refused(ProcessBuilder::new().affinity([100_000]));
    assert!(error.to_string().contains("choose its processors"), "{error}");
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidInput);
    refused(ProcessBuilder::new().affinity([]));
    assert!(ran.is_empty());
    crate::forking::assert_no_children();
}

fn no_descriptor_is_left() {
    let before = open_descriptors();
    let children = Queue::<usize>::new().unwrap();
    for _ in 0..20 {
        let output = ProcessBuilder::new().niceness(19).output(|| children.put(open_descriptors()).unwrap()).unwrap();
        assert!(output.status.success());
        // The library's pipes among them: what it was given besides is on its standard streams.
        assert!(children.get().unwrap() <= before + 4);
        ProcessBuilder::new().affinity([]).spawn(|| ()).unwrap_err();
    }
    assert_eq!(open_descriptors(), before);
}
