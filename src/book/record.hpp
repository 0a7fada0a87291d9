// One fill, funding payment or balance event as kept for ever: in as few bytes as hold it exactly.
//
//   previous u32 | owner u32 | time i64 | shape u32 | qty | price | [fee: asset u16, form u8,
//   amount] | [order hash u64] | [leg u16] | id
//
// Numbers are magnitudes of 1 to 16 little-endian bytes, in units of 10^-8 where that is exact and
// of 10^-18 otherwise. Ids of up to 19 digits are kept as binary numbers. All but `previous` and
// the busted and corrected flags never change: this is the body that a repeated key is compared
// with.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/decimal.hpp"
#include "base/timestamp.hpp"
#include "model/event.hpp"

namespace ballast {

/// An id in its kept form; equal ids have equal forms.
class PackedId {
 public:
  PackedId() = default;
  explicit PackedId(std::string_view text);

  bool numeric() const { return numeric_; }
  std::string_view bytes() const { return {bytes_.data(), size_}; }
  TradeId text() const;
  bool empty() const { return size_ == 0; }
  friend bool operator==(const PackedId& a, const PackedId& b) {
    return a.numeric_ == b.numeric_ && a.bytes() == b.bytes();
  }

 private:
  friend struct Record;
  bool numeric_ = false;
  std::uint8_t size_ = 0;
  std::array<char, TradeId::capacity> bytes_;  // the first size_ are set
};

/// The order of ids at one instant: all-digit ids first, as numbers ("9" < "10"), then the rest as
/// text. A total order; equal only for equal texts.
std::strong_ordering compare_ids(std::string_view a, std::string_view b);

enum class RecordKind : std::uint8_t { fill, funding, balance };

/// What a fill says that a correction can change.
struct FillTerms {
  Side side = Side::buy;
  Quantity qty;
  Price price;
  std::optional<Fee> fee;

  Quantity signed_qty() const { return side == Side::buy ? qty : -qty; }
  friend bool operator==(const FillTerms&, const FillTerms&) = default;
};

struct Record {
  RecordKind kind = RecordKind::fill;
  std::uint32_t owner = 0;  // position; of a balance event, account
  Timestamp t{};
  FillTerms terms;  // as first reported; funding and balances are an amount in terms.fee
  Origin origin = Origin::unknown;
  Liquidity liquidity = Liquidity::unknown;
  std::optional<std::uint64_t> order_hash;
  std::uint16_t leg = 0;
  bool corrected = false;
  bool busted = false;
  PackedId id;

  static constexpr std::size_t min_size = 24;
  static constexpr std::size_t max_size = 160;
  static constexpr std::size_t slack = 16;  // readable bytes that decode() needs behind a record

  /// Writes the record; `out` holds max_size + slack bytes. Returns its size, a multiple of four.
  std::size_t encode(char* out) const;
  /// Reads what encode() wrote, and the size it takes.
  std::size_t decode(const char* in);
  /// The same for bytes of unknown origin: 0 when they are no record of at most `available` bytes.
  std::size_t decode_checked(const char* in, std::size_t available);

 private:
  std::size_t decode_body(const char* in, std::uint32_t shape);
};

/// The fields that are read or changed in place.
std::uint32_t record_previous(const char* record);
void set_record_previous(char* record, std::uint32_t previous);
std::uint32_t record_owner(const char* record);
Timestamp record_time(const char* record);
void mark_record_busted(char* record);
void mark_record_corrected(char* record);

}  // namespace ballast
