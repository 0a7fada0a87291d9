#include "quant/control/box_program.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "base/rng.hpp"
#include "quant/control/simplex_oracle_test.hpp"

namespace ballast {
namespace {

struct Dense {
  std::vector<std::vector<double>> a;
  std::vector<double> b, c, d, upper;
};

/// Feasible by construction: b = A y for some y in the box.
Dense random_program(Rng& rng, std::size_t rows, std::size_t n, bool quadratic) {
  Dense program;
  program.a.assign(rows, std::vector<double>(n, 0.0));
  program.b.assign(rows, 0.0);
  for (std::size_t i = 0; i < n; ++i) {
    program.upper.push_back(rng.chance(0.1) ? 0.0 : 10.0 * rng.uniform());
    program.c.push_back(rng.chance(0.2) ? 0.0 : rng.normal());
    program.d.push_back(quadratic && rng.chance(0.5) ? rng.uniform() : 0.0);
    const double inside = program.upper[i] * (rng.chance(0.3) ? 0.0 : rng.uniform());
    for (std::size_t r = 0; r < rows; ++r) {
      if (rng.chance(0.5)) continue;
      program.a[r][i] = static_cast<double>(rng.between(-3, 3));
      program.b[r] += program.a[r][i] * inside;
    }
  }
  return program;
}

void load(BoxProgram& solver, const Dense& program) {
  solver.begin(program.b.size(), 1.0);
  for (std::size_t r = 0; r < program.b.size(); ++r)
    solver.right_side(r, program.b[r]);
  for (std::size_t i = 0; i < program.c.size(); ++i) {
    solver.add({.linear = program.c[i], .quadratic = program.d[i], .upper = program.upper[i]});
    for (std::size_t r = 0; r < program.b.size(); ++r)
      solver.entry(r, program.a[r][i]);
  }
}

TEST(BoxProgram, is_as_good_as_the_simplex_on_linear_programs) {
  BoxProgram solver;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    Rng rng(seed);
    const auto rows = static_cast<std::size_t>(rng.between(1, 6));
    const auto n = static_cast<std::size_t>(rng.between(2, 16));
    const Dense program = random_program(rng, rows, n, false);
    const auto expected = simplex_minimum(program.a, program.b, program.c, program.upper);
    ASSERT_TRUE(expected) << "seed " << seed;
    load(solver, program);
    solver.solve();
    EXPECT_LT(solver.iterations(), BoxProgram::iterations_max) << "seed " << seed;
    EXPECT_NEAR(solver.objective(), *expected, 1e-6) << "seed " << seed;
    EXPECT_NEAR(solver.bound(), *expected, 1e-6) << "seed " << seed;
    EXPECT_LE(solver.bound(), *expected + 1e-9) << "seed " << seed;
    EXPECT_LT(solver.infeasibility(), 1e-6) << "seed " << seed;
  }
}

TEST(BoxProgram, proves_its_optimum_on_large_quadratic_programs) {
  BoxProgram solver;
  int most = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    Rng rng(seed);
    const Dense program = random_program(rng, 20, 150, true);
    load(solver, program);
    solver.solve();
    const double size = 1.0 + std::fabs(solver.objective());
    EXPECT_LT(solver.infeasibility(), 1e-6) << "seed " << seed;
    EXPECT_NEAR(solver.objective(), solver.bound(), 1e-7 * size) << "seed " << seed;
    for (std::size_t i = 0; i < program.c.size(); ++i) {
      EXPECT_GE(solver.value(i), 0.0);
      EXPECT_LE(solver.value(i), program.upper[i]);
    }
    most = std::max(most, solver.iterations());
  }
  EXPECT_LT(most, 40);
}

TEST(BoxProgram, bounds_every_feasible_point_from_below) {
  BoxProgram solver;
  Rng rng(7);
  for (int round = 0; round < 50; ++round) {
    Dense program = random_program(rng, 3, 12, true);
    std::vector<double> point;
    std::fill(program.b.begin(), program.b.end(), 0.0);
    double objective = 0.0;
    for (std::size_t i = 0; i < 12; ++i) {
      point.push_back(program.upper[i] * rng.uniform());
      objective += (0.5 * program.d[i] * point[i] + program.c[i]) * point[i];
      for (std::size_t r = 0; r < 3; ++r)
        program.b[r] += program.a[r][i] * point[i];
    }
    load(solver, program);
    solver.solve();
    EXPECT_LE(solver.bound(), objective) << "round " << round;
  }
}

TEST(BoxProgram, prices_a_free_column) {
  // min rho^2/2 + y with rho + y = 3: the price of the row is 1, rho = 1, y = 2.
  BoxProgram solver;
  solver.begin(1, 1.0);
  solver.right_side(0, 3.0);
  solver.add({.quadratic = 1.0, .free = true});
  solver.entry(0, 1.0);
  solver.add({.linear = 1.0, .upper = 100.0});
  solver.entry(0, 1.0);
  solver.solve();
  constexpr double flat = 3e-7;  // what a gap of 1e-13 leaves of a quadratic
  EXPECT_NEAR(solver.value(0), 1.0, flat);
  EXPECT_NEAR(solver.value(1), 2.0, flat);
  EXPECT_NEAR(solver.price(0), 1.0, flat);
  EXPECT_NEAR(solver.bound(), 2.5, 1e-12);
}

TEST(BoxProgram, survives_rows_that_say_the_same_and_rows_that_say_nothing) {
  BoxProgram solver;
  solver.begin(3, 1.0);
  solver.right_side(0, 2.0);
  solver.right_side(1, 4.0);
  for (const double cost : {1.0, 2.0}) {
    solver.add({.linear = cost, .upper = 1.5});
    solver.entry(0, 1.0);
    solver.entry(1, 2.0);
  }
  solver.solve();
  EXPECT_NEAR(solver.value(0), 1.5, 1e-7);
  EXPECT_NEAR(solver.value(1), 0.5, 1e-7);
  EXPECT_NEAR(solver.bound(), 2.5, 1e-7);
  solver.begin(0, 1.0);
  solver.solve();
  EXPECT_EQ(solver.bound(), 0.0);
}

}  // namespace
}  // namespace ballast
