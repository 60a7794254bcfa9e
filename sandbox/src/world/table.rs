//! Rows in the order in which they were made, found by their id.

use std::collections::{BTreeMap, HashMap};

use super::Id;

#[derive(Debug)]
pub(crate) struct Table<T> {
    rows: BTreeMap<u64, (Id, T)>,
    places: HashMap<Id, u64>,
    next: u64,
}

impl<T> Default for Table<T> {
    fn default() -> Self {
        Self {
            rows: BTreeMap::new(),
            places: HashMap::new(),
            next: 0,
        }
    }
}

impl<T> Table<T> {
    /// Adds a row. If there is one with this id, it is replaced in its place.
    pub(crate) fn insert(&mut self, id: Id, row: T) {
        let place = *self.places.entry(id.clone()).or_insert_with(|| {
            self.next += 1;
            self.next
        });
        self.rows.insert(place, (id, row));
    }

    pub(crate) fn get(&self, id: &str) -> Option<&T> {
        self.rows.get(self.places.get(id)?).map(|(_, row)| row)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut T> {
        self.rows.get_mut(self.places.get(id)?).map(|(_, row)| row)
    }

    pub(crate) fn contains(&self, id: &str) -> bool {
        self.places.contains_key(id)
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<T> {
        let place = self.places.remove(id)?;
        self.rows.remove(&place).map(|(_, row)| row)
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&Id, &T)> {
        self.rows.values().map(|(id, row)| (id, row))
    }

    pub(crate) fn iter_mut(&mut self) -> impl DoubleEndedIterator<Item = (&Id, &mut T)> {
        self.rows.values_mut().map(|(id, row)| (&*id, row))
    }

    pub(crate) fn values(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.rows.values().map(|(_, row)| row)
    }

    pub(crate) fn retain(&mut self, mut keep: impl FnMut(&T) -> bool) {
        let places = &mut self.places;
        self.rows.retain(|_, (id, row)| {
            let stays = keep(row);
            if !stays {
                places.remove(id);
            }
            stays
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_order_and_are_found_by_id() {
        let mut table = Table::default();
        for (id, row) in [("c", 1), ("a", 2), ("b", 3)] {
            table.insert(Id::from(id), row);
        }
        table.insert(Id::from("a"), 20);
        assert_eq!(table.values().copied().collect::<Vec<_>>(), [1, 20, 3]);
        table.retain(|row| *row != 20);
        assert_eq!(table.get("a"), None);
        assert_eq!(table.remove("c"), Some(1));
        assert_eq!(table.len(), 1);
        assert!(table.contains("b"));
    }
}
