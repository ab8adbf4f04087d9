// The key of a home's store: from a passphrase, or random in a file.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "muistio/base/result.hpp"
#include "muistio/base/seams.hpp"
#include "muistio/base/secret.hpp"
#include "muistio/crypto/password.hpp"

namespace muistio::home {

/// How a passphrase becomes the key. Lies beside the store as `key.params`, in the clear: docs/formats/client.md.
struct KeyParameters {
  crypto::PasswordSalt salt;
  crypto::PasswordCost cost;

  [[nodiscard]] std::string text() const;
  /// Errors: malformed, unsupported_version, invalid_argument (a cost beyond the limits).
  [[nodiscard]] static Result<KeyParameters> parse(std::string_view text);
  friend bool operator==(const KeyParameters&, const KeyParameters&) = default;
};

/// Where the key came from.
enum class KeySource { passphrase, device_key, keystore };

/// Gives the 32 bytes that the platform's keystore holds for a home, making them if there are none yet.
using Keystore = std::function<Result<Secret<32>>()>;

struct HomeKey {
  Secret<32> key;
  KeySource source = KeySource::device_key;
  bool made = false;  // the salt or the key was made just now
};

/// What the passphrase is: from a file, or said outright.
struct GivenPassphrase {
  SecretBytes passphrase;
  bool insist = false;  // refuse a home that has its key in a file, instead of passing the passphrase over
};

/// The key of the home in `folder`. A new home (neither file is there) gets `key.params` if a passphrase is given, else a random
/// key in `device.key`, mode 0600; only if `create`. Takes long by design when there is a passphrase; a new one costs what
/// `calibrate_cost` says, unless `cost` is given.
/// Errors: not_found (no home, and not `create`); wrong_key (the home needs a passphrase and none is given, has its key in
/// `device.key` and a passphrase is insisted on, or in the platform's keystore); malformed (a file was changed); disk_full,
/// io_failed.
[[nodiscard]] Result<HomeKey> find_home_key(const std::filesystem::path& folder, std::optional<GivenPassphrase> given, bool create,
                                            Random& random, std::optional<crypto::PasswordCost> cost = std::nullopt);

/// The key of the home in `folder` from the platform's keystore: no file holds anything of it. Errors: not_found (no home, and not
/// `create`); wrong_key (the home has its key in a file); those of `keystore`.
[[nodiscard]] Result<HomeKey> ask_keystore(const std::filesystem::path& folder, const Keystore& keystore, bool create);

/// A passphrase as a file holds it: without the line end at its end. Errors: invalid_argument (empty), those of `read_file`.
[[nodiscard]] Result<SecretBytes> read_passphrase(const std::filesystem::path& file);

}  // namespace muistio::home
