// The first run: an invitation and a name, and one is in. Or a club of one's own, the 24 words, or invented people to try it with.
import type { LinkFacts } from "@muistio/web";
import { useEffect, useRef, useState } from "preact/hooks";
import { Action } from "../parts.js";
import { client, go, goInstead, say, setting } from "../model.js";
import { explain, t } from "../words.js";
import { Scanner } from "./scan.js";

type Step = "choose" | "paste" | "scan" | "name" | "create" | "words";
const server = (): string => `wss://${location.host}`;

export function StartScreen({ onDone }: { onDone: () => Promise<void> }) {
  const invited = location.pathname === "/join" && location.hash.length > 1;
  const [step, setStep] = useState<Step>(invited ? "name" : "choose");
  const [link, setLink] = useState(invited ? location.href : "");
  const [name, setName] = useState("");
  const [club, setClub] = useState("");
  const [words, setWords] = useState("");
  const [trouble, setTrouble] = useState("");
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), [step]);

  const [facts, setFacts] = useState<LinkFacts | null>(null);
  useEffect(() => {
    setFacts(null);
    if (step === "name") void client.describeLink(link.trim()).then(setFacts).catch((error: unknown) => setTrouble(explain(error)));
  }, [step, link]);

  const attempt = async (work: () => Promise<void>): Promise<void> => {
    setTrouble("");
    try {
      await work();
      history.replaceState({ at: "clubs" }, "", "/");
      await onDone();
    } catch (error) {
      setTrouble(explain(error));
    }
  };
  const join = () => attempt(async () => {
    const id = await client.join(link.trim(), name.trim());
    setting.set("last-club", id);
    setting.set(`asked-${id}`, String(Date.now()));
    goInstead({ at: "clubs" });
    go({ at: "club", club: id, tab: "notes" });
  });
  const create = () => attempt(async () => {
    await client.init(name.trim(), server());
    const id = await client.createClub(club.trim());
    setting.set("last-club", id);
    go({ at: "club", club: id, tab: "notes" });
  });
  const recover = () => attempt(async () => {
    await client.recover(words.trim().toLowerCase().replace(/\s+/g, " "), server());
    say(t("recovery.coming_back"));
  });
  const practise = () => attempt(async () => {
    await client.init(t("phone.practice.you"), "");
    const id = await client.createClub(t("phone.practice.club"));
    await client.addNote({ club: id, title: t("phone.practice.wish_title"), text: t("phone.practice.wish_text") });
    await client.addNote({ club: id, title: t("phone.practice.note_title"), text: t("phone.practice.note_text") });
    setting.set("practice", "yes");
    setting.set("last-club", id);
  });
  const checked = (text: string): void => {
    setLink(text);
    if (/^https:\/\/[^#]+\/join#.+/.test(text.trim())) {
      setTrouble("");
      setStep("name");
    } else {
      setTrouble(t("error.invalid_invitation"));
    }
  };

  const error = trouble && <p class="trouble" role="alert">{trouble}</p>;
  const other = <button class="button plain" onClick={() => { setTrouble(""); setStep("choose"); }}>{t("common.back")}</button>;
  const named = (
    <label class="field">
      <span>{t("start.name")}</span>
      <input ref={step === "name" ? field : null} value={name} onInput={(event) => setName(event.currentTarget.value)} autocomplete="name" maxLength={60} />
      <small>{t("start.name_explain")}</small>
    </label>
  );
  switch (step) {
    case "choose":
      return (
        <main class="centre wide">
          <img class="logo" src="/icon.svg" alt="" width="72" height="72" />
          <h1>{t("phone.app")}</h1>
          <p class="lead">{t("start.welcome")}</p>
          <div class="stack">
            <button class="button" onClick={() => setStep("paste")}>{t("start.have_invitation")}</button>
            <button class="button second" onClick={() => setStep("create")}>{t("start.create")}</button>
            <button class="button second" onClick={() => setStep("words")}>{t("start.have_words")}</button>
            <Action class="plain" onClick={practise}>{t("start.practice")}</Action>
          </div>
          {error}
        </main>
      );
    case "paste":
      return (
        <main class="centre wide">
          <h1>{t("phone.start.paste")}</h1>
          <label class="field">
            <span>{t("phone.start.paste_label")}</span>
            <textarea ref={field} rows={4} value={link} onInput={(event) => setLink(event.currentTarget.value)} spellcheck={false} />
          </label>
          {error}
          <div class="stack">
            <button class="button" disabled={link.trim() === ""} onClick={() => checked(link)}>{t("common.next")}</button>
            <button class="button second" onClick={() => setStep("scan")}>{t("common.scan")}</button>
            {other}
          </div>
        </main>
      );
    case "scan":
      return <Scanner onFound={checked} onCancel={() => setStep("paste")} trouble={trouble} />;
    case "name":
      return (
        <main class="centre wide">
          <img class="logo" src="/icon.svg" alt="" width="72" height="72" />
          <h1>{facts ? t("phone.start.invited", { name: facts.inviter, club: facts.club }) : t("phone.app")}</h1>
          <p class="lead">{t("start.welcome")}</p>
          <form class="stack" onSubmit={(event) => event.preventDefault()}>
            {named}
            {error}
            <Action disabled={name.trim() === ""} onClick={join}>{t("phone.start.begin")}</Action>
          </form>
        </main>
      );
    case "create":
      return (
        <main class="centre wide">
          <h1>{t("start.create")}</h1>
          <form class="stack" onSubmit={(event) => event.preventDefault()}>
            <label class="field">
              <span>{t("phone.start.club_name")}</span>
              <input ref={field} value={club} onInput={(event) => setClub(event.currentTarget.value)} maxLength={60} />
            </label>
            {named}
            {error}
            <Action disabled={name.trim() === "" || club.trim() === ""} onClick={create}>{t("phone.start.begin")}</Action>
            {other}
          </form>
        </main>
      );
    case "words":
      return (
        <main class="centre wide">
          <h1>{t("recovery.title")}</h1>
          <label class="field">
            <span>{t("recovery.enter")}</span>
            <textarea ref={field} rows={5} value={words} onInput={(event) => setWords(event.currentTarget.value)} autocapitalize="none" spellcheck={false} />
          </label>
          {error}
          <div class="stack">
            <Action disabled={words.trim().split(/\s+/).length < 24} onClick={recover}>{t("phone.start.begin")}</Action>
            {other}
          </div>
        </main>
      );
  }
}
