//! The paths that a shape looks for: one tree, whose ends are slots, so that one walk over a record finds them all.

/// Paths that begin alike share their beginning; each end is a slot. A path is also found where a carrier joined its
/// first keys by dots, as flattened documents and tables do: `winlog.event_id` is `{"winlog": {"event_id": …}}`.
#[derive(Debug, Default)]
pub(crate) struct PathTree {
    /// The first is the root.
    nodes: Vec<PathNode>,
    slots: usize,
}

/// One key of a path.
#[derive(Debug, Default)]
pub(crate) struct PathNode {
    /// Where the value of this key is noted.
    pub(crate) slot: Option<usize>,
    /// By the length of their keys, by which most are told apart.
    children: Vec<Vec<(Box<[u8]>, usize)>>,
}

impl PathTree {
    pub(crate) fn new() -> PathTree {
        PathTree { nodes: vec![PathNode::default()], slots: 0 }
    }

    /// The slot of a path; the same path always gets the same one.
    pub(crate) fn slot(&mut self, path: &str) -> usize {
        let mut at = 0;
        let mut ends = path.match_indices('.').map(|(end, _)| end).chain([path.len()]);
        for key in path.split('.') {
            at = self.child_or_new(at, key.as_bytes());
            let joined = &path[..ends.next().unwrap_or(path.len())];
            self.add(0, joined.as_bytes(), at);
        }
        let slots = &mut self.slots;
        *self.nodes[at].slot.get_or_insert_with(|| {
            *slots += 1;
            *slots - 1
        })
    }

    /// The same path, also where it stands as one key of the record itself.
    pub(crate) fn spell(&mut self, path: &str, key: &str) {
        let node = path.split('.').try_fold(0, |at, key| self.find(at, key.as_bytes()));
        if let Some(node) = node {
            self.add(0, key.as_bytes(), node);
        }
    }

    fn find(&self, parent: usize, key: &[u8]) -> Option<usize> {
        self.nodes[parent].child(key)
    }

    fn child_or_new(&mut self, parent: usize, key: &[u8]) -> usize {
        if let Some(known) = self.find(parent, key) {
            return known;
        }
        self.nodes.push(PathNode::default());
        let node = self.nodes.len() - 1;
        self.add(parent, key, node);
        node
    }

    fn add(&mut self, parent: usize, key: &[u8], node: usize) {
        if self.find(parent, key).is_some() {
            return;
        }
        let children = &mut self.nodes[parent].children;
        if children.len() <= key.len() {
            children.resize_with(key.len() + 1, Vec::new);
        }
        children[key.len()].push((key.into(), node));
    }

    /// Number of slots.
    pub(crate) fn slots(&self) -> usize {
        self.slots
    }

    /// What is looked for in the record itself.
    pub(crate) fn root(&self) -> &PathNode {
        &self.nodes[0]
    }

    /// What is looked for under a key.
    pub(crate) fn child(&self, parent: &PathNode, key: &[u8]) -> Option<&PathNode> {
        parent.child(key).map(|node| &self.nodes[node])
    }
}

impl PathNode {
    fn child(&self, key: &[u8]) -> Option<usize> {
        let as_long = self.children.get(key.len())?;
        // Keys of one length often begin alike, and seldom end so.
        as_long.iter().find(|(name, _)| name.last() == key.last() && **name == *key).map(|(_, node)| *node)
    }

    /// Whether something is looked for inside its value.
    pub(crate) fn has_children(&self) -> bool {
        !self.children.is_empty()
    }
}

/// Where the values of a shape's paths stand in one record: byte ranges, by slot.
#[derive(Debug, Default)]
pub(crate) struct Found {
    ranges: Vec<Option<(usize, usize)>>,
    /// Slots that hold a range: a record has few of the many that its shape may have.
    noted: Vec<usize>,
}

impl Found {
    /// Forgets the last record.
    pub(crate) fn clear(&mut self, slots: usize) {
        for slot in self.noted.drain(..) {
            self.ranges[slot] = None;
        }
        self.ranges.resize(slots, None);
    }

    /// Of a key that stands twice the first counts.
    pub(crate) fn note(&mut self, slot: usize, start: usize, end: usize) {
        if self.ranges[slot].is_none() {
            self.ranges[slot] = Some((start, end));
            self.noted.push(slot);
        }
    }

    /// The range of a slot's value.
    pub(crate) fn get(&self, slot: usize) -> Option<(usize, usize)> {
        self.ranges.get(slot).copied().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_found_nested_and_with_its_first_keys_joined() {
        let mut tree = PathTree::new();
        let slot = tree.slot("winlog.user.identifier");
        assert_eq!(tree.slot("winlog.user.identifier"), slot);
        tree.spell("winlog.user.identifier", "_winlog_user_identifier");
        let found = |keys: &[&str]| {
            let node = keys.iter().try_fold(tree.root(), |node, key| tree.child(node, key.as_bytes()));
            node.and_then(|node| node.slot)
        };
        for keys in [
            &["winlog", "user", "identifier"][..],
            &["winlog.user", "identifier"],
            &["winlog.user.identifier"],
            &["_winlog_user_identifier"],
        ] {
            assert_eq!(found(keys), Some(slot), "{keys:?}");
        }
        for keys in [&["winlog"][..], &["winlog.user"], &["winlog", "identifier"], &["identifier"]] {
            assert_eq!(found(keys), None, "{keys:?}");
        }
    }
}
