//! Secrets that show what they are by themselves, whatever stands around them: keys of services, which mark theirs by how
//! they begin, signed tokens, addresses that whoever knows them may write to.

use std::ops::Range;

/// How keys of services begin.
const MARKS: &[&str] = &[
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xapp-",
    "sk_live_",
    "rk_live_",
    "hvs.",
    "tskey-",
    "npm_",
    "pypi-",
    "dop_v1_",
    "shpat_",
    "AIza",
    "ya29.",
];
/// A key is no shorter behind its mark.
const KEY_BYTES_MIN: usize = 12;
/// How a signed token begins, `{"` in base64, and its parts by points.
const SIGNED: &str = "eyJ";
/// Addresses of which the rest of the path is the secret, lower case.
const ADDRESSES: &[&str] = &[
    "discord.com/api/webhooks/",
    "discordapp.com/api/webhooks/",
    "hooks.slack.com/services/",
    "api.telegram.org/bot",
    "webhook.office.com/webhookb2/",
];

/// Where the secrets stand.
pub(crate) fn secrets(line: &str) -> Vec<Range<usize>> {
    let mut secrets = Vec::new();
    for mark in MARKS {
        secrets.extend(words_from(line, mark).filter(|span| span.len() >= mark.len() + KEY_BYTES_MIN));
    }
    secrets.extend(words_from(line, SIGNED).filter(|span| line[span.clone()].matches('.').count() == 2));
    // Nearly no line has an address.
    if line.contains("/") {
        let lower = line.to_ascii_lowercase();
        secrets.extend(ADDRESSES.iter().flat_map(|address| paths_behind(&lower, address)));
    }
    secrets
}

/// Words that begin so, and within no other word.
fn words_from<'l>(line: &'l str, mark: &'l str) -> impl Iterator<Item = Range<usize>> + 'l {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
    let length = move |rest: &str| rest.bytes().take_while(is_part).count();
    stretches(line, mark, 0, length)
        .filter(|span| !line[..span.start].ends_with(|sign: char| sign.is_ascii_alphanumeric()))
}

fn paths_behind<'l>(lower: &'l str, address: &'l str) -> impl Iterator<Item = Range<usize>> + 'l {
    let ends = |sign: char| sign.is_whitespace() || matches!(sign, '"' | '\'' | ')' | '<');
    stretches(lower, address, address.len(), move |rest| rest.find(ends).unwrap_or(rest.len()))
}

/// Stretches of the length that is told of what is left, from so far behind each place where the mark stands: none within
/// another, so that each byte is looked at once.
fn stretches<'l>(
    line: &'l str,
    mark: &'l str,
    behind: usize,
    length: impl Fn(&str) -> usize + 'l,
) -> impl Iterator<Item = Range<usize>> + 'l {
    let mut done = 0;
    line.match_indices(mark).filter_map(move |(at, _)| {
        let start = at + behind;
        if at < done {
            return None;
        }
        done = start + length(&line[start..]);
        Some(start..done)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_that_it_is_a_secret_is_found_anywhere() {
        for (line, found) in [
            ("git clone https://ghp_S3cretS3cretS3cret@github.com/x", vec!["ghp_S3cretS3cretS3cret"]),
            ("x eyJhbGciOi.eyJzdWIi.S3cret-_x, y", vec!["eyJhbGciOi.eyJzdWIi.S3cret-_x"]),
            ("curl https://discord.com/api/webhooks/12345/S3cret -d x", vec!["12345/S3cret"]),
            ("curl 'https://api.telegram.org/bot123:S3cret/sendMessage'", vec!["123:S3cret/sendMessage"]),
            ("npm_config_x=1 run", vec![]),
            ("x eyJhbGci", vec![]),
            ("type highghp_scoresheetscoresheet", vec![]),
        ] {
            let spans = secrets(line);
            assert_eq!(spans.into_iter().map(|span| &line[span]).collect::<Vec<_>>(), found, "{line}");
        }
    }
}
