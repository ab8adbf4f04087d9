// A club: its notes, its files, its people.
import type { Club } from "@muistio/web";
import { useEffect, useState } from "preact/hooks";
import { Action, Ask, Header, Icon, SyncLine } from "../parts.js";
import { back, client, go, goInstead, say, setting, type Tab, useObserved } from "../model.js";
import { t, when } from "../words.js";
import { CatchUpCard, MeetingList } from "./meetings.js";
import { Materials } from "./material.js";

const week = 7 * 86_400_000;

function Notes({ club }: { club: Club }) {
  const notes = useObserved(() => client.observeNotes(club.id), `notes-${club.id}`);
  const [shown, setShown] = useState(100);
  if (!notes) return null;
  if (notes.length === 0) return <p class="quiet">{t("note.empty")}</p>;
  const newest = [...notes].sort((left, right) => right.changed - left.changed);
  return (
    <>
      <ul class="list">
        {newest.slice(0, shown).map((note) => (
          <li key={note.id}>
            <button class="row item" onClick={() => go({ at: "note", note: note.id, club: club.id })}>
              <span class="grow">
                <strong>{note.title || t("note.new")}</strong>
                <small>{note.private ? t("phone.note.private_badge") : note.author} · {when(note.changed)}</small>
              </span>
              {note.private && <Icon name="lock" />}
            </button>
          </li>
        ))}
      </ul>
      {newest.length > shown && <button class="button plain" onClick={() => setShown(shown + 300)}>{t("common.more")}</button>}
    </>
  );
}

function Members({ club }: { club: Club }) {
  const members = useObserved(() => client.observeMembers(club.id), `members-${club.id}`);
  const requests = useObserved(() => client.observeJoinRequests(club.id), `requests-${club.id}`);
  const [asked, setAsked] = useState<{ id: string; name: string } | null>(null);
  const [leaving, setLeaving] = useState(false);
  const isHost = club.role === "host";
  const waiting = requests?.filter((request) => !request.admitted) ?? [];
  return (
    <>
      {waiting.map((request) => (
        <section class="hint" key={request.id}>
          <p>{t("admission.asks", { name: request.name })}</p>
          <div class="row"><Action onClick={() => client.admit(club.id, request.id)}>{t("admission.admit")}</Action></div>
        </section>
      ))}
      {club.standing === "open" && (
        <div class="row"><button class="button second" onClick={() => go({ at: "invite", club: club.id })}>{t("admission.invite")}</button></div>
      )}
      <ul class="list">
        {members?.map((member) => (
          <li key={member.id} class="row item">
            <span class="avatar" aria-hidden="true">{member.name.charAt(0)}</span>
            <span class="grow">
              <strong>{member.name}</strong>
              <small>{[member.role === "host" ? t("host.host.plain") : t("role.member"), member.self ? t("phone.members.you") : ""].filter(Boolean).join(" · ")}</small>
            </span>
            {isHost && !member.self && (
              <button class="round" aria-label={t("member.remove", { name: member.name })} onClick={() => setAsked(member)}><Icon name="more" /></button>
            )}
          </li>
        ))}
      </ul>
      {club.standing === "open" && <button class="button plain" onClick={() => setLeaving(true)}>{t("member.leave")}</button>}
      {asked && (
        <Ask danger title={t("member.remove", { name: asked.name })} text={t("member.remove_explain")} yes={t("member.remove", { name: asked.name })}
          onYes={() => client.removeMember(club.id, asked.id)} onNo={() => setAsked(null)} />
      )}
      {leaving && (
        <Ask danger title={t("member.leave")} text={t("member.leave_explain")} yes={t("member.leave")} onYes={() => client.leaveClub(club.id).then(back)} onNo={() => setLeaving(false)} />
      )}
    </>
  );
}

function Waiting({ club }: { club: Club }) {
  const asked = Number(setting.get(`asked-${club.id}`) ?? Date.now());
  return (
    <section class="hint">
      <strong>{t("admission.waiting")}</strong>
      <p>{Date.now() - asked > week ? t("phone.admission.call", { name: club.author }) : t("admission.waiting_explain", { name: club.author })}</p>
      <div class="row"><Action class="plain" onClick={() => client.cancelJoin(club.id).then(back)}>{t("phone.admission.cancel")}</Action></div>
    </section>
  );
}

export function ClubScreen({ id, tab }: { id: string; tab: Tab }) {
  const clubs = useObserved(() => client.observeClubs(), "clubs");
  const club = clubs?.find((each) => each.id === id);
  const [was, setWas] = useState<string | null>(null);
  useEffect(() => setting.set("last-club", id), [id]);
  useEffect(() => {
    if (!club) return;
    if (was === "joining" && club.standing === "open") say(t("admission.in"));
    setWas(club.standing);
  }, [club?.standing]);
  if (!club) return <div class="screen"><Header title="" level={false} /></div>;
  const tabs: { tab: Tab; label: string; icon: string }[] = [
    { tab: "notes", label: t("nav.notes"), icon: "notes" },
    { tab: "meetings", label: t("nav.meetings"), icon: "meetings" },
    { tab: "material", label: t("nav.material"), icon: "material" },
    { tab: "members", label: t("nav.members"), icon: "members" },
  ];
  return (
    <div class="screen tabbed">
      <Header title={club.name} />
      <main>
        {setting.get("practice") === "yes"
          ? <p class="banner">{t("start.practice_banner")}</p>
          : club.standing !== "removed" && <SyncLine unsent={club.unsent} joining={club.standing === "joining"} trusted={club.trusted} />}
        {club.standing === "removed" && <p class="banner">{t("member.removed")}</p>}
        {club.standing === "joining" && <Waiting club={club} />}
        {club.standing === "open" && tab === "notes" && <CatchUpCard club={club} />}
        {tab === "notes" ? <Notes club={club} /> : tab === "meetings" ? <MeetingList club={club} /> : tab === "material" ? <Materials club={club} /> : <Members club={club} />}
      </main>
      {tab === "notes" && club.standing !== "removed" && (
        <button class="fab" onClick={() => go({ at: "new", club: id, private: false })}>
          <Icon name="plus" />
          <span>{t("note.new")}</span>
        </button>
      )}
      {tab === "meetings" && club.standing === "open" && (
        <button class="fab" onClick={() => go({ at: "new-meeting", club: id })}>
          <Icon name="plus" />
          <span>{t("meeting.new")}</span>
        </button>
      )}
      <nav class="tabs" aria-label={club.name}>
        {tabs.map((each) => (
          <button key={each.tab} aria-current={each.tab === tab ? "page" : undefined} onClick={() => goInstead({ at: "club", club: id, tab: each.tab })}>
            <Icon name={each.icon} />
            {each.label}
          </button>
        ))}
      </nav>
    </div>
  );
}
