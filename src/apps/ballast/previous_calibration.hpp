// What `ballast calibrate ... -o json` wrote, read back to compare with.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "quant/pricing/chain_calibration.hpp"

namespace ballast {

/// One of the two, as the model asked for.
struct PreviousCalibration {
  std::optional<HestonParameters> heston;
  std::vector<PreviousSmile> smiles;
};

/// The last calibration of `underlying` in the file. Errors: io; bad_input, where it is not such a
/// file or of another model; not_found, where the underlying is not in it.
Result<PreviousCalibration> read_previous_calibration(const std::string& path,
                                                      std::string_view model,
                                                      std::string_view underlying);

}  // namespace ballast
