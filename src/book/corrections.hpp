// What corrections made of fills. Rare, so kept beside the records: a record's corrected flag says
// to look.
//
// Corrections of one fill apply in the order of their own times, whatever order they arrive in;
// each replaces the fields it names. The body first reported stays in the record.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/flat_map.hpp"
#include "base/hash.hpp"
#include "base/timestamp.hpp"
#include "book/record.hpp"
#include "model/event.hpp"

namespace ballast {

/// The fields that one correction names.
struct Amendment {
  Timestamp t{};  // when it was made
  std::optional<Side> side;
  std::optional<Quantity> qty;
  std::optional<Price> price;
  std::optional<Amount> fee;
  std::optional<AssetId> fee_asset;
  friend bool operator==(const Amendment&, const Amendment&) = default;

  void apply_to(FillTerms& terms) const;

  template <class Archive>
  void archive(Archive& ar) {
    ar(t, side, qty, price, fee, fee_asset);
  }
};

class Corrections {
 public:
  /// The terms of a record as they count now.
  FillTerms terms(std::uint32_t offset, const Record& record) const;
  /// What they would be with one more amendment.
  FillTerms terms_with(std::uint32_t offset,
                       const Record& record,
                       const Amendment& amendment) const;
  bool knows(std::uint32_t offset, const Amendment& amendment) const;
  /// Whether the fill was ever held to be `terms`: as reported, or after any of its corrections.
  bool ever(std::uint32_t offset, const Record& record, const FillTerms& terms) const;
  void add(std::uint32_t offset, const Record& record, const Amendment& amendment);

  std::size_t memory_bytes() const;
  /// After loading: rebuilds the table; false when the bytes were damaged. Then restore_terms() of
  /// every corrected record.
  bool restore(std::size_t assets);
  void restore_terms(std::uint32_t offset, const Record& record);
  bool has(std::uint32_t offset) const { return find(offset) != nullptr; }
  /// How many records have any.
  std::size_t size() const { return corrected_.size(); }

  template <class Archive>
  void archive(Archive& ar) {
    ar(corrected_);
  }

 private:
  struct Corrected {
    std::uint32_t offset = 0;
    FillTerms now;
    std::vector<Amendment> amendments;  // by time, then arrival
    template <class Archive>
    void archive(Archive& ar) {
      ar(offset, amendments);
    }
  };
  struct OffsetHash {
    std::size_t operator()(std::uint32_t offset) const { return mix(offset, 0x5bd1e995); }
  };
  const Corrected* find(std::uint32_t offset) const;

  std::vector<Corrected> corrected_;
  FlatMap<std::uint32_t, std::uint32_t, OffsetHash> index_;
};

}  // namespace ballast
