//! What is odd about an account's name, by the name and its RID alone: one table of signs.
//!
//! A name never authorises and never convicts. It is a reason to look, and the signs say what at; how this site names
//! its accounts is for `site`.

use std::sync::LazyLock;

use begat_model::case::{NameFact, NameSign};
use strsim::osa_distance;
use unicode_security::MixedScript;
use unicode_security::confusable_detection::skeleton;

/// A name this short has too many neighbours for one letter to mean anything.
const NEAR_CHARS_MIN: usize = 6;
/// The same where two letters changed places, which hardly any other word explains.
const SWAPPED_CHARS_MIN: usize = 5;
/// Longest account name that is judged: Windows takes 20 characters for a local one.
const NAME_CHARS_MAX: usize = 256;

/// To whom a reserved name belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holder {
    /// The account with this RID, on every Windows.
    Account(u32),
    /// The account with this RID, on a Windows of another language.
    Localised(u32),
    /// No account: an identity of Windows itself, with a SID of its own.
    Identity,
    /// An account that a part of Windows or a product makes, with a RID like any other's.
    Product,
}

/// A name that means something already.
struct ReservedRow {
    name: &'static str,
    holder: Holder,
    /// A word of some language, or near to one: `guest` lies beside `quest`, so a single letter says nothing.
    is_word: bool,
}

const fn row(name: &'static str, holder: Holder) -> ReservedRow {
    ReservedRow { name, holder, is_word: false }
}

const fn word(name: &'static str, holder: Holder) -> ReservedRow {
    ReservedRow { name, holder, is_word: true }
}

/// Names that Windows and well-known products give (domain reference, A6). What is no row's is just a name.
const RESERVED: &[ReservedRow] = &[
    row("Administrator", Holder::Account(500)),
    word("Guest", Holder::Account(501)),
    row("krbtgt", Holder::Account(502)),
    row("DefaultAccount", Holder::Account(503)),
    row("WDAGUtilityAccount", Holder::Account(504)),
    word("SYSTEM", Holder::Identity),
    row("LOCAL SERVICE", Holder::Identity),
    row("NETWORK SERVICE", Holder::Identity),
    row("ANONYMOUS LOGON", Holder::Identity),
    row("Administrador", Holder::Localised(500)),
    row("Administrateur", Holder::Localised(500)),
    row("Administrat\u{f6}r", Holder::Localised(500)),
    row("Amministratore", Holder::Localised(500)),
    row("J\u{e4}rjestelm\u{e4}nvalvoja", Holder::Localised(500)),
    row("Rendszergazda", Holder::Localised(500)),
    row(
        "\u{410}\u{434}\u{43c}\u{438}\u{43d}\u{438}\u{441}\u{442}\u{440}\u{430}\u{442}\u{43e}\u{440}",
        Holder::Localised(500),
    ),
    word("Gast", Holder::Localised(501)),
    word("G\u{e4}st", Holder::Localised(501)),
    word("Gjest", Holder::Localised(501)),
    word("G\u{e6}st", Holder::Localised(501)),
    word("Go\u{15b}\u{107}", Holder::Localised(501)),
    word("Vieras", Holder::Localised(501)),
    word("Vend\u{e9}g", Holder::Localised(501)),
    word("Invit\u{e9}", Holder::Localised(501)),
    word("Invitado", Holder::Localised(501)),
    word("Convidado", Holder::Localised(501)),
    word("\u{413}\u{43e}\u{441}\u{442}\u{44c}", Holder::Localised(501)),
    row("defaultuser0", Holder::Product),
    row("WsiAccount", Holder::Product),
    row("HomeGroupUser$", Holder::Product),
    row("kioskUser0", Holder::Product),
    row("WLapsAdmin", Holder::Product),
    row("ssm-user", Holder::Product),
    row("cloudbase-init", Holder::Product),
    word("ASPNET", Holder::Product),
    word("postgres", Holder::Product),
    row("SQLDebugger", Holder::Product),
];

/// How a name bears on a reserved one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Likeness {
    /// It is that name.
    Same,
    /// It is that name with digits that look like letters.
    Digits,
    /// It looks like that name, and is written with other characters.
    Glyphs,
    /// A letter too many, too few, or another, or two that changed places.
    Near,
}

/// A name, with all that its signs ask for.
struct Name<'n> {
    written: &'n str,
    rid: Option<u32>,
    like: Option<(Likeness, &'static ReservedRow)>,
}

/// One sign: its name in output, whether the name can be taken for another one on sight, and when it
/// applies.
pub struct NamingRow {
    /// Name in output.
    pub kind: &'static str,
    /// It is made to be taken for another name: that counts in the risk.
    pub is_look_alike: bool,
    applies: fn(&Name<'_>) -> Option<NameFact>,
}

/// The table.
pub const NAMING_TABLE: &[NamingRow] = &[
    // A name of Windows' own, on an account that Windows did not make.
    NamingRow {
        kind: "reserved_name",
        is_look_alike: true,
        applies: |name| match (name.like?, name.rid?) {
            ((Likeness::Same, ReservedRow { name: reserved, holder: Holder::Account(own), .. }), rid)
                if rid != *own =>
            {
                Some(NameFact::ReservedName { reserved, own: *own, rid })
            }
            ((Likeness::Same, ReservedRow { name: reserved, holder: Holder::Identity, .. }), _) => {
                Some(NameFact::IdentityName { reserved })
            }
            _ => None,
        },
    },
    // A Spaniard who administers an English Windows may well call his account so.
    // A name that Windows' own account has in another language.
    NamingRow {
        kind: "reserved_name_elsewhere",
        is_look_alike: false,
        applies: |name| match (name.like?, name.rid?) {
            ((Likeness::Same, ReservedRow { name: reserved, holder: Holder::Localised(own), .. }), rid)
                if rid != *own =>
            {
                Some(NameFact::ReservedElsewhere { reserved, own: *own, rid })
            }
            _ => None,
        },
    },
    // A reserved name with digits in the place of letters.
    NamingRow {
        kind: "digits_for_letters",
        is_look_alike: true,
        applies: |name| {
            like(name, Likeness::Digits).map(|row| NameFact::DigitsForLetters { reserved: row.name })
        },
    },
    // Looks like another name, and is written with other characters.
    NamingRow { kind: "homoglyph", is_look_alike: true, applies: homoglyph },
    // One letter away from a name of Windows' own.
    NamingRow {
        kind: "near_reserved_name",
        is_look_alike: true,
        applies: |name| {
            let row = like(name, Likeness::Near).filter(|row| row.holder != Holder::Product)?;
            Some(NameFact::NearReserved { reserved: row.name })
        },
    },
    // One letter away from a name that a product gives its account.
    NamingRow {
        kind: "near_product_name",
        is_look_alike: false,
        applies: |name| {
            let row = like(name, Likeness::Near).filter(|row| row.holder == Holder::Product)?;
            Some(NameFact::NearProduct { reserved: row.name })
        },
    },
    // Holds characters that are not seen, or that turn the direction of writing.
    NamingRow {
        kind: "invisible_characters",
        is_look_alike: true,
        applies: |name| {
            let character = name.written.chars().find(|character| is_invisible(*character))?;
            Some(NameFact::Invisible { character })
        },
    },
    // Begins or ends with a blank or a dot, which a list does not show.
    NamingRow {
        kind: "outer_blanks",
        is_look_alike: false,
        applies: |name| {
            (name.written.trim_matches(is_outer_blank) != name.written).then_some(NameFact::OuterBlanks)
        },
    },
    // A word of letters from several scripts.
    NamingRow {
        kind: "mixed_scripts",
        is_look_alike: false,
        applies: |name| mixed_word(name.written).then_some(NameFact::MixedScripts),
    },
    // Counted by the term `hidden_name`; HomeGroupUser$ is Windows' own.
    // Ends in $, which hides it from `net user`.
    NamingRow {
        kind: "ends_in_dollar",
        is_look_alike: false,
        applies: |name| {
            let is_own = matches!(name.like, Some((Likeness::Same, _)));
            (name.written.ends_with('$') && !is_own).then_some(NameFact::EndsInDollar)
        },
    },
];

/// Every sign of a name; the RID tells whether a reserved one is in the right hands.
pub fn signs(name: &str, rid: Option<u32>) -> Vec<NameSign> {
    rows_that_fit(name, rid).map(|(row, why)| NameSign { kind: row.kind, why }).collect()
}

/// What the name could be taken for, where it can on sight.
pub fn look_alike(name: &str, rid: Option<u32>) -> Option<NameFact> {
    rows_that_fit(name, rid).find(|(row, _)| row.is_look_alike).map(|(_, why)| why)
}

fn rows_that_fit(name: &str, rid: Option<u32>) -> impl Iterator<Item = (&'static NamingRow, NameFact)> {
    let written = match name.char_indices().nth(NAME_CHARS_MAX) {
        Some((end, _)) => &name[..end],
        None => name,
    };
    let name = Name { written, rid, like: likeness(written) };
    NAMING_TABLE
        .iter()
        .filter_map(|row| (row.applies)(&name).map(|why| (row, why)))
        .collect::<Vec<_>>()
        .into_iter()
}

fn like(name: &Name<'_>, likeness: Likeness) -> Option<&'static ReservedRow> {
    name.like.filter(|(found, _)| *found == likeness).map(|(_, row)| row)
}

/// The strongest likeness to a reserved name.
fn likeness(name: &str) -> Option<(Likeness, &'static ReservedRow)> {
    let folded = name.to_lowercase();
    let find = |likeness, is_like: &dyn Fn(&Form) -> bool| {
        FORMS.iter().find(|form| is_like(form)).map(|form| (likeness, form.row))
    };
    if let Some(same) = find(Likeness::Same, &|form| form.folded == folded) {
        return Some(same);
    }
    // A second Guest is called guest1, a second defaultuser0 defaultuser1: counting disguises nothing.
    if FORMS.iter().any(|form| without_number(&form.folded) == without_number(&folded)) {
        return None;
    }
    let spellings = [digits_read(&folded, 'i'), digits_read(&folded, 'l')];
    let (looks, chars) = (appearance(name), folded.chars().count());
    find(Likeness::Digits, &|form| spellings.contains(&form.folded))
        .or_else(|| find(Likeness::Glyphs, &|form| form.looks == looks))
        .or_else(|| find(Likeness::Near, &|form| form.chars.abs_diff(chars) <= 1 && is_near(&folded, form)))
}

/// A reserved name as others are compared with it.
struct Form {
    row: &'static ReservedRow,
    folded: String,
    looks: String,
    chars: usize,
}

/// Worked out once: every created account is compared with all of them.
static FORMS: LazyLock<Vec<Form>> = LazyLock::new(|| {
    let form = |row: &'static ReservedRow| {
        let folded = row.name.to_lowercase();
        Form { row, looks: appearance(row.name), chars: folded.chars().count(), folded }
    };
    RESERVED.iter().map(form).collect()
});

fn is_near(folded: &str, form: &Form) -> bool {
    if osa_distance(folded, &form.folded) != 1 {
        return false;
    }
    let swapped = sorted(folded) == sorted(&form.folded);
    if form.row.is_word { swapped && form.chars >= SWAPPED_CHARS_MIN } else { form.chars >= NEAR_CHARS_MIN }
}

fn sorted(text: &str) -> Vec<char> {
    let mut chars: Vec<char> = text.chars().collect();
    chars.sort_unstable();
    chars
}

/// A name without the number at its end.
pub(crate) fn without_number(name: &str) -> &str {
    name.trim_end_matches(|character: char| character.is_ascii_digit())
}

/// Digits read as the letters that they stand for; 1 may be either of two.
fn digits_read(folded: &str, one: char) -> String {
    let read = |character| match character {
        '0' => 'o',
        '1' => one,
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        other => other,
    };
    folded.chars().map(read).collect()
}

/// What a name looks like to an eye: Unicode's skeleton (UTS 39) of its visible characters, in one case.
pub(crate) fn appearance(name: &str) -> String {
    let visible: String = name.trim_matches(is_outer_blank).chars().filter(|it| !is_invisible(*it)).collect();
    skeleton(&visible.to_lowercase()).collect::<String>().to_lowercase()
}

/// Like a reserved name; or a word of several scripts that reads like plain letters.
fn homoglyph(name: &Name<'_>) -> Option<NameFact> {
    if let Some(row) = like(name, Likeness::Glyphs) {
        return Some(NameFact::LooksReserved { reserved: row.name });
    }
    let looks = appearance(name.written);
    let foreign = name.written.chars().find(|it| !it.is_ascii() && !is_invisible(*it))?;
    (mixed_word(name.written) && looks.is_ascii())
        .then(|| NameFact::LooksLike { looks: looks.into(), foreign })
}

/// Letters of several scripts within one word; between words of a name that is nothing odd.
fn mixed_word(name: &str) -> bool {
    name.split(|character: char| !character.is_alphabetic()).any(|word| !word.is_single_script())
}

/// Neither seen nor, mostly, typed: format characters, fillers, selectors of variants, controls.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
        || character.is_control()
}

fn is_outer_blank(character: char) -> bool {
    character.is_whitespace() || character == '.'
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn kinds(name: &str, rid: u32) -> Vec<&'static str> {
        signs(name, Some(rid)).into_iter().map(|sign| sign.kind).collect()
    }

    #[test]
    fn ordinary_names_give_nothing() {
        for name in [
            "bob",
            "anna.meyer",
            "a.meyer",
            "m\u{fc}ller",
            "svc_backup",
            "svc-sql01",
            "backupadm",
            "admin",
            "admin1",
            "adm.keller",
            "administrator2",
            "Administrator1",
            "guest1",
            "guest_wlan",
            "quest",
            "guess",
            "gusto",
            "invite",
            "systems",
            "systemd",
            "sysadmin",
            "sysupdate",
            "support",
            "toto3",
            "test",
            "helpdesk",
            "last",
            "fast",
            "defaultuser1",
            "defaultuser100000",
            "kioskUser1",
            "ssm-user",
            "cloudbase-init",
            "WsiAccount",
            "ASPNET",
            "postgres",
            "postgre",
            "HomeGroupUser$",
            "IUSR_WEB01",
            "krbtgt_20461",
            "netadmin",
            "\u{438}\u{432}\u{430}\u{43d}\u{43e}\u{432}",
            "\u{5f20}\u{4f1f}",
            "y\u{131}ld\u{131}z",
            "stra\u{df}er",
            "\u{3b3}\u{3b9}\u{3ce}\u{3c1}\u{3b3}\u{3bf}\u{3c2}",
            "\u{438}\u{432}\u{430}\u{43d} admin",
            "x",
            "1",
            "007",
        ] {
            assert_eq!(kinds(name, 1004), [""; 0], "{name}");
            assert_eq!(look_alike(name, Some(1004)), None, "{name}");
        }
    }

    #[test]
    fn names_made_to_be_taken_for_others_are_told() {
        for (name, expected) in [
            ("WADGUtilityAccount", "near_reserved_name"),
            ("DefaultAcount", "near_reserved_name"),
            ("administrators", "near_reserved_name"),
            ("Adminstrator", "near_reserved_name"),
            ("krbtgr", "near_reserved_name"),
            ("Geust", "near_reserved_name"),
            ("Administrateuf", "near_reserved_name"),
            ("ANONYMOUS-LOGON", "near_reserved_name"),
            ("Administrat0r", "digits_for_letters"),
            ("Adm1nistrator", "digits_for_letters"),
            ("gue5t", "digits_for_letters"),
            ("Adrninistrator", "homoglyph"),
            ("\u{410}dministrator", "homoglyph"),
            ("Gu\u{435}st", "homoglyph"),
            ("svc_b\u{430}ckup", "homoglyph"),
            ("adm\u{131}nistrator", "homoglyph"),
            ("bob\u{200b}", "invisible_characters"),
            ("\u{202e}nimda", "invisible_characters"),
            ("Administrator", "reserved_name"),
            ("GUEST", "reserved_name"),
            ("krbtgt", "reserved_name"),
            ("system", "reserved_name"),
            ("Anonymous Logon", "reserved_name"),
        ] {
            let signs = kinds(name, 1004);
            assert!(signs.contains(&expected), "{name:?}: {signs:?}");
            assert!(look_alike(name, Some(1004)).is_some(), "{name:?}");
        }
    }

    #[test]
    fn weak_signs_are_told_and_count_for_nothing() {
        for (name, expected) in [
            ("Administrador", "reserved_name_elsewhere"),
            ("Gast", "reserved_name_elsewhere"),
            ("Invit\u{e9}", "reserved_name_elsewhere"),
            ("ssm_user", "near_product_name"),
            ("bob ", "outer_blanks"),
            ("bob.", "outer_blanks"),
            ("\u{416}uan", "mixed_scripts"),
            ("bob$", "ends_in_dollar"),
        ] {
            assert_eq!(kinds(name, 1004), [expected], "{name}");
            assert_eq!(look_alike(name, Some(1004)), None, "{name}");
        }
    }

    #[test]
    fn a_reserved_name_in_the_right_hands_is_no_sign() {
        for row in RESERVED {
            let rid = match row.holder {
                Holder::Account(rid) | Holder::Localised(rid) => rid,
                Holder::Product => 1004,
                Holder::Identity => continue,
            };
            assert_eq!(kinds(row.name, rid), [""; 0], "{}", row.name);
        }
        assert_eq!(signs("Administrator", None), [], "without its RID nothing is known of it");
    }

    #[test]
    fn a_blank_behind_a_reserved_name_hides_it_from_nobody() {
        assert_eq!(kinds("Administrator ", 1004), ["homoglyph", "outer_blanks"]);
        assert_eq!(kinds("Admin\u{200b}istrator", 1004), ["homoglyph", "invisible_characters"]);
    }

    #[test]
    fn every_row_has_a_name_of_its_own() {
        let kinds: BTreeSet<_> = NAMING_TABLE.iter().map(|row| row.kind).collect();
        assert_eq!(kinds.len(), NAMING_TABLE.len());
        let names: BTreeSet<String> = RESERVED.iter().map(|row| row.name.to_lowercase()).collect();
        assert_eq!(names.len(), RESERVED.len());
    }
}
