// How the service's JSON is shown: lists as tables, changes as what differs. Text from outside is
// shown without its control characters.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "apps/ballast/output.hpp"
#include "apps/ballast/verb.hpp"
#include "base/result.hpp"

namespace ballast {

struct ItemColumn {
  std::string_view title;
  std::string_view path;  // "qty", "adherence.24h", "band.0"
};

/// A JSON array of objects: as a table, as the array, or as CSV with the columns' paths as heads.
/// A table of nothing says `none`.
std::string shown_items(std::string_view items,
                        std::span<const ItemColumn> columns,
                        Format format,
                        std::string_view none);

/// Every value by its path ("band.0"), as text; null is "-".
std::map<std::string, std::string> flattened(std::string_view json);

/// What a change's answer (docs/api.md: before, after, seq) says, under a heading in a table.
std::string shown_change(std::string_view answer,
                         std::string_view what,
                         bool dry_run,
                         Format format);

/// JSON, indented, with a line break at the end.
std::string pretty(std::string_view json);

/// Without what a terminal would obey.
std::string printable(std::string_view text);

}  // namespace ballast
