#include "apps/ballast/previous_calibration.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "apps/ballast/console.hpp"

namespace ballast {
namespace {

using nlohmann::json;

/// nullptr where it is not there or of another kind.
const json* member(const json& object, const char* name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

std::string text_member(const json& object, const char* name) {
  const json* const value = member(object, name);
  return value != nullptr && value->is_string() ? value->get<std::string>() : std::string();
}

Result<double> number_member(const json& object, const char* name) {
  const json* const value = member(object, name);
  if (value != nullptr && value->is_number()) return value->get<double>();
  return fail(Errc::bad_input, fmt::format("it has no number \"{}\"", name));
}

Result<HestonParameters> heston_of(const json& calibration) {
  const json* const heston = member(calibration, "heston");
  const json* const values = heston == nullptr ? nullptr : member(*heston, "parameters");
  if (values == nullptr) return fail(Errc::bad_input, "it has no parameters of Heston");
  BALLAST_TRY(v0, number_member(*values, "v0"));
  BALLAST_TRY(kappa, number_member(*values, "kappa"));
  BALLAST_TRY(theta, number_member(*values, "theta"));
  BALLAST_TRY(sigma, number_member(*values, "sigma"));
  BALLAST_TRY(rho, number_member(*values, "rho"));
  const HestonParameters parameters{v0, kappa, theta, sigma, rho};
  BALLAST_CHECK(check_heston(parameters));
  return parameters;
}

Result<PreviousSmile> smile_of(const json& expiry, const json& svi) {
  BALLAST_TRY(expires, parse_timestamp(text_member(expiry, "expires")));
  BALLAST_TRY(a, number_member(svi, "a"));
  BALLAST_TRY(b, number_member(svi, "b"));
  BALLAST_TRY(rho, number_member(svi, "rho"));
  BALLAST_TRY(m, number_member(svi, "m"));
  BALLAST_TRY(sigma, number_member(svi, "sigma"));
  const PreviousSmile smile{expires, {a, b, rho, m, sigma}};
  BALLAST_CHECK(check_svi(smile.svi));
  return smile;
}

Result<PreviousCalibration> calibration_of(const json& calibration, bool heston) {
  PreviousCalibration previous;
  if (heston) {
    BALLAST_TRY(parameters, heston_of(calibration));
    previous.heston = parameters;
    return previous;
  }
  const json* const expiries = member(calibration, "expiries");
  if (expiries == nullptr || !expiries->is_array())
    return fail(Errc::bad_input, "it has no expiries");
  for (const json& expiry : *expiries) {
    const json* const svi = member(expiry, "svi");
    if (svi == nullptr) continue;  // that one could not be fitted
    BALLAST_TRY(smile, smile_of(expiry, *svi));
    previous.smiles.push_back(smile);
  }
  return previous;
}

}  // namespace

Result<PreviousCalibration> read_previous_calibration(const std::string& path,
                                                      std::string_view model,
                                                      std::string_view underlying) {
  BALLAST_TRY(text, read_file(path));
  const json document = json::parse(text, nullptr, false);
  const json* const list = member(document, "calibrations");
  if (list == nullptr || !list->is_array()) {
    return fail(Errc::bad_input,
                fmt::format("{}: it is not what calibrate -o json writes: there are no "
                            "\"calibrations\"",
                            path));
  }
  if (const std::string was = text_member(document, "model"); was != model) {
    return fail(Errc::bad_input,
                fmt::format("{}: it is a calibration of \"{}\", not of {}", path, was, model));
  }
  for (auto at = list->rbegin(); at != list->rend(); ++at) {
    if (text_member(*at, "underlying") != underlying) continue;
    auto previous = calibration_of(*at, model == "heston");
    if (previous) return previous;
    return fail(previous.error().code, fmt::format("{}: {}", path, previous.error().what));
  }
  return fail(Errc::not_found, fmt::format("{}: it has no calibration of {}", path, underlying));
}

}  // namespace ballast
