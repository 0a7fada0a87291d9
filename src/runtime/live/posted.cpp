#include "runtime/live/posted.hpp"

#include <array>
#include <type_traits>
#include <variant>

#include <fmt/format.h>

#include "base/utf8.hpp"
#include "engine/report_factor.hpp"
#include "model/effect.hpp"
#include "model/scope.hpp"

namespace ballast {
namespace {

/// As much of a text as fits, cut between characters.
template <class TextType>
TextType fitting(std::string_view text) {
  if (text.size() > TextType::capacity) text = text.substr(0, TextType::capacity);
  return *TextType::create(text.substr(0, utf8_prefix(text)));
}

/// What was done to what, by kind of decision.
struct Describe {
  const Desk& desk;
  PlannedChange& plan;

  void operator()(const TargetOverride& to) const {
    const bool limit_only = to.limit && !to.target && !to.band;
    set(to.clear     ? "target.clear"
        : limit_only ? "limit.set"
                     : "target.set",
        factor_label(desk.factor(to.factor)));
  }
  void operator()(const Drift& drift) const {
    set(drift.clear ? "drift.clear" : "drift.set", desk.asset(drift.asset).name);
  }
  void operator()(const Acknowledge& event) const {
    std::string subject(desk.rule_name(event.rule));
    if (event.factor.valid()) subject += "/" + factor_label(desk.factor(event.factor));
    set("alert.acknowledge", std::move(subject));
  }
  void operator()(const Shelve& event) const {
    set("rule.shelve", std::string(desk.rule_name(event.rule)));
  }
  void operator()(const Approve& event) const {
    set(event.accept ? "proposal.approve" : "proposal.reject", event.id.str());
    plan.reason = event.reason.str();
  }
  void operator()(const Kill& event) const {
    set("kill", to_text(desk, event.scope));
    plan.reason = event.reason.str();
  }
  void operator()(const Rearm& event) const {
    set("rearm", to_text(desk, event.scope));
    plan.reason = event.reason.str();
  }
  template <class Other>
  void operator()(const Other& /*not a decision*/) const {}

  void set(std::string action, std::string subject) const {
    plan.action = std::move(action);
    plan.subject = std::move(subject);
  }
};

}  // namespace

Note note_of(std::string_view name) {
  return name.empty() ? Note("anonymous") : fitting<Note>(name);
}

std::string roles_for(Permission permission) {
  std::string text;
  for (std::size_t i = 0; i < role_names.size(); ++i) {
    if (!may(static_cast<Role>(i), permission)) continue;
    if (!text.empty()) text += " or ";
    text += role_names[i];
  }
  return text;
}

bool sign(EventBody& body, const Note& by) {
  return std::visit(
      [&](auto& event) {
        using Body = std::decay_t<decltype(event)>;
        if constexpr (std::is_same_v<Body, Audit> || std::is_same_v<Body, Receipt>) {
          return false;
        } else if constexpr (requires { event.by; }) {
          event.by = by;
          return true;
        } else {
          return std::is_same_v<Body, TargetOverride> || std::is_same_v<Body, Drift>;
        }
      },
      body);
}

PlannedChange plan_of(const Desk& desk, const EventBody& body, std::string_view line) {
  PlannedChange plan;
  std::visit(Describe{desk, plan}, body);
  if (line.size() <= audit_text_max) plan.after = line;
  return plan;
}

Result<void> check_audit(const PlannedChange& plan) {
  using Text = std::pair<std::string_view, std::string_view>;
  for (const auto& [what, text] : std::array<Text, 5>{{{"reason", plan.reason},
                                                       {"before", plan.before},
                                                       {"after", plan.after},
                                                       {"action", plan.action},
                                                       {"subject", plan.subject}}}) {
    if (text.size() > audit_text_max) {
      return fail(Errc::bad_input, fmt::format("\"{}\" has {} bytes, and at most {} are kept", what,
                                               text.size(), audit_text_max));
    }
    if (!is_utf8(text)) return fail(Errc::bad_input, fmt::format("\"{}\" is not UTF-8", what));
  }
  return {};
}

Audit audit_of(const Principal& by, const PlannedChange& plan, std::uint64_t seq) {
  Audit audit;
  audit.by = note_of(by.name);
  audit.role = fitting<Text<15>>(to_string(by.role));
  audit.action = fitting<Text<39>>(plan.action.empty() ? "change" : plan.action);
  audit.subject = fitting<Text<95>>(plan.subject.empty() ? "desk" : plan.subject);
  audit.before = plan.before;
  audit.after = plan.after;
  audit.reason = plan.reason;
  audit.event = seq;
  return audit;
}

}  // namespace ballast
