#include "adapters/feed/common/csv.hpp"

#include <cstring>

#include "adapters/feed/common/settings.hpp"
#include "adapters/feed/common/values.hpp"
#include "base/suggest.hpp"

namespace ballast {

Result<void> CsvRow::split(std::string_view line, char delimiter) {
  fields_.clear();
  unquoted_.clear();
  unquoted_.reserve(line.size());
  for (std::size_t at = 0;;) {
    if (at < line.size() && line[at] == '"') {
      BALLAST_TRY(next, split_quoted(line, at, delimiter));
      at = next;
    } else {
      const void* found =
          at < line.size() ? std::memchr(line.data() + at, delimiter, line.size() - at) : nullptr;
      const std::size_t end =
          found == nullptr
              ? line.size()
              : static_cast<std::size_t>(static_cast<const char*>(found) - line.data());
      fields_.push_back(line.substr(at, end - at));
      at = end;
    }
    if (at == line.size()) return {};
    ++at;  // the delimiter; a field follows it, though it may be empty
  }
}

/// The field in quotes at `at`; returns where it ends: the line's end or the next delimiter.
Result<std::size_t> CsvRow::split_quoted(std::string_view line, std::size_t at, char delimiter) {
  const std::size_t begin = unquoted_.size();
  for (++at; at < line.size(); ++at) {
    if (line[at] != '"') {
      unquoted_ += line[at];
    } else if (at + 1 < line.size() && line[at + 1] == '"') {
      unquoted_ += '"';
      ++at;
    } else {
      break;
    }
  }
  if (at == line.size()) {
    return fail(Errc::bad_input, fmt::format("column {} opens a quote that the line does not close",
                                             fields_.size() + 1));
  }
  ++at;
  if (at < line.size() && line[at] != delimiter) {
    return fail(Errc::bad_input,
                fmt::format("column {} goes on after its closing quote", fields_.size() + 1));
  }
  fields_.push_back(std::string_view(unquoted_).substr(begin));
  return at;
}

Result<CsvColumn> find_column(const CsvRow& header, std::string_view name) {
  Suggestion near(name);
  std::string known;
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (header[i] == name) return CsvColumn{i, std::string(name)};
    near.consider(header[i]);
    if (i < 20) known += fmt::format("{}{}", i == 0 ? "" : ", ", header[i].substr(0, 40));
  }
  return fail(Errc::bad_input, fmt::format("the header has no column \"{}\"{}; it has: {}{}", name,
                                           near.text(), known, header.size() > 20 ? ", ..." : ""));
}

tl::unexpected<Error> in_column(const CsvColumn& column, Error error) {
  return fail(error.code,
              fmt::format("column {} ({}): {}", column.index + 1, column.name, error.what));
}

Result<std::string_view> field(const CsvRow& row, const CsvColumn& column) {
  if (column.index < row.size()) return row[column.index];
  return in_column(column,
                   {Errc::bad_input, fmt::format("missing: the line has {} columns", row.size())});
}

Result<Int128> number_field_raw(const CsvRow& row, const CsvColumn& column, Sign sign) {
  BALLAST_TRY(text, field(row, column));
  auto raw = parse_number_raw(text);
  if (!raw) return in_column(column, raw.error());
  if (sign == Sign::positive && *raw <= 0) {
    return in_column(column, {Errc::bad_input, fmt::format("{} is not above zero", shown(text))});
  }
  if (sign == Sign::not_negative && *raw < 0) {
    return in_column(column, {Errc::bad_input, fmt::format("{} is negative", shown(text))});
  }
  return raw;
}

Result<void> CsvImporter::line(std::string_view text, std::size_t number, ImportSink& sink) {
  if (text.empty()) return {};
  if (auto split = row_.split(text, delimiter_); !split) {
    if (begun_) return split;
    return fail(split.error().code, fmt::format("this is no header: {}", split.error().what));
  }
  if (!begun_) {
    BALLAST_TRY(is_header, header(row_));
    begun_ = true;
    columns_ = row_.size();
    if (is_header) return {};
  }
  if (row_.size() != columns_) {
    return fail(Errc::bad_input,
                fmt::format("the line has {} columns where the first of the file has {}",
                            row_.size(), columns_));
  }
  return row(row_, text, number, sink);
}

Result<void> CsvImporter::end_of_file(ImportSink& /*sink*/) {
  begun_ = false;
  return {};
}

}  // namespace ballast
