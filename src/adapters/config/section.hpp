// Section: one table of the configuration, read key by key into exact values; what is wrong with it
// is collected, never thrown, so that one reading finds every problem.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/config/config.hpp"
#include "adapters/config/toml_tree.hpp"
#include "base/decimal.hpp"
#include "base/suggest.hpp"
#include "base/timestamp.hpp"

namespace ballast {

class Problems {
 public:
  explicit Problems(std::string_view file) : file_(file) {}

  void error(TextPosition at, std::string what) { add(Problem::Kind::error, at, std::move(what)); }
  void warning(TextPosition at, std::string what) {
    add(Problem::Kind::warning, at, std::move(what));
  }
  /// In the order of the text.
  std::vector<Problem> take();

 private:
  void add(Problem::Kind kind, TextPosition at, std::string what);

  std::string file_;
  std::vector<Problem> all_;
};

/// A value of the configuration and where it stands.
template <class T>
struct Placed {
  T value{};
  TextPosition at;
};

class Section {
 public:
  /// `kind` and, where it has one, the table's own name are its title in messages ("factor
  /// \"delta:BTC\""); `keys` are all it may have.
  Section(const TomlNode& table,
          std::string_view kind,
          std::span<const std::string_view> keys,
          Problems& problems);

  TextPosition at() const { return table_.at; }
  const std::string& title() const { return title_; }
  Problems& problems() const { return problems_; }

  bool has(std::string_view key) const { return table_.find(key) != nullptr; }
  /// The key's value; when it is absent, or of another kind with `kind` given, nothing.
  const TomlNode* node(std::string_view key) const;
  const TomlNode* node(std::string_view key, TomlNode::Kind kind) const;
  /// Says that the key is missing unless it is there.
  void require(std::string_view key, std::string_view example) const;

  // Absent or wrong yields nothing; wrong is reported.
  std::optional<Placed<std::string>> text(std::string_view key) const;
  std::optional<Placed<Decimal>> decimal(std::string_view key) const;
  std::optional<Placed<double>> number(std::string_view key) const;
  std::optional<Placed<Duration>> duration(std::string_view key) const;  // >= 0
  std::optional<Placed<std::uint32_t>> count(std::string_view key) const;
  std::optional<Placed<Timestamp>> time(std::string_view key) const;
  /// One of `choices`, as its index.
  template <class Choices>
  std::optional<Placed<std::size_t>> choice(std::string_view key, const Choices& choices) const;

  void error(TextPosition at, std::string_view what) const {
    problems_.error(at, title_ + ": " + std::string(what));
  }
  void warning(TextPosition at, std::string_view what) const {
    problems_.warning(at, title_ + ": " + std::string(what));
  }
  /// "`key` is `value`, which <why>".
  void reject(TextPosition at,
              std::string_view key,
              std::string_view value,
              std::string_view why) const;

 private:
  std::optional<std::size_t> choose(std::string_view key,
                                    const Placed<std::string>& value,
                                    const std::vector<std::string_view>& choices) const;

  const TomlNode& table_;
  std::string title_;
  Problems& problems_;
};

template <class Choices>
std::optional<Placed<std::size_t>> Section::choice(std::string_view key,
                                                   const Choices& choices) const {
  const auto value = text(key);
  if (!value) return std::nullopt;
  const auto index = choose(key, *value, {choices.begin(), choices.end()});
  if (!index) return std::nullopt;
  return Placed<std::size_t>{*index, value->at};
}

/// The exact decimal of a TOML string or number, or why there is none.
Result<Decimal> exact_decimal(const TomlNode& node);

}  // namespace ballast
