// A CSV row and a mapping to an event of one type.
#pragma once

#include <string_view>

#include "adapters/feed/common/values.hpp"
#include "adapters/feed/csv/mapping.hpp"
#include "model/desk_builder.hpp"
#include "model/event.hpp"

namespace ballast {

/// What one event type takes from a row.
struct CsvEventType {
  std::string_view name;
  std::uint32_t allowed = 0;   // CsvField bits
  std::uint32_t required = 0;  // must be mapped or set, and hold a value in every row
  bool has_id = false;         // and may do without one in the row: an id is then made
};

/// The type of that name; the error lists those that can be mapped.
Result<const CsvEventType*> csv_event_type(std::string_view name);

struct MappedRow {
  CsvMapping& mapping;
  const TimeFormat& time_format;
  DeskBuilder& desk;
  std::string_view made_id;  // for rows without an id of their own
};

/// Builds the event of a row. Each error names the field.
Result<Event> mapped_event(const CsvEventType& type, const CsvRow& row, const MappedRow& how);

}  // namespace ballast
