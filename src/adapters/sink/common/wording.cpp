#include "adapters/sink/common/wording.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/utf8.hpp"

namespace ballast {
namespace {

std::string_view severity_word(Severity severity) {
  switch (severity) {
    case Severity::info:
      return "INFO";
    case Severity::warning:
      return "WARNING";
    default:
      return "CRITICAL";
  }
}

std::string_view state_word(const Notification& n) {
  switch (n.state) {
    case NotificationState::firing:
      return n.level > 0 ? "escalated" : "firing";
    case NotificationState::reminder:
      return n.level > 0 ? "escalated" : "still firing";
    case NotificationState::acknowledged:
      return "acknowledged";
    case NotificationState::resolved:
      return "resolved";
    default:
      return "notice";
  }
}

}  // namespace

std::string headline(const Notification& n) {
  const std::string subject =
      n.book.empty() || n.book == "*" ? n.factor : fmt::format("{}@{}", n.factor, n.book);
  return fmt::format("{} {}: {}, {}", severity_word(n.severity), state_word(n), n.rule, subject);
}

std::vector<std::pair<std::string, std::string>> details(const Notification& n) {
  std::vector<std::pair<std::string, std::string>> lines;
  const auto say = [&lines](std::string_view what, std::string text) {
    if (!text.empty()) lines.emplace_back(what, std::move(text));
  };
  if (n.value) say("value", fmt::format("{:.6g}", *n.value));
  say("rule", n.threshold);
  say("reason", n.reason);
  if (n.state != NotificationState::notice) say("since", to_string(n.since));
  if (n.t != n.since || n.state == NotificationState::notice) say("time", to_string(n.t));
  say("desk", n.desk);
  if (n.level > 0) say("level", fmt::format("{}", n.level));
  say("id", n.id);
  return lines;
}

std::string plain_text(const Notification& n, std::size_t longest) {
  std::string text = headline(n);
  for (const auto& [what, line] : details(n))
    text += fmt::format("\n{}: {}", what, line);
  const std::string link = n.link.empty() ? "" : "\n" + n.link;
  return shortened(std::move(text), longest - std::min(longest, link.size())) + link;
}

std::string shortened(std::string text, std::size_t longest) {
  if (text.size() > longest) {
    text.resize(longest);
    text.resize(utf8_prefix(text));
  }
  return text;
}

}  // namespace ballast
