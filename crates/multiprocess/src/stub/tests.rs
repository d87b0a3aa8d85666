#![allow(clippy::unwrap_used, reason = "a test reports by panicking")]

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;

use quote::ToTokens;
use syn::{FnArg, ImplItem, Item, Pat, TraitItem, Type, UseTree, Visibility};

use super::{connection, pool, process, queue, sync, wait};

#[track_caller]
fn is_refused<T>(result: io::Result<T>) {
    let error = result.err().expect("nothing can be made");
    assert_eq!(error.kind(), io::ErrorKind::Unsupported);
    assert!(error.to_string().contains("Linux 5.3") && error.to_string().contains("64-bit"), "{error}");
}

#[test]
fn whatever_is_asked_for_is_refused() {
    is_refused(process::Process::spawn(|| ()));
    is_refused(process::ProcessBuilder::new().name("n").kill_on_drop(true).niceness(1).spawn(|| ()));
    is_refused(process::ProcessBuilder::new().output(|| ()));
    is_refused(pool::Pool::new(2));
    is_refused(pool::Pool::with_available_parallelism());
    is_refused(pool::PoolBuilder::new().workers(2).initializer(|| ()).start());
    is_refused(queue::Queue::<u8>::new());
    is_refused(queue::Queue::<u8>::bounded(9));
    is_refused(queue::JoinableQueue::<u8>::new());
    is_refused(queue::PollableQueue::<u8>::new());
    is_refused(connection::pipe::<u8, u8>());
    is_refused(sync::Lock::new());
    is_refused(sync::RLock::new());
    is_refused(sync::Semaphore::new(1));
    is_refused(sync::Event::new());
    is_refused(sync::Condition::new());
    is_refused(sync::Barrier::new(2));
    is_refused(sync::Value::new(1));
    is_refused(sync::Array::new(2, 1));
    is_refused(wait::wait(&[], None));
}

#[test]
fn threads_may_have_what_they_may_have_elsewhere() {
    fn between_threads<T: Send + Sync>() {}
    between_threads::<queue::Queue<std::cell::Cell<u8>>>();
    between_threads::<crate::Queue<std::cell::Cell<u8>>>();
    between_threads::<pool::Pool>();
    between_threads::<crate::Pool>();
    between_threads::<pool::AsyncResult<std::rc::Rc<u8>>>();
    between_threads::<crate::AsyncResult<std::rc::Rc<u8>>>();
    between_threads::<sync::Value<u8>>();
    between_threads::<crate::Value<u8>>();
}

#[test]
fn names_and_signatures_are_those_of_the_library() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let public = exported(&src);
    let (mut real, mut stub) = (BTreeSet::new(), BTreeSet::new());
    for file in files(&src) {
        // What both are built from, and this.
        if ["error.rs", "plain.rs", "tests.rs"].iter().any(|passed_over| file.ends_with(passed_over)) {
            continue;
        }
        let is_stub = file.starts_with(src.join("stub")) || file.ends_with("src/stub.rs");
        let items = syn::parse_file(&fs::read_to_string(&file).unwrap()).unwrap().items;
        items.iter().for_each(|item| describe(item, &public, if is_stub { &mut stub } else { &mut real }));
    }
    assert!(real.len() > 150, "the library is not what this test looks at: {}", real.len());
    let missing: Vec<_> = real.difference(&stub).collect();
    let foreign: Vec<_> = stub.difference(&real).collect();
    assert!(missing.is_empty() && foreign.is_empty(), "the stub lacks {missing:#?}\nand has for it {foreign:#?}");
}

/// The names that `lib.rs` and the feature `testing` make public.
fn exported(src: &Path) -> BTreeSet<String> {
    fn names(tree: &UseTree, to: &mut BTreeSet<String>) {
        match tree {
            UseTree::Path(path) => names(&path.tree, to),
            UseTree::Group(group) => group.items.iter().for_each(|tree| names(tree, to)),
            UseTree::Name(name) => drop(to.insert(name.ident.to_string())),
            _ => panic!("lib.rs exports by a name or by a list of names"),
        }
    }
    let mut exported = BTreeSet::from(["in_process".to_owned()]);
    for item in syn::parse_file(&fs::read_to_string(src.join("lib.rs")).unwrap()).unwrap().items {
        match item {
            Item::Use(item) if matches!(item.vis, Visibility::Public(_)) => names(&item.tree, &mut exported),
            _ => {}
        }
    }
    exported
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// Adds what a user can see of an item, each thing as a text.
fn describe(item: &Item, public: &BTreeSet<String>, to: &mut BTreeSet<String>) {
    let is_public = |vis: &Visibility, name: &syn::Ident| {
        matches!(vis, Visibility::Public(_)) && public.contains(&name.to_string())
    };
    match item {
        Item::Struct(item) if is_public(&item.vis, &item.ident) => {
            to.insert(format!("struct {}{}", item.ident, text(&item.generics)));
            derives(&item.attrs, &item.ident, to);
        }
        Item::Enum(item) if is_public(&item.vis, &item.ident) => {
            let variants: Vec<_> = item.variants.iter().map(|variant| text(&variant.ident)).collect();
            to.insert(format!("enum {}{} {variants:?}", item.ident, text(&item.generics)));
            derives(&item.attrs, &item.ident, to);
        }
        Item::Fn(item) if is_public(&item.vis, &item.sig.ident) => drop(to.insert(signature(item.sig.clone()))),
        Item::Trait(item) if is_public(&item.vis, &item.ident) => {
            for function in &item.items {
                let TraitItem::Fn(function) = function else {
                    panic!("a trait's functions are compared, nothing else")
                };
                let default = function.default.is_some();
                to.insert(format!("trait {}: {}, default: {default}", item.ident, signature(function.sig.clone())));
            }
        }
        Item::Impl(item) => {
            let Type::Path(of) = &*item.self_ty else { return };
            let name = of.path.segments.last().unwrap().ident.to_string();
            if !public.contains(&name) {
                return;
            }
            if let Some((_, of_trait, _)) = &item.trait_ {
                let of_trait = &of_trait.segments.last().unwrap().ident;
                // What is dropped can be seen, but not that something happens then; what threads may have, another test compares.
                if !["Drop", "Send", "Sync"].iter().any(|unseen| of_trait == unseen) {
                    to.insert(format!("{of_trait} for {name}"));
                }
                return;
            }
            let place =
                format!("impl{} {} {}", text(&item.generics), text(&item.self_ty), text(&item.generics.where_clause));
            for function in &item.items {
                match function {
                    ImplItem::Fn(function) if matches!(function.vis, Visibility::Public(_)) => {
                        to.insert(format!("{place}: {}", signature(function.sig.clone())));
                    }
                    _ => {}
                }
            }
        }
        _ => {}
    }
}

fn derives(attributes: &[syn::Attribute], of: &syn::Ident, to: &mut BTreeSet<String>) {
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("derive")) {
        attribute
            .parse_nested_meta(|derived| {
                to.insert(format!("{} for {of}", text(&derived.path)));
                Ok(())
            })
            .unwrap();
    }
}

/// Without what concerns the body only: whether an argument is changed there.
fn signature(mut signature: syn::Signature) -> String {
    for argument in &mut signature.inputs {
        match argument {
            FnArg::Receiver(receiver) if receiver.reference.is_none() => receiver.mutability = None,
            FnArg::Typed(typed) => {
                if let Pat::Ident(name) = &mut *typed.pat {
                    name.mutability = None;
                }
            }
            FnArg::Receiver(_) => {}
        }
    }
    text(&signature)
}

fn text(tokens: &impl ToTokens) -> String {
    tokens.to_token_stream().to_string()
}
