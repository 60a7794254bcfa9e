//! Faults as JSON.

use std::time::Duration;

use serde_json::{Value, json};

use crate::routes::call::{Fields, missing};
use crate::server::fault::{Fault, Hit};
use crate::server::shared::Shared;
use crate::world::Failure;
use crate::world::time::iso;

/// The faults that wait for their requests, and the requests that met one.
pub(super) fn list(shared: &Shared) -> Value {
    let faults = shared.faults();
    let armed = faults.armed().map(|fault| {
        json!({
            "description": fault.describe(),
            "times": fault.times_left(),
        })
    });
    let fired = faults.fired().map(|hit: &Hit| {
        json!({
            "description": hit.fault,
            "method": hit.method,
            "target": hit.path,
            "at": iso(hit.at),
        })
    });
    json!({
        "armed": armed.collect::<Vec<_>>(),
        "fired": fired.collect::<Vec<_>>(),
        "connectionsToDrop": faults.connections_to_drop(),
    })
}

/// Reads a fault: its effect, the keys that the effect needs, and which
/// requests the fault is for.
pub(super) fn parse(mut fields: Fields) -> Result<Fault, Failure> {
    let effect = fields.text("effect")?;
    let mut fault = match &*effect {
        "status" => status(&mut fields)?,
        "delay" => Fault::delay(millis(&mut fields)?),
        "slow_body" => Fault::slow_body(millis(&mut fields)?),
        "close_unread" => Fault::close_unread(),
        "close" => Fault::close(),
        "reset" => Fault::reset(),
        "close_in_headers" => Fault::close_in_headers(),
        "close_in_body" => Fault::close_in_body(),
        "stall_in_body" => Fault::stall_in_body(),
        "endless_body" => Fault::endless_body(),
        "garbage" => Fault::garbage(),
        "raw" => Fault::raw(fields.text("body")?),
        "cut_body_after" => Fault::cut_body_after(bytes(&mut fields)?),
        "cut_body_before" => Fault::cut_body_before(bytes(&mut fields)?),
        "stall_body_after" => Fault::stall_body_after(bytes(&mut fields)?),
        other => return Err(Failure::bad_request(format!("Unknown effect {other:?}"))),
    };
    if let Some(method) = fields.optional_text("method")? {
        fault = fault.method(&method);
    }
    if let Some(path) = fields.optional_text("path")? {
        fault = fault.path(&path);
    }
    if fields.optional_bool("afterEffect")? == Some(true) {
        fault = fault.after_effect();
    }
    if let Some(skip) = fields.optional_integer("skip", 0..=u64::from(u32::MAX))? {
        fault = fault.skip(u32::try_from(skip).unwrap_or(u32::MAX));
    }
    if let Some(probability) = fields.optional_number("probability", 0.0..=1.0)? {
        fault = fault.probability(probability);
    }
    match fields.take("times") {
        None => {}
        Some(Value::Null) => fault = fault.always(),
        Some(times) => {
            let times = times.as_u64().and_then(|times| u32::try_from(times).ok());
            let times = times.filter(|times| *times > 0).ok_or_else(|| {
                Failure::bad_request("times must be a whole number from 1, or null for always")
            })?;
            fault = fault.times(times);
        }
    }
    fields.done()?;
    Ok(fault)
}

fn status(fields: &mut Fields) -> Result<Fault, Failure> {
    let status = fields
        .optional_integer("status", 200..=999)?
        .ok_or_else(|| missing("status"))?;
    let mut fault = Fault::status(u16::try_from(status).unwrap_or(500));
    if let Some(headers) = fields.take("headers") {
        let headers = headers.as_object().cloned();
        let headers = headers.ok_or_else(|| Failure::bad_request("headers must be an object"))?;
        for (name, value) in headers {
            let value = value
                .as_str()
                .ok_or_else(|| Failure::bad_request(format!("{name} must be a string")))?;
            if !fault.add_header(&name, value) {
                return Err(Failure::bad_request(format!(
                    "{name} cannot be this header"
                )));
            }
        }
    }
    if let Some(body) = fields.optional_text("body")? {
        fault = fault.body(body);
    }
    Ok(fault)
}

fn millis(fields: &mut Fields) -> Result<Duration, Failure> {
    let millis = fields
        .optional_integer("millis", 0..=86_400_000)?
        .ok_or_else(|| missing("millis"))?;
    Ok(Duration::from_millis(millis))
}

fn bytes(fields: &mut Fields) -> Result<usize, Failure> {
    let bytes = fields
        .optional_integer("bytes", 0..=u64::from(u32::MAX))?
        .ok_or_else(|| missing("bytes"))?;
    Ok(usize::try_from(bytes).unwrap_or(usize::MAX))
}
