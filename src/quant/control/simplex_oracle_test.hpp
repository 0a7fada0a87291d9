// A plain two-phase simplex on a dense tableau with Bland's rule: slow, obvious, and the tests'
// second opinion on linear programs.
#pragma once

#include <cmath>
#include <cstddef>
#include <optional>
#include <vector>

namespace ballast {

/// The least c'x subject to A x = b and 0 <= x <= upper; nothing where there is no such x.
inline std::optional<double> simplex_minimum(std::vector<std::vector<double>> a,
                                             std::vector<double> b,
                                             std::vector<double> c,
                                             const std::vector<double>& upper) {
  // Bounds become rows x + slack = upper, and every row an artificial variable of its own.
  const std::size_t given = c.size();
  for (std::size_t i = 0; i < given; ++i) {
    a.emplace_back(given, 0.0)[i] = 1.0;
    b.push_back(upper[i]);
  }
  const std::size_t rows = a.size();
  const std::size_t real = given + given;
  c.resize(real, 0.0);
  for (std::size_t r = 0; r < rows; ++r) {
    a[r].resize(real + rows, 0.0);
    if (r >= rows - given) a[r][given + r - (rows - given)] = 1.0;
    if (b[r] < 0.0) {
      b[r] = -b[r];
      for (double& value : a[r])
        value = -value;
    }
    a[r][real + r] = 1.0;
  }
  std::vector<std::size_t> basis(rows);
  for (std::size_t r = 0; r < rows; ++r)
    basis[r] = real + r;
  const auto minimise = [&](std::vector<double> cost, std::size_t columns) {
    double value = 0.0;
    for (std::size_t r = 0; r < rows; ++r) {
      const double price = cost[basis[r]];
      value += price * b[r];
      for (std::size_t i = 0; i < real + rows; ++i)
        cost[i] -= price * a[r][i];
    }
    while (true) {
      std::size_t enter = 0;
      while (enter < columns && cost[enter] >= -1e-10)
        ++enter;
      if (enter == columns) return value;
      std::size_t leave = rows;
      for (std::size_t r = 0; r < rows; ++r) {
        if (a[r][enter] <= 1e-10) continue;
        if (leave == rows) {
          leave = r;
          continue;
        }
        const double difference = b[r] / a[r][enter] - b[leave] / a[leave][enter];
        if (difference < -1e-12 || (difference < 1e-12 && basis[r] < basis[leave])) leave = r;
      }
      if (leave == rows) return value;  // cannot be: every variable is bounded
      const double pivot = a[leave][enter];
      for (double& entry : a[leave])
        entry /= pivot;
      b[leave] /= pivot;
      for (std::size_t r = 0; r < rows; ++r) {
        const double factor = a[r][enter];
        if (r == leave || factor == 0.0) continue;
        for (std::size_t i = 0; i < real + rows; ++i)
          a[r][i] -= factor * a[leave][i];
        b[r] -= factor * b[leave];
      }
      const double factor = cost[enter];
      for (std::size_t i = 0; i < real + rows; ++i)
        cost[i] -= factor * a[leave][i];
      value += factor * b[leave];
      basis[leave] = enter;
    }
  };
  std::vector<double> artificial(real + rows, 0.0);
  for (std::size_t r = 0; r < rows; ++r)
    artificial[real + r] = 1.0;
  if (minimise(artificial, real + rows) > 1e-7) return std::nullopt;
  for (std::size_t r = 0; r < rows; ++r) {
    // An artificial that stayed in the basis at zero leaves it, or its row says nothing.
    if (basis[r] < real) continue;
    std::size_t enter = 0;
    while (enter < real && std::fabs(a[r][enter]) <= 1e-9)
      ++enter;
    if (enter == real) continue;
    const double pivot = a[r][enter];
    for (double& entry : a[r])
      entry /= pivot;
    b[r] /= pivot;
    for (std::size_t other = 0; other < rows; ++other) {
      const double factor = a[other][enter];
      if (other == r || factor == 0.0) continue;
      for (std::size_t i = 0; i < real + rows; ++i)
        a[other][i] -= factor * a[r][i];
      b[other] -= factor * b[r];
    }
    basis[r] = enter;
  }
  c.resize(real + rows, 0.0);
  return minimise(c, real);
}

}  // namespace ballast
