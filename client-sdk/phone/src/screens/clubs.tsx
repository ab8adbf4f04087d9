// The front page: one's clubs, how sending stands, and a quick note one tap away.
import { Header, Icon, SyncLine } from "../parts.js";
import { isAhead, MeetingCard } from "./meetings.js";
import { client, go, lastClub, setting, useObserved } from "../model.js";
import { t } from "../words.js";

function NextMeeting({ club, name }: { club: string; name: string }) {
  const all = useObserved(() => client.observeMeetings(club), `meetings-${club}`);
  const next = all?.find((meeting) => isAhead(meeting) && !meeting.cancelled);
  return next ? <MeetingCard meeting={next} above={`${t("meeting.next")} · ${name}`} /> : null;
}

export function ClubsScreen() {
  const clubs = useObserved(() => client.observeClubs(), "clubs");
  const shown = clubs?.filter((club) => !club.personal && club.kind !== "desk") ?? [];
  const unsent = clubs?.reduce((sum, club) => sum + club.unsent, 0) ?? 0;
  const quick = shown.find((club) => club.id === lastClub()) ?? shown[0];
  const remind = setting.get("recovery") === null || (setting.get("recovery") === "later" && Number(setting.get("recovery-at")) < Date.now());
  return (
    <div class="screen">
      <Header title={t("phone.app")} onBack={null}>
        <button class="round" aria-label={t("nav.search")} onClick={() => go({ at: "search" })}><Icon name="search" /></button>
        <button class="round" aria-label={t("nav.settings")} onClick={() => go({ at: "settings" })}><Icon name="settings" /></button>
      </Header>
      <main>
        {setting.get("practice") === "yes"
          ? <p class="banner">{t("start.practice_banner")}</p>
          : <SyncLine unsent={unsent} joining={shown.length > 0 && shown.every((club) => club.standing === "joining")} />}
        {clubs && shown.length === 0 && <p class="quiet">{t("phone.home.empty")}</p>}
        <ul class="cards">
          {shown.map((club) => (
            <li key={club.id}>
              <button class="card club" onClick={() => go({ at: "club", club: club.id, tab: "notes" })}>
                <span class="avatar" aria-hidden="true">{club.name.charAt(0)}</span>
                <span class="grow">
                  <strong>{club.name}</strong>
                  <small>
                    {club.standing === "joining" ? t("admission.waiting")
                      : club.standing === "removed" ? t("member.removed")
                      : t("member.count", { n: club.members })}
                  </small>
                </span>
                {club.unsent > 0 && <span class="count" aria-label={t("sync.unsent", { n: club.unsent })}>{club.unsent}</span>}
              </button>
            </li>
          ))}
        </ul>
        {shown.filter((club) => club.standing === "open").map((club) => <NextMeeting key={club.id} club={club.id} name={club.name} />)}
        {remind && shown.some((club) => club.standing === "open") && (
          <section class="hint">
            <p>{t("phone.recovery.reminder")}</p>
            <div class="row">
              <button class="button second" onClick={() => go({ at: "recovery" })}>{t("phone.recovery.show")}</button>
            </div>
          </section>
        )}
      </main>
      {quick && (
        <button class="fab" onClick={() => go({ at: "new", club: quick.id, private: true })}>
          <Icon name="quick" />
          <span>{t("phone.home.quick")}</span>
        </button>
      )}
    </div>
  );
}
