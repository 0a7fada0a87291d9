// For the tests of this folder: readings that a test sets by hand; what is not set is unknown.
#pragma once

#include <map>
#include <optional>
#include <tuple>

#include "alert/readings.hpp"

namespace ballast {

class ScriptedReadings final : public Readings {
 public:
  void set(FactorId factor, Measure measure, std::optional<double> value) {
    set(factor, measure, Window::hour_1, value);
  }
  void set(FactorId factor, Measure measure, Window window, std::optional<double> value) {
    values_[key(factor, measure, window)] = value;
  }
  std::optional<double> value(FactorId factor,
                              Measure measure,
                              Window window,
                              Timestamp /*at*/) const override {
    const auto found = values_.find(key(factor, measure, window));
    return found == values_.end() ? std::nullopt : found->second;
  }

 private:
  using Key = std::tuple<FactorId, Measure, Window>;
  static Key key(FactorId factor, Measure measure, Window window) {
    return {factor, measure, windowed(measure) ? window : Window::hour_1};
  }
  std::map<Key, std::optional<double>> values_;
};

}  // namespace ballast
