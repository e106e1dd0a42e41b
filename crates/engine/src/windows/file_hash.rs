//! The hashes of a process's file, as Sysmon writes them: `SHA1=…,MD5=…,SHA256=…,IMPHASH=…` in one field.

use begat_model::Text;

/// Sysmon knows four kinds.
const HASHES_MAX: usize = 8;

/// Each hash by itself, upper case, as one would look for it elsewhere; what is no hash is left out.
pub fn file_hashes(field: &str) -> Vec<Text> {
    field.split(',').filter_map(file_hash).take(HASHES_MAX).collect()
}

/// Files without imports (.NET's, scripts) have an IMPHASH of nothing but zeros: it is everybody's, and no hash.
fn file_hash(item: &str) -> Option<Text> {
    let (kind, digits) = item.trim().split_once('=')?;
    let is_kind = !kind.is_empty() && kind.bytes().all(|byte| byte.is_ascii_alphanumeric());
    let is_hash = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_told = digits.bytes().any(|byte| byte != b'0');
    (is_kind && is_hash && is_told).then(|| item.trim().to_ascii_uppercase().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_field_holds_several_hashes_and_what_is_none_is_left_out() {
        for (field, hashes) in [
            (
                "SHA1=0AB1,MD5=ff, SHA256=12cd,IMPHASH=9",
                vec!["SHA1=0AB1", "MD5=FF", "SHA256=12CD", "IMPHASH=9"],
            ),
            ("SHA256=12CD,IMPHASH=00000000000000000000000000000000", vec!["SHA256=12CD"]),
            ("sha256=ab", vec!["SHA256=AB"]),
            ("", vec![]),
            ("SHA256=,=12,SHA256,MD5=xyz,a b=12,SHA1=1=2", vec![]),
        ] {
            assert_eq!(file_hashes(field), hashes.into_iter().map(Text::from).collect::<Vec<_>>(), "{field}");
        }
        assert_eq!(file_hashes(&"MD5=1,".repeat(100)).len(), HASHES_MAX);
    }
}
