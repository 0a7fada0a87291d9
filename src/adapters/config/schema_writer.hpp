// Writes the structs that schema.hpp describes as TOML, every key, in one fixed form.
#pragma once

#include <string>
#include <string_view>

#include <fmt/format.h>

#include "adapters/config/schema.hpp"
#include "adapters/config/toml_text.hpp"

namespace ballast::schema {

/// "{ model = "glft", gamma = 1e-06 }"; without a model when it is empty.
template <class S>
std::string inline_table(const Desk& desk, const S& s, std::string_view model = {});

/// Hands each key and its value, as TOML writes it, to `put(key, value)`.
template <class Put>
class FieldWriter {
 public:
  FieldWriter(const Desk& desk, Put put) : desk_(desk), put_(put) {}

  void name(Key key, const std::string& value) { put_(key.name, quoted(value)); }
  void number(Key key, double value, Domain domain) {
    if (domain == Domain::positive && value == 0.0) return;  // one of two keys, not given
    put_(key.name, exact(value));
  }
  void optional_number(Key key, const std::optional<double>& value, Domain /*domain*/) {
    if (value) put_(key.name, exact(*value));
  }
  template <class Tag>
  void decimal(Key key, Fixed<Tag> value, Domain /*domain*/) {
    put_(key.name, quoted(value));
  }
  template <class Tag>
  void optional_decimal(Key key, const std::optional<Fixed<Tag>>& value, Domain /*domain*/) {
    if (value) put_(key.name, quoted(*value));
  }
  void duration(Key key, Duration value, Domain domain) {
    if (domain == Domain::positive && value.ns == 0) return;
    put_(key.name, quoted(value));
  }
  void count(Key key, std::uint32_t value, Domain /*domain*/) {
    put_(key.name, std::to_string(value));
  }
  void optional_count(Key key, const std::optional<std::uint32_t>& value, Domain /*domain*/) {
    if (value) put_(key.name, std::to_string(*value));
  }
  void flag(Key key, bool value) { put_(key.name, value ? "true" : "false"); }
  template <class Enum, class Names>
  void choice(Key key, Enum value, const Names& names) {
    put_(key.name, quoted(names[static_cast<std::size_t>(value)]));
  }
  void range(Key key, const std::optional<Range>& value) {
    if (value) put_(key.name, text_of(*value));
  }
  void asset(Key key, AssetId id) {
    if (id.valid()) put_(key.name, quoted(desk_.asset(id).name));
  }
  void instrument(Key key, InstrumentId id) {
    if (id.valid()) put_(key.name, quoted(desk_.instrument(id).name));
  }
  void factor(Key key, FactorId id) {
    if (!id.valid()) return;
    const FactorConfig& factor = desk_.factor(id);
    put_(key.name, quoted(factor.whole_desk() ? factor.name : factor.name + " of " + factor.book));
  }
  void account(Key key, const Place& place) {
    if (!place.venue.valid()) return;
    put_(key.name, quoted(desk_.venue(place.venue).name + "/" + place.account.str()));
  }
  void book(Key key, const BookName& book) { put_(key.name, quoted(book.view())); }
  void channel(Key key, ChannelId id) {
    if (id.valid()) put_(key.name, quoted(desk_.channels[id.index()].name));
  }
  void joint_target(Key key, std::uint16_t group) {
    put_(key.name, quoted(desk_.joint_targets[group].name));
  }
  template <class S>
  void tables(Key key, const std::vector<S>& all) {
    std::string text;
    for (const S& one : all)
      text += (text.empty() ? "" : ", ") + inline_table(desk_, one);
    put_(key.name, "[" + text + "]");
  }
  template <class Variant, class Names>
  void model(Key key, const Variant& value, const Names& names) {
    put_(key.name,
         std::visit([&](const auto& s) { return inline_table(desk_, s, names[value.index()]); },
                    value));
  }
  void one_of(std::string_view /*a*/, std::string_view /*b*/) {}

 private:
  const Desk& desk_;
  Put put_;
};

/// put(key, value) for every key of `s`.
template <class S, class Put>
void write_fields(const Desk& desk, const S& s, Put put) {
  S copy = s;  // a description takes what it may fill in
  FieldWriter<Put> writer(desk, put);
  fields(writer, copy);
}

template <class S>
std::string inline_table(const Desk& desk, const S& s, std::string_view model) {
  std::string text = model.empty() ? "" : "model = " + quoted(model);
  write_fields(desk, s, [&](std::string_view key, const std::string& value) {
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", key, value);
  });
  return "{ " + text + " }";
}

}  // namespace ballast::schema
