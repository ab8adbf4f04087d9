// A note that is being written: saved a moment after each pause, together with what others write meanwhile.
import type { NoteText } from "@muistio/web";
import { useEffect, useRef, useState } from "preact/hooks";
import { follow } from "../editing.js";
import { Action, Ask, Header, SyncLine } from "../parts.js";
import { back, client, go, goInstead, say, useObserved } from "../model.js";
import { explain, t, when } from "../words.js";

const PAUSE_MS = 400;

export function NoteScreen({ id, club }: { id: string; club: string }) {
  const area = useRef<HTMLTextAreaElement>(null);
  const [shown, setShown] = useState<NoteText | null>(null);
  const [gone, setGone] = useState(false);
  const [state, setState] = useState<"saved" | "typing" | "trouble">("saved");
  const [asks, setAsks] = useState(false);
  const clubs = useObserved(() => client.observeClubs(), "clubs");
  const here = clubs?.find((each) => each.id === club);
  const base = useRef<NoteText | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const saving = useRef<Promise<void>>(Promise.resolve());

  const place = (next: NoteText): void => {
    const field = area.current;
    base.current = next;
    setShown(next);
    if (!field || field.value === next.text) return;
    const { selectionStart, selectionEnd, scrollTop, value } = field;
    field.value = next.text;
    if (document.activeElement === field) field.setSelectionRange(follow(value, next.text, selectionStart), follow(value, next.text, selectionEnd));
    field.scrollTop = scrollTop;
  };
  /** What was typed becomes part of the note, and what others wrote part of what is shown. */
  const keep = (): Promise<void> => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
    saving.current = saving.current.then(async () => {
      const from = base.current;
      const field = area.current;
      if (!from || !field) return;
      const typed = field.value;
      try {
        if (typed !== from.text) await client.editNote(id, typed, from.version);
        const next = await client.note(id);
        // Typed on meanwhile: that is the next edit, of what was typed, not of what came.
        if (field.value !== typed) {
          if (next.text === typed) base.current = next;
          else {
            await client.editNote(id, field.value, base.current?.version ?? from.version);
            place(await client.note(id));
          }
          later();
        } else {
          place(next);
          setState("saved");
        }
      } catch (error) {
        setState("trouble");
        say(explain(error));
      }
    });
    return saving.current;
  };
  const later = (): void => {
    setState("typing");
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = setTimeout(() => void keep(), PAUSE_MS);
  };

  useEffect(() => {
    let over = false;
    void client.note(id).then((note) => !over && place(note)).catch(() => setGone(true));
    const observed = client.observeNote(id);
    const stop = observed.subscribe((note) => {
      if (!note) return setGone(true);
      if (base.current && note.version !== base.current.version && timer.current === null) void keep();
    });
    const hide = (): void => void (document.visibilityState === "hidden" && keep());
    document.addEventListener("visibilitychange", hide);
    return () => {
      over = true;
      stop();
      observed.close();
      document.removeEventListener("visibilitychange", hide);
    };
  }, [id]);

  if (gone) return <div class="screen"><Header title="" level={false} /><main><p class="quiet">{t("phone.note.gone")}</p></main></div>;
  const readOnly = here !== undefined && (here.standing === "removed" || here.standing === "succeeded");
  return (
    <div class="screen editor">
      <Header title={shown?.note.title ?? ""} onBack={() => void keep().then(back)} />
      <main>
        <p class="meta">
          {shown && (shown.note.private ? t("note.private") : t("note.changed", { time: when(shown.note.changed), name: shown.note.author }))}
        </p>
        <textarea ref={area} class="paper" aria-label={t("note.text")} readOnly={readOnly} onInput={later} onBlur={() => void keep()} />
        <div class="row">
          <p class="sync grow" role="status">{state === "saved" ? t("note.saved") : state === "typing" ? t("phone.note.saving") : t("error.internal")}</p>
          <button class="button plain small" onClick={() => setAsks(true)}>{t("common.delete")}</button>
        </div>
        {here && !shown?.note.private && <SyncLine unsent={here.unsent} joining={here.standing === "joining"} trusted={here.trusted} />}
      </main>
      {asks && (
        <Ask danger title={t("common.delete")} text={t("note.delete_explain")} yes={t("common.delete")} onNo={() => setAsks(false)}
          onYes={() => client.deleteNote(id).then(back).catch((error: unknown) => say(explain(error)))} />
      )}
    </div>
  );
}

/** A note that is not there yet: it is made at the first pause. */
export function NewNoteScreen({ club, isPrivate }: { club: string; isPrivate: boolean }) {
  const [onlyMe, setOnlyMe] = useState(isPrivate);
  const [title, setTitle] = useState("");
  const area = useRef<HTMLTextAreaElement>(null);
  useEffect(() => area.current?.focus(), []);
  const clubs = useObserved(() => client.observeClubs(), "clubs");
  const here = clubs?.find((each) => each.id === club);

  const save = async (): Promise<void> => {
    const text = area.current?.value ?? "";
    if (text.trim() === "" && title.trim() === "") return back();
    const first = text.trim().split("\n")[0]?.slice(0, 60) ?? "";
    try {
      const note = await client.addNote({ club, title: title.trim() || first, text, private: onlyMe });
      goInstead({ at: "note", note, club });
    } catch (error) {
      say(explain(error));
    }
  };
  // Whoever leaves the app while writing finds the note when they come back.
  useEffect(() => {
    const hide = (): void => void (document.visibilityState === "hidden" && (area.current?.value ?? "").trim() !== "" && save());
    document.addEventListener("visibilitychange", hide);
    return () => document.removeEventListener("visibilitychange", hide);
  }, [title, onlyMe]);
  return (
    <div class="screen editor">
      <Header title={t("note.new")} onBack={() => void save()}>
        <Action class="small" onClick={save}>{t("common.save")}</Action>
      </Header>
      <main>
        <fieldset class="choice">
          <legend>{t("phone.note.visibility")}</legend>
          <label><input type="radio" name="who" checked={onlyMe} onChange={() => setOnlyMe(true)} /><span>{t("phone.note.only_me")}</span></label>
          <label><input type="radio" name="who" checked={!onlyMe} onChange={() => setOnlyMe(false)} /><span>{here?.name ?? t("phone.note.everyone")}</span></label>
        </fieldset>
        <label class="field"><span>{t("note.title")} <small>({t("common.optional")})</small></span>
          <input value={title} onInput={(event) => setTitle(event.currentTarget.value)} maxLength={120} /></label>
        <textarea ref={area} class="paper" aria-label={t("note.text")} />
      </main>
    </div>
  );
}
export const openNote = (note: string, club: string): void => go({ at: "note", note, club });
