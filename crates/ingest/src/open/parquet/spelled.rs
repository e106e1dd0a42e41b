//! Rows as text: cells of a table where all columns are plain, else members of objects.

use std::io::{self, Write};

use begat_model::Timestamp;
use begat_model::time::Precision;
use parquet::basic::{LogicalType, Repetition, TimeUnit};
use parquet::record::{Field, Row};
use parquet::schema::types::Type;
use serde_json::Value;

/// How a file's rows are spelled.
pub(super) enum Spelling {
    /// As CSV, below a head of these names.
    Cells(Vec<String>),
    /// As objects, one a line.
    Objects,
}

impl Spelling {
    /// By the file's columns. A single one may hold whole events, which no table has.
    pub(super) fn of(schema: &Type) -> Spelling {
        let columns = schema.get_fields();
        let is_plain = |column: &Type| {
            column.is_primitive() && column.get_basic_info().repetition() != Repetition::REPEATED
        };
        match columns.len() > 1 && columns.iter().all(|column| is_plain(column)) {
            true => Spelling::Cells(columns.iter().map(|column| on_one_line(column.name())).collect()),
            false => Spelling::Objects,
        }
    }

    /// What stands before all rows.
    pub(super) fn head(&self) -> io::Result<Vec<u8>> {
        let mut text = Vec::new();
        if let Spelling::Cells(names) = self {
            let mut head = csv::Writer::from_writer(&mut text);
            head.write_record(names)?;
            head.flush()?;
        }
        Ok(text)
    }

    /// A row, and what ends it.
    pub(super) fn row(&self, row: &Row, schema: &Type, text: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Spelling::Cells(_) => {
                let cells = row.get_column_iter().zip(schema.get_fields());
                let mut line = csv::Writer::from_writer(text);
                line.write_record(cells.map(|((_, field), column)| cell(field, column)))?;
                line.flush()
            }
            Spelling::Objects => {
                serde_json::to_writer(&mut *text, &object(row, Some(schema)))?;
                text.write_all(b"\n")
            }
        }
    }
}

fn on_one_line(name: &str) -> String {
    name.replace(|character: char| character.is_control(), " ")
}

fn cell(field: &Field, column: &Type) -> String {
    match value(field, Some(column)) {
        None => String::new(),
        Some(Value::String(text)) => text,
        Some(value) => value.to_string(),
    }
}

/// What is null is left out: a column tells no difference between nothing and absence.
fn object(row: &Row, schema: Option<&Type>) -> Value {
    let columns = schema.filter(|schema| schema.is_group()).map(Type::get_fields).unwrap_or_default();
    let members = row.get_column_iter().enumerate();
    let members = members.filter_map(|(place, (name, field))| {
        Some((name.clone(), value(field, columns.get(place).map(|column| &**column))?))
    });
    Value::Object(members.collect())
}

/// `None` for null. Times are told as they are meant: in UTC, or in a zone that the file does not name.
fn value(field: &Field, column: Option<&Type>) -> Option<Value> {
    let logical = column.and_then(|column| column.get_basic_info().logical_type_ref());
    let time = match (field, logical) {
        (Field::Long(count), Some(LogicalType::Timestamp(kind))) => match kind.unit {
            TimeUnit::MILLIS => time_of(*count, 3),
            TimeUnit::MICROS => time_of(*count, 6),
            TimeUnit::NANOS => time_of(*count, 9),
        },
        (Field::TimestampMillis(count), _) => time_of(*count, 3),
        (Field::TimestampMicros(count), _) => time_of(*count, 6),
        _ => None,
    };
    if let Some(time) = time {
        let is_utc = !matches!(logical, Some(LogicalType::Timestamp(kind)) if !kind.is_adjusted_to_u_t_c);
        return Some(Value::String(if is_utc { time } else { time.trim_end_matches('Z').to_owned() }));
    }
    Some(match field {
        Field::Null => return None,
        Field::Bool(truth) => Value::Bool(*truth),
        Field::Byte(number) => (*number).into(),
        Field::Short(number) => (*number).into(),
        Field::Int(number) => (*number).into(),
        Field::Long(number) | Field::TimeMicros(number) => (*number).into(),
        Field::TimestampMillis(number) | Field::TimestampMicros(number) => (*number).into(),
        Field::UByte(number) => (*number).into(),
        Field::UShort(number) => (*number).into(),
        Field::UInt(number) => (*number).into(),
        Field::ULong(number) => (*number).into(),
        Field::TimeMillis(number) => (*number).into(),
        Field::Float16(number) => f32::from(*number).into(),
        Field::Float(number) => (*number).into(),
        Field::Double(number) => (*number).into(),
        Field::Str(text) => Value::String(text.clone()),
        Field::Bytes(bytes) => Value::String(text_of(bytes.data())),
        Field::Decimal(_) | Field::Date(_) => Value::String(field.to_string().trim_matches('"').to_owned()),
        Field::Group(row) => object(row, column),
        Field::ListInternal(list) => {
            list.elements().iter().map(|element| value(element, None).unwrap_or(Value::Null)).collect()
        }
        Field::MapInternal(map) => {
            let entry = |(key, told): &(Field, Field)| Some((text(key)?, value(told, None)?));
            Value::Object(map.entries().iter().filter_map(entry).collect())
        }
    })
}

fn text(key: &Field) -> Option<String> {
    match value(key, None)? {
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// Texts that are not marked as such; what is none is told in hexadecimal.
fn text_of(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| format!("{byte:02X}")).collect(),
    }
}

/// A count since 1970, of so many decimal places of a second; `None` where no clock shows it.
fn time_of(count: i64, places: u8) -> Option<String> {
    const TICK_PLACES: u8 = 7;
    let ticks = match places <= TICK_PLACES {
        true => count.checked_mul(10_i64.pow(u32::from(TICK_PLACES - places)))?,
        false => count.div_euclid(10_i64.pow(u32::from(places - TICK_PLACES))),
    };
    let time =
        Timestamp::from_unix_ticks(ticks, Precision::of_decimal_places(usize::from(places.min(TICK_PLACES))));
    Some(time.to_string()).filter(|time| time.ends_with('Z'))
}
