//! What is odd about an account's name.

use begat_model::Text;
use begat_model::case::{NameFact, NameShape, ShapePart};

use crate::words::table::sentences;

sentences! {
    /// Why the name is odd, said of it: `its name …`.
    said(NameFact, zone) {
        ReservedName { reserved, own, rid } =>
            "is {reserved}, which is Windows' own account with RID {own}; this account has RID {rid}";
        IdentityName { reserved } => "is {reserved}, the name of an identity of Windows and not of an account";
        ReservedElsewhere { reserved, own, rid } =>
            "is what a Windows in another language calls RID {own} ({reserved}); this account has RID {rid}";
        DigitsForLetters { reserved } => "reads like {reserved}, with digits for letters";
        LooksReserved { reserved } => "looks like {reserved}, but is spelled with other characters";
        LooksLike { looks, foreign } [foreign = code_point(*foreign)] =>
            "looks like {looks}, but contains {foreign}";
        NearReserved { reserved } => "is one letter away from {reserved}, a name that Windows reserves";
        NearProduct { reserved } => "is one letter away from {reserved}, the name of a product's own account";
        Invisible { character } [character = code_point(*character)] =>
            "contains {character}, which is invisible";
        OuterBlanks => "begins or ends with a space or a dot";
        MixedScripts => "mixes letters of several scripts in one word";
        EndsInDollar => "ends in $, as a computer's name does";
        LikeSiteNames { names, further, of } [names = listed(names, *further)] =>
            "is one letter away from {names} (this input has {of} account names)";
        UnlikeSiteNames { others, own, count, common } [own = shape(own), common = shape(common)] =>
            "has the pattern {own}, unlike all {others} other account names in this input; {count} of them have the pattern {common}";
    }
}

/// The first few, and how many more.
pub(super) fn listed(names: &[Text], further: u64) -> String {
    let told = names.iter().map(|name| &**name).collect::<Vec<_>>().join(", ");
    if further > 0 { format!("{told} and {further} more") } else { told }
}

fn code_point(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

fn shape(shape: &NameShape) -> String {
    let part = |part: &ShapePart| match part {
        ShapePart::Letters => "letters".to_owned(),
        ShapePart::Digits => "digits".to_owned(),
        ShapePart::Mark(mark) => format!("`{mark}`"),
        ShapePart::Other => "other characters".to_owned(),
    };
    shape.0.iter().map(part).collect::<Vec<_>>().join(" + ")
}
