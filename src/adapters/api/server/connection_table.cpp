#include "adapters/api/server/connection_table.hpp"

#include <utility>

namespace ballast::api {

std::uint64_t ConnectionTable::enter(const std::string& peer, Close close) {
  const std::lock_guard guard(mutex_);
  const auto known = peers_.find(peer);
  if (known != peers_.end() && known->second >= most_per_peer_ && !make_room(&peer)) return 0;
  if (counted_ >= most_ && !make_room(nullptr)) return 0;
  rows_.emplace(++last_id_, Row{peer, std::move(close), ++last_wait_});
  ++peers_[peer];
  ++counted_;
  return last_id_;
}

void ConnectionTable::leave(std::uint64_t id) {
  const std::lock_guard guard(mutex_);
  const auto at = rows_.find(id);
  if (at == rows_.end()) return;
  discount(at->second);
  rows_.erase(at);
}

void ConnectionTable::set_waiting(std::uint64_t id, bool waiting) {
  const std::lock_guard guard(mutex_);
  if (const auto at = rows_.find(id); at != rows_.end())
    at->second.waits_since = waiting ? ++last_wait_ : 0;
}

std::size_t ConnectionTable::size() const {
  const std::lock_guard guard(mutex_);
  return rows_.size();
}

void ConnectionTable::close_all(bool at_once) {
  const std::lock_guard guard(mutex_);
  for (const auto& [id, row] : rows_)
    row.close(at_once);
}

/// Only asked when the table is full, so that a look at all rows costs a flood, and nobody else.
bool ConnectionTable::make_room(const std::string* peer) {
  auto longest = rows_.end();
  for (auto at = rows_.begin(); at != rows_.end(); ++at) {
    const Row& row = at->second;
    if (!row.counted || row.waits_since == 0 || (peer != nullptr && row.peer != *peer)) continue;
    if (longest == rows_.end() || row.waits_since < longest->second.waits_since) longest = at;
  }
  if (longest == rows_.end()) return false;
  longest->second.close(false);
  discount(longest->second);
  return true;
}

void ConnectionTable::discount(Row& row) {
  if (!std::exchange(row.counted, false)) return;
  --counted_;
  const auto peer = peers_.find(row.peer);
  if (--peer->second == 0) peers_.erase(peer);
}

}  // namespace ballast::api
