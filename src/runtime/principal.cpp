#include "runtime/principal.hpp"

#include <algorithm>
#include <type_traits>
#include <variant>

namespace ballast {
namespace {

template <class T, class... Ts>
constexpr bool one_of = (std::is_same_v<T, Ts> || ...);

}  // namespace

std::optional<Role> role_of(std::string_view name) {
  const auto* const at = std::find(role_names.begin(), role_names.end(), name);
  if (at == role_names.end()) return std::nullopt;
  return static_cast<Role>(at - role_names.begin());
}

bool may(Role role, Permission permission) {
  if (role == Role::admin) return true;
  const bool reads = role == Role::viewer || role == Role::trader || role == Role::risk;
  switch (permission) {
    case Permission::none:
      return true;
    case Permission::read:
      return reads;
    case Permission::act:
      return role == Role::trader || role == Role::risk;
    case Permission::limit:
      return role == Role::risk;
    case Permission::ingest:
      return role == Role::ingest;
    case Permission::scrape:
      return reads || role == Role::metrics;
    case Permission::admin:
      break;
  }
  return false;
}

std::optional<Permission> to_post(const EventBody& body) {
  return std::visit(
      [](const auto& event) -> std::optional<Permission> {
        using Body = std::decay_t<decltype(event)>;
        if constexpr (one_of<Body, Decision, Quote, Audit, Receipt>) {
          return std::nullopt;
        } else if constexpr (std::is_same_v<Body, TargetOverride>) {
          // An end alone is also the limit's.
          const bool end_alone = !event.target && !event.band && !event.clear;
          return event.limit || end_alone ? Permission::limit : Permission::act;
        } else if constexpr (one_of<Body, Drift, Acknowledge, Shelve, Approve, Kill>) {
          return Permission::act;
        } else if constexpr (std::is_same_v<Body, Rearm>) {
          return Permission::limit;
        } else {
          return Permission::ingest;
        }
      },
      body);
}

}  // namespace ballast
