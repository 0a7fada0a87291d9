#include "adapters/config/schema_reader.hpp"

namespace ballast::schema {

/// Reports a value outside its domain.
void FieldReader::check(Key key, TextPosition at, double value, Domain domain) const {
  std::string_view must;
  if (domain == Domain::positive && !(value > 0.0)) must = "must be greater than zero";
  if (domain == Domain::not_negative && !(value >= 0.0)) must = "must not be negative";
  if (domain == Domain::share && !(value >= 0.0 && value <= 1.0)) must = "must be from 0 to 1";
  if (domain == Domain::share_above_zero && !(value > 0.0 && value <= 1.0)) {
    must = "must be above 0 and at most 1";
  }
  if (domain == Domain::below_one && !(value >= 0.0 && value < 1.0)) {
    must = "must be at least 0 and below 1";
  }
  if (domain == Domain::fraction && !(value > -1.0 && value < 1.0)) {
    must = "must be between -1 and 1: it is a fraction, 0.001 is 0.1 %";
  }
  if (!must.empty()) section_.error(at, fmt::format("{} {}", key.name, must));
}

void FieldReader::name(Key /*key*/, std::string& out) { out = read_name(section_, "name", "@/"); }

void FieldReader::number(Key key, double& out, Domain domain) {
  need(key);
  const auto value = section_.number(key.name);
  if (!value) return;
  check(key, value->at, value->value, domain);
  out = value->value;
}

void FieldReader::optional_number(Key key, std::optional<double>& out, Domain domain) {
  if (!section_.has(key.name)) return;
  number(key, out.emplace(), domain);
}

std::optional<Decimal> FieldReader::exact(Key key, Domain domain) {
  need(key);
  const auto value = section_.decimal(key.name);
  if (!value) return std::nullopt;
  check(key, value->at, to_double(value->value), domain);
  return value->value;
}

void FieldReader::duration(Key key, Duration& out, Domain domain) {
  need(key);
  const auto value = section_.duration(key.name);
  if (!value) return;
  if (domain == Domain::positive && value->value.ns == 0) {
    section_.error(value->at, fmt::format("{} must be longer than zero", key.name));
    return;
  }
  out = value->value;
}

void FieldReader::count(Key key, std::uint32_t& out, Domain domain) {
  need(key);
  const auto value = section_.count(key.name);
  if (!value) return;
  check(key, value->at, value->value, domain);
  out = value->value;
}

void FieldReader::optional_count(Key key, std::optional<std::uint32_t>& out, Domain domain) {
  if (!section_.has(key.name)) return;
  count(key, out.emplace(), domain);
}

void FieldReader::flag(Key key, bool& out) {
  need(key);
  const TomlNode* const node = section_.node(key.name, TomlNode::Kind::boolean);
  if (node != nullptr) out = node->text == "true";
}

void FieldReader::range(Key key, std::optional<Range>& out) {
  need(key);
  if (section_.has(key.name)) {
    if (const auto range = read_range(section_, key.name)) out = range->value;
  }
}

template <class Id, class Items>
void FieldReader::named(Key key, std::string_view kind, const Items& items, Id& out) {
  need(key);
  const auto name = section_.text(key.name);
  if (!name) return;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i].name != name->value) continue;
    out = Id{i};
    return;
  }
  section_.reject(name->at, key.name, name->value,
                  fmt::format("is no {} of this desk{}", kind, nearest(name->value, items)));
}

void FieldReader::asset(Key key, AssetId& out) { named(key, "asset", desk_.assets, out); }
void FieldReader::instrument(Key key, InstrumentId& out) {
  named(key, "instrument", desk_.instruments, out);
}
void FieldReader::channel(Key key, ChannelId& out) { named(key, "channel", desk_.channels, out); }

void FieldReader::joint_target(Key key, std::uint16_t& out) {
  Id<struct JointTag, std::uint16_t> id;
  named(key, "joint target", desk_.joint_targets, id);
  out = id.value;
}

void FieldReader::factor(Key key, FactorId& out) {
  need(key);
  const auto name = section_.text(key.name);
  if (!name) return;
  constexpr std::string_view of = " of ";
  const std::size_t at = name->value.find(of);
  const std::string factor = name->value.substr(0, at);
  const std::string book = at == std::string::npos ? "*" : name->value.substr(at + of.size());
  out = desk_.find_factor(factor, book);
  if (out.valid()) return;
  section_.reject(name->at, key.name, name->value,
                  fmt::format("is no factor of this desk{}", nearest(factor, desk_.factors)));
}

void FieldReader::account(Key key, Place& out) {
  need(key);
  const auto text = section_.text(key.name);
  if (!text) return;
  const std::size_t slash = text->value.find('/');
  const std::string venue = text->value.substr(0, slash);
  const VenueId id = desk_.find_venue(venue);
  if (!id.valid()) {
    section_.reject(text->at, key.name, text->value,
                    "is no account \"venue/account\" of this desk" + nearest(venue, desk_.venues));
    return;
  }
  const std::string account = slash == std::string::npos ? "" : text->value.substr(slash + 1);
  const Venue& of = desk_.venue(id);
  const auto name = AccountName::create(account);
  const bool known = of.any_account() || std::find(of.accounts.begin(), of.accounts.end(),
                                                   account) != of.accounts.end();
  if (account.empty() || !name || !known) {
    Suggestion near(account);
    for (const std::string& one : of.accounts)
      near.consider(one);
    section_.reject(
        text->at, key.name, text->value,
        fmt::format("names no account of {}, such as \"{}/{}\"{}", of.name, of.name,
                    of.any_account() || of.accounts.empty() ? "main" : of.accounts.front(),
                    near.text()));
    return;
  }
  out = Place{id, *name};
}

void FieldReader::book(Key key, BookName& out) {
  need(key);
  const auto text = section_.text(key.name);
  if (!text) return;
  const auto name = BookName::create(text->value);
  if (!name || text->value.empty() || text->value == "*") {
    section_.reject(
        text->at, key.name, text->value,
        fmt::format("is no book: one has 1 to {} bytes and is not \"*\"", BookName::capacity));
    return;
  }
  out = *name;
}

void FieldReader::one_of(std::string_view a, std::string_view b) {
  if (section_.has(a) != section_.has(b)) return;
  section_.error(section_.at(), fmt::format("needs either {} or {}", a, b));
}

}  // namespace ballast::schema
