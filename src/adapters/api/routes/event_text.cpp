#include "adapters/api/routes/event_text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace ballast::api {
namespace {

constexpr std::string_view spaces = " \t\r\n";
constexpr std::size_t depth_max = 64;  // an event has three

bool is_space(char c) { return spaces.find(c) != std::string_view::npos; }

/// Walks over JSON values by their brackets and strings alone.
class Walker {
 public:
  explicit Walker(std::string_view text) : text_(text) {}

  void skip_spaces() {
    while (at_ < text_.size() && is_space(text_[at_]))
      ++at_;
  }
  bool done() const { return at_ == text_.size(); }
  std::size_t at() const { return at_; }
  bool take(char c) {
    if (done() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  /// The next value, up to the comma or bracket that ends it; nothing where the body breaks off.
  Result<std::string> value() {
    const std::size_t begin = at_;
    std::string open;  // the brackets that are to come
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') {
        if (!string()) return broken("a text does not end");
        if (open.empty()) return ended(begin);
      } else if (c == '{' || c == '[') {
        if (open.size() == depth_max) return broken("it is too deep");
        open += c == '{' ? '}' : ']';
      } else if (c == '}' || c == ']') {
        if (open.empty()) break;
        if (open.back() != c) return broken("brackets do not match");
        open.pop_back();
        if (open.empty()) return ended(begin);
      } else if (c == ',' && open.empty()) {
        break;
      }
    }
    if (!open.empty()) return broken("it ends within a value");
    --at_;  // a bare word ends before what follows it
    return ended(begin);
  }
  tl::unexpected<Error> broken(std::string_view why) const {
    return fail(
        Errc::bad_input,
        fmt::format("the body is not JSON at byte {}: {}; send one event, an array of them, "
                    "or lines as application/x-ndjson",
                    at_ + 1, why));
  }

 private:
  /// The value from `begin` to the present byte, as a line.
  Result<std::string> ended(std::size_t begin) {
    ++at_;
    std::string out(text_.substr(begin, at_ - begin));
    while (!out.empty() && is_space(out.back()))
      out.pop_back();
    if (out.empty()) return broken("a value is missing");
    std::replace_if(
        out.begin(), out.end(), [](char c) { return c == '\n' || c == '\r'; }, ' ');
    return out;
  }
  /// From the opening quote to the closing one.
  bool string() {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == '"') {
        return true;
      }
    }
    return false;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

Result<std::vector<std::string>> split_events(std::string_view body) {
  std::vector<std::string> events;
  Walker walker(body);
  walker.skip_spaces();
  const bool array = walker.take('[');
  walker.skip_spaces();
  if (array && walker.take(']')) {
    walker.skip_spaces();
    if (!walker.done()) return walker.broken("something follows");
    return events;
  }
  for (;;) {
    walker.skip_spaces();
    BALLAST_TRY(event, walker.value());
    events.push_back(std::move(event));
    if (!array) break;
    walker.skip_spaces();
    if (walker.take(',')) continue;
    if (walker.take(']')) break;
    return walker.broken("the array does not end");
  }
  walker.skip_spaces();
  if (!walker.done()) return walker.broken("something follows");
  return events;
}

bool holds_event(std::string_view line) {
  const auto first = line.find_first_not_of(spaces);
  return first != std::string_view::npos && line[first] != '#';
}

}  // namespace ballast::api
