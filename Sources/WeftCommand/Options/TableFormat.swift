// How tables are printed.

import ArgumentParser

/// A table's format on stdout.
enum TableFormat: String, ExpressibleByArgument, CaseIterable { case md, csv, jsonl }
