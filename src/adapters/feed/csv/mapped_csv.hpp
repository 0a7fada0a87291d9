// CSV of any shape to events of one type, by a mapping that the user gives (see mapping.hpp).
//
// Rows of types that need an id and map none get one: with id=hash the hash of the line, and "-2",
// "-3",
// ... after it for further lines of the file that are the same to the last byte; with id=row the
// line's number. A hash stays the same when the file is cut differently, so that files which
// overlap can be imported together and applied once; repeated lines are counted in a note.
#pragma once

#include "adapters/feed/common/importer.hpp"

namespace ballast {

extern const ImporterKind mapped_csv_kind;

}  // namespace ballast
