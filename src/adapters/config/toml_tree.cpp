#include "adapters/config/toml_tree.hpp"

#include <algorithm>
#include <array>

#include <toml++/toml.h>

namespace ballast {
namespace {

TextPosition position(const toml::source_position& at) { return {at.line, at.column}; }

/// The source by line and column, where a column is a character (the library counts code points).
class Source {
 public:
  explicit Source(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      lines_.push_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  /// What stands in a region of one line, without the blanks around it.
  std::string slice(const toml::source_region& region) const {
    const std::size_t line = region.begin.line - 1U;
    if (line >= lines_.size()) return {};
    const std::string_view text = lines_[line];
    const std::size_t begin = offset(text, region.begin.column);
    const std::size_t end =
        region.end.line == region.begin.line ? offset(text, region.end.column) : text.size();
    std::string_view cut = text.substr(begin, end > begin ? end - begin : 0);
    while (!cut.empty() && (cut.back() == ' ' || cut.back() == '\t' || cut.back() == '\r')) {
      cut.remove_suffix(1);
    }
    return std::string(cut);
  }

 private:
  static std::size_t offset(std::string_view text, std::uint32_t column) {
    std::size_t at = 0;
    for (std::uint32_t n = 1; n < column && at < text.size(); ++n) {
      ++at;
      while (at < text.size() && (text[at] & 0xC0) == 0x80)
        ++at;
    }
    return at;
  }

  std::vector<std::string_view> lines_;
};

TomlNode convert(const toml::node& from, const Source& source);

void convert_table(const toml::table& from, const Source& source, TomlNode& to) {
  for (const auto& [key, value] : from) {
    to.members.push_back(
        {std::string(key.str()), position(key.source().begin), convert(value, source)});
  }
  std::sort(to.members.begin(), to.members.end(),
            [](const TomlMember& a, const TomlMember& b) { return a.at < b.at; });
}

TomlNode convert(const toml::node& from, const Source& source) {
  TomlNode to;
  to.at = position(from.source().begin);
  switch (from.type()) {
    case toml::node_type::table:
      convert_table(*from.as_table(), source, to);
      return to;
    case toml::node_type::array:
      to.kind = TomlNode::Kind::array;
      for (const toml::node& item : *from.as_array())
        to.items.push_back(convert(item, source));
      return to;
    case toml::node_type::string:
      to.kind = TomlNode::Kind::string;
      to.text = from.as_string()->get();
      return to;
    case toml::node_type::integer:
      to.kind = TomlNode::Kind::integer;
      break;
    case toml::node_type::floating_point:
      to.kind = TomlNode::Kind::floating;
      break;
    case toml::node_type::boolean:
      to.kind = TomlNode::Kind::boolean;
      break;
    default:
      to.kind = TomlNode::Kind::date_time;
      break;
  }
  to.text = source.slice(from.source());
  return to;
}

}  // namespace

const TomlMember* TomlNode::find(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const TomlMember& member) { return member.key == key; });
  return found == members.end() ? nullptr : &*found;
}

std::string_view to_string(TomlNode::Kind kind) {
  constexpr std::array<std::string_view, 7> names{
      "a table", "an array", "a string", "an integer", "a number", "a boolean", "a date or time"};
  return names[static_cast<std::size_t>(kind)];
}

tl::expected<TomlNode, TomlError> parse_toml(std::string_view text) {
  try {  // the library as packaged throws; nothing of that leaves this file
    return convert(toml::parse(text), Source(text));
  } catch (const toml::parse_error& error) {
    return tl::unexpected(
        TomlError{position(error.source().begin), std::string(error.description())});
  }
}

}  // namespace ballast
