#include "adapters/codec/json_line.hpp"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include <fmt/format.h>

// Without exceptions simdjson offers no call that throws.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include "adapters/codec/names.hpp"

namespace ballast {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
constexpr bool digit(char c) { return c >= '0' && c <= '9'; }

std::string shown(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7f ? fmt::format("'{}'", c)
                                    : fmt::format("the byte 0x{:02x}", byte);
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

struct JsonLine::Parser {
  ondemand::parser json;
  std::vector<char> buffer;  // the line with the slack behind it that simdjson reads into
  std::string_view line;
  std::vector<Element> elements;
  NameTable<Field> names;

  Parser() {
    for (std::size_t i = 0; i < field_names.size(); ++i) {
      names.try_emplace(field_names[i], static_cast<Field>(i));
    }
  }

  std::string_view keep(std::string_view text) {
    const std::size_t need = text.size() + simdjson::SIMDJSON_PADDING;
    if (buffer.size() < need) buffer.resize(std::max<std::size_t>(2 * need, 1024));
    if (!text.empty()) std::memcpy(buffer.data(), text.data(), text.size());
    std::memset(buffer.data() + text.size(), ' ', simdjson::SIMDJSON_PADDING);
    return {buffer.data(), text.size()};
  }

  std::uint32_t column(const char* at) const {
    return column_of(static_cast<std::size_t>(at - line.data()));
  }

  tl::unexpected<Error> refuse(ondemand::document& document, simdjson::error_code code) const {
    const char* at = nullptr;
    if (document.current_location().get(at) != simdjson::SUCCESS) at = line.data() + line.size();
    return malformed(line, code, static_cast<std::size_t>(at - line.data()));
  }

  /// The characters of a key, and its column.
  simdjson::error_code key_of(ondemand::field& field,
                              std::string_view& key,
                              std::uint32_t& key_column) const {
    const char* const begin = field.key().raw();
    key_column = column(begin) - 1;  // the quote
    const char* end = begin;
    while (*end != '"' && *end != '\\')
      ++end;  // the first stage has seen that the string ends
    key = {begin, static_cast<std::size_t>(end - begin)};
    return *end == '"' ? simdjson::SUCCESS : field.unescaped_key().get(key);
  }

  /// A value that is no container, or the opening bracket of one.
  Result<void> scalar(ondemand::value& value, Token& token) const {
    std::string_view text = value.raw_json_token();
    token.column = column(text.data());
    while (blank(text.back()))
      text.remove_suffix(1);
    const auto literal = [&](TokenKind kind, bool known) -> Result<void> {
      token.kind = kind;
      token.text = text;
      if (known) return {};
      return fail_at(token.column, Errc::bad_input, fmt::format("{} is not a JSON value", text));
    };
    switch (text.front()) {
      case '"':
        token.kind = TokenKind::string;
        if (std::memchr(text.data(), '\\', text.size()) != nullptr) {
          const auto error = value.get_string().get(token.text);
          if (error != simdjson::SUCCESS) return malformed(line, error, token.column - 1);
        } else {
          token.text = text.substr(1, text.size() - 2);
        }
        return {};
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

  /// Appends the values of an array or small object to `elements`.
  template <class Container>
  Result<void> contents(ondemand::document& document,
                        simdjson::simdjson_result<Container> opened,
                        Token& token) {
    Container container;
    if (const auto error = std::move(opened).get(container); error != simdjson::SUCCESS) {
      return refuse(document, error);
    }
    token.first = static_cast<std::uint32_t>(elements.size());
    for (auto&& next : container) {
      Element element;
      ondemand::value value;
      if constexpr (std::is_same_v<Container, ondemand::object>) {
        ondemand::field field;
        auto error = std::move(next).get(field);
        if (error == simdjson::SUCCESS)
          error = key_of(field, element.key, element.value.key_column);
        if (error != simdjson::SUCCESS) return refuse(document, error);
        value = field.value();
      } else if (const auto error = std::move(next).get(value); error != simdjson::SUCCESS) {
        return refuse(document, error);
      }
      BALLAST_CHECK(scalar(value, element.value));
      elements.push_back(element);
    }
    token.count = static_cast<std::uint32_t>(elements.size()) - token.first;
    return {};
  }

  Result<void> value_of(ondemand::document& document, ondemand::value value, Token& token) {
    BALLAST_CHECK(scalar(value, token));
    if (token.kind == TokenKind::array) return contents(document, value.get_array(), token);
    if (token.kind == TokenKind::object) return contents(document, value.get_object(), token);
    return {};
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
  Parser& parser = *parser_;
  fields_.clear();
  stranger_column_ = 0;
  parser.elements.clear();
  parser.line = parser.keep(text);
  const std::string_view line = parser.line;

  ondemand::document document;
  ondemand::object object;
  auto error = parser.json.iterate(line.data(), line.size(), parser.buffer.size()).get(document);
  if (error != simdjson::SUCCESS) return malformed(line, error, 0);
  error = document.get_object().get(object);
  if (error != simdjson::SUCCESS) return parser.refuse(document, error);

  for (auto&& next : object) {
    ondemand::field field;
    std::string_view key;
    error = std::move(next).get(field);
    std::uint32_t key_column = 0;
    if (error == simdjson::SUCCESS) error = parser.key_of(field, key, key_column);
    if (error != simdjson::SUCCESS) return parser.refuse(document, error);
    const Field* const known = parser.names.find(key);
    if (known == nullptr) {
      if (stranger_column_ == 0) {
        stranger_ = key;
        stranger_column_ = key_column;
      }
      continue;
    }
    Token& token = tokens_[static_cast<std::size_t>(*known)];
    if (fields_.has(*known)) {
      return fail_at(key_column, Errc::bad_input,
                     fmt::format("\"{}\" stands here a second time (first in column {}); keep one",
                                 key, token.key_column));
    }
    fields_.add(*known);
    token.key_column = key_column;
    BALLAST_CHECK(parser.value_of(document, field.value(), token));
  }
  const char* rest = nullptr;
  if (document.current_location().get(rest) == simdjson::SUCCESS) {
    return trailing(line, static_cast<std::size_t>(rest - line.data()));
  }
  return {};
}

}  // namespace ballast
