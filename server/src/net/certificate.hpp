// The certificate of --dev-tls: self-signed, for this machine only.
#pragma once

#include <filesystem>
#include <string>

#include "muistio/base/result.hpp"

namespace muistio::server {

struct CertificateFiles {
  std::filesystem::path certificate;
  std::filesystem::path key;
};

/// DATA/dev-ca.pem and DATA/dev-tls.key (0600): made for localhost, 127.0.0.1 and ::1 if one of them is missing, else kept.
/// Errors: io_failed, disk_full.
[[nodiscard]] Result<CertificateFiles> dev_certificate(const std::filesystem::path& data);

}  // namespace muistio::server
