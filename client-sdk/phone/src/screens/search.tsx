// Everything on this phone, found as one types.
import type { Found, Stretch } from "@muistio/web";
import { useEffect, useRef, useState } from "preact/hooks";
import { Header } from "../parts.js";
import { client } from "../model.js";
import { t, when } from "../words.js";
import { openNote } from "./note.js";

function Marked({ text, matches }: { text: string; matches: Stretch[] }) {
  const parts = [];
  let at = 0;
  for (const match of matches) {
    parts.push(text.slice(at, match.at), <mark key={match.at}>{text.slice(match.at, match.at + match.length)}</mark>);
    at = match.at + match.length;
  }
  return <>{parts}{text.slice(at)}</>;
}

let kept = "";
export function SearchScreen() {
  const [words, setWords] = useState(kept);
  const [found, setFound] = useState<Found[] | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  useEffect(() => {
    kept = words;
    if (words.trim() === "") return setFound(null);
    let over = false;
    const timer = setTimeout(() => void client.search(words).then((results) => !over && setFound(results)), 120);
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [words]);
  return (
    <div class="screen">
      <Header title={t("nav.search")} />
      <main>
        <input ref={field} class="search" type="search" aria-label={t("search.hint")} placeholder={t("search.hint")} value={words} onInput={(event) => setWords(event.currentTarget.value)} />
        <p class="quiet" role="status">{found === null ? "" : found.length === 0 ? t("search.none") : t("search.count", { n: found.length })}</p>
        <ul class="list">
          {found?.map((each) => (
            <li key={each.id}>
              <button class="item found" onClick={() => openNote(each.id, each.club)}>
                <strong><Marked text={each.title} matches={each.titleMatches} /></strong>
                <span><Marked text={each.snippet} matches={each.snippetMatches} /></span>
                <small>{each.author} · {when(each.changed)}</small>
              </button>
            </li>
          ))}
        </ul>
      </main>
    </div>
  );
}
