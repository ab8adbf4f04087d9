// Files of a home that lie beside the store: written so that a crash leaves the old one or the new one.
#pragma once

#include <filesystem>

#include "muistio/base/bytes.hpp"
#include "muistio/base/result.hpp"

namespace muistio::home {

/// The whole of a file. Errors: not_found, too_large (over `bytes_max`), io_failed.
[[nodiscard]] Result<Bytes> read_file(const std::filesystem::path& file, std::uint64_t bytes_max);

enum class Durable : bool { no, yes };

/// Replaces or makes `file`, readable and writable by its owner only: after a crash it is the old one or the new one. With
/// Durable::yes, when this returns success it survives a power cut. Errors: disk_full, io_failed.
[[nodiscard]] Status write_file(const std::filesystem::path& file, BytesView bytes, Durable durable = Durable::yes);

/// Makes what was written to `file`, and its name in its folder, durable. Errors: io_failed, disk_full.
[[nodiscard]] Status make_durable(const std::filesystem::path& file);

/// Makes the folder and those above it; those made are for their owner only. Errors: io_failed, disk_full.
[[nodiscard]] Status make_folder(const std::filesystem::path& folder);

}  // namespace muistio::home
