#include "muistio/home/home_key.hpp"

#include <charconv>

#include "folder.hpp"
#include "muistio/home/calibration.hpp"
#include "muistio/home/files.hpp"

namespace muistio::home {
namespace {

namespace fs = std::filesystem;

constexpr auto kParametersName = kKeyFiles[0];
constexpr auto kDeviceKeyName = kKeyFiles[1];
constexpr std::string_view kFirstLine = "muistio key 1";
constexpr std::uint64_t kPassphraseBytesMax = 4096;

std::string_view next_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

Result<std::string_view> value_of(std::string_view line, std::string_view name) {
  if (line.substr(0, name.size()) != name || line.size() <= name.size() || line[name.size()] != ' ')
    return fail(ErrorCode::malformed, "key.params lacks " + std::string(name));
  return line.substr(name.size() + 1);
}

Result<std::uint64_t> number_of(std::string_view line, std::string_view name) {
  MUISTIO_TRY(auto shown, value_of(line, name));
  std::uint64_t number = 0;
  const auto [last, error] = std::from_chars(shown.data(), shown.data() + shown.size(), number);
  if (error != std::errc{} || last != shown.data() + shown.size())
    return fail(ErrorCode::malformed, "key.params: " + std::string(name));
  return number;
}

Result<Secret<32>> read_device_key(const fs::path& file) {
  MUISTIO_TRY(auto bytes, read_file(file, 128));
  SecretBytes kept(std::move(bytes));
  auto digits = as_text(kept.expose());
  if (!digits.empty() && digits.back() == '\n') digits.remove_suffix(1);
  auto key = from_hex(digits);
  if (!key) return fail(ErrorCode::malformed, "device.key is not a key");
  SecretBytes secret(std::move(*key));
  auto made = Secret<32>::from_bytes(secret.expose());
  if (!made) return fail(ErrorCode::malformed, "device.key is not a key");
  return made;
}

}  // namespace

std::string KeyParameters::text() const {
  return std::string(kFirstLine) + "\nargon2id-passes " + std::to_string(cost.passes) + "\nargon2id-bytes " +
         std::to_string(cost.memory_bytes) + "\nsalt " + salt.hex() + "\n";
}

Result<KeyParameters> KeyParameters::parse(std::string_view text) {
  const auto first = next_line(text);
  if (first.substr(0, 12) != kFirstLine.substr(0, 12)) return fail(ErrorCode::malformed, "key.params does not begin as it should");
  if (first != kFirstLine) return fail(ErrorCode::unsupported_version, "key.params");
  KeyParameters parameters;
  MUISTIO_TRY(parameters.cost.passes, number_of(next_line(text), "argon2id-passes"));
  MUISTIO_TRY(parameters.cost.memory_bytes, number_of(next_line(text), "argon2id-bytes"));
  if (parameters.cost.passes < 1 || parameters.cost.passes > crypto::kPasswordPassesMax || parameters.cost.memory_bytes < 8192 ||
      parameters.cost.memory_bytes > crypto::kPasswordMemoryBytesMax)
    return fail(ErrorCode::invalid_argument, "key.params asks for more work than is allowed");
  MUISTIO_TRY(auto salt, value_of(next_line(text), "salt"));
  MUISTIO_TRY(parameters.salt, crypto::PasswordSalt::parse(salt));
  if (!text.empty()) return fail(ErrorCode::malformed, "key.params goes on after the salt");
  return parameters;
}

Result<HomeKey> find_home_key(const fs::path& folder, std::optional<GivenPassphrase> given, bool create, Random& random,
                              std::optional<crypto::PasswordCost> cost) {
  const auto parameters_file = folder / kParametersName;
  const auto device_key_file = folder / kDeviceKeyName;
  std::error_code error;
  HomeKey found;
  if (fs::exists(parameters_file, error)) {
    if (!given) return fail(ErrorCode::wrong_key, "this home needs its passphrase");
    MUISTIO_TRY(auto text, read_file(parameters_file, 1024));
    MUISTIO_TRY(auto parameters, KeyParameters::parse(as_text(text)));
    MUISTIO_TRY(found.key, crypto::password_key(given->passphrase.expose(), parameters.salt, parameters.cost));
    found.source = KeySource::passphrase;
    return found;
  }
  if (fs::exists(device_key_file, error)) {
    if (given && given->insist) return fail(ErrorCode::wrong_key, "this home has its key in device.key, not in a passphrase");
    MUISTIO_TRY(found.key, read_device_key(device_key_file));
    return found;
  }
  if (fs::exists(folder / kStoreName, error)) return fail(ErrorCode::wrong_key, "the key of this home is in no file of it");
  if (!create) return fail(ErrorCode::not_found, "there is no home here");
  MUISTIO_CHECK(make_folder(folder));
  found.made = true;
  if (given) {
    KeyParameters parameters{random.make<crypto::PasswordSalt>(), cost ? *cost : calibrate_cost()};
    MUISTIO_TRY(found.key, crypto::password_key(given->passphrase.expose(), parameters.salt, parameters.cost));
    MUISTIO_CHECK(write_file(parameters_file, as_bytes(parameters.text())));
    found.source = KeySource::passphrase;
    return found;
  }
  random.fill(found.key.expose_mutable());
  auto digits = to_hex(found.key.expose()) + "\n";
  auto written = write_file(device_key_file, as_bytes(digits));
  wipe({reinterpret_cast<std::uint8_t*>(digits.data()), digits.size()});
  MUISTIO_CHECK(std::move(written));
  return found;
}

Result<HomeKey> ask_keystore(const fs::path& folder, const Keystore& keystore, bool create) {
  std::error_code error;
  for (const auto name : kKeyFiles)
    if (fs::exists(folder / name, error)) return fail(ErrorCode::wrong_key, "this home has its key in a file or a passphrase");
  HomeKey found;
  found.source = KeySource::keystore;
  found.made = !fs::exists(folder / kStoreName, error);
  if (found.made && !create) return fail(ErrorCode::not_found, "there is no home here");
  MUISTIO_TRY(found.key, keystore());
  return found;
}

Result<SecretBytes> read_passphrase(const fs::path& file) {
  MUISTIO_TRY(auto bytes, read_file(file, kPassphraseBytesMax));
  if (!bytes.empty() && bytes.back() == '\n') bytes.pop_back();
  if (!bytes.empty() && bytes.back() == '\r') bytes.pop_back();
  if (bytes.empty()) return fail(ErrorCode::invalid_argument, "the passphrase is empty");
  return SecretBytes(std::move(bytes));
}

}  // namespace muistio::home
