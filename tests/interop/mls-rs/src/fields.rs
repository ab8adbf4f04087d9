//! The fields of a request: bytes in hex, numbers, lists, messages.
use mls_rs::extension::ExtensionType;
use mls_rs::group::ExportedTree;
use mls_rs::psk::ExternalPskId;
use mls_rs::{Extension, ExtensionList, MlsMessage};
use serde_json::Value;

use crate::Failure;

pub fn bytes(request: &Value, field: &str) -> Result<Vec<u8>, Failure> {
    Ok(hex::decode(request[field].as_str().unwrap_or_default())?)
}

pub fn list<'a>(request: &'a Value, field: &str) -> &'a [Value] {
    request[field].as_array().map(Vec::as_slice).unwrap_or_default()
}

pub fn number(value: &Value) -> Result<u32, Failure> {
    Ok(u32::try_from(value.as_u64().ok_or("not a number")?)?)
}

pub fn flag(request: &Value, field: &str, otherwise: bool) -> bool {
    request[field].as_bool().unwrap_or(otherwise)
}

pub fn message(text: &Value) -> Result<MlsMessage, Failure> {
    let bytes = hex::decode(text.as_str().ok_or("not hex")?)?;
    let message = MlsMessage::from_bytes(&bytes)?;
    if message.to_bytes()? != bytes {
        return Err("not one MLSMessage".into());
    }
    Ok(message)
}

pub fn written(message: &MlsMessage) -> Result<String, Failure> {
    Ok(hex::encode(message.to_bytes()?))
}

pub fn extensions(entries: &[Value]) -> Result<ExtensionList, Failure> {
    let mut made = ExtensionList::new();
    for entry in entries {
        let kind = u16::try_from(number(&entry["type"])?)?;
        made.set(Extension::new(ExtensionType::new(kind), bytes(entry, "data")?));
    }
    Ok(made)
}

pub fn psk_id(entry: &Value) -> Result<ExternalPskId, Failure> {
    if !entry["nonce"].is_null() {
        return Err("mls-rs chooses the nonce of a PSK itself".into());
    }
    Ok(ExternalPskId::new(bytes(entry, "id")?))
}

pub fn tree(request: &Value) -> Result<Option<ExportedTree<'static>>, Failure> {
    if request["tree"].is_null() {
        return Ok(None);
    }
    Ok(Some(ExportedTree::from_bytes(&bytes(request, "tree")?)?))
}
