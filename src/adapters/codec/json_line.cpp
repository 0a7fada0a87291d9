#include "adapters/codec/json_line.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <fmt/format.h>

// Without exceptions simdjson offers no call that throws.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include "adapters/codec/field_table.hpp"

namespace ballast {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
constexpr bool digit(char c) { return c >= '0' && c <= '9'; }

std::string shown(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7f ? fmt::format("'{}'", c) : fmt::format("byte 0x{:02x}", byte);
}

/// -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?  as RFC 8259 has it.
bool json_number(std::string_view text) {
  std::size_t at = 0;
  const auto here = [&](char c) { return at < text.size() && text[at] == c; };
  const auto digits = [&] {
    const std::size_t begin = at;
    while (at < text.size() && digit(text[at]))
      ++at;
    return at > begin;
  };
  if (here('-')) ++at;
  if (here('0')) {
    ++at;
  } else if (!digits()) {
    return false;
  }
  if (here('.') && (++at, !digits())) return false;
  if (here('e') || here('E')) {
    ++at;
    if (here('+') || here('-')) ++at;
    if (!digits()) return false;
  }
  return at == text.size();
}

/// Where a line goes wrong, found slowly and only once it is known to be wrong.
struct Scan {
  std::size_t open_quote = std::string_view::npos;  // of a string that does not end
  std::size_t control = std::string_view::npos;     // a bare control character in a string
  std::size_t closed = std::string_view::npos;      // behind the end of the outermost object
};

Scan scan(std::string_view line) {
  Scan found;
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        quoted = false;
        found.open_quote = std::string_view::npos;
      } else if (static_cast<unsigned char>(c) < 0x20 && found.control == std::string_view::npos) {
        found.control = i;
      }
    } else if (c == '"') {
      quoted = true;
      found.open_quote = i;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if ((c == '}' || c == ']') && depth > 0 && --depth == 0 &&
               found.closed == std::string_view::npos) {
      found.closed = i + 1;
    }
  }
  return found;
}

std::uint32_t column_of(std::size_t offset) { return static_cast<std::uint32_t>(offset) + 1; }

tl::unexpected<Error> trailing(std::string_view line, std::size_t at) {
  while (at < line.size() && blank(line[at]))
    ++at;
  return fail_at(column_of(at), Errc::bad_input,
                 "there is more after the end of the object; write one object a line");
}

/// Words for simdjson's refusal; `at` is where it stopped when it knows.
tl::unexpected<Error> malformed(std::string_view line, simdjson::error_code code, std::size_t at) {
  const auto fail_here = [&](std::size_t offset, std::string_view sentence) {
    return fail_at(column_of(offset), Errc::bad_input, sentence);
  };
  const Scan found = scan(line);
  switch (code) {
    case simdjson::EMPTY:
      return fail_here(0, "the line is empty; an event is a JSON object");
    case simdjson::UTF8_ERROR: {
      std::size_t good = 0;  // the longest prefix that is UTF-8 ends where the damage begins
      for (std::size_t n = 1; n <= line.size(); ++n) {
        if (n < line.size() && (line[n] & 0xC0) == 0x80) continue;  // inside a character
        if (!simdjson::validate_utf8(line.data() + good, n - good)) break;
        good = n;
      }
      return fail_here(good, shown(line[good]) + " is not UTF-8; save the file as UTF-8");
    }
    case simdjson::UNCLOSED_STRING:
      return fail_here(found.open_quote, "this string does not end; is the line cut off?");
    case simdjson::UNESCAPED_CHARS:
      return fail_here(found.control,
                       "a control character must be escaped, such as \\n or \\u0000");
    case simdjson::INCOMPLETE_ARRAY_OR_OBJECT:
      if (found.closed != std::string_view::npos) return trailing(line, found.closed);
      return fail_here(line.size(), "the line ends inside the object; is it cut off?");
    case simdjson::INCORRECT_TYPE:
      if (line.starts_with("\xef\xbb\xbf")) {
        return fail_here(0, "the line starts with a byte order mark; save the file without one");
      }
      return fail_here(at, "an event is a JSON object {...}, but here is " + shown(line[at]));
    case simdjson::STRING_ERROR:
      return fail_here(at, "a string holds an escape that JSON does not have");
    case simdjson::TAPE_ERROR:
      return fail_here(at, at < line.size() ? "unexpected " + shown(line[at]) +
                                                  "; a comma, colon, quote or bracket is amiss"
                                            : "the line ends too early; is it cut off?");
    default:
      return fail_here(at, simdjson::error_message(code));
  }
}

}  // namespace

tl::unexpected<Error> fail_at(std::uint32_t column, Errc code, std::string_view sentence) {
  return fail(code, fmt::format("column {}: {}", column, sentence));
}

struct Key {
  std::optional<Field> field;
  std::string_view text;  // when there is no field
  std::uint32_t column = 0;
};

struct JsonLine::Parser {
  ondemand::parser json;
  ondemand::document document;
  std::vector<char> buffer;  // the line with the slack behind it that simdjson reads into
  std::string_view line;
  bool escapes = false;  // whether the line has any
  std::vector<Element> elements;
  std::optional<Error> error;  // why a function below returned false

  void keep(std::string_view text) {
    const std::size_t need = text.size() + simdjson::SIMDJSON_PADDING;
    if (buffer.size() < need) buffer.resize(std::max<std::size_t>(2 * need, 1024));
    if (!text.empty()) std::memcpy(buffer.data(), text.data(), text.size());
    std::memset(buffer.data() + text.size(), ' ', simdjson::SIMDJSON_PADDING);
    line = {buffer.data(), text.size()};
    escapes = line.find('\\') != std::string_view::npos;
    elements.clear();
  }

  std::uint32_t column(const char* at) const {
    return column_of(static_cast<std::size_t>(at - line.data()));
  }

  bool refuse(tl::unexpected<Error> why) {
    error = std::move(why).value();
    return false;
  }
  /// Where simdjson stands when it refuses to go on.
  bool refuse(simdjson::error_code code) {
    const char* at = nullptr;
    if (document.current_location().get(at) != simdjson::SUCCESS) at = line.data() + line.size();
    return refuse(malformed(line, code, static_cast<std::size_t>(at - line.data())));
  }

  bool key_of(ondemand::field& field, Key& key) {
    const char* const begin = field.key().raw();
    key.column = column(begin) - 1;  // the quote
    // The slack makes the bytes behind a short key readable. Escapes match no name as they stand.
    if (const auto words = KeyWords::until_quote(begin)) key.field = field_table.find(*words);
    if (key.field) return true;
    if (field.unescaped_key().get(key.text) != simdjson::SUCCESS) {
      return refuse(malformed(line, simdjson::STRING_ERROR, key.column - 1));
    }
    if (key.text.size() <= KeyWords::longest) key.field = field_table.find(KeyWords::of(key.text));
    return true;
  }

  /// A value that is no container, or the opening bracket of one.
  bool scalar(ondemand::value& value, Token& token) {
    std::string_view text = value.raw_json_token();
    token.column = column(text.data());
    while (blank(text.back()))
      text.remove_suffix(1);
    if (text.front() == '"') {
      token.kind = TokenKind::string;
      token.text = text.substr(1, text.size() - 2);
      if (!escapes || token.text.find('\\') == std::string_view::npos) return true;
      if (value.get_string().get(token.text) == simdjson::SUCCESS) return true;
      return refuse(malformed(line, simdjson::STRING_ERROR, token.column - 1));
    }
    token.text = text;
    const auto literal = [&](TokenKind kind, bool known) {
      token.kind = kind;
      return known || refuse(fail_at(token.column, Errc::bad_input,
                                     fmt::format("{} is not a JSON value", text.substr(0, 60))));
    };
    switch (text.front()) {
      case '[':
        return literal(TokenKind::array, true);
      case '{':
        return literal(TokenKind::object, true);
      case 't':
        return literal(TokenKind::boolean, text == "true");
      case 'f':
        return literal(TokenKind::boolean, text == "false");
      case 'n':
        return literal(TokenKind::null, text == "null");
      default:
        return literal(TokenKind::number, json_number(text));
    }
  }

  bool append(ondemand::value& value, Element element) {
    if (!scalar(value, element.value)) return false;
    elements.push_back(element);
    return true;
  }

  bool array(ondemand::value& opened) {
    ondemand::array items;
    if (const auto code = opened.get_array().get(items); code != simdjson::SUCCESS)
      return refuse(code);
    for (auto&& next : items) {
      ondemand::value value;
      if (const auto code = next.get(value); code != simdjson::SUCCESS) return refuse(code);
      if (!append(value, {})) return false;
    }
    return true;
  }

  bool object(ondemand::value& opened) {
    ondemand::object members;
    if (const auto code = opened.get_object().get(members); code != simdjson::SUCCESS) {
      return refuse(code);
    }
    for (auto&& next : members) {
      ondemand::field field;
      Element element;
      if (const auto code = std::move(next).get(field); code != simdjson::SUCCESS)
        return refuse(code);
      element.value.key_column = column(field.key().raw()) - 1;
      if (field.unescaped_key().get(element.key) != simdjson::SUCCESS) {
        return refuse(malformed(line, simdjson::STRING_ERROR, element.value.key_column - 1));
      }
      if (!append(field.value(), element)) return false;
    }
    return true;
  }

  bool value_of(ondemand::value& value, Token& token) {
    if (!scalar(value, token)) return false;
    if (token.kind != TokenKind::array && token.kind != TokenKind::object) return true;
    token.first = static_cast<std::uint32_t>(elements.size());
    if (!(token.kind == TokenKind::array ? array(value) : object(value))) return false;
    token.count = static_cast<std::uint32_t>(elements.size()) - token.first;
    return true;
  }
};

JsonLine::JsonLine() : parser_(std::make_unique<Parser>()) {}
JsonLine::~JsonLine() = default;
JsonLine::JsonLine(JsonLine&&) noexcept = default;
JsonLine& JsonLine::operator=(JsonLine&&) noexcept = default;

std::span<const Element> JsonLine::elements(const Token& token) const {
  return std::span(parser_->elements).subspan(token.first, token.count);
}

Result<void> JsonLine::parse(std::string_view text) {
  parser_->keep(text);
  fields_.clear();
  stranger_column_ = 0;
  if (split()) return {};
  return tl::unexpected(std::move(*parser_->error));
}

bool JsonLine::split() {
  Parser& parser = *parser_;
  const std::string_view line = parser.line;
  auto code =
      parser.json.iterate(line.data(), line.size(), parser.buffer.size()).get(parser.document);
  if (code != simdjson::SUCCESS) return parser.refuse(malformed(line, code, 0));
  ondemand::object object;
  code = parser.document.get_object().get(object);
  if (code != simdjson::SUCCESS) return parser.refuse(code);

  for (auto&& next : object) {
    ondemand::field field;
    Key key;
    if (code = std::move(next).get(field); code != simdjson::SUCCESS) return parser.refuse(code);
    if (!parser.key_of(field, key)) return false;
    if (!key.field) {
      if (stranger_column_ == 0) {
        stranger_ = key.text;
        stranger_column_ = key.column;
      }
      continue;
    }
    Token& token = tokens_[static_cast<std::size_t>(*key.field)];
    if (fields_.has(*key.field)) {
      return parser.refuse(
          fail_at(key.column, Errc::bad_input,
                  fmt::format("\"{}\" stands here a second time (first in column {}); keep one",
                              to_string(*key.field), token.key_column)));
    }
    fields_.add(*key.field);
    token.key_column = key.column;
    if (!parser.value_of(field.value(), token)) return false;
  }
  const char* rest = nullptr;
  if (parser.document.current_location().get(rest) != simdjson::SUCCESS) return true;
  return parser.refuse(trailing(line, static_cast<std::size_t>(rest - line.data())));
}

}  // namespace ballast
