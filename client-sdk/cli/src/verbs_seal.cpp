#include "verbs.hpp"

namespace muistio::cli {

namespace {
std::string records(std::uint64_t count) { return std::to_string(count) + (count == 1 ? " record" : " records"); }
}  // namespace

int run_seal_show(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto club, context.client.find_club(a.club).get());
  MUISTIO_VERB(auto text, context.client.seal(club).get());
  context.out.seal(text, club.hex());
  if (a.qr && !draw_qr(text)) context.out.say("the seal does not fit a QR code");
  return kDone;
}

int run_seal_check(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto club, context.client.find_club(a.club).get());
  MUISTIO_VERB(auto answer, context.client.check_seal(club, a.text).get());
  const auto who = answer.member.empty() ? std::string("a device that is new here") : answer.member;
  switch (answer.verdict) {
    case SealAnswer::Verdict::agreed:
      context.out.sealed(
          "agreed",
          "you and " + who + " see the same club" + (answer.behind == 0 ? "" : "; you have " + records(answer.behind) + " more"),
          answer);
      return kDone;
    case SealAnswer::Verdict::pinned:
      context.out.sealed("pinned",
                         who + " has " + records(answer.ahead) +
                             " more than this device: the seal is kept, and the next sync is checked against it",
                         answer);
      return kDone;
    case SealAnswer::Verdict::contradicted:
      context.out.sealed("contradicted",
                         "the server shows you another club than " + who +
                             ": nothing more is sent there; what is here stays readable. Talk to a host",
                         answer);
      return kTrustStopped;
  }
  return kRefused;
}

int run_seal_reopen(Context context) {
  const auto& a = context.arguments;
  MUISTIO_VERB(auto club, context.client.find_club(a.club).get());
  if (!a.text.empty()) {
    MUISTIO_VERB_DO(context.client.accept_reopening(club, a.text).get());
    context.out.done(club.hex());
    return kDone;
  }
  MUISTIO_VERB(auto text, context.client.reopen(club).get());
  context.out.seal(text, club.hex());
  if (a.qr && !draw_qr(text)) context.out.say("it does not fit a QR code");
  return kDone;
}

}  // namespace muistio::cli
