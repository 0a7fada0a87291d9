// Transfers between accounts: sent, in flight, arrived or failed, in whatever order the news comes.
//
//   first news   effect                            later news that counts
//   sent         leaves `from`, is in flight       arrived: lands; failed: returns
//   arrived      leaves `from` and lands at once   sent: known already, no change
//   failed       none                              sent: known already, no change
//
// The same news again is a duplicate; failed after arrived, or arrived after failed, is refused,
// and so is the same id with another body. One that is in flight for longer than the desk allows is
// raised once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/decimal.hpp"
#include "base/flat_map.hpp"
#include "base/ids.hpp"
#include "base/timestamp.hpp"
#include "book/text_hash.hpp"
#include "model/effect.hpp"
#include "model/event.hpp"

namespace ballast {

struct TransferRecord {
  TradeId id;
  AssetId asset;
  Amount qty;  // > 0
  AccountId from;
  AccountId to;
  TransferState state = TransferState::sent;
  bool sent_seen = false;
  Timestamp sent{};  // when it was sent; meaningful when that was seen

  template <class Archive>
  void archive(Archive& ar) {
    ar(id, asset, qty, from, to, state, sent_seen, sent);
  }
};

class Transfers {
 public:
  explicit Transfers(Duration overdue_after) : overdue_after_(overdue_after) {}

  const TransferRecord* find(const TradeId& id) const;
  void add(const TransferRecord& transfer);
  /// News of a known transfer.
  void advance(const TradeId& id, TransferState state, Timestamp t);

  /// Every transfer ever seen, in order of first news; the open ones by their index in it.
  std::span<const TransferRecord> all() const { return records_; }
  std::span<const std::uint32_t> open() const { return open_; }

  std::optional<Timestamp> next_due() const {
    return due_.empty() ? std::nullopt : std::optional(due_.front().at);
  }
  void run_due(Timestamp now, std::vector<Effect>& effects);

  std::size_t memory_bytes() const;
  /// After loading: rebuilds the tables; false when the bytes were damaged.
  bool restore(std::size_t accounts, std::size_t assets);

  template <class Archive>
  void archive(Archive& ar) {
    ar(records_, open_, due_);
  }

 private:
  struct Due {
    Timestamp at;
    std::uint32_t transfer = 0;
    friend auto operator<=>(const Due&, const Due&) = default;
    template <class Archive>
    void archive(Archive& ar) {
      ar(at, transfer);
    }
  };
  Due due_of(std::uint32_t transfer) const;

  Duration overdue_after_;
  std::vector<TransferRecord> records_;
  std::vector<std::uint32_t> open_;  // ascending
  std::vector<Due> due_;             // ascending; in flight and not raised yet
  FlatMap<TradeId, std::uint32_t, TextHash> index_;
};

}  // namespace ballast
