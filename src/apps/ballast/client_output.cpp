#include "apps/ballast/client_output.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/utf8.hpp"

namespace ballast {
namespace {

using json = nlohmann::ordered_json;

std::string text_of(const json& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (!value.is_array()) return value.dump();
  std::string list;
  for (const json& item : value)
    list += (list.empty() ? "" : ", ") + text_of(item);
  return list;
}

/// nullptr when there is nothing at the path.
const json* at_path(const json& object, std::string_view path) {
  const json* here = &object;
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('.'), path.size());
    const std::string step(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
    if (here->is_object() && here->contains(step)) {
      here = &(*here)[step];
    } else if (here->is_array() && step.size() == 1 && step[0] >= '0' && step[0] <= '9' &&
               here->size() > static_cast<std::size_t>(step[0] - '0')) {
      here = &(*here)[static_cast<std::size_t>(step[0] - '0')];
    } else {
      return nullptr;
    }
  }
  return here;
}

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string cell = "\"";
  for (const char c : text)
    cell += c == '"' ? std::string("\"\"") : std::string(1, c);
  return cell + "\"";
}

/// Letters that a terminal shows, near enough: bytes that do not go on a UTF-8 sequence.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

/// As a table shows it: statistics to six digits, and no more of a long text than tells what it is.
/// JSON and CSV have all of it.
std::string table_cell(const json& value) {
  constexpr std::size_t longest = 60;
  if (value.is_number_float()) {
    const auto number = value.get<double>();
    return number < 1e6 && number > -1e6 ? fmt::format("{:.6g}", number)
                                         : fmt::format("{:.0f}", number);
  }
  std::string text = printable(text_of(value));
  if (text.size() > longest)
    text = text.substr(0, utf8_prefix(text.substr(0, longest - 3))) + "...";
  return text;
}

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += row[i];
      if (i + 1 < row.size()) line.append(widths[i] - width_of(row[i]) + 2, ' ');
    }
    text += line + "\n";
  }
  return text;
}

void flatten(const json& value, const std::string& path, std::map<std::string, std::string>& out) {
  const auto below = [&](const std::string& step) {
    return path.empty() ? step : path + "." + step;
  };
  if (value.is_object()) {
    for (const auto& [name, item] : value.items())
      flatten(item, below(name), out);
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i)
      flatten(value[i], below(std::to_string(i)), out);
  } else {
    out[path.empty() ? "value" : path] = text_of(value);
  }
}

/// Path, before and after, of what differs.
std::vector<std::vector<std::string>> differences(const json& answer) {
  const auto side = [&](const char* name) {
    std::map<std::string, std::string> values;
    if (answer.contains(name) && !answer[name].is_null()) flatten(answer[name], "", values);
    return values;
  };
  const auto before = side("before");
  const auto after = side("after");
  std::vector<std::vector<std::string>> rows;
  const auto value = [](const auto& values, const std::string& path) {
    const auto found = values.find(path);
    return found == values.end() ? std::string("-") : found->second;
  };
  auto paths = before;
  paths.insert(after.begin(), after.end());
  for (const auto& [path, unused] : paths) {
    const std::string was = value(before, path);
    const std::string is = value(after, path);
    if (was != is) rows.push_back({path, was, is});
  }
  return rows;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x20 || code == 0x7F) c = '?';
  }
  return out;
}

std::string shown_items(std::string_view items,
                        std::span<const ItemColumn> columns,
                        Format format,
                        std::string_view none) {
  const json list = json::parse(items);
  if (format == Format::json) return list.dump(2) + "\n";
  const auto cell = [&](const json& item, const ItemColumn& column, const auto& text) {
    const json* value = at_path(item, column.path);
    return value == nullptr ? std::string("-") : text(*value);
  };
  if (format == Format::csv) {
    std::string text;
    for (const ItemColumn& column : columns)
      text += (text.empty() ? "" : ",") + std::string(column.path);
    text += "\n";
    for (const json& item : list) {
      for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::string value = cell(item, columns[i], text_of);
        text += (i == 0 ? "" : ",") + csv_cell(value == "-" ? "" : value);
      }
      text += "\n";
    }
    return text;
  }
  if (list.empty()) return std::string(none) + "\n";
  std::vector<std::vector<std::string>> rows(1);
  for (const ItemColumn& column : columns)
    rows[0].emplace_back(column.title);
  for (const json& item : list) {
    auto& row = rows.emplace_back();
    for (const ItemColumn& column : columns)
      row.push_back(cell(item, column, table_cell));
  }
  return aligned(rows);
}

std::map<std::string, std::string> flattened(std::string_view text) {
  std::map<std::string, std::string> values;
  flatten(json::parse(text), "", values);
  return values;
}

std::string shown_change(std::string_view answer,
                         std::string_view what,
                         bool dry_run,
                         Format format) {
  if (format == Format::json) return pretty(answer);
  const json parsed = json::parse(answer);
  const auto rows = differences(parsed);
  if (format == Format::csv) {
    std::string text = "field,before,after\n";
    for (const auto& row : rows)
      text += fmt::format("{},{},{}\n", csv_cell(row[0]), csv_cell(row[1]), csv_cell(row[2]));
    return text;
  }
  std::string text = dry_run ? fmt::format("dry run, nothing is changed: {}\n", what)
                             : fmt::format("{}: event {}\n", what,
                                           parsed.contains("seq") ? text_of(parsed["seq"]) : "-");
  std::vector<std::vector<std::string>> lines;
  for (const auto& row : rows)
    lines.push_back({"  " + printable(row[0]), printable(row[1]), "->", printable(row[2])});
  return text + (lines.empty() ? "  no difference\n" : aligned(lines));
}

std::string pretty(std::string_view text) { return json::parse(text).dump(2) + "\n"; }

}  // namespace ballast
