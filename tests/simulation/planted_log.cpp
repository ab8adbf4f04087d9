#include "planted_log.hpp"

namespace muistio::simulation {

PlantedLog::PlantedLog(std::unique_ptr<server::Log> log, Plant plant, SeededRandom& random)
    : log_(std::move(log)), plant_(plant), random_(random) {}

Result<server::LogPlace> PlantedLog::append(const SpaceId& space, const wire::AuthKey& key, Seq last_handshake_seq,
                                            BytesView encoded, const wire::Record& record, std::uint64_t log_bytes_max) {
  if (plant_ == Plant::skip_cas) {
    MUISTIO_TRY(auto held, log_->state(space));
    last_handshake_seq = held.last_handshake_seq;
  }
  if (plant_ == Plant::log_loses_record && record.kind == wire::RecordKind::content && random_.chance(5)) {
    MUISTIO_TRY(auto held, log_->state(space));
    return server::LogPlace{held.head, held.log_hash, false};
  }
  if (plant_ == Plant::server_forgets_removal) {
    auto lenient = record;
    std::erase_if(lenient.access_changes, [](const auto& change) { return change.op == wire::AccessChange::Op::remove; });
    return log_->append(space, key, last_handshake_seq, encoded, lenient, log_bytes_max);
  }
  return log_->append(space, key, last_handshake_seq, encoded, record, log_bytes_max);
}

Status PlantedLog::post(const SpaceId& space, const wire::InboxItem& item) {
  if (plant_ == Plant::server_loses_inbox) return ok();
  return log_->post(space, item);
}

Result<std::vector<Bytes>> PlantedLog::fetch(const SpaceId& space, Seq from, Seq to, std::size_t bytes_max) {
  MUISTIO_TRY(auto records, log_->fetch(space, from, to, bytes_max));
  if (plant_ == Plant::log_swaps_records && records.size() > 1 && random_.chance(20)) {
    const auto place = random_.below(records.size() - 1);
    std::swap(records[place], records[place + 1]);
  }
  return records;
}

}  // namespace muistio::simulation
