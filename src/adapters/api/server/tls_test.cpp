// The service over TLS, with a certificate made for the test.

#include <fstream>

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "adapters/api/server/test_client.hpp"
#include "adapters/api/server/test_service.hpp"

namespace ballast::api {
namespace {

TlsFiles make_certificate(const std::filesystem::path& folder) {
  TlsFiles files{(folder / "cert.pem").string(), (folder / "key.pem").string()};
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_sign(certificate, key, EVP_sha256());
  BIO* out = BIO_new_file(files.certificate.c_str(), "w");
  PEM_write_bio_X509(out, certificate);
  BIO_free(out);
  out = BIO_new_file(files.key.c_str(), "w");
  PEM_write_bio_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
  BIO_free(out);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return files;
}

class TlsTest : public ::testing::Test {
 protected:
  TlsTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ballast-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    files = make_certificate(folder);
    TestService::Setup setup;
    setup.server.tls = files;
    setup.server.limits.header_within = Duration::milliseconds(500);
    Route live{.method = Method::get, .pattern = "/livez", .needs = std::nullopt, .about = "lives"};
    live.handle = [](const Request&, const Respond& respond) { respond({}); };
    setup.routes = {live};
    service.emplace(std::move(setup));
    context = SSL_CTX_new(TLS_client_method());
  }
  ~TlsTest() override {
    service.reset();
    SSL_CTX_free(context);
    std::filesystem::remove_all(folder);
  }

  /// What comes back for `text`, and for `then` after that; empty when TLS was not agreed on.
  std::string ask(const std::string& text, long version_max = 0, const std::string& then = "") {
    TestClient client(service->port());
    SSL* ssl = SSL_new(context);
    if (version_max != 0) SSL_set_max_proto_version(ssl, version_max);
    SSL_set_fd(ssl, client.socket());
    std::string out;
    if (SSL_connect(ssl) == 1) {
      SSL_write(ssl, text.data(), static_cast<int>(text.size()));
      std::array<char, 4096> piece{};
      for (int got = 0; (got = SSL_read(ssl, piece.data(), piece.size())) > 0;) {
        if (out.empty() && !then.empty())
          SSL_write(ssl, then.data(), static_cast<int>(then.size()));
        out.append(piece.data(), static_cast<std::size_t>(got));
      }
      SSL_shutdown(ssl);
    }
    SSL_free(ssl);
    return out;
  }

  std::filesystem::path folder;
  TlsFiles files;
  std::optional<TestService> service;
  SSL_CTX* context = nullptr;
};

TEST_F(TlsTest, serves_and_says_so_to_browsers) {
  EXPECT_EQ(service->server().address(), "https://127.0.0.1:" + std::to_string(service->port()));
  const std::string reply =
      ask("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(reply.starts_with("HTTP/1.1 200 OK\r\n")) << reply;
  EXPECT_NE(reply.find("Strict-Transport-Security: max-age=31536000\r\n"), std::string::npos);
}

TEST_F(TlsTest, the_stream_runs_over_it) {
  const std::string reply =
      ask("GET /api/v1/stream HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n"
          "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
          0, std::string("\x88\x82\0\0\0\0\x03\xe8", 8));  // the client closes it
  EXPECT_TRUE(reply.starts_with("HTTP/1.1 101 Switching Protocols\r\n")) << reply;
  EXPECT_TRUE(reply.ends_with("\x88\x02\x03\xe8"));
}

TEST_F(TlsTest, garbage_old_versions_and_silence_get_nothing) {
  EXPECT_EQ(ask("GET / HTTP/1.1\r\n\r\n", TLS1_1_VERSION), "");
  TestClient plain(service->port());
  plain.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(plain.ends());
  TestClient garbage(service->port());
  garbage.send(std::string("\x16\x03\x01\xff\xff") + std::string(70'000, 'x'));
  EXPECT_TRUE(garbage.ends());
  TestClient silent(service->port());
  EXPECT_TRUE(silent.ends());
  EXPECT_NE(ask("GET /livez HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), "");
}

TEST_F(TlsTest, a_certificate_that_cannot_be_used_is_named) {
  ServerOptions options;
  options.port = 0;
  options.tls = TlsFiles{(folder / "none.pem").string(), files.key};
  const auto missing = Server::create(options, service->tokens(), {}, {}, service->hub());
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().what.find("none.pem"), std::string::npos);
  std::filesystem::create_directory(folder / "other");
  options.tls = TlsFiles{files.certificate, make_certificate(folder / "other").key};
  EXPECT_FALSE(Server::create(options, service->tokens(), {}, {}, service->hub()));
}

TEST_F(TlsTest, with_tls_and_tokens_any_address_will_do) {
  ServerOptions options;
  options.port = 0;
  options.tls = files;
  for (const char* address : {"0.0.0.0", "::", "::1"}) {
    options.address = address;
    const auto server = Server::create(options, service->tokens(), {}, {}, service->hub());
    EXPECT_TRUE(server) << server.error().what;
  }
}

}  // namespace
}  // namespace ballast::api
