#include "book/record.hpp"

#include <algorithm>
#include <bit>
#include <compare>
#include <cstring>

#include "base/contract.hpp"
#include "base/int128.hpp"

namespace ballast {
namespace {

constexpr std::size_t previous_at = 0;
constexpr std::size_t owner_at = 4;
constexpr std::size_t time_at = 8;
constexpr std::size_t shape_at = 16;
constexpr std::size_t body_at = 20;

/// Where each part of the shape word stands.
constexpr unsigned kind_bit = 0;  // 2 bits
constexpr unsigned sell_bit = 2;
constexpr unsigned origin_bit = 3;     // 3 bits
constexpr unsigned liquidity_bit = 6;  // 2 bits
constexpr unsigned busted_bit = 8;
constexpr unsigned corrected_bit = 9;
constexpr unsigned fee_bit = 10;
constexpr unsigned order_bit = 11;
constexpr unsigned leg_bit = 12;
constexpr unsigned numeric_id_bit = 13;
constexpr unsigned id_size_bit = 14;     // 7 bits
constexpr unsigned qty_form_bit = 21;    // 5 bits
constexpr unsigned price_form_bit = 26;  // 5 bits

constexpr std::uint32_t field(std::uint32_t shape, unsigned bit, unsigned bits = 1) {
  return (shape >> bit) & ((1U << bits) - 1U);
}

template <class T>
T load(const char* from) {
  T value{};
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class T>
void store(char* to, const T& value) {
  std::memcpy(to, &value, sizeof value);
}

// A number's form: bits 0-3 its width in bytes less one, bit 4 whether its unit is 10^-8.
constexpr std::uint32_t coarse_form = 16;
constexpr std::uint32_t width_of(std::uint32_t form) { return (form & 15U) + 1U; }

constexpr std::uint64_t coarse_unit = 10'000'000'000ULL;  // 10^-8 in units of 10^-18: 2^10 * 5^10
constexpr UInt128 five_to_10 = 9'765'625;
/// The inverse of 5^10 modulo 2^128 (Newton), so that exact division is one product.
constexpr UInt128 inverse_of_five_to_10 = [] {
  UInt128 inverse = five_to_10;
  for (int i = 0; i < 7; ++i)
    inverse *= 2 - five_to_10 * inverse;
  return inverse;
}();
static_assert(five_to_10 * inverse_of_five_to_10 == 1);

/// Writes 16 bytes of which form's width count, and returns the form.
std::uint32_t put_number(char* out, UInt128 magnitude) {
  std::uint32_t form = 0;
  if ((magnitude & 1023U) == 0) {
    const UInt128 quotient = (magnitude >> 10) * inverse_of_five_to_10;
    if (quotient <= ~UInt128{0} / five_to_10) {
      magnitude = quotient;
      form = coarse_form;
    }
  }
  store(out, magnitude);
  const auto high = static_cast<std::uint64_t>(magnitude >> 64);
  const auto low = static_cast<std::uint64_t>(magnitude);
  const auto bits =
      static_cast<std::uint32_t>(high != 0 ? 64 + std::bit_width(high) : std::bit_width(low | 1U));
  return form | ((bits + 7) / 8 - 1);
}

/// Zero for what put_number() cannot have written.
Int128 get_number(const char* in, std::uint32_t form) {
  const std::uint32_t width = width_of(form);
  auto magnitude = load<UInt128>(in);
  if (width < 16) magnitude &= (UInt128{1} << (8 * width)) - 1;
  const UInt128 unit = (form & coarse_form) != 0 ? coarse_unit : 1;
  if (magnitude > static_cast<UInt128>(int128_max) / unit) return 0;
  return static_cast<Int128>(magnitude * unit);
}

bool all_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

PackedId::PackedId(std::string_view text) {
  BALLAST_ASSERT(text.size() <= bytes_.size());
  constexpr std::size_t digits_max = 19;  // always fit 64 bits
  numeric_ = text.size() <= digits_max && all_digits(text) && (text[0] != '0' || text.size() == 1);
  if (!numeric_) {
    size_ = static_cast<std::uint8_t>(text.size());
    std::memcpy(bytes_.data(), text.data(), text.size());
    return;
  }
  std::uint64_t number = 0;
  for (const char c : text)
    number = number * 10 + static_cast<unsigned char>(c - '0');
  size_ = static_cast<std::uint8_t>((std::bit_width(number | 1U) + 7) / 8);
  std::memcpy(bytes_.data(), &number, sizeof number);
}

TradeId PackedId::text() const {
  if (!numeric_) return *TradeId::create(bytes());
  std::uint64_t number = 0;
  std::memcpy(&number, bytes_.data(), size_);
  std::array<char, 20> digits{};
  std::size_t at = digits.size();
  do {
    digits[--at] = static_cast<char>('0' + number % 10);
    number /= 10;
  } while (number != 0);
  return *TradeId::create({digits.data() + at, digits.size() - at});
}

std::strong_ordering compare_ids(std::string_view a, std::string_view b) {
  const bool a_digits = all_digits(a);
  const bool b_digits = all_digits(b);
  if (a_digits != b_digits) {
    return a_digits ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  if (a_digits) {
    const auto number = [](std::string_view id) {
      return id.substr(std::min(id.find_first_not_of('0'), id.size()));
    };
    const std::string_view x = number(a);
    const std::string_view y = number(b);
    if (x.size() != y.size()) return x.size() <=> y.size();
    if (x != y) return x.compare(y) <=> 0;
  }
  return a.compare(b) <=> 0;
}

std::size_t Record::encode(char* out) const {
  std::uint32_t shape = static_cast<std::uint32_t>(kind) << kind_bit;
  shape |= (terms.side == Side::sell ? 1U : 0U) << sell_bit;
  shape |= static_cast<std::uint32_t>(origin) << origin_bit;
  shape |= static_cast<std::uint32_t>(liquidity) << liquidity_bit;
  shape |= (busted ? 1U : 0U) << busted_bit;
  shape |= (corrected ? 1U : 0U) << corrected_bit;
  shape |= (id.numeric_ ? 1U : 0U) << numeric_id_bit;
  shape |= static_cast<std::uint32_t>(id.size_) << id_size_bit;

  char* at = out + body_at;
  const std::uint32_t qty_form = put_number(at, magnitude(terms.qty.raw));
  at += width_of(qty_form);
  const std::uint32_t price_form = put_number(at, magnitude(terms.price.raw));
  at += width_of(price_form);
  shape |= qty_form << qty_form_bit | price_form << price_form_bit;
  if (terms.fee) {
    shape |= 1U << fee_bit;
    store(at, terms.fee->asset.value);
    const std::uint32_t form = put_number(at + 3, magnitude(terms.fee->amount.raw));
    at[2] = static_cast<char>(form | (terms.fee->amount.raw < 0 ? 32U : 0U));
    at += 3 + width_of(form);
  }
  if (order_hash) {
    shape |= 1U << order_bit;
    store(at, *order_hash);
    at += sizeof *order_hash;
  }
  if (leg != 0) {
    shape |= 1U << leg_bit;
    store(at, leg);
    at += sizeof leg;
  }
  std::memcpy(at, id.bytes_.data(), id.size_);
  at += id.size_;

  store(out + previous_at, std::uint32_t{0});
  store(out + owner_at, owner);
  store(out + time_at, t.ns);
  store(out + shape_at, shape);
  const auto size = static_cast<std::size_t>(at - out);
  const std::size_t padded = (size + 3) / 4 * 4;
  std::memset(at, 0, padded - size);
  return padded;
}

std::size_t Record::decode_body(const char* in, std::uint32_t shape) {
  const char* at = in + body_at;
  const std::uint32_t qty_form = field(shape, qty_form_bit, 5);
  const std::uint32_t price_form = field(shape, price_form_bit, 5);
  terms.qty.raw = get_number(at, qty_form);
  at += width_of(qty_form);
  terms.price.raw = get_number(at, price_form);
  at += width_of(price_form);
  terms.fee.reset();
  if (field(shape, fee_bit) != 0) {
    const auto form = static_cast<unsigned char>(at[2]);
    const Int128 amount = get_number(at + 3, form);
    Fee fee;
    fee.asset.value = load<std::uint16_t>(at);
    fee.amount.raw = (form & 32U) != 0 ? -amount : amount;
    terms.fee = fee;
    at += 3 + width_of(form);
  }
  order_hash.reset();
  if (field(shape, order_bit) != 0) {
    order_hash = load<std::uint64_t>(at);
    at += sizeof *order_hash;
  }
  leg = 0;
  if (field(shape, leg_bit) != 0) {
    leg = load<std::uint16_t>(at);
    at += sizeof leg;
  }
  id.numeric_ = field(shape, numeric_id_bit) != 0;
  id.size_ = static_cast<std::uint8_t>(field(shape, id_size_bit, 7));
  std::memcpy(id.bytes_.data(), at, id.size_);
  at += id.size_;
  return (static_cast<std::size_t>(at - in) + 3) / 4 * 4;
}

std::size_t Record::decode(const char* in) {
  owner = load<std::uint32_t>(in + owner_at);
  t.ns = load<std::int64_t>(in + time_at);
  const auto shape = load<std::uint32_t>(in + shape_at);
  kind = static_cast<RecordKind>(field(shape, kind_bit, 2));
  terms.side = field(shape, sell_bit) != 0 ? Side::sell : Side::buy;
  origin = static_cast<Origin>(field(shape, origin_bit, 3));
  liquidity = static_cast<Liquidity>(field(shape, liquidity_bit, 2));
  busted = field(shape, busted_bit) != 0;
  corrected = field(shape, corrected_bit) != 0;
  return decode_body(in, shape);
}

std::size_t Record::decode_checked(const char* in, std::size_t available) {
  // Near the end the largest record is read from a copy, so that a lying shape cannot lead outside.
  std::array<char, max_size + slack> copy;
  if (available < copy.size()) {
    copy = {};
    std::memcpy(copy.data(), in, available);
    in = copy.data();
  }
  const auto shape = load<std::uint32_t>(in + shape_at);
  const std::uint32_t id_size = field(shape, id_size_bit, 7);
  const bool numeric = field(shape, numeric_id_bit) != 0;
  if (field(shape, kind_bit, 2) > static_cast<std::uint32_t>(RecordKind::balance) ||
      field(shape, origin_bit, 3) >= origin_names.size() ||
      field(shape, liquidity_bit, 2) > static_cast<std::uint32_t>(Liquidity::taker) ||
      id_size > TradeId::capacity ||
      (numeric && (id_size == 0 || id_size > sizeof(std::uint64_t)))) {
    return 0;
  }
  const std::size_t size = decode(in);
  return size <= available ? size : 0;
}

std::uint32_t record_previous(const char* record) {
  return load<std::uint32_t>(record + previous_at);
}
void set_record_previous(char* record, std::uint32_t previous) {
  store(record + previous_at, previous);
}
std::uint32_t record_owner(const char* record) { return load<std::uint32_t>(record + owner_at); }
Timestamp record_time(const char* record) { return {load<std::int64_t>(record + time_at)}; }
void mark_record_busted(char* record) {
  store(record + shape_at, load<std::uint32_t>(record + shape_at) | 1U << busted_bit);
}
void mark_record_corrected(char* record) {
  store(record + shape_at, load<std::uint32_t>(record + shape_at) | 1U << corrected_bit);
}

}  // namespace ballast
