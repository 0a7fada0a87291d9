// Tokens and their file, as this process and others see them.

#include "adapters/api/server/tokens.hpp"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "adapters/api/server/private_file.hpp"

namespace ballast::api {
namespace {

class TokensTest : public ::testing::Test {
 protected:
  TokensTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ballast-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    path = (folder / "desk.db.tokens").string();
  }
  ~TokensTest() override { std::filesystem::remove_all(folder); }

  Result<std::unique_ptr<Tokens>> open(bool make_first = true) {
    Tokens::Options options;
    options.now = [this] { return now.load(); };
    options.look_every = {};
    options.make_first = make_first;
    return Tokens::open(path, options);
  }
  static unsigned mode(const std::string& file) {
    struct stat status {};
    EXPECT_EQ(::stat(file.c_str(), &status), 0);
    return status.st_mode & 0777U;
  }
  std::string content() const {
    std::ostringstream out;
    out << std::ifstream(path).rdbuf();
    return out.str();
  }
  void write(const std::string& text, mode_t mode = 0600) const {
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
  }

  std::filesystem::path folder;
  std::string path;
  std::atomic<Timestamp> now{Timestamp{1'767'600'000'000'000'000}};
};

TEST_F(TokensTest, the_first_start_makes_an_admin_and_keeps_its_token) {
  const auto tokens = open();
  ASSERT_TRUE(tokens);
  const std::string token = (*tokens)->first_token().value();
  EXPECT_EQ((*tokens)->first_token_path(), (folder / "desk.db.token").string());
  EXPECT_TRUE(well_formed(token));
  EXPECT_EQ((*tokens)->find(token)->principal.role, Role::admin);
  EXPECT_EQ(mode(path), 0600U);
  EXPECT_EQ(mode((*tokens)->first_token_path()), 0600U);
  EXPECT_EQ(content().find(token), std::string::npos);  // hashes only
  const auto again = open();
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->first_token(), token);
  ASSERT_TRUE((*again)->revoke("admin"));
  EXPECT_FALSE(std::filesystem::exists((*tokens)->first_token_path()));
  EXPECT_FALSE((*open())->first_token());  // the file exists: nothing is made behind one's back
}

TEST_F(TokensTest, a_token_is_random_and_tells_when_it_is_mistyped) {
  const std::string token = random_token();
  EXPECT_EQ(token.size(), 54U);
  EXPECT_NE(token, random_token());
  EXPECT_TRUE(well_formed(token));
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string wrong = token;
    wrong[i] = wrong[i] == 'x' ? 'y' : 'x';
    EXPECT_FALSE(well_formed(wrong)) << i;
  }
  EXPECT_FALSE(well_formed(token.substr(0, 53)));
  EXPECT_FALSE(well_formed(token + "x"));
  EXPECT_FALSE(well_formed(""));
}

TEST_F(TokensTest, what_another_process_changes_is_seen) {
  const auto service = open();
  const auto verb = open();
  ASSERT_TRUE(service && verb);
  const std::string token = (*verb)->create({"alice", Role::trader, {}}).value();
  const auto alice = (*service)->find(token);
  ASSERT_TRUE(alice);
  EXPECT_EQ(alice->principal.name, "alice");
  EXPECT_TRUE((*service)->holds(*alice));
  ASSERT_TRUE((*verb)->revoke("alice"));
  EXPECT_FALSE((*service)->find(token));
  EXPECT_FALSE((*service)->holds(*alice));
  // The same name again is another token.
  ASSERT_TRUE((*service)->create({"alice", Role::trader, {}}));
  EXPECT_FALSE((*service)->holds(*alice));
  EXPECT_EQ((*verb)->list().size(), 2U);
}

TEST_F(TokensTest, expires) {
  const auto tokens = open();
  const Timestamp end = now.load() + Duration::seconds(10);
  const std::string token = (*tokens)->create({"bob", Role::viewer, end}).value();
  const auto bob = (*tokens)->find(token);
  ASSERT_TRUE(bob);
  EXPECT_EQ(bob->expires, end);
  now = end;
  EXPECT_FALSE((*tokens)->find(token));
  EXPECT_FALSE((*tokens)->holds(*bob));
  const auto past = (*tokens)->create({"carl", Role::viewer, end});
  ASSERT_FALSE(past);
  EXPECT_EQ(past.error().code, Errc::bad_input);
}

TEST_F(TokensTest, refuses_names_that_are_taken_or_none) {
  const auto tokens = open();
  EXPECT_EQ((*tokens)->create({"admin", Role::viewer, {}}).error().code, Errc::conflict);
  for (const char* name : {"", "a b", "a/b", "anonymous", "\xc3\xa4"})
    EXPECT_FALSE((*tokens)->create({name, Role::viewer, {}})) << name;
  EXPECT_FALSE((*tokens)->create({std::string(65, 'a'), Role::viewer, {}}));
  EXPECT_EQ((*tokens)->revoke("nobody").error().code, Errc::not_found);
}

TEST_F(TokensTest, refuses_a_file_that_others_can_read_and_keeps_what_it_knew) {
  const auto running = open();
  const std::string token = (*running)->first_token().value();
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  const auto started = open();
  ASSERT_FALSE(started);
  EXPECT_NE(started.error().what.find("chmod 600 " + path), std::string::npos);
  EXPECT_TRUE((*running)->find(token));
  EXPECT_TRUE((*running)->problem());
  ASSERT_EQ(::chmod(path.c_str(), 0600), 0);
  EXPECT_TRUE((*running)->find(token));
  EXPECT_FALSE((*running)->problem());
}

TEST_F(TokensTest, a_file_that_is_gone_revokes_everything) {
  const auto tokens = open();
  const std::string token = (*tokens)->first_token().value();
  std::filesystem::remove(path);
  EXPECT_FALSE((*tokens)->find(token));
  EXPECT_TRUE((*tokens)->list().empty());
}

TEST_F(TokensTest, a_wrong_file_is_refused_with_the_place) {
  const std::string good = R"({"version":1,"tokens":[{"name":"a","role":"viewer","created":)"
                           R"("2026-01-05T10:00:00Z","expires":null,"hash":")" +
                           std::string(64, '0') + "\"}]}";
  ASSERT_TRUE(parse_tokens(good)) << parse_tokens(good).error().what;
  EXPECT_EQ(*parse_tokens(print_tokens(*parse_tokens(good))), *parse_tokens(good));
  const auto changed = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    const auto parsed = parse_tokens(text);
    return parsed ? "taken" : parsed.error().what;
  };
  EXPECT_EQ(changed("viewer", "boss").find("token 0 of the file: role is none of"), 0U);
  EXPECT_EQ(changed("\"name\":\"a\"", "\"name\":1"),
            "token 0 of the file: name is missing or no text");
  EXPECT_NE(changed("\"a\"", "\"a b\""), "taken");
  EXPECT_NE(changed("2026-01", "2026-13"), "taken");
  EXPECT_NE(changed("null", "7"), "taken");
  EXPECT_NE(changed("\"expires\":null,", ""), "taken");
  EXPECT_NE(changed("00\"", "0\""), "taken");
  EXPECT_NE(changed("00\"", "0g\""), "taken");
  EXPECT_NE(changed("\"hash\"", "\"salt\":1,\"hash\""), "taken");
  EXPECT_NE(changed("\"version\":1", "\"version\":2"), "taken");
  EXPECT_NE(changed("]}", "]"), "taken");
  write("{}");
  const auto opened = open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().what.find(path), 0U);
}

TEST_F(TokensTest, the_verb_makes_no_admin_by_itself) {
  const auto tokens = open(false);
  ASSERT_TRUE(tokens);
  EXPECT_TRUE((*tokens)->list().empty());
  EXPECT_FALSE(std::filesystem::exists(path));
  ASSERT_TRUE((*tokens)->create({"alice", Role::admin, {}}));
  EXPECT_EQ((*open())->list().size(), 1U);
}

}  // namespace
}  // namespace ballast::api
