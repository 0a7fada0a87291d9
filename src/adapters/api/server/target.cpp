#include "adapters/api/server/target.hpp"

#include <optional>

#include <fmt/format.h>

namespace ballast::api {
namespace {

constexpr std::size_t segments_max = 32;
constexpr std::size_t parameters_max = 64;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

Result<std::string> decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0)
        return fail(Errc::bad_input,
                    fmt::format("the address holds a '%' at \"{}\" without two hexadecimal digits "
                                "behind it; write a percent sign as %25",
                                text.substr(i, 3)));
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      return fail(Errc::bad_input, "the address holds a control character");
    out += c;
  }
  return out;
}

Result<void> parse_query(std::string_view text, Target& target) {
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find('&'));
    text.remove_prefix(part.size() == text.size() ? part.size() : part.size() + 1);
    if (part.empty()) continue;
    if (target.query.size() == parameters_max)
      return fail(Errc::bad_input,
                  fmt::format("the address has more than {} parameters", parameters_max));
    const std::size_t equals = part.find('=');
    BALLAST_TRY(name, decoded(part.substr(0, equals), true));
    BALLAST_TRY(value, decoded(equals == part.npos ? "" : part.substr(equals + 1), true));
    target.query.emplace(std::move(name), std::move(value));
  }
  return {};
}

}  // namespace

Result<Target> parse_target(std::string_view text) {
  if (!text.starts_with('/'))
    return fail(Errc::bad_input, "the address of a request begins with '/'");
  Target target;
  text = text.substr(0, text.find('#'));
  const std::size_t question = text.find('?');
  std::string_view path = text.substr(0, question);
  while (!path.empty()) {
    path.remove_prefix(1);  // the '/'
    const std::string_view part = path.substr(0, path.find('/'));
    path.remove_prefix(part.size());
    BALLAST_TRY(segment, decoded(part, false));
    if (segment == "." || segment == "..")
      return fail(Errc::bad_input, "the address holds a relative segment, \".\" or \"..\"");
    if (target.segments.size() == segments_max)
      return fail(Errc::bad_input, fmt::format("the address has more than {} parts", segments_max));
    target.path += '/';
    target.path += segment;
    target.segments.push_back(std::move(segment));
  }
  if (question != text.npos) BALLAST_CHECK(parse_query(text.substr(question + 1), target));
  return target;
}

}  // namespace ballast::api
