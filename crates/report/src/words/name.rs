//! What is odd about an account's name.

use begat_model::Text;
use begat_model::case::{NameFact, NameShape, ShapePart};

use crate::words::table::sentences;

sentences! {
    /// Why the name is odd, as a clause said of it.
    said(NameFact, zone) {
        ReservedName { reserved, own, rid } => "Windows' own {reserved} has RID {own}, this account has {rid}";
        IdentityName { reserved } => "{reserved} is an identity of Windows itself, and no account";
        ReservedElsewhere { reserved, own, rid } =>
            "a Windows of that language calls RID {own} {reserved}, this account has {rid}";
        DigitsForLetters { reserved } => "reads like {reserved}, with digits for letters";
        LooksReserved { reserved } => "looks like {reserved}, and is written otherwise";
        LooksLike { looks, foreign } [foreign = code_point(*foreign)] =>
            "looks like {looks}, and is written with {foreign}";
        NearReserved { reserved } => "one letter away from {reserved}, which is Windows' own";
        NearProduct { reserved } => "one letter away from {reserved}, which a product gives its account";
        Invisible { character } [character = code_point(*character)] =>
            "holds {character}, which is not seen";
        OuterBlanks => "begins or ends with a blank or a dot";
        MixedScripts => "a word of it mixes letters of several scripts";
        EndsInDollar => "ends in $, as a computer's name does";
        LikeSiteNames { names, further, of } [names = listed(names, *further)] =>
            "one letter away from {names}, of {of} account names in this input";
        UnlikeSiteNames { others, own, count, common } [own = shape(own), common = shape(common)] =>
            "of {others} other account names in this input none is made like it ({own}); {count} are made as {common}";
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
        ShapePart::Mark(mark) => mark.to_string(),
        ShapePart::Other => "other".to_owned(),
    };
    shape.0.iter().map(part).collect::<Vec<_>>().join(" ")
}
