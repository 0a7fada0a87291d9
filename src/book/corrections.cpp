#include "book/corrections.hpp"

#include <algorithm>

#include "base/int128.hpp"

namespace ballast {
namespace {

auto later_than(const std::vector<Amendment>& amendments, Timestamp t) {
  return std::upper_bound(amendments.begin(), amendments.end(), t,
                          [](Timestamp time, const Amendment& other) { return time < other.t; });
}

}  // namespace

void Amendment::apply_to(FillTerms& terms) const {
  if (side) terms.side = *side;
  if (qty) terms.qty = *qty;
  if (price) terms.price = *price;
  if (fee || fee_asset) {
    Fee paid = terms.fee.value_or(Fee{});
    if (fee) paid.amount = *fee;
    if (fee_asset) paid.asset = *fee_asset;
    terms.fee = paid;
  }
}

const Corrections::Corrected* Corrections::find(std::uint32_t offset) const {
  const std::uint32_t* at = index_.find(offset);
  return at == nullptr ? nullptr : &corrected_[*at];
}

FillTerms Corrections::terms(std::uint32_t offset, const Record& record) const {
  if (!record.corrected) return record.terms;
  return find(offset)->now;
}

FillTerms Corrections::terms_with(std::uint32_t offset,
                                  const Record& record,
                                  const Amendment& amendment) const {
  FillTerms terms = record.terms;
  const Corrected* known = find(offset);
  if (known == nullptr) {
    amendment.apply_to(terms);
    return terms;
  }
  const auto place = later_than(known->amendments, amendment.t);
  for (auto it = known->amendments.begin(); it != place; ++it)
    it->apply_to(terms);
  amendment.apply_to(terms);
  for (auto it = place; it != known->amendments.end(); ++it)
    it->apply_to(terms);
  return terms;
}

bool Corrections::knows(std::uint32_t offset, const Amendment& amendment) const {
  const Corrected* known = find(offset);
  return known != nullptr && std::find(known->amendments.begin(), known->amendments.end(),
                                       amendment) != known->amendments.end();
}

bool Corrections::ever(std::uint32_t offset, const Record& record, const FillTerms& terms) const {
  FillTerms held = record.terms;
  if (held == terms) return true;
  if (!record.corrected) return false;
  for (const Amendment& amendment : find(offset)->amendments) {
    amendment.apply_to(held);
    if (held == terms) return true;
  }
  return false;
}

void Corrections::add(std::uint32_t offset, const Record& record, const Amendment& amendment) {
  const FillTerms now = terms_with(offset, record, amendment);
  const auto next = static_cast<std::uint32_t>(corrected_.size());
  const auto [at, added] = index_.try_emplace(offset, next);
  if (added) corrected_.push_back({offset, now, {}});
  Corrected& corrected = corrected_[*at];
  corrected.now = now;
  corrected.amendments.insert(later_than(corrected.amendments, amendment.t), amendment);
}

std::size_t Corrections::memory_bytes() const {
  std::size_t bytes = corrected_.capacity() * sizeof(Corrected) + index_.memory_bytes();
  for (const Corrected& corrected : corrected_) {
    bytes += corrected.amendments.capacity() * sizeof(Amendment);
  }
  return bytes;
}

bool Corrections::restore(std::size_t assets) {
  const auto sound = [assets](const Amendment& a) {
    return (!a.side || *a.side <= Side::sell) && (!a.qty || a.qty->sign() > 0) &&
           (!a.price || a.price->sign() > 0) && (!a.fee || a.fee->raw != int128_min) &&
           (!a.fee_asset || a.fee_asset->index() < assets);
  };
  index_ = {};
  for (std::uint32_t i = 0; i < corrected_.size(); ++i) {
    const std::vector<Amendment>& amendments = corrected_[i].amendments;
    if (!index_.try_emplace(corrected_[i].offset, i).second) return false;
    if (!std::all_of(amendments.begin(), amendments.end(), sound)) return false;
  }
  return true;
}

void Corrections::restore_terms(std::uint32_t offset, const Record& record) {
  Corrected& corrected = corrected_[*index_.find(offset)];
  corrected.now = record.terms;
  for (const Amendment& amendment : corrected.amendments)
    amendment.apply_to(corrected.now);
}

}  // namespace ballast
