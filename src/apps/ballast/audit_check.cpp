#include "apps/ballast/audit_check.hpp"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ballast {
namespace {

using nlohmann::json;

constexpr std::array<std::string_view, 7> decisions{"target",  "drift", "acknowledge", "shelve",
                                                    "approve", "kill",  "rearm"};

/// The type of an event, as the journal's writer puts it: behind the time, without blanks.
std::string_view type_of(std::string_view body) {
  constexpr std::string_view before = "\"type\":\"";
  const std::size_t at = body.find(before);
  if (at == std::string_view::npos) return {};
  body.remove_prefix(at + before.size());
  return body.substr(0, body.find('"'));
}

std::string member(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string{};
}

}  // namespace

void AuditCheck::see(const JournalEvent& event, bool applied) {
  const std::string_view type = type_of(event.body);
  if (type == "audit") {
    audit(event);
  } else if (applied && std::find(decisions.begin(), decisions.end(), type) != decisions.end()) {
    ++changes_;
    const json body = json::parse(event.body, nullptr, false);
    const std::string by = body.is_object() ? member(body, "by") : "";
    open_.emplace(event.seq,
                  fmt::format("event {} ({}{}{})", event.seq, type, by.empty() ? "" : " by ", by));
  }
}

void AuditCheck::audit(const JournalEvent& event) {
  ++records_;
  const json body = json::parse(event.body, nullptr, false);
  if (!body.is_object()) return problem(fmt::format("audit record {} cannot be read", event.seq));
  const auto named = body.find("event");
  if (named == body.end() || *named == 0) return;  // a change that is no event
  const std::uint64_t seq = named->is_number_unsigned() ? named->get<std::uint64_t>() : 0;
  if (const auto found = open_.find(seq); found != open_.end()) {
    done_.insert(open_.extract(found));
    if (done_.size() > kept_max) done_.erase(done_.begin());
  } else if (done_.contains(seq)) {
    problem(
        fmt::format("audit record {} speaks of event {}, which has one already", event.seq, seq));
  } else {
    problem(
        fmt::format("audit record {} speaks of event {}, which is no decision of a person before "
                    "it",
                    event.seq, seq));
  }
}

void AuditCheck::finish() {
  for (const auto& [seq, what] : open_)
    problem(what + " has no audit record behind it");
  open_.clear();
}

void AuditCheck::problem(std::string what) {
  ++problem_count_;
  if (problems_.size() < kept_max) problems_.push_back(std::move(what));
}

}  // namespace ballast
