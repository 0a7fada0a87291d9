// The stages of a factor's target: tilts, scales, band, caps and smoothing.
#include <algorithm>

#include "adapters/config/schema_reader.hpp"

namespace ballast {
namespace {

using Names = std::array<std::string_view, target_stage_names.size()>;

/// The models of one part, in their places; elsewhere nothing.
Names names_of(std::string_view part) {
  Names names;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (target_stage_names[i].part == part) names[i] = target_stage_names[i].model;
  }
  return names;
}

constexpr std::array<std::string_view, 2> offsets{"lower", "upper"};

void read_stage(const Section& factor,
                const TomlNode& node,
                std::string_view part,
                const Desk& desk,
                std::vector<TargetStage>& out) {
  const std::string title = fmt::format("{}, {}", factor.title(), part);
  if (node.kind != TomlNode::Kind::table) {
    factor.error(node.at, fmt::format("{} holds tables with a model each", part));
    return;
  }
  const auto extra = part == "band" ? std::span<const std::string_view>(offsets)
                                    : std::span<const std::string_view>();
  TargetStage stage;
  if (schema::read_model(node, title, names_of(part), extra, desk, factor.problems(), stage)) {
    out.push_back(std::move(stage));
  }
}

void check_regimes(const Section& factor, const RegimeScale& regimes) {
  const auto& levels = regimes.levels;
  if (levels.empty()) return;
  if (levels.front().above != 0.0) {
    factor.error(factor.node("scales")->at,
                 "the first level of a regime scale is above 0; begin with above = 0");
  }
  const auto not_rising = [](const RegimeLevel& a, const RegimeLevel& b) {
    return a.above >= b.above;
  };
  if (std::adjacent_find(levels.begin(), levels.end(), not_rising) != levels.end()) {
    factor.error(factor.node("scales")->at, "the levels of a regime scale must rise in `above`");
  }
}

}  // namespace

bool has_band_stage(const TomlNode& band) {
  const TomlMember* const model = band.find("model");
  return model != nullptr && model->value.text != "fixed";
}

std::vector<TargetStage> read_stages(const Section& factor, const Desk& desk) {
  std::vector<TargetStage> stages;
  const auto list = [&](std::string_view part) {
    const TomlNode* const node = factor.node(part, TomlNode::Kind::array);
    if (node == nullptr) return;
    for (const TomlNode& item : node->items)
      read_stage(factor, item, part, desk, stages);
  };
  list("tilts");
  list("scales");
  if (const TomlNode* const band = factor.node("band");
      band != nullptr && band->kind == TomlNode::Kind::table && has_band_stage(*band)) {
    read_stage(factor, *band, "band", desk, stages);
  }
  list("caps");
  if (const TomlNode* const node = factor.node("smoothing", TomlNode::Kind::table)) {
    read_stage(factor, *node, "smoothing", desk, stages);
  }
  // Stages work in the order of their kinds, however the configuration lists them.
  std::stable_sort(stages.begin(), stages.end(), [](const TargetStage& a, const TargetStage& b) {
    return a.index() < b.index();
  });
  for (const TargetStage& stage : stages) {
    if (const auto* regimes = std::get_if<RegimeScale>(&stage)) check_regimes(factor, *regimes);
    if (const auto* band = std::get_if<VolBand>(&stage);
        band != nullptr && band->least > band->most)
      factor.error(factor.node("band")->at, "least is above most; swap them");
    if (const auto* band = std::get_if<NoTradeBandStage>(&stage);
        band != nullptr && band->most > 0.0 && band->least > band->most)
      factor.error(factor.node("band")->at, "least is above most; swap them");
  }
  return stages;
}

}  // namespace ballast
