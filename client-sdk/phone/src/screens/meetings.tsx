// A club's meetings: the next ones and who comes, one of them in full, and a new one.
import type { Answer, Attended, Club, Meeting } from "@muistio/web";
import { useEffect, useRef, useState } from "preact/hooks";
import { Action, Ask, Header, Icon } from "../parts.js";
import { back, client, go, goInstead, say, useObserved } from "../model.js";
import { explain, longDate, t, when } from "../words.js";

const answers: Answer[] = ["yes", "no", "late", "remote"];

export function Answers({ meeting }: { meeting: Meeting }) {
  return (
    <fieldset class="choice">
      <legend>{t("rsvp.ask")}</legend>
      {answers.map((answer) => (
        <label key={answer}>
          <input type="radio" name={`answer-${meeting.id}`} checked={meeting.ownAnswer === answer}
            onChange={() => void client.answerMeeting(meeting.id, answer).catch((error: unknown) => say(explain(error)))} />
          <span>{t(`rsvp.${answer}`)}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Facts({ meeting }: { meeting: Meeting }) {
  return (
    <>
      <small>{meeting.at === 0 ? `${meeting.starts.replace("T", " ")} (${meeting.zone})` : longDate(meeting.at)}</small>
      {meeting.place && <small>{meeting.place}</small>}
    </>
  );
}

/** A meeting on the front page or in a list. */
export function MeetingCard({ meeting, above = "" }: { meeting: Meeting; above?: string }) {
  return (
    <section class="card meeting">
      <button class="plain-button" onClick={() => go({ at: "meeting", meeting: meeting.id, club: meeting.club })}>
        {above && <small>{above}</small>}
        <strong>{meeting.title}</strong>
        <Facts meeting={meeting} />
        <small>{meeting.cancelled ? t("meeting.cancelled") : t("rsvp.coming", { n: meeting.coming })}</small>
      </button>
      {!meeting.cancelled && <Answers meeting={meeting} />}
    </section>
  );
}

export const isAhead = (meeting: Meeting): boolean => meeting.at === 0 || meeting.ends > Date.now();

export function MeetingList({ club }: { club: Club }) {
  const all = useObserved(() => client.observeMeetings(club.id), `meetings-${club.id}`);
  const [shown, setShown] = useState(10);
  if (!all) return null;
  const ahead = all.filter(isAhead);
  const past = all.filter((meeting) => !isAhead(meeting)).reverse();
  return (
    <>
      {ahead.length === 0 && <p class="quiet">{t("common.nothing")}</p>}
      {ahead.map((meeting) => <MeetingCard key={meeting.id} meeting={meeting} />)}
      {past.length > 0 && (
        <>
          <h2>{t("meeting.past")}</h2>
          <ul class="list">
            {past.slice(0, shown).map((meeting) => (
              <li key={meeting.id}>
                <button class="row item" onClick={() => go({ at: "meeting", meeting: meeting.id, club: club.id })}>
                  <span class="grow"><strong>{meeting.title}</strong><Facts meeting={meeting} /></span>
                </button>
              </li>
            ))}
          </ul>
          {past.length > shown && <button class="button plain" onClick={() => setShown(shown + 100)}>{t("common.more")}</button>}
        </>
      )}
    </>
  );
}

export function MeetingScreen({ id, club }: { id: string; club: string }) {
  const details = useObserved(() => client.observeMeeting(id), `meeting-${id}`);
  const members = useObserved(() => client.observeMembers(club), `members-${club}`);
  const [asks, setAsks] = useState(false);
  const [item, setItem] = useState("");
  if (!details) return <div class="screen"><Header title="" level={false} /></div>;
  const { meeting, agenda, replies, silent, attendance } = details;
  const self = members?.find((member) => member.self);
  const leads = self !== undefined && (self.role === "host" || self.role === "facilitator" || meeting.organiser?.id === self.id);
  const safe = (work: Promise<unknown>): Promise<unknown> => work.catch((error: unknown) => say(explain(error)));
  const download = async (): Promise<void> => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([await client.calendar(club, id)], { type: "text/calendar" }));
    link.download = "klubimuistio.ics";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };
  return (
    <div class="screen">
      <Header title={meeting.title} />
      <main class="sections">
        <section>
          {meeting.cancelled && <strong class="trouble">{t("meeting.cancelled")}</strong>}
          <dl>
            <dt>{t("meeting.time")}</dt><dd>{meeting.at === 0 ? meeting.starts : longDate(meeting.at)}</dd>
            {meeting.place && <><dt>{t("meeting.place")}</dt><dd>{meeting.place}</dd></>}
            {meeting.organiser && <><dt>{t("meeting.organiser")}</dt><dd>{meeting.organiser.name}</dd></>}
          </dl>
          <div class="row wrap">
            <Action onClick={() => safe(client.minutes(id).then((note) => go({ at: "note", note, club })))}>{t("note.minutes")}</Action>
            <Action class="second" onClick={() => safe(download())}>{t("meeting.calendar")}</Action>
          </div>
        </section>
        {isAhead(meeting) && !meeting.cancelled && <section><Answers meeting={meeting} /></section>}
        <section>
          <h2>{t("rsvp.coming", { n: meeting.coming })}</h2>
          <ul class="plain">
            {replies.map((reply) => <li key={reply.member.id}>{reply.member.name} <small>{t(`rsvp.${reply.answer}`)}</small></li>)}
            {silent.map((person) => <li key={person.id}>{person.name} <small>{t("rsvp.unanswered")}</small></li>)}
          </ul>
        </section>
        <section>
          <h2>{t("meeting.agenda")}</h2>
          <ol class="plain">
            {agenda.map((each) => (
              <li key={each.id}>{each.kind === "news" ? t("meeting.news") : each.kind === "round" ? t("meeting.closing") : each.title}
                {each.minutes > 0 && <small> {t("date.minutes", { n: each.minutes })}</small>}</li>
            ))}
          </ol>
          <form class="row" onSubmit={(event) => { event.preventDefault(); if (item.trim() !== "") void safe(client.addAgendaItem(id, { title: item.trim() }).then(() => setItem(""))); }}>
            <input aria-label={t("meeting.theme")} placeholder={t("meeting.theme")} value={item} onInput={(event) => setItem(event.currentTarget.value)} maxLength={120} />
            <button class="round" type="submit" aria-label={t("common.add")}><Icon name="plus" /></button>
          </form>
        </section>
        {leads && members && (
          <section>
            <h2>{t("attendance.title")}</h2>
            <p class="quiet">{t("attendance.count", { n: attendance.filter((each) => each.attended !== "absent").length, all: members.length })}</p>
            {members.map((member) => {
              const marked = attendance.find((each) => each.member.id === member.id)?.attended;
              return (
                <fieldset class="choice" key={member.id}>
                  <legend>{member.name}</legend>
                  {(["present", "absent", "late", "remote"] as Attended[]).map((attended) => (
                    <label key={attended}>
                      <input type="radio" name={`at-${member.id}`} checked={marked === attended} onChange={() => void safe(client.markAttendance(id, member.id, attended))} />
                      <span>{t(`attendance.${attended}`)}</span>
                    </label>
                  ))}
                </fieldset>
              );
            })}
          </section>
        )}
        {leads && (
          <section>
            <div class="row wrap">
              <Action class="second" onClick={() => safe(client.nextMeeting(id).then((next) => goInstead({ at: "meeting", meeting: next, club })))}>{t("meeting.from_last")}</Action>
              {!meeting.cancelled && isAhead(meeting) && <button class="button plain" onClick={() => setAsks(true)}>{t("phone.meeting.cancel")}</button>}
            </div>
          </section>
        )}
      </main>
      {asks && (
        <Ask danger title={t("phone.meeting.cancel")} text={meeting.title} yes={t("phone.meeting.cancel")} onNo={() => setAsks(false)} onYes={() => safe(client.editMeeting(id, { cancelled: true }))} />
      )}
    </div>
  );
}

export function NewMeetingScreen({ club }: { club: string }) {
  const [title, setTitle] = useState("");
  const [starts, setStarts] = useState("");
  const [minutes, setMinutes] = useState("120");
  const [place, setPlace] = useState("");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  const save = async (): Promise<void> => {
    try {
      const meeting = await client.addMeeting(club, {
        title: title.trim(), starts, zone: Intl.DateTimeFormat().resolvedOptions().timeZone, minutes: Math.max(1, Number(minutes) || 120), place: place.trim(),
      });
      goInstead({ at: "meeting", meeting, club });
    } catch (error) {
      say(explain(error));
    }
  };
  return (
    <div class="screen">
      <Header title={t("meeting.new")} onBack={back} />
      <main>
        <form class="stack" onSubmit={(event) => event.preventDefault()}>
          <label class="field"><span>{t("note.title")}</span><input ref={field} value={title} onInput={(event) => setTitle(event.currentTarget.value)} maxLength={120} /></label>
          <label class="field"><span>{t("meeting.time")}</span><input type="datetime-local" value={starts} onInput={(event) => setStarts(event.currentTarget.value)} /></label>
          <label class="field"><span>{t("phone.meeting.minutes")}</span><input type="number" inputMode="numeric" min="1" max="1440" value={minutes} onInput={(event) => setMinutes(event.currentTarget.value)} /></label>
          <label class="field"><span>{t("meeting.place")} <small>({t("common.optional")})</small></span><input value={place} onInput={(event) => setPlace(event.currentTarget.value)} maxLength={120} /></label>
          <Action disabled={title.trim() === "" || starts === ""} onClick={save}>{t("common.save")}</Action>
        </form>
      </main>
    </div>
  );
}

/** What one missed, with a word that it is seen. */
export function CatchUpCard({ club }: { club: Club }) {
  const missed = useObserved(() => client.observeCatchUp(club.id), `missed-${club.id}`);
  const parts = missed && [
    { title: t("catch_up.said"), list: missed.said }, { title: t("catch_up.decided"), list: missed.decided },
    { title: t("catch_up.shared"), list: missed.shared }, { title: t("catch_up.asked"), list: missed.asked },
  ].filter(({ list }) => list.length > 0);
  if (!parts || parts.length === 0) return null;
  return (
    <details class="hint">
      <summary>{t("catch_up.title")} <span class="count">{parts.reduce((sum, { list }) => sum + list.length, 0)}</span></summary>
      {parts.map(({ title, list }) => (
        <div key={title}>
          <strong>{title}</strong>
          <ul class="plain">
            {list.slice(-20).reverse().map((news) => (
              <li key={news.kind + news.id}>{news.title || t("nav.pact")} <small>{news.by.name} · {when(news.at)}</small></li>
            ))}
          </ul>
        </div>
      ))}
      <div class="row"><Action class="second" onClick={() => client.markRead(club.id)}>{t("catch_up.read")}</Action></div>
    </details>
  );
}
