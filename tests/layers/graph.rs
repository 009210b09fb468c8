//! Which file uses which, and the circles among them.
//!
//! An arrow goes from the file that names an item to the file that defines it: what is only re-exported on the way is
//! looked through. So a `mod.rs` that hands out what its children make has no arrow to them, and a child may use what its
//! parent defines, unless the parent's own code uses that child: then both are one thing, and a third file is missing.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::File;
use super::modules::Module;

/// How many re-exports may lead to each other.
const DEEPEST: usize = 8;

/// The uses of one file by another, by their places: the line of the first.
pub struct Graph<'a> {
    files: &'a [File],
    pub arrows: BTreeMap<(usize, usize), usize>,
}

pub struct Tree {
    modules: Vec<Module>,
    by_path: BTreeMap<Vec<String>, usize>,
}

/// What a path leads to.
enum Target {
    Item(usize),
    Module(usize),
}

impl Tree {
    pub fn read(files: &[File]) -> Self {
        let modules: Vec<Module> = files.iter().map(Module::read).collect();
        let by_path = modules
            .iter()
            .enumerate()
            .map(|(index, module)| (module.path.clone(), index))
            .collect();
        Self { modules, by_path }
    }

    fn resolve(&self, path: &[String], deep: usize) -> Option<Target> {
        if deep > DEEPEST {
            return None;
        }
        let known = (0..=path.len())
            .rev()
            .find(|length| self.by_path.contains_key(&path[..*length]))?;
        let index = self.by_path[&path[..known]];
        let module = &self.modules[index];
        let Some(name) = path.get(known) else {
            return Some(Target::Module(index));
        };
        if module.items.contains(name) {
            return Some(Target::Item(index));
        }
        if let Some(import) = module.imports.get(name) {
            let whole = [&import.path[..], &path[known + 1..]].concat();
            return self.resolve(&whole, deep + 1);
        }
        for glob in &module.globs {
            let whole = [&glob.path[..], &path[known..]].concat();
            if let Some(Target::Item(found)) = self.resolve(&whole, deep + 1)
                && self.modules[found].items.contains(name)
            {
                return Some(Target::Item(found));
            }
        }
        (known > 0).then_some(Target::Item(index))
    }

    /// The files that one uses, with the line of each place.
    fn uses(&self, index: usize) -> Vec<(usize, usize)> {
        let module = &self.modules[index];
        let mut found = Vec::new();
        for (name, import) in &module.imports {
            let line = if import.public {
                module.words.get(name).copied()
            } else {
                Some(import.line)
            };
            if let (Some(line), Some(Target::Item(to))) = (line, self.resolve(&import.path, 0)) {
                found.push((to, line));
            }
        }
        for glob in module.globs.iter().filter(|glob| !glob.public) {
            if let Some(Target::Item(to) | Target::Module(to)) = self.resolve(&glob.path, 0) {
                found.push((to, glob.line));
            }
        }
        for (line, path) in &module.paths {
            let absolute = match module.imports.get(&path[0]) {
                Some(import) => Some([&import.path[..], &path[1..]].concat()),
                None => module.absolute(path),
            };
            if let Some(Target::Item(to)) = absolute.and_then(|path| self.resolve(&path, 0)) {
                found.push((to, *line));
            }
        }
        found.retain(|(to, _)| *to != index);
        found
    }
}

impl<'a> Graph<'a> {
    pub fn of(files: &'a [File]) -> Self {
        let tree = Tree::read(files);
        let mut arrows = BTreeMap::new();
        for from in 0..files.len() {
            for (to, line) in tree.uses(from) {
                let first = arrows.entry((from, to)).or_insert(line);
                *first = line.min(*first);
            }
        }
        Self { files, arrows }
    }

    /// The arrow in words: `a.rs:3 -> b.rs`.
    pub fn named(&self, from: usize, to: usize) -> String {
        let line = self.arrows[&(from, to)];
        format!(
            "{}:{line} -> {}",
            self.files[from].path, self.files[to].path
        )
    }

    /// The arrows between files of one room.
    fn inside_rooms(&self) -> BTreeMap<usize, BTreeSet<usize>> {
        let mut inside: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (from, to) in self.arrows.keys() {
            let (a, b) = (&self.files[*from], &self.files[*to]);
            if a.room() == b.room() {
                inside.entry(*from).or_default().insert(*to);
            }
        }
        inside
    }

    /// The circles inside rooms, each shortest one of its knot: files in order, the first not said again.
    pub fn circles(&self) -> Vec<Circle> {
        let next = self.inside_rooms();
        let mut left: BTreeSet<usize> = next.keys().copied().collect();
        let mut circles = Vec::new();
        while let Some(start) = left.pop_first() {
            let below = reachable(&next, start);
            let knot: BTreeSet<usize> = below
                .iter()
                .copied()
                .filter(|file| reachable(&next, *file).contains(&start))
                .collect();
            left.retain(|file| !knot.contains(file));
            let ways = knot.iter().filter_map(|file| way_back(&next, *file));
            if let Some(files) = ways.min_by_key(Vec::len) {
                circles.push(Circle { files, knot });
            }
        }
        circles
    }
}

/// A circle and all the files that are in one with it.
pub struct Circle {
    pub files: Vec<usize>,
    pub knot: BTreeSet<usize>,
}

fn reachable(next: &BTreeMap<usize, BTreeSet<usize>>, start: usize) -> BTreeSet<usize> {
    let mut seen = BTreeSet::new();
    let mut open = vec![start];
    while let Some(file) = open.pop() {
        for to in next.get(&file).into_iter().flatten() {
            if seen.insert(*to) {
                open.push(*to);
            }
        }
    }
    seen
}

/// The shortest way from a file to itself.
fn way_back(next: &BTreeMap<usize, BTreeSet<usize>>, start: usize) -> Option<Vec<usize>> {
    let mut came_from = BTreeMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(file) = open.pop_front() {
        for to in next.get(&file).into_iter().flatten() {
            if *to == start {
                let mut way = vec![file];
                while let Some(before) = came_from.get(&way[way.len() - 1]) {
                    way.push(*before);
                }
                way.reverse();
                return Some(way);
            }
            if !came_from.contains_key(to) {
                came_from.insert(*to, file);
                open.push_back(*to);
            }
        }
    }
    None
}
