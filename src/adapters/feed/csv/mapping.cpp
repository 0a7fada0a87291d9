#include "adapters/feed/csv/mapping.hpp"

#include <algorithm>
#include <charconv>

#include "adapters/feed/common/settings.hpp"
#include "adapters/feed/common/values.hpp"

namespace ballast {
namespace {

constexpr std::string_view where = "where.";

/// "FROM:TO,FROM:TO"
Result<std::vector<std::pair<std::string, std::string>>> parse_values(std::string_view key,
                                                                      std::string_view text) {
  std::vector<std::pair<std::string, std::string>> values;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find(','));
    const std::size_t colon = pair.find(':');
    if (colon == std::string_view::npos) {
      return fail(Errc::bad_input, fmt::format("setting {}=: {} is not FROM:TO", key, shown(pair)));
    }
    values.emplace_back(pair.substr(0, colon), pair.substr(colon + 1));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
  }
  return values;
}

/// The column by name, or else by number counting from 1.
Result<CsvColumn> resolve_column(const CsvRow& row, bool is_header, const std::string& name) {
  std::size_t number = 0;
  const char* const end = name.data() + name.size();
  const auto [at, error] = std::from_chars(name.data(), end, number);
  const bool is_number = error == std::errc{} && at == end;
  if (is_header) {
    auto column = find_column(row, name);
    if (column || !is_number) return column;
  }
  if (!is_number || number == 0 || number > row.size()) {
    return fail(Errc::bad_input, fmt::format("{} is not the number of a column from 1 to {}",
                                             shown(name), row.size()));
  }
  return CsvColumn{number - 1, name};
}

}  // namespace

Result<CsvMapping> CsvMapping::create(const ImportSettings& settings) {
  CsvMapping mapping;
  for (const auto& [key, value] : settings) {
    if (key.find('.') == std::string::npos || key.starts_with(where)) continue;
    BALLAST_CHECK(mapping.add(key, value));
  }
  for (std::size_t i = 0; i < csv_field_names.size(); ++i) {
    const Source& source = mapping.sources_[i];
    if ((source.negate || !source.values.empty()) && source.pieces.empty()) {
      return fail(Errc::bad_input,
                  fmt::format("field {} has values. or negate. but neither map. nor set.",
                              csv_field_names[i]));
    }
  }
  return mapping;
}

Result<void> CsvMapping::add(std::string_view key, std::string_view value) {
  const std::size_t dot = key.find('.');
  const std::string_view verb = key.substr(0, dot);
  BALLAST_TRY(index,
              choose(fmt::format("setting {}=: field", key), key.substr(dot + 1), csv_field_names));
  Source& source = sources_[index];
  if (verb == "values") {
    BALLAST_TRY(values, parse_values(key, value));
    source.values = std::move(values);
    return {};
  }
  if (verb == "negate") {
    if (value != "yes" && value != "no") {
      return fail(Errc::bad_input, fmt::format("setting {}= is neither yes nor no", key));
    }
    source.negate = value == "yes";
    return {};
  }
  if (!source.pieces.empty()) {
    return fail(Errc::bad_input,
                fmt::format("field {} has both map. and set.", csv_field_names[index]));
  }
  present_ |= bit(static_cast<CsvField>(index));
  if (verb == "map") {
    source.pieces.push_back({std::string(value), true, {}});
    return {};
  }
  while (!value.empty()) {
    const std::size_t open = value.find('{');
    if (open != 0) source.pieces.push_back({std::string(value.substr(0, open)), false, {}});
    if (open == std::string_view::npos) return {};
    const std::size_t close = value.find('}', open);
    if (close == std::string_view::npos) {
      return fail(Errc::bad_input,
                  fmt::format("setting {}= opens a {{ that it does not close", key));
    }
    source.pieces.push_back({std::string(value.substr(open + 1, close - open - 1)), true, {}});
    value.remove_prefix(close + 1);
  }
  if (source.pieces.empty()) source.pieces.push_back({});
  return {};
}

void CsvMapping::set_default(CsvField f, std::string_view value) {
  if (has(f)) return;
  present_ |= bit(f);
  sources_[static_cast<std::size_t>(f)].pieces.push_back({std::string(value), false, {}});
}

Result<void> CsvMapping::resolve(const CsvRow& row, bool is_header) {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    for (Piece& piece : sources_[i].pieces) {
      if (!piece.is_column) continue;
      auto column = resolve_column(row, is_header, piece.text);
      if (!column) {
        return fail(column.error().code,
                    fmt::format("field {}: {}", csv_field_names[i], column.error().what));
      }
      piece.column = *column;
    }
  }
  return {};
}

Result<std::optional<std::string_view>> CsvMapping::text(CsvField f, const CsvRow& row) {
  Source& source = sources_[static_cast<std::size_t>(f)];
  std::optional<std::string_view> none;
  if (source.pieces.empty()) return none;
  std::string_view value;
  if (source.pieces.size() == 1 && source.pieces[0].is_column) {
    BALLAST_TRY(whole, field(row, source.pieces[0].column));
    value = whole;
  } else {
    source.scratch.clear();
    for (const Piece& piece : source.pieces) {
      if (piece.is_column) {
        BALLAST_TRY(part, field(row, piece.column));
        source.scratch.append(part);
      } else {
        source.scratch.append(piece.text);
      }
    }
    value = source.scratch;
  }
  if (!source.values.empty()) {
    const std::string_view* found = nullptr;
    std::string_view to;
    for (const auto& [from, into] : source.values) {
      if (from == value || from == "*") {
        to = into;
        found = &to;
        break;
      }
    }
    if (found == nullptr) {
      return fail(Errc::bad_input, fmt::format("field {}: values.{}= says nothing of {}",
                                               to_string(f), to_string(f), shown(value)));
    }
    value = to;
  }
  if (value.empty()) return none;
  return std::optional(value);
}

Result<std::optional<Int128>> CsvMapping::number_raw(CsvField f, const CsvRow& row) {
  BALLAST_TRY(value, text(f, row));
  if (!value) return std::optional<Int128>();
  const auto raw = parse_number_raw(*value);
  if (!raw) {
    return fail(raw.error().code, fmt::format("field {}: {}", to_string(f), raw.error().what));
  }
  return std::optional(sources_[static_cast<std::size_t>(f)].negate ? -*raw : *raw);
}

Result<CsvFilter> CsvFilter::create(const ImportSettings& settings) {
  CsvFilter filter;
  for (const auto& [key, value] : settings) {
    if (!key.starts_with(where)) continue;
    Condition condition{key.substr(where.size()), {}, {}};
    if (condition.name.empty()) {
      return fail(Errc::bad_input, "setting where.= names no column: where.COLUMN=VALUE,...");
    }
    for (std::size_t at = 0; at <= value.size();) {
      const std::size_t end = std::min(value.find(',', at), value.size());
      condition.values.push_back(value.substr(at, end - at));
      at = end + 1;
    }
    filter.conditions_.push_back(std::move(condition));
  }
  return filter;
}

Result<void> CsvFilter::resolve(const CsvRow& row, bool is_header) {
  for (Condition& condition : conditions_) {
    auto column = resolve_column(row, is_header, condition.name);
    if (!column) {
      return fail(column.error().code,
                  fmt::format("setting {}{}: {}", where, condition.name, column.error().what));
    }
    condition.column = *column;
  }
  return {};
}

Result<bool> CsvFilter::takes(const CsvRow& row) const {
  for (const Condition& condition : conditions_) {
    BALLAST_TRY(value, field(row, condition.column));
    const auto& values = condition.values;
    if (std::find(values.begin(), values.end(), value) == values.end()) return false;
  }
  return true;
}

}  // namespace ballast
