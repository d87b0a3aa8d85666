//! `--lang zh`: what a reader of Chinese is told.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use interleave_claims::words::width;

/// A program that breaks each claim of its notes in another way, and ends badly.
const PROGRAM: &str = "(echo 子一; echo 子二) & echo 父一; wait; echo 父二; echo 多余; echo 出错 >&2; exit 3";

const NOTES: &str = r#"# 讲义

```toml claims
[program]
run = "sh program.sh"

[lines]
"父" = ["父一", "父二"]
"子" = ["子一", "子二"]

[[claim]]
says = "子进程先开始"
order = ["子一", "父一"]

[[claim]]
says = "有两个子进程"
processes = { "父" = 1, "子" = 2 }

[[claim]]
says = "谁先开始都行"
either = ["父一", "子一"]

[[claim]]
says = "一共有七种顺序"
interleavings = 7

[[claim]]
says = "父二输出两次"
count = 2
of = ["父二"]

[[claim]]
says = "父进程等了两秒"
at_least = 2.0
between = ["父一", "父二"]
```
"#;

fn interleave(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_interleave"));
    command.args(arguments).current_dir(folder).env("LC_ALL", "C.UTF-8").env_remove("RUST_BACKTRACE");
    command
}

/// What is said on standard output and standard error, for this exit status.
fn said(mut command: Command, code: i32) -> String {
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{text}");
    text
}

/// Words of English that are left once these are taken away: commands, names and the like, which are the same in every language.
fn english(text: &str, known: &[&str]) -> Vec<String> {
    let mut text = text.to_owned();
    known.iter().for_each(|known| text = text.replace(known, "\n"));
    text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| word.len() > 1).map(str::to_owned).collect()
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("N.md"), NOTES).unwrap();
    fs::write(folder.path().join("program.sh"), PROGRAM).unwrap();
    folder
}

#[test]
fn a_broken_claim_is_told_in_chinese_as_a_whole() {
    let folder = folder();
    let report = said(interleave(folder.path(), &["verify", "N.md", "--lang", "zh"]), 1);
    for part in [
        "种交错顺序，已全部探索",
        "✗ 父 以退出码 3 结束；讲义说它以退出码 0 结束；并且讲义里没有这一行",
        "应当：每个进程都自己结束，并且像讲义所说的那样结束",
        "进程 ", // … wrote on standard error
        "“父一”出现在“子一”之前",
        "✓ 谁先开始都行（两种先后都出现过）",
        "不到 2 秒",
        "再看一遍：interleave replay N.md/sh -",
        "✗ 不成立：",
    ] {
        assert!(report.contains(part), "`{part}` is not in:\n{report}");
    }
    // (The lesson, and its call, are named if by chance the live run was as the notes say.)
    let known = ["interleave replay", "interleave verify", "N.md", "sh", "wait", "ordering_demo"];
    assert!(english(&report, &known).is_empty(), "{report}");
    // The notes' words and the program's lines stay as they are, and so does JSON.
    let json = |language: &str| {
        let mut object: serde_json::Value = serde_json::from_str(&said(
            interleave(folder.path(), &["verify", "N.md", "--explore", "--json", "--lang", language]),
            1,
        ))
        .unwrap();
        object["lessons"][0]["runs"].take();
        object
    };
    let whole = json("zh");
    assert_eq!(whole, json("en"));
    assert!(whole.to_string().contains("the notes do not know this line"), "{whole}");
}

#[test]
fn the_locale_is_asked_where_nothing_was_said() {
    let folder = folder();
    let outputs = |variables: &[(&str, &str)], more: &[&str]| {
        let mut command = interleave(folder.path(), &["outputs"]);
        command.args(more).args(["--", "sh", "-c", "echo a"]).envs(variables.iter().copied());
        said(command, 0)
    };
    let chinese = "1 种结果，来自 1 种交错顺序，已全部探索";
    let english = "1 outcome in 1 interleaving, all explored";
    let none = [("LC_ALL", ""), ("LC_MESSAGES", "")];
    for (language, variables) in [("zh_CN.UTF-8", chinese), ("zh_TW", chinese), ("en_US.UTF-8", english), ("", english)]
    {
        let text = outputs(&[none[0], none[1], ("LANG", language)], &[]);
        assert!(text.contains(variables), "{language}: {text}");
    }
    assert!(outputs(&[("LC_ALL", "C"), ("LANG", "zh_CN.UTF-8")], &[]).contains(english));
    assert!(outputs(&[("LC_ALL", "zh_CN.UTF-8")], &["--lang", "en"]).contains(english));
    assert!(outputs(&[], &["--lang", "zh-CN"]).contains(chinese));
    assert!(outputs(&[], &["--lang=zh"]).contains(chinese));
}

#[test]
fn a_deadlock_and_its_hint_are_told_in_chinese() {
    let folder = folder();
    // Both ends of the fifo stay open in who reads it.
    let script = "mkfifo f; exec 3<>f; read x <&3";
    let report = said(interleave(folder.path(), &["explore", "--lang", "zh", "--", "sh", "-c", script]), 1);
    for part in ["等在 read(0)，", "里没有可读的", "✗ 死锁", "已全部探索", "其中 1 种失败"] {
        assert!(report.contains(part), "`{part}` is not in:\n{report}");
    }
}

#[test]
fn errors_and_help_are_in_chinese() {
    let folder = folder();
    let fails = |arguments: &[&str], part: &str| {
        let text = said(interleave(folder.path(), arguments), 2);
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    };
    fails(&["verfy", "--lang", "zh"], "错误：不认识的子命令 'verfy'；是不是想说 `verify`？");
    fails(&["verify", "--lang", "zh", "--explor"], "不认识的参数 '--explor'；是不是想说 `--explore`？");
    fails(&["verify", "--lang", "zh", "nowhere.md"], "nowhere.md 处没有讲义");
    fails(&["verify", "--lang", "zh", "N.md/other"], "N.md 没有提到程序 `other`");
    for verb in ["explore", "outputs"] {
        fails(&[verb, "--lang", "zh", "--", "./nowhere"], "无法启动 `./nowhere`：");
    }
    fails(
        &["verify", "--lang", "zh", "N.md", "--program", "no-such-program"],
        "里找过；请连同目录写出它的名字，或安装它",
    );
    fails(&["explore", "--lang", "zh"], "请说明运行哪个程序");
    fails(&["explore", "--lang", "zh", "--time", "5x"], "`x` 不是时间单位；");
    fails(&["explore", "--lang", "zh", "--time", "0"], "要大于零");
    fails(&["explore", "--lang", "zh", "--time", "sorted"], "`sorted` 不是时间模式；");
    fails(&["explore", "--lang", "zh", "--env", "X"], "应写 NAME=VALUE");
    for verb in ["verify", "explore", "outputs", "possible", "replay", "check", "doctor", "play", "grade", "gradescope"]
    {
        let help = said(interleave(folder.path(), &[verb, "--lang", "zh", "--help"]), 0);
        assert!(help.contains(&format!("用法：interleave {verb}")) && help.contains("退出状态"), "{help}");
        assert!(help.lines().all(|line| width(line) <= 80), "{help}");
        assert!(!["Usage", "Options", "Print"].iter().any(|word| help.contains(word)), "{help}");
    }
    let help = said(interleave(folder.path(), &["--lang", "zh", "--help"]), 0);
    assert!(help.contains("命令:") && help.lines().all(|line| width(line) <= 80), "{help}");
}

#[test]
fn the_engines_own_errors_are_in_chinese() {
    let folder = folder();
    fs::write(folder.path().join("trace.jsonl"), "{}\n").unwrap();
    let table: [(&[&str], &str); 3] = [
        (&["replay", "--lang", "zh", "z9", "--", "sh", "program.sh"], "调度方案 z9 对不上：第 "),
        (&["replay", "--lang", "zh", "?", "--", "sh", "program.sh"], "意外的 `?`（调度方案 `?`）"),
        (&["check", "--lang", "zh", "N.md", "trace.jsonl"], "trace.jsonl:1: 既不是开头，也不是事件或停止"),
    ];
    for (arguments, expected) in table {
        let text = said(interleave(folder.path(), arguments), 2);
        assert!(text.contains(expected), "{arguments:?}: {text}");
    }
}

#[test]
fn faults_in_notes_are_told_in_chinese() {
    let folder = folder();
    for (from, to, part) in [
        ("order = [\"子一\", ", "order = [", "N.md:11: 论断“子进程先开始”：`order` 至少需要两项"),
        ("interleavings = 7", "interleving = 7", "不认识的字段 `interleving`，这里可以写的有 `says`, "),
        ("says = \"子进程先开始\"\n", "", "缺少字段 `says`"),
        ("of = [\"父二\"]", "of = [\"父三\"]", "[lines] 里没有“父三”这一行"),
        ("run = \"sh program.sh\"", "", "要运行什么？`bin` 写包里的一个程序，`run` 写一条命令"),
        ("```toml claims", "```toml claim", "```toml claim 不会当作论断来读；应写 ```toml claims"),
    ] {
        assert!(NOTES.contains(from), "{from}");
        fs::write(folder.path().join("N.md"), NOTES.replacen(from, to, 1)).unwrap();
        let text = said(interleave(folder.path(), &["verify", "N.md", "--lang", "zh"]), 2);
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    }
}

#[test]
fn what_the_machine_offers_and_a_new_course_are_told_in_chinese() {
    let folder = folder();
    let mut doctor = interleave(folder.path(), &["doctor", "--lang", "zh"]);
    doctor.env("INTERLEAVE_ISOLATION", "none");
    let text = said(doctor, 3);
    assert!(text.contains("✓ 用户命名空间") || text.contains("✗ 用户命名空间"), "{text}");
    assert!(text.contains("把一次运行与别的隔开的，是：什么也没有") && text.contains("进程号、网络"), "{text}");
    let text = said(interleave(folder.path(), &["new", "course", "--lang", "zh", "c"]), 0);
    assert!(text.contains("建好了 c；详细说明见 c/README.md"), "{text}");
    let text = said(interleave(folder.path(), &["new", "course", "--lang", "zh", "c"]), 2);
    assert!(text.contains("c 不是空的：里面有 "), "{text}");
}

#[test]
fn a_class_is_graded_in_chinese() {
    let folder = folder();
    fs::create_dir(folder.path().join("class")).unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("class/prints.sh", PROGRAM);
    write("class/hangs.sh", "mkfifo f; exec 3<>f; echo 父一; read x <&3");
    write("class/builds.c", "int main(void) { return 0 }\n");
    let arguments = ["grade", "--lang", "zh", "N.md", "class", "--junit", "junit.xml", "--feedback", "pages"];
    let table = said(interleave(folder.path(), &arguments), 0);
    for part in [
        "编译不通过：builds.c:1",
        "它输出的是完整的文本行，而且只有讲义写了的行：讲义里没有这一行",
        "每个进程都自己结束，并且像讲义所说的那样结束：谁也走不下去：进程 a 等在 read(0)，",
        "`sh` 的 3 份作业：平均 ",
    ] {
        assert!(table.contains(part), "`{part}` is not in:\n{table}");
    }
    // Where the fifo lies is another place each time.
    let words: String = table.lines().filter(|line| !line.contains("/submission/f")).collect();
    assert!(english(&words, &["prints", "builds.c", "builds", "sh"]).is_empty(), "{table}");
    let page = fs::read_to_string(folder.path().join("pages/prints.md")).unwrap();
    assert!(page.contains("“父一”出现在“子一”之前") && !page.contains(" came before "), "{page}");
    assert!(fs::read_to_string(folder.path().join("junit.xml")).unwrap().contains("“父一”出现在“子一”之前"));
    let fails = |arguments: &[&str], part: &str| {
        let text = said(interleave(folder.path(), arguments), 2);
        assert!(text.contains(part), "`{part}` is not in:\n{text}");
    };
    fails(&["grade", "--lang", "zh", "N.md", "nowhere"], "读不了 nowhere 里的作业：");
    fails(&["grade", "--lang", "zh", "N.md", "class", "--shard", "3/2"], "应写 K/N");
    write("grade.toml", "[points]\n\"没有这条\" = 1\n");
    fails(&["grade", "--lang", "zh", "N.md", "class"], "`sh` 没有这条论断；它的论断是：");
}

#[test]
fn pictures_are_captioned_in_chinese() {
    let folder = folder();
    let draws = |arguments: &[&str], code: i32| drop(said(interleave(folder.path(), arguments), code));
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    draws(&["verify", "N.md", "--lang", "zh", "--explore", "--svg", "broken.svg", "--html", "broken.html"], 1);
    let picture = read("broken.svg");
    for part in ["sh：时空图", "每一列是一个进程：父 a、子 b。时间从上往下。", "不成立：“", "启动 b", "输出“子一”"]
    {
        assert!(picture.contains(part), "`{part}` is not in:\n{picture}");
    }
    let page = read("broken.html");
    for part in ["<html lang=\"zh-CN\">", "各次运行的图", "<summary>经过</summary>", "标准输出上的内容", "再看一遍"]
    {
        assert!(page.contains(part), "`{part}` is not in:\n{page}");
    }
    draws(&["explore", "--lang", "zh", "--lattice", "all.svg", "--", "sh", "-c", "(echo a) & echo b; wait"], 0);
    let lattice = read("all.svg");
    for part in ["种顺序，", "每个圆圈是一个状态", "程序可能在这里结束：正常结束"] {
        assert!(lattice.contains(part), "`{part}` is not in:\n{lattice}");
    }
    // What is seen or heard of a picture, without its style and its markup, has no English in it.
    for picture in [picture, lattice] {
        let (before, rest) = picture.split_once("<style>").unwrap();
        let text = before.to_owned() + rest.split_once("</style>").unwrap().1;
        let pieces = text.split('<').filter_map(|piece| piece.split_once('>'));
        let texts: String = pieces.map(|(_, text)| format!("{text}\n")).collect();
        assert!(english(&texts, &["sh -c", "sh", "wait4"]).is_empty(), "{texts}");
    }
    draws(&["verify", "N.md", "--lang", "zh", "--explore", "--svg", "nowhere/a.svg"], 2);
}
