#include "runtime/principal.hpp"

#include <string>

#include <gtest/gtest.h>

namespace ballast {
namespace {

TEST(Role, may_what_the_table_says) {
  // One row a permission, one letter a role in the order of role_names.
  struct Row {
    Permission permission;
    std::string_view may;  // viewer trader risk admin ingest metrics
  };
  constexpr Row table[] = {{Permission::none, "yyyyyy"},  {Permission::read, "yyyynn"},
                           {Permission::act, "nyyynn"},   {Permission::limit, "nnyynn"},
                           {Permission::admin, "nnnynn"}, {Permission::ingest, "nnnyyn"},
                           {Permission::scrape, "yyyyny"}};
  for (const Row& row : table) {
    std::string actual;
    for (std::size_t i = 0; i < role_names.size(); ++i)
      actual += may(static_cast<Role>(i), row.permission) ? 'y' : 'n';
    EXPECT_EQ(actual, row.may) << static_cast<int>(row.permission);
  }
  for (std::size_t i = 0; i < role_names.size(); ++i)
    EXPECT_EQ(role_of(role_names[i]), static_cast<Role>(i));
  EXPECT_FALSE(role_of("root"));
}

TEST(ToPost, asks_for_what_the_route_of_the_event_needs) {
  EXPECT_EQ(to_post(Fill{}), Permission::ingest);
  EXPECT_EQ(to_post(Tick{}), Permission::ingest);
  EXPECT_EQ(to_post(Kill{}), Permission::act);
  EXPECT_EQ(to_post(Approve{}), Permission::act);
  EXPECT_EQ(to_post(Rearm{}), Permission::limit);
  TargetOverride target;
  EXPECT_EQ(to_post(target), Permission::limit) << "an end alone moves the limit's too";
  target.target = Decimal{};
  EXPECT_EQ(to_post(target), Permission::act);
  target.limit = Range{};
  EXPECT_EQ(to_post(target), Permission::limit);
  for (const EventBody& body :
       {EventBody(Decision{}), EventBody(Quote{}), EventBody(Audit{}), EventBody(Receipt{})}) {
    EXPECT_FALSE(to_post(body));
  }
}

}  // namespace
}  // namespace ballast
