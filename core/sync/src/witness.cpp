// Holding the server to its word (R11): what it acknowledged, what members showed, and what it hands out are compared place by
// place.
#include <algorithm>
#include <limits>

#include "impl.hpp"
#include "muistio/base/planted.hpp"

namespace muistio::sync {

using store::Table;

Status Engine::Impl::load_evidence(Slot& slot) {
  MUISTIO_TRY(auto row, store.get(Table::evidence, slot.id.view()));
  slot.evidence = {};
  slot.evidence_kept.clear();
  if (!row) return ok();
  MUISTIO_TRY(slot.evidence, Evidence::decode(*row));
  slot.evidence_kept = std::move(*row);
  return ok();
}

Status Engine::Impl::save_evidence(Work& work) {
  auto& slot = work.slot;
  if (slot.evidence.is_empty() && slot.evidence_kept.empty()) return ok();
  auto encoded = slot.evidence.encode();
  if (encoded == slot.evidence_kept) return ok();
  MUISTIO_CHECK(work.transaction.put(Table::evidence, slot.id.view(), encoded));
  slot.evidence_kept = std::move(encoded);
  return ok();
}

// What is known of a place that the log has come to, if it is not what the log has there.
std::optional<Proof> Engine::Impl::broken_word(const Slot& slot, const LogPlace& place) const {
  if (MUISTIO_PLANTED("log-hash")) return std::nullopt;
  const auto other = [&](const Hash& known, PinSource source, std::string detail) {
    return Proof{clock.wall(), {ErrorCode::log_fork, std::move(detail)}, place.seq, known, place.hash, source};
  };
  const auto at = " at " + std::to_string(place.seq.value());
  const auto& acknowledged = slot.state.acknowledged;
  if (place.seq == acknowledged.seq && place.hash != acknowledged.hash)
    return other(acknowledged.hash, PinSource::acknowledgement, "the server acknowledged another log" + at);
  if (slot.link.claimed && place.seq == slot.link.claimed->seq && place.hash != slot.link.claimed->hash)
    return other(slot.link.claimed->hash, PinSource::claim, "the server's records are not those it names" + at);
  return std::nullopt;
}

std::optional<Proof> Engine::Impl::contradiction(Slot& slot, const LogPlace& place) const {
  if (MUISTIO_PLANTED("log-hash")) return std::nullopt;
  if (auto broken = broken_word(slot, place)) return broken;
  const auto other = [&](const Hash& known, PinSource source, std::string detail) {
    return Proof{clock.wall(), {ErrorCode::log_fork, std::move(detail)}, place.seq, known, place.hash, source};
  };
  const auto at = " at " + std::to_string(place.seq.value());
  const auto found = slot.evidence.pins.find(place.seq);
  if (found == slot.evidence.pins.end() || found->second.hash == place.hash) return std::nullopt;
  const auto& pin = found->second;
  if (pin.source == PinSource::seal) {
    // One that nobody in the space made proves nothing.
    const auto seal = space::MeetingSeal::decode(pin.seal);
    if (!seal || !slot.space || !slot.space->seal_maker(*seal)) {
      slot.evidence.pins.erase(found);
      return std::nullopt;
    }
    return other(pin.hash, pin.source, "a member's meeting seal shows another log" + at);
  }
  if (pin.source == PinSource::reopening) return other(pin.hash, pin.source, "a host reopened another log" + at);
  return other(pin.hash, pin.source, "the server acknowledged another log" + at);
}

Status Engine::Impl::prove(Work& work, Proof proof, bool until_reopened) {
  auto& evidence = work.slot.evidence;
  auto error = proof.error;
  const bool is_known = std::any_of(evidence.proofs.begin(), evidence.proofs.end(), [&](const Proof& held) {
    return held.error.code == error.code && held.seq == proof.seq && held.held == proof.held && held.shown == proof.shown;
  });
  if (!is_known) {
    if (evidence.proofs.size() >= kProofsMax) evidence.proofs.erase(evidence.proofs.begin() + 1);  // the first stays
    evidence.proofs.push_back(std::move(proof));
  }
  evidence.until_reopened = evidence.until_reopened || until_reopened;
  evidence.restored = false;
  return freeze(work, std::move(error));
}

Status Engine::Impl::prove_now(Slot& slot, Proof proof, bool until_reopened) {
  return change(slot, [&](Work& work) { return prove(work, proof, until_reopened); });
}

// The place is applied and agreed with everything that was known of it.
void Engine::Impl::pass_pins(Slot& slot) {
  auto& pins = slot.evidence.pins;
  pins.erase(pins.begin(), pins.upper_bound(slot.state.cursor.seq));
}

// A seal whose maker is not known (yet) counts only at its place: anybody could have made it.
Seq Engine::Impl::newest_known(const Slot& slot) const {
  const auto known = std::max(slot.state.cursor.seq, slot.state.acknowledged.seq);
  for (auto pin = slot.evidence.pins.rbegin(); pin != slot.evidence.pins.rend() && pin->first > known; ++pin) {
    if (pin->second.source != PinSource::seal) return pin->first;
    const auto seal = space::MeetingSeal::decode(pin->second.seal);
    if (seal && slot.space && slot.space->seal_maker(*seal)) return pin->first;
  }
  return known;
}

// The newest records stay as they are. `later` is what comes after this one in the same message: a long log that is read for the
// first time is not written twice.
Status Engine::Impl::keep_tail(Work& work, Seq seq, BytesView record, std::size_t later) {
  auto& slot = work.slot;
  auto& evidence = slot.evidence;
  if (slot.state.phase == Phase::joining || slot.state.phase == Phase::catching_up) return ok();  // kept for another reason
  const bool is_far = slot.state.head.value() > seq.value() + kTailRecordsMax;
  if (is_far || later > kTailBytesMax || record.size() > kTailBytesMax) {
    return drop_tail(work);
  }
  MUISTIO_CHECK(work.transaction.put(Table::record, numbered_key(slot.id, seq.value()), record));
  if (evidence.tail_first == Seq{}) evidence.tail_first = seq;
  evidence.tail_bytes += record.size();
  while (seq.value() - evidence.tail_first.value() >= kTailRecordsMax || evidence.tail_bytes > kTailBytesMax) {
    const auto key = numbered_key(slot.id, evidence.tail_first.value());
    MUISTIO_TRY(auto oldest, work.transaction.get(Table::record, key));
    if (oldest) evidence.tail_bytes -= std::min<std::uint64_t>(evidence.tail_bytes, oldest->size());
    MUISTIO_CHECK(work.transaction.erase(Table::record, key));
    evidence.tail_first = evidence.tail_first.next();
  }
  return ok();
}

Status Engine::Impl::drop_tail(Work& work) {
  auto& evidence = work.slot.evidence;
  if (evidence.tail_first == Seq{}) return ok();
  MUISTIO_TRY(auto erased, work.transaction.erase_prefix(Table::record, work.slot.id.view()));
  static_cast<void>(erased);
  evidence.tail_first = {};
  evidence.tail_bytes = 0;
  return ok();
}

}  // namespace muistio::sync
