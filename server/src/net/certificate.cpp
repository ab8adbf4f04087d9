#include "certificate.hpp"

#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace muistio::server {

namespace {

template <auto free_it>
struct Free {
  template <class T>
  void operator()(T* thing) const {
    free_it(thing);
  }
};
using KeyPointer = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using CertificatePointer = std::unique_ptr<X509, Free<X509_free>>;
using BioPointer = std::unique_ptr<BIO, Free<BIO_free_all>>;

constexpr long kValidSeconds = 10L * 365 * 24 * 3600;

bool add_extension(X509* certificate, int id, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Free<X509_EXTENSION_free>> extension(X509V3_EXT_conf_nid(nullptr, &context, id, value));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

CertificatePointer self_signed(EVP_PKEY* key) {
  CertificatePointer made(X509_new());
  unsigned char serial[16];
  if (!made || RAND_bytes(serial, sizeof serial) != 1) return nullptr;
  serial[0] &= 0x7f;
  const std::unique_ptr<BIGNUM, Free<BN_free>> number(BN_bin2bn(serial, sizeof serial, nullptr));
  const auto common_name = reinterpret_cast<const unsigned char*>("muistiod on this machine");
  auto* name = X509_get_subject_name(made.get());
  const bool good =
      number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(made.get())) != nullptr &&
      X509_set_version(made.get(), X509_VERSION_3) == 1 && X509_gmtime_adj(X509_getm_notBefore(made.get()), -24 * 3600) &&
      X509_gmtime_adj(X509_getm_notAfter(made.get()), kValidSeconds) && X509_set_pubkey(made.get(), key) == 1 &&
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common_name, -1, -1, 0) == 1 &&
      X509_set_issuer_name(made.get(), name) == 1 &&
      add_extension(made.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") &&
      add_extension(made.get(), NID_key_usage, "critical,digitalSignature,keyCertSign") &&
      add_extension(made.get(), NID_ext_key_usage, "serverAuth") && add_extension(made.get(), NID_subject_key_identifier, "hash") &&
      add_extension(made.get(), NID_subject_alt_name, "DNS:localhost,IP:127.0.0.1,IP:::1") &&
      X509_sign(made.get(), key, EVP_sha256()) > 0;
  return good ? std::move(made) : nullptr;
}

/// Writes a new file and puts it in place at once.
Status write_file(const std::filesystem::path& path, BIO* pem, mode_t mode) {
  char* text = nullptr;
  const auto size = static_cast<std::size_t>(BIO_get_mem_data(pem, &text));
  const auto beside = path.string() + ".new";
  ::unlink(beside.c_str());
  const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  const bool written = file >= 0 && ::write(file, text, size) == static_cast<ssize_t>(size) && ::fsync(file) == 0;
  const int error = errno;
  if (file >= 0) ::close(file);
  if (!written || ::rename(beside.c_str(), path.c_str()) != 0)
    return fail(error == ENOSPC ? ErrorCode::disk_full : ErrorCode::io_failed,
                path.filename().string() + ": " + std::strerror(written ? errno : error));
  return ok();
}

}  // namespace

Result<CertificateFiles> dev_certificate(const std::filesystem::path& data) {
  CertificateFiles files{data / "dev-ca.pem", data / "dev-tls.key"};
  std::error_code ignored;
  if (std::filesystem::exists(files.certificate, ignored) && std::filesystem::exists(files.key, ignored)) return files;
  const KeyPointer key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  const auto certificate = key ? self_signed(key.get()) : nullptr;
  const BioPointer key_pem(BIO_new(BIO_s_mem())), certificate_pem(BIO_new(BIO_s_mem()));
  if (!certificate || !key_pem || !certificate_pem ||
      PEM_write_bio_PrivateKey(key_pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
      PEM_write_bio_X509(certificate_pem.get(), certificate.get()) != 1)
    return fail(ErrorCode::io_failed, "OpenSSL could not make a certificate");
  MUISTIO_CHECK(write_file(files.key, key_pem.get(), 0600));
  MUISTIO_CHECK(write_file(files.certificate, certificate_pem.get(), 0644));
  return files;
}

}  // namespace muistio::server
