#include "ports/url.hpp"

#include <gtest/gtest.h>

namespace ballast {
namespace {

TEST(Url, has_a_host_a_port_and_a_target) {
  const auto url = parse_url("https://hooks.example.com:8443/services/T0/B0?x=1");
  ASSERT_TRUE(url);
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "hooks.example.com");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->target, "/services/T0/B0?x=1");
  EXPECT_EQ(url->origin(), "https://hooks.example.com:8443");
  EXPECT_EQ(url->authority(), "hooks.example.com:8443");
}

TEST(Url, has_the_ports_of_its_schemes) {
  EXPECT_EQ(parse_url("http://desk")->port, 80);
  EXPECT_EQ(parse_url("https://desk")->port, 443);
  EXPECT_EQ(parse_url("https://desk")->target, "/");
  EXPECT_EQ(parse_url("http://desk?x")->target, "/?x");
  EXPECT_EQ(parse_url("https://desk:443/")->authority(), "desk");
}

TEST(Url, knows_ipv6_addresses) {
  const auto url = parse_url("http://[::1]:9093/api");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->origin(), "http://[::1]:9093");
}

TEST(Url, is_refused_without_saying_its_path) {
  for (const char* text :
       {"", "ftp://desk/s3cret", "desk/s3cret", "http:///s3cret", "http://u:s3cret@desk/",
        "http://desk:0/s3cret", "http://desk:65536/s3cret", "http://desk:1x/s3cret",
        "http://de sk/s3cret", "http://desk/s3cret \r\nHost: x", "http://desk/#s3cret",
        "http://[::1/s3cret", "http://[zz]/s3cret", "http://[::1]x/s3cret",
        "http://desk/s3cret\x80"}) {
    const auto url = parse_url(text);
    ASSERT_FALSE(url) << text;
    EXPECT_EQ(url.error().code, Errc::bad_input);
    EXPECT_EQ(url.error().what.find("s3cret"), std::string::npos) << url.error().what;
  }
}

TEST(Url, loopback_is_told_by_the_name_alone) {
  for (const char* const own : {"localhost", "::1", "127.0.0.1", "127.3.2.1"})
    EXPECT_TRUE(is_loopback(own)) << own;
  for (const char* const other : {"127.example.org", "example.org", "10.0.0.1", "0.0.0.0", ""})
    EXPECT_FALSE(is_loopback(other)) << other;
}

}  // namespace
}  // namespace ballast
