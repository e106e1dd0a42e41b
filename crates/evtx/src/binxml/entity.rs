//! The entities of XML that need no declaration.

/// The five entities that XML knows of itself.
pub(crate) fn entity_character(name: &str) -> Option<char> {
    const ENTITIES: [(&str, char); 5] =
        [("quot", '"'), ("apos", '\''), ("amp", '&'), ("lt", '<'), ("gt", '>')];
    ENTITIES.iter().find(|(known, _)| *known == name).map(|(_, character)| *character)
}
