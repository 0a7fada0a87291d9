#include "adapters/api/server/channel_state.hpp"

#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "adapters/api/server/json_rpc.hpp"

namespace ballast::api {

ChannelState::ChannelState(std::string name, std::uint64_t first_seq, std::size_t history)
    : name_(std::move(name)), history_(history), seq_(first_seq), floor_(first_seq) {}

void ChannelState::apply(Timestamp now, const ChannelChange& change) {
  const std::uint64_t seq = seq_ + 1;
  bool changed = false;
  for (const auto& [key, text] : change.items)
    changed |= set(key, text, seq);
  for (const std::string& key : change.removed)
    changed |= remove(key, seq);
  if (change.whole) changed |= remove_others(change, seq);
  if (!changed && time_ != Timestamp{}) return;
  if (changed) seq_ = seq;  // else it is empty, as of now
  time_ = now;
  rendered_.clear();
  forget();
}

bool ChannelState::set(const std::string& key, const std::string& text, std::uint64_t seq) {
  auto at = by_key_.find(key);
  if (at == by_key_.end()) {
    items_.push_back({key, text, seq, false});
    by_key_.emplace(key, std::prev(items_.end()));
    return true;
  }
  Item& item = *at->second;
  if (!item.gone && item.text == text) return false;
  items_.splice(items_.end(), item.gone ? gone_ : items_, at->second);
  item.text = text;
  item.changed = seq;
  item.gone = false;
  return true;
}

bool ChannelState::remove(const std::string& key, std::uint64_t seq) {
  const auto at = by_key_.find(key);
  if (at == by_key_.end() || at->second->gone) return false;
  gone_.splice(gone_.end(), items_, at->second);
  Item& item = *at->second;
  item.text.clear();
  item.changed = seq;
  item.gone = true;
  return true;
}

bool ChannelState::remove_others(const ChannelChange& whole, std::uint64_t seq) {
  std::set<std::string_view> kept;
  for (const auto& [key, text] : whole.items)
    kept.insert(key);
  std::vector<std::string> others;
  for (const Item& item : items_)
    if (!kept.contains(item.key)) others.push_back(item.key);
  for (const std::string& key : others)
    remove(key, seq);
  return !others.empty();
}

void ChannelState::forget() {
  while (gone_.size() > history_) {
    floor_ = gone_.front().changed;
    by_key_.erase(gone_.front().key);
    gone_.pop_front();
  }
}

Frame ChannelState::since(std::optional<std::uint64_t> seen) {
  if (seen && !can_resume(*seen)) seen.reset();
  if (seen == seq_) return nullptr;
  for (const auto& [from, frame] : rendered_)
    if (from == seen) return frame;
  rendered_.emplace_back(seen, render(seen));
  return rendered_.back().second;
}

Frame ChannelState::render(std::optional<std::uint64_t> seen) const {
  std::string out = fmt::format(
      R"({{"jsonrpc":"2.0","method":"subscription","params":{{"channel":{},"type":"{}","seq":{},)"
      R"("prev_seq":{},"t":"{}","data":{{"items":[)",
      json_text(name_), seen ? "change" : "snapshot", seq_,
      seen ? fmt::format("{}", *seen) : "null", to_string(time_));
  // The newest stand last; those that the client lacks are the end of each list.
  const auto lacked = [&](const Items& items) {
    const auto last_seen = std::find_if(items.rbegin(), items.rend(), [&](const Item& item) {
      return seen && item.changed <= *seen;
    });
    return last_seen.base();
  };
  bool first = true;
  for (auto item = lacked(items_); item != items_.end(); ++item) {
    if (!first) out += ',';
    first = false;
    out += item->text;
  }
  out += ']';
  if (seen) {
    out += R"(,"removed":[)";
    first = true;
    for (auto item = lacked(gone_); item != gone_.end(); ++item) {
      if (!first) out += ',';
      first = false;
      out += json_text(item->key);
    }
    out += ']';
  }
  return std::make_shared<const std::string>(out + "}}}");
}

}  // namespace ballast::api
