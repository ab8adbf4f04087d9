// The words of the user interface: client-sdk/words for all, phone/words for what only this app says. build.mjs puts them together.
import catalogues from "virtual:words";

export type Language = "fi" | "sv" | "nl" | "en";
export const languages: Language[] = ["fi", "sv", "nl", "en"];
type Message = string | { one: string; other: string };

function wanted(): Language {
  const stored = localStorage.getItem("language");
  const asked = [stored, ...navigator.languages].map((tag) => tag?.slice(0, 2));
  return languages.find((language) => asked.includes(language) && asked.find((tag) => languages.includes(tag as Language)) === language) ?? "en";
}
let language = wanted();
document.documentElement.lang = language;
export const currentLanguage = (): Language => language;
export function setLanguage(to: Language): void {
  language = to;
  localStorage.setItem("language", to);
  document.documentElement.lang = to;
}

/** The message of a key; `n` chooses between one and other. */
export function t(key: string, gaps: Record<string, string | number> = {}): string {
  const all = catalogues[language] as Record<string, Message>;
  const found = all[key] ?? (catalogues.en as Record<string, Message>)[key];
  if (found === undefined) throw new Error(`there is no message ${key}`);
  const text = typeof found === "string" ? found : gaps["n"] === 1 ? found.one : found.other;
  return text.replace(/\{([a-z_]+)(?:\.([a-z]+))?(\|cap)?\}/g, (_, name: string, form: string | undefined, cap: string | undefined) => {
    const value = form ? t(`${name}.${name === "host" ? "host" : name === "group" ? "club" : "facilitator"}.${form}`) : gaps[name];
    const shown = typeof value === "number" ? value.toLocaleString(language) : (value ?? "");
    return cap ? shown.charAt(0).toLocaleUpperCase(language) + shown.slice(1) : shown;
  });
}

/** What a person reads of an error. */
export function explain(error: unknown): string {
  const code = (error as { code?: string }).code ?? "";
  const key = `error.${code}`;
  return key in (catalogues.en as object) ? t(key) : t("error.internal");
}

/** As the phone writes times, if its language is the app's. */
const locale = (): string => navigator.languages.find((tag) => tag.startsWith(language)) ?? language;
/** "Tue 1 December, 18:00", in the phone's own zone. */
export function longDate(at: number): string {
  return new Date(at).toLocaleString(locale(), { weekday: "short", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" });
}
const day = 86_400_000;
/** "today 14:05", "3 Dec", with the year if it is another one. */
export function when(at: number): string {
  const date = new Date(at);
  const now = new Date();
  const time = date.toLocaleTimeString(locale(), { hour: "2-digit", minute: "2-digit" });
  if (date.toDateString() === now.toDateString()) return time;
  if (date.toDateString() === new Date(now.getTime() - day).toDateString()) return `${t("date.yesterday")} ${time}`;
  return date.toLocaleDateString(locale(), { day: "numeric", month: "short", ...(date.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }) });
}
