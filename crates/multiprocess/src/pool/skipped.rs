//! Whether a value leaves out a field of its own when it is serialized (serde's `skip_serializing_if`).
//!
//! An encoding without names cannot say so, and what follows would be taken for the field: perhaps for a valid one. So this
//! asks the value itself: it serializes it to nothing, and hears which fields are skipped.

use std::fmt;

use serde::ser::{self, Serialize, Serializer};

/// The name of the first field that is left out.
pub(super) fn skipped_field<T: Serialize + ?Sized>(value: &T) -> Option<&'static str> {
    value.serialize(Listener).err().and_then(|Stopped(field)| field)
}

struct Listener;

/// The field that is left out; `None`: the value cannot be serialized, which the encoder finds out, too.
#[derive(Debug)]
struct Stopped(Option<&'static str>);

impl fmt::Display for Stopped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.unwrap_or("not serialized"))
    }
}

impl std::error::Error for Stopped {}

impl ser::Error for Stopped {
    fn custom<T: fmt::Display>(_: T) -> Stopped {
        Stopped(None)
    }
}

type Heard = Result<(), Stopped>;

/// Methods for values that have no parts.
macro_rules! nothing {
    ($($method:ident($($type:ty),*);)+) => { $(fn $method(self, $(_: $type),*) -> Heard { Ok(()) })+ };
}

/// Methods for values that have parts, which are then told to the listener one by one.
macro_rules! parts {
    ($($method:ident($($type:ty),*) -> $parts:ident;)+) => {
        $(type $parts = Listener; fn $method(self, $(_: $type),*) -> Result<Listener, Stopped> { Ok(Listener) })+
    };
}

type Name = &'static str;

impl Serializer for Listener {
    type Ok = ();
    type Error = Stopped;

    nothing! {
        serialize_bool(bool); serialize_char(char); serialize_str(&str); serialize_bytes(&[u8]);
        serialize_i8(i8); serialize_i16(i16); serialize_i32(i32); serialize_i64(i64); serialize_i128(i128);
        serialize_u8(u8); serialize_u16(u16); serialize_u32(u32); serialize_u64(u64); serialize_u128(u128);
        serialize_f32(f32); serialize_f64(f64);
        serialize_none(); serialize_unit(); serialize_unit_struct(Name); serialize_unit_variant(Name, u32, Name);
    }

    parts! {
        serialize_seq(Option<usize>) -> SerializeSeq;
        serialize_tuple(usize) -> SerializeTuple;
        serialize_tuple_struct(Name, usize) -> SerializeTupleStruct;
        serialize_tuple_variant(Name, u32, Name, usize) -> SerializeTupleVariant;
        serialize_map(Option<usize>) -> SerializeMap;
        serialize_struct(Name, usize) -> SerializeStruct;
        serialize_struct_variant(Name, u32, Name, usize) -> SerializeStructVariant;
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Heard {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: Name, value: &T) -> Heard {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(self, _: Name, _: u32, _: Name, value: &T) -> Heard {
        value.serialize(self)
    }

    /// As the encoder says: some types are serialized otherwise for people.
    fn is_human_readable(&self) -> bool {
        false
    }
}

/// The parts of a value, by the methods that tell of them; those of structs also tell what is left out.
macro_rules! listen {
    ($($kind:ident: $($method:ident)+;)+) => { $(
        impl ser::$kind for Listener {
            type Ok = ();
            type Error = Stopped;
            $(fn $method<T: Serialize + ?Sized>(&mut self, part: &T) -> Heard { part.serialize(Listener) })+
            fn end(self) -> Heard { Ok(()) }
        }
    )+ };
    (fields: $($kind:ident)+) => { $(
        impl ser::$kind for Listener {
            type Ok = ();
            type Error = Stopped;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, _: Name, part: &T) -> Heard { part.serialize(Listener) }
            fn skip_field(&mut self, name: Name) -> Heard { Err(Stopped(Some(name))) }
            fn end(self) -> Heard { Ok(()) }
        }
    )+ };
}

listen! {
    SerializeSeq: serialize_element;
    SerializeTuple: serialize_element;
    SerializeTupleStruct: serialize_field;
    SerializeTupleVariant: serialize_field;
    SerializeMap: serialize_key serialize_value;
}
listen!(fields: SerializeStruct SerializeStructVariant);

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(serde::Serialize)]
    struct Sometimes {
        first: u8,
        #[serde(skip_serializing_if = "Option::is_none")]
        second: Option<u8>,
        #[serde(skip)]
        never: u8,
    }

    #[derive(serde::Serialize)]
    enum Nested {
        Unit,
        Newtype(Option<Sometimes>),
        Struct {
            #[serde(skip_serializing_if = "Vec::is_empty")]
            list: Vec<Sometimes>,
        },
    }

    fn sometimes(second: Option<u8>) -> Sometimes {
        let never = 3;
        Sometimes { first: never, second, never }
    }

    #[test]
    fn what_is_always_or_never_there_is_not_left_out() {
        let whole = (sometimes(Some(1)), [Nested::Unit], Nested::Struct { list: vec![sometimes(Some(2))] });
        assert_eq!(skipped_field(&whole), None);
        let map: std::collections::BTreeMap<String, f64> = [("a".to_owned(), 0.5)].into();
        assert_eq!(skipped_field(&(map, 'c', "text", 1_u128, ())), None);
        assert_eq!(whole.0.never, 3);
    }

    #[test]
    fn a_field_that_is_left_out_is_found_wherever_it_is() {
        assert_eq!(skipped_field(&sometimes(None)), Some("second"));
        assert_eq!(skipped_field(&vec![Nested::Unit, Nested::Newtype(Some(sometimes(None)))]), Some("second"));
        assert_eq!(skipped_field(&Some(Nested::Struct { list: Vec::new() })), Some("list"));
        assert_eq!(skipped_field(&Nested::Struct { list: vec![sometimes(None)] }), Some("second"));
    }
}
