// Who is connected, and who makes room when there are too many: the connection of the same address,
// or of all, that has waited longest for its client's next request. So many idle connections cannot
// lock out a client that has something to ask. Any thread.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <string>

namespace ballast::api {

class ConnectionTable {
 public:
  ConnectionTable(std::size_t most, std::size_t most_per_peer)
      : most_(most), most_per_peer_(most_per_peer) {}

  /// Called by any thread, more than once, until leave(); quick. `at_once`: whatever is under way.
  using Close = std::function<void(bool at_once)>;
  /// Zero: there is no room.
  std::uint64_t enter(const std::string& peer, Close close);
  void leave(std::uint64_t id);
  /// Waits for a request, and may be closed for another's sake; or is at work, and may not.
  void set_waiting(std::uint64_t id, bool waiting);

  /// Those that have not left, with those that were told to.
  std::size_t size() const;
  void close_all(bool at_once);

 private:
  struct Row {
    std::string peer;
    Close close;
    std::uint64_t waits_since = 0;  // in the order of set_waiting(); 0: at work
    bool counted = true;            // has not made room for another
  };
  bool make_room(const std::string* peer);
  void discount(Row& row);

  const std::size_t most_;
  const std::size_t most_per_peer_;
  mutable std::mutex mutex_;
  std::map<std::uint64_t, Row> rows_;
  std::size_t counted_ = 0;
  std::map<std::string, std::size_t> peers_;
  std::uint64_t last_id_ = 0;
  std::uint64_t last_wait_ = 0;
};

}  // namespace ballast::api
