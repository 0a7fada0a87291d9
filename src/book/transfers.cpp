#include "book/transfers.hpp"

#include <algorithm>

#include "base/contract.hpp"
#include "book/due_time.hpp"

namespace ballast {
namespace {

template <class T>
void insert_sorted(std::vector<T>& sorted, const T& value) {
  sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), value), value);
}

template <class T>
void erase_sorted(std::vector<T>& sorted, const T& value) {
  const auto at = std::lower_bound(sorted.begin(), sorted.end(), value);
  if (at != sorted.end() && *at == value) sorted.erase(at);
}

}  // namespace

const TransferRecord* Transfers::find(const TradeId& id) const {
  const std::uint32_t* at = index_.find(id);
  return at == nullptr ? nullptr : &records_[*at];
}

Transfers::Due Transfers::due_of(std::uint32_t transfer) const {
  return {due_time(records_[transfer].sent, overdue_after_), transfer};
}

void Transfers::add(const TransferRecord& transfer) {
  const auto at = static_cast<std::uint32_t>(records_.size());
  BALLAST_ASSERT(index_.try_emplace(transfer.id, at).second);
  records_.push_back(transfer);
  if (transfer.state != TransferState::sent) return;
  insert_sorted(open_, at);
  insert_sorted(due_, due_of(at));
}

void Transfers::advance(const TradeId& id, TransferState state, Timestamp t) {
  const std::uint32_t at = *index_.find(id);
  TransferRecord& record = records_[at];
  if (state == TransferState::sent) {  // news of what ended already
    record.sent = t;
    record.sent_seen = true;
    return;
  }
  record.state = state;
  erase_sorted(open_, at);
  erase_sorted(due_, due_of(at));
}

void Transfers::run_due(Timestamp now, std::vector<Effect>& effects) {
  const auto end =
      std::find_if(due_.begin(), due_.end(), [&](const Due& due) { return due.at > now; });
  for (auto due = due_.begin(); due != end; ++due) {
    const TransferRecord& record = records_[due->transfer];
    effects.push_back({now, TransferOverdue{record.id, record.asset, record.qty, record.sent}});
  }
  due_.erase(due_.begin(), end);
}

std::size_t Transfers::memory_bytes() const {
  return records_.capacity() * sizeof(TransferRecord) + open_.capacity() * sizeof(open_[0]) +
         due_.capacity() * sizeof(Due) + index_.memory_bytes();
}

bool Transfers::restore(std::size_t accounts, std::size_t assets) {
  index_ = {};
  std::vector<std::uint32_t> flying;
  for (std::uint32_t i = 0; i < records_.size(); ++i) {
    const TransferRecord& record = records_[i];
    if (record.asset.index() >= assets || record.from.index() >= accounts ||
        record.to.index() >= accounts || record.state > TransferState::failed ||
        record.qty.sign() <= 0 || !index_.try_emplace(record.id, i).second) {
      return false;
    }
    if (record.state == TransferState::sent) flying.push_back(i);
  }
  const bool due_known = std::all_of(due_.begin(), due_.end(), [&](const Due& due) {
    return std::binary_search(flying.begin(), flying.end(), due.transfer) &&
           due == due_of(due.transfer);
  });
  return open_ == flying && due_known && std::is_sorted(due_.begin(), due_.end());
}

}  // namespace ballast
