#include "portfolio/vol_surface.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/archive.hpp"
#include "base/contract.hpp"
#include "base/int128.hpp"
#include "quant/control/domain.hpp"
#include "quant/pricing/elementary.hpp"

namespace ballast {
namespace {

constexpr double ns_a_year = 365.0 * 86400.0 * 1e9;

/// Not the C library's, whose last bit differs between machines.
double log_of(double x) { return kernel::log_ratio(x, 1.0); }

bool positive(double x) { return std::isfinite(x) && x > 0.0; }

Result<void> read_strikes(const Surface& surface, VolSlice& slice) {
  if (surface.strikes.size() != surface.vols.size()) {
    return fail(Errc::bad_input, fmt::format("surface has {} vols for {} strikes: one for each",
                                             surface.vols.size(), surface.strikes.size()));
  }
  double before = 0.0;
  for (std::size_t i = 0; i < surface.strikes.size(); ++i) {
    const double strike = surface.strikes[i];
    if (!std::isfinite(strike) || strike <= before) {
      return fail(Errc::bad_input,
                  fmt::format("strikes[{}] is {}: strikes are above zero and rise", i, strike));
    }
    BALLAST_CHECK(require_positive(fmt::format("vols[{}]", i), surface.vols[i]));
    before = strike;
    slice.log_strikes.push_back(log_of(strike));
    slice.variances.push_back(surface.vols[i] * surface.vols[i]);
  }
  return {};
}

Result<void> read_shape(const Surface& surface, VolSlice& slice) {
  const bool strikes = !surface.strikes.empty() || !surface.vols.empty();
  if (surface.vol.has_value() + surface.svi.has_value() + strikes != 1) {
    return fail(Errc::bad_input, "surface takes one of vol, strikes with vols, and svi");
  }
  if (surface.vol) {
    BALLAST_CHECK(require_positive("vol", *surface.vol));
    slice.flat_vol = *surface.vol;
    return {};
  }
  if (strikes) return read_strikes(surface, slice);
  const auto [a, b, rho, m, sigma] = *surface.svi;
  slice.svi = RawSvi{a, b, rho, m, sigma};
  return check_svi(*slice.svi);
}

}  // namespace

double years_between(Timestamp now, Timestamp expiry) {
  return static_cast<double>(static_cast<Int128>(expiry.ns) - now.ns) / ns_a_year;
}

double VolSlice::variance(double k) const {
  if (svi) return svi_total_variance(*svi, k) / years_said;
  if (log_strikes.empty()) return flat_vol * flat_vol;
  const double x = k + *log_anchor;
  const auto above = std::lower_bound(log_strikes.begin(), log_strikes.end(), x);
  if (above == log_strikes.begin()) return variances.front();
  if (above == log_strikes.end()) return variances.back();
  const auto i = static_cast<std::size_t>(above - log_strikes.begin());
  const double share = (x - log_strikes[i - 1]) / (log_strikes[i] - log_strikes[i - 1]);
  return variances[i - 1] + share * (variances[i] - variances[i - 1]);
}

template <class Archive>
void VolSlice::archive(Archive& ar) {
  ar(expiry, said, revision, log_anchor, years_said, flat_vol, log_strikes, variances);
  bool by_svi = svi.has_value();
  ar(by_svi);
  if constexpr (Archive::loading) {
    svi = by_svi ? std::optional(RawSvi{}) : std::nullopt;
    if (log_strikes.size() != variances.size() || !positive(years_said)) ar.fail();
  }
  if (svi) ar(svi->a, svi->b, svi->rho, svi->m, svi->sigma);
}

template void VolSlice::archive(SaveArchive&);
template void VolSlice::archive(LoadArchive&);

double ExpirySmile::vol(double k) const {
  if (near == far) return near->flat() ? near->flat_vol : std::sqrt(near->variance(k));
  return std::sqrt(near_weight * near->variance(k) + far_weight * far->variance(k));
}

void ExpirySmile::vols(std::span<const double> log_strikes,
                       double log_reference,
                       std::span<double> out) const {
  BALLAST_ASSERT(log_strikes.size() == out.size());
  for (std::size_t i = 0; i < out.size(); ++i) {
    // A call and a put of one strike stand side by side and share its volatility.
    out[i] = i > 0 && log_strikes[i] == log_strikes[i - 1] ? out[i - 1]
                                                           : vol(log_strikes[i] - log_reference);
  }
}

Result<bool> VolSurface::apply(Timestamp t, const Surface& surface, std::optional<double> forward) {
  if (surface.expiry <= t) {
    return fail(Errc::bad_input, fmt::format("surface speaks of the expiry {}, which has passed",
                                             to_string(surface.expiry)));
  }
  if (forward) BALLAST_CHECK(require_positive("forward", *forward));
  VolSlice slice;
  slice.expiry = surface.expiry;
  slice.said = t;
  slice.years_said = years_between(t, surface.expiry);
  if (forward) slice.log_anchor = log_of(*forward);
  BALLAST_CHECK(read_shape(surface, slice));

  const auto by_expiry = [](const VolSlice& known, Timestamp expiry) {
    return known.expiry < expiry;
  };
  auto at = std::lower_bound(slices_.begin(), slices_.end(), surface.expiry, by_expiry);
  const bool known = at != slices_.end() && at->expiry == surface.expiry;
  if (known && t < at->said) return false;
  slice.revision = ++revisions_;
  if (known) {
    *at = std::move(slice);
  } else {
    slices_.insert(at, std::move(slice));
  }
  const auto passed = std::find_if(slices_.begin(), slices_.end(),
                                   [&](const VolSlice& one) { return one.expiry > t; });
  slices_.erase(slices_.begin(), passed);
  return true;
}

void VolSurface::anchor(Timestamp expiry, double forward) {
  BALLAST_ASSERT(positive(forward));
  for (VolSlice& slice : slices_) {
    if (slice.expiry != expiry || slice.log_anchor) continue;
    slice.log_anchor = log_of(forward);
    slice.revision = ++revisions_;
  }
}

bool VolSurface::waiting() const {
  return std::any_of(slices_.begin(), slices_.end(),
                     [](const VolSlice& slice) { return !slice.log_anchor.has_value(); });
}

ExpirySmile VolSurface::find_smile(Timestamp now, Timestamp expiry) const {
  ExpirySmile smile;
  if (expiry <= now) return smile;
  const auto past = [&](const VolSlice& slice) { return slice.expiry <= now; };
  const auto first = std::find_if_not(slices_.begin(), slices_.end(), past);
  if (first == slices_.end()) return smile;
  const auto at = std::find_if(first, slices_.end(),
                               [&](const VolSlice& slice) { return slice.expiry >= expiry; });
  const VolSlice* far = at == slices_.end() ? &slices_.back() : &*at;
  const VolSlice* near = far;
  if (at != slices_.end() && at != first && at->expiry != expiry) near = &*(at - 1);
  for (const VolSlice* slice : {near, far}) {
    if (!slice->flat() && !slice->log_anchor) return smile;
  }
  smile.near = near;
  smile.far = far;
  smile.log_anchor = near->log_anchor.value_or(far->log_anchor.value_or(0.0));
  if (near == far) return smile;
  const double t1 = years_between(now, near->expiry);
  const double t2 = years_between(now, far->expiry);
  const double t = years_between(now, expiry);
  smile.near_weight = t1 * (t2 - t) / ((t2 - t1) * t);
  smile.far_weight = t2 * (t - t1) / ((t2 - t1) * t);
  if (near->log_anchor && far->log_anchor) {
    smile.log_anchor += (*far->log_anchor - *near->log_anchor) * ((t - t1) / (t2 - t1));
  }
  return smile;
}

Result<ExpirySmile> VolSurface::smile(Timestamp now, Timestamp expiry) const {
  if (expiry <= now) {
    return fail(Errc::bad_input,
                fmt::format("the expiry {} has passed: it has no volatility", to_string(expiry)));
  }
  const ExpirySmile smile = find_smile(now, expiry);
  if (smile.near != nullptr) return smile;
  return fail(Errc::stale_data,
              fmt::format("no volatility is known for {}: it takes a surface of an expiry after "
                          "{}, and for a smile a forward",
                          to_string(expiry), to_string(now)));
}

Result<double> VolSurface::vol(
    Timestamp now, Timestamp expiry, double strike, double forward, SmileDynamics dynamics) const {
  BALLAST_CHECK(require_positive("strike", strike));
  BALLAST_CHECK(require_positive("forward", forward));
  BALLAST_TRY(at, smile(now, expiry));
  return at.vol(log_of(strike) - at.log_reference(log_of(forward), dynamics));
}

Result<Duration> VolSurface::age(Timestamp now, Timestamp expiry) const {
  BALLAST_TRY(at, smile(now, expiry));
  return now - std::min(at.near->said, at.far->said);
}

template <class Archive>
void VolSurface::archive(Archive& ar) {
  ar(slices_, revisions_);
  if constexpr (Archive::loading) {
    for (std::size_t i = 1; i < slices_.size(); ++i) {
      if (slices_[i].expiry <= slices_[i - 1].expiry) ar.fail();
    }
  }
}

template void VolSurface::archive(SaveArchive&);
template void VolSurface::archive(LoadArchive&);

}  // namespace ballast
