// Who asks a running desk for something, and what they may. docs/api.md has the table.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/timestamp.hpp"
#include "model/event.hpp"

namespace ballast {

enum class Role : std::uint8_t { viewer, trader, risk, admin, ingest, metrics };
inline constexpr std::array<std::string_view, 6> role_names{"viewer", "trader", "risk",
                                                            "admin",  "ingest", "metrics"};
constexpr std::string_view to_string(Role role) {
  return role_names[static_cast<std::size_t>(role)];
}
std::optional<Role> role_of(std::string_view name);

/// What a request needs.
enum class Permission : std::uint8_t {
  none,    // nothing but a good token
  read,    // viewer, trader, risk, admin
  act,     // trader, risk, admin
  limit,   // risk, admin
  admin,   // admin
  ingest,  // ingest, admin
  scrape,  // metrics, and whoever may read
};
bool may(Role role, Permission permission);

/// What posting an event of this kind needs: data of markets and books `ingest`, what people decide
/// what its route needs. Nothing for what the service alone writes.
std::optional<Permission> to_post(const EventBody& body);

struct Principal {
  std::string name;
  Role role = Role::viewer;
};

}  // namespace ballast
