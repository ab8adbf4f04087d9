#include "trace.hpp"

#include <zlib.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "../src/content.hpp"

namespace muistio::text {

namespace {

using Json = nlohmann::json;

Status add_patches(Trace& trace, const Json& patches, std::uint32_t agent, std::vector<Lv> parents, bool keep) {
  for (const auto& patch : patches) {
    Trace::Patch made{patch.at(0).get<std::uint32_t>(), patch.at(1).get<std::uint32_t>(), patch.at(2).get<std::string>(), 0};
    made.inserted_count = static_cast<std::uint32_t>(kept_count(made.inserted));
    const auto add = [&](OpKind kind, std::uint32_t count) {
      if (count == 0) return;
      trace.log.add_edits(agent, parents, count);
      trace.log.add_op(kind, made.position, count, kind == OpKind::insert ? std::string_view(made.inserted) : std::string_view(),
                       false);
      parents.assign(1, trace.log.size() - 1);
    };
    add(OpKind::erase_forward, made.removed);
    add(OpKind::insert, made.inserted_count);
    if (keep) trace.patches.push_back(std::move(made));
  }
  return ok();
}

Status add_transactions(Trace& trace, const Json& transactions) {
  const auto start = trace.log.frontier();  // that of startContent, which every transaction knows
  std::vector<std::vector<Lv>> versions;    // after each transaction
  for (const auto& transaction : transactions) {
    std::vector<Lv> parents;
    AgentId agent;
    const bool conformance = transaction.contains("ops");
    trace.concurrent = transaction.contains("parents");
    if (!trace.concurrent) {
      agent = agent_of("a");
      parents = trace.log.frontier();
    } else {
      const auto& name = transaction.at("agent");
      agent = agent_of(name.is_string() ? name.get<std::string>() : std::to_string(name.get<std::uint64_t>()));
      for (const auto& parent : transaction.at("parents")) {
        const auto number = parent.get<std::uint32_t>();
        if (number >= (conformance ? trace.log.size() : versions.size())) return fail(ErrorCode::malformed, "parents");
        if (conformance) {
          parents.push_back(number);
        } else {
          parents.insert(parents.end(), versions[number].begin(), versions[number].end());
        }
      }
      if (parents.empty()) parents = start;
      std::sort(parents.begin(), parents.end());
      parents.erase(std::unique(parents.begin(), parents.end()), parents.end());
    }
    const auto author = trace.log.intern(agent);
    const auto begin = trace.log.size();
    if (conformance && (transaction.at("span").at(0).get<Lv>() != begin ||
                        transaction.at("seqStart").get<std::uint64_t>() != trace.log.next_seq(author))) {
      return fail(ErrorCode::malformed, "span or seqStart");
    }
    MUISTIO_CHECK(add_patches(trace, transaction.at(conformance ? "ops" : "patches"), author, parents, !trace.concurrent));
    if (!conformance) versions.push_back(trace.log.size() == begin ? parents : std::vector<Lv>{trace.log.size() - 1});
    trace.txn_ends.push_back(trace.log.size());
  }
  return ok();
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path) {
  std::string content;
  if (path.extension() != ".gz") {
    std::ifstream in(path, std::ios::binary);
    if (!in) return fail(ErrorCode::not_found, path.filename().string());
    content.assign(std::istreambuf_iterator<char>(in), {});
    return content;
  }
  const gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return fail(ErrorCode::not_found, path.filename().string());
  char buffer[1U << 16U];
  int count = 0;
  while ((count = gzread(file, buffer, sizeof buffer)) > 0) content.append(buffer, static_cast<std::size_t>(count));
  const bool whole = gzclose_r(file) == Z_OK && count == 0;
  if (!whole) return fail(ErrorCode::malformed, path.filename().string() + " is no whole gzip file");
  return content;
}

AgentId agent_of(std::string_view name) {
  AgentId id;
  auto& bytes = id.mutable_array();
  if (name.size() <= bytes.size()) {
    std::copy(name.begin(), name.end(), bytes.begin());
    return id;
  }
  // A longer one: its beginning, and a hash of the whole (FNV-1a).
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (char byte : name) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
  std::copy_n(name.begin(), 8, bytes.begin());
  for (std::size_t i = 0; i < 8; ++i) bytes[8 + i] = static_cast<std::uint8_t>(hash >> 8U * i);
  return id;
}

Result<Trace> parse_trace(std::string_view json) {
  try {
    const auto parsed = Json::parse(json);
    Trace trace;
    trace.end_content = parsed.at("endContent").get<std::string>();
    if (const auto start = parsed.value("startContent", std::string()); !start.empty()) {
      MUISTIO_CHECK(add_patches(trace, Json::array({Json::array({0, 0, start})}), trace.log.intern(agent_of("a")), {}, true));
    }
    MUISTIO_CHECK(add_transactions(trace, parsed.at("txns")));
    return trace;
  } catch (const Json::exception& error) {
    return fail(ErrorCode::malformed, error.what());
  }
}

}  // namespace muistio::text
