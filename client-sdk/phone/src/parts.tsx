// Pieces that several screens use.
import type { LiveState } from "@muistio/web";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { back, client } from "./model.js";
import { t } from "./words.js";

const paths: Record<string, string> = {
  back: "M15 5l-7 7 7 7",
  plus: "M12 5v14M5 12h14",
  search: "M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14zM16 16l5 5",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4",
  notes: "M6 3h9l4 4v14H6zM9 11h7M9 15h7",
  meetings: "M5 6h14v14H5zM5 10h14M9 3v4M15 3v4",
  material: "M4 6h16v12H4zM4 15l5-5 4 4 2-2 5 5",
  members: "M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 21c0-4 3-6 7-6s7 2 7 6M16 3.5a4 4 0 0 1 0 7M18 15.500c2.500.700 4 2.500 4 5.500",
  lock: "M6 11h12v10H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  quick: "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
  more: "M5 12h.01M12 12h.01M19 12h.01",
};
export function Icon({ name }: { name: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

export function Header({ title, onBack = back, children, level = true }: { title: string; onBack?: (() => void) | null; children?: ComponentChildren; level?: boolean }) {
  return (
    <header class="bar">
      {onBack && (
        <button class="round" onClick={onBack} aria-label={t("common.back")}>
          <Icon name="back" />
        </button>
      )}
      {level ? <h1>{title}</h1> : <p class="title">{title}</p>}
      {children}
    </header>
  );
}

export function useLive(): LiveState | undefined {
  const [live, setLive] = useState(client.live.current);
  useEffect(() => client.live.subscribe(setLive), []);
  return live;
}

/** What is true of sending, in a sentence: never more than is known. */
export function SyncLine({ unsent, joining, trusted = true }: { unsent: number; joining: boolean; trusted?: boolean }) {
  const live = useLive();
  const [text, kind] = !trusted || live?.trusted === false
    ? [t("sync.stopped"), "stopped"]
    : joining && unsent > 0 ? [t("phone.sync.waits_admission"), "waits"]
    : !live || live.phase === "off" ? [t("sync.here_only"), "waits"]
    : live.phase === "waiting" ? [unsent > 0 ? t("sync.unsent", { n: unsent }) : t("sync.offline"), "waits"]
    : live.phase === "connecting" ? [unsent > 0 ? t("sync.unsent", { n: unsent }) : t("phone.sync.connecting"), "waits"]
    : unsent > 0 ? [t("sync.sending"), "moves"]
    : live.phase === "catching-up" ? [t("sync.receiving"), "moves"]
    : [t("sync.all_sent"), "done"];
  return (
    <p class={`sync ${kind}`} role="status">
      <span class="dot" aria-hidden="true" />
      {text}
    </p>
  );
}

/** A button that is off while what it began goes on. */
export function Action({ onClick, children, class: kind = "", label, disabled = false }: { onClick: () => Promise<unknown> | void; children: ComponentChildren; class?: string; label?: string; disabled?: boolean }) {
  const [busy, setBusy] = useState(false);
  const click = () => {
    const work = onClick();
    if (!work) return;
    setBusy(true);
    void work.finally(() => setBusy(false));
  };
  return (
    <button class={`button ${kind}`} disabled={busy || disabled} aria-busy={busy} aria-label={label} onClick={click}>
      {children}
    </button>
  );
}

/** A question that must be answered first, as the platform's own dialog. */
export function Ask({ title, text, yes, onYes, onNo, danger = false }: { title: string; text: string; yes: string; onYes: () => Promise<unknown>; onNo: () => void; danger?: boolean }) {
  return (
    <dialog class="ask" ref={(dialog) => { if (dialog && !dialog.open) dialog.showModal(); }} onCancel={onNo} aria-labelledby="ask-title">
      <h2 id="ask-title">{title}</h2>
      <p>{text}</p>
      <div class="row end">
        <button class="button plain" onClick={onNo}>{t("common.cancel")}</button>
        <Action class={danger ? "danger" : ""} onClick={() => onYes().then(onNo)}>{yes}</Action>
      </div>
    </dialog>
  );
}
