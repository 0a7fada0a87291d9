// Reads the structs that schema.hpp describes, and lists their keys.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "adapters/config/desk_reader.hpp"
#include "adapters/config/schema.hpp"
#include "adapters/config/section.hpp"

namespace ballast::schema {

/// The names of all keys of a struct, in the order of its description.
class KeyList {
 public:
  const std::vector<std::string_view>& names() const { return names_; }
  void add(std::string_view name) { names_.push_back(name); }

#define BALLAST_KEY(call)         \
  template <class... Rest>        \
  void call(Key key, Rest&&...) { \
    names_.push_back(key.name);   \
  }
  BALLAST_KEY(name)
  BALLAST_KEY(number)
  BALLAST_KEY(optional_number)
  BALLAST_KEY(decimal)
  BALLAST_KEY(optional_decimal)
  BALLAST_KEY(duration)
  BALLAST_KEY(count)
  BALLAST_KEY(optional_count)
  BALLAST_KEY(flag)
  BALLAST_KEY(choice)
  BALLAST_KEY(range)
  BALLAST_KEY(asset)
  BALLAST_KEY(instrument)
  BALLAST_KEY(factor)
  BALLAST_KEY(account)
  BALLAST_KEY(book)
  BALLAST_KEY(channel)
  BALLAST_KEY(joint_target)
  BALLAST_KEY(tables)
  BALLAST_KEY(model)
#undef BALLAST_KEY
  void one_of(std::string_view /*a*/, std::string_view /*b*/) {}

 private:
  std::vector<std::string_view> names_;
};

template <class S>
std::vector<std::string_view> keys_of() {
  KeyList list;
  S s;
  fields(list, s);
  return list.names();
}

class FieldReader {
 public:
  FieldReader(const Section& section, const Desk& desk) : section_(section), desk_(desk) {}

  void name(Key key, std::string& out);
  void number(Key key, double& out, Domain domain);
  void optional_number(Key key, std::optional<double>& out, Domain domain);
  template <class Tag>
  void decimal(Key key, Fixed<Tag>& out, Domain domain) {
    if (const auto value = exact(key, domain)) out = decimal_cast<Fixed<Tag>>(*value);
  }
  template <class Tag>
  void optional_decimal(Key key, std::optional<Fixed<Tag>>& out, Domain domain) {
    if (const auto value = exact(key, domain)) out = decimal_cast<Fixed<Tag>>(*value);
  }
  void duration(Key key, Duration& out, Domain domain);
  void count(Key key, std::uint32_t& out, Domain domain);
  void optional_count(Key key, std::optional<std::uint32_t>& out, Domain domain);
  void flag(Key key, bool& out);
  template <class Enum, class Names>
  void choice(Key key, Enum& out, const Names& names) {
    need(key);
    if (const auto value = section_.choice(key.name, names)) out = static_cast<Enum>(value->value);
  }
  void range(Key key, std::optional<Range>& out);
  void asset(Key key, AssetId& out);
  void instrument(Key key, InstrumentId& out);
  /// "delta:BTC", or "delta:BTC of mm" for a book's own.
  void factor(Key key, FactorId& out);
  void account(Key key, Place& out);
  void book(Key key, BookName& out);
  void channel(Key key, ChannelId& out);
  void joint_target(Key key, std::uint16_t& out);
  template <class S>
  void tables(Key key, std::vector<S>& out);
  template <class... Models, class Names>
  void model(Key key, std::variant<Models...>& out, const Names& names);
  /// Exactly one of two keys.
  void one_of(std::string_view a, std::string_view b);

 private:
  void need(Key key) const {
    if (key.required()) section_.require(key.name, key.example);
  }
  void check(Key key, TextPosition at, double value, Domain domain) const;
  std::optional<Decimal> exact(Key key, Domain domain);
  template <class Id, class Items>
  void named(Key key, std::string_view kind, const Items& items, Id& out);

  const Section& section_;
  const Desk& desk_;
};

/// Reads `s` from a table that holds its keys and no other.
template <class S>
void read_table(
    const TomlNode& node, std::string_view title, const Desk& desk, Problems& problems, S& s) {
  const auto keys = keys_of<S>();
  const Section section(node, title, keys, problems);
  FieldReader reader(section, desk);
  fields(reader, s);
}

template <class S>
void FieldReader::tables(Key key, std::vector<S>& out) {
  need(key);
  const TomlNode* const node = section_.node(key.name, TomlNode::Kind::array);
  if (node == nullptr) return;
  if (node->items.empty())
    section_.error(node->at,
                   fmt::format("{} is empty; write {} = {}", key.name, key.name, key.example));
  for (const TomlNode& item : node->items) {
    if (item.kind != TomlNode::Kind::table) {
      section_.error(item.at, fmt::format("{} holds tables, such as {}", key.name, key.example));
      continue;
    }
    read_table(item, fmt::format("{}, {}", section_.title(), key.name), desk_, section_.problems(),
               out.emplace_back());
  }
}

/// The names that are not empty, with commas.
template <class Names>
std::string listed(const Names& names) {
  std::string text;
  for (const std::string_view name : names) {
    if (!name.empty()) text += (text.empty() ? "" : ", ") + std::string(name);
  }
  return text;
}

/// The alternative of the variant that a table's `model` names, read from the rest of its keys.
/// @param extra  keys of the table that are not the alternative's.
template <class Variant, class Names>
bool read_model(const TomlNode& node,
                const std::string& title,
                const Names& names,
                std::span<const std::string_view> extra,
                const Desk& desk,
                Problems& problems,
                Variant& out) {
  const TomlMember* const member = node.find("model");
  if (member == nullptr || member->value.kind != TomlNode::Kind::string) {
    problems.error(node.at, fmt::format("{}: needs model, one of {}", title, listed(names)));
    return false;
  }
  bool found = false;
  const auto attempt = [&]<std::size_t I>(std::integral_constant<std::size_t, I>) {
    if (found || names[I] != member->value.text) return;
    found = true;
    using S = std::variant_alternative_t<I, Variant>;
    std::vector<std::string_view> keys = keys_of<S>();
    keys.push_back("model");
    keys.insert(keys.end(), extra.begin(), extra.end());
    const Section section(node, title, keys, problems);
    FieldReader reader(section, desk);
    fields(reader, out.template emplace<I>());
  };
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (attempt(std::integral_constant<std::size_t, I>{}), ...);
  }
  (std::make_index_sequence<std::variant_size_v<Variant>>{});
  if (found) return true;
  Suggestion near(member->value.text);
  for (const std::string_view name : names) {
    if (!name.empty()) near.consider(name);
  }
  problems.error(member->value.at, fmt::format("{}: model is \"{}\", which is none of {}{}", title,
                                               member->value.text, listed(names), near.text()));
  return false;
}

template <class... Models, class Names>
void FieldReader::model(Key key, std::variant<Models...>& out, const Names& names) {
  need(key);
  const TomlNode* const node = section_.node(key.name, TomlNode::Kind::table);
  if (node == nullptr) return;
  read_model(*node, fmt::format("{}, {}", section_.title(), key.name), names, {}, desk_,
             section_.problems(), out);
}

}  // namespace ballast::schema
