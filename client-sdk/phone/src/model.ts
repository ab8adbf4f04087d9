// What the screens stand on: the client, where one is, and small hooks.
import { Client, type Observed } from "@muistio/web";
import { useEffect, useReducer, useState } from "preact/hooks";

export const client = new Client({ worker: "/worker.js" });

export type Tab = "notes" | "meetings" | "material" | "members";
export type Route =
  | { at: "clubs" }
  | { at: "club"; club: string; tab: Tab }
  | { at: "note"; note: string; club: string }
  | { at: "new"; club: string; private: boolean }
  | { at: "meeting"; meeting: string; club: string }
  | { at: "new-meeting"; club: string }
  | { at: "search" }
  | { at: "invite"; club: string }
  | { at: "settings" }
  | { at: "recovery" };

/** A value that every screen may read and that draws them anew. */
class Shared<T> {
  private readonly listeners = new Set<() => void>();
  constructor(public value: T) {}
  set(value: T): void {
    this.value = value;
    for (const listener of [...this.listeners]) listener();
  }
  use(): T {
    const [, draw] = useReducer((count: number) => count + 1, 0);
    useEffect(() => {
      this.listeners.add(draw as () => void);
      return () => void this.listeners.delete(draw as () => void);
    }, []);
    return this.value;
  }
}
export const route = new Shared<Route>({ at: "clubs" });
export const toast = new Shared<string>("");
export const redraw = new Shared(0);

let toastTimer: ReturnType<typeof setTimeout> | undefined;
export function say(text: string): void {
  toast.set(text);
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => toast.set(""), 5000);
}

// The browser's back button is the app's.
export function go(to: Route): void {
  history.pushState(to, "");
  route.set(to);
  scrollTo(0, 0);
}
/** In place of where one is. */
export function goInstead(to: Route): void {
  history.replaceState(to, "");
  route.set(to);
}
export const back = (): void => history.back();
addEventListener("popstate", (event) => route.set((event.state as Route | null) ?? { at: "clubs" }));

/** The newest answer of an observed query, asked anew when `key` is another one. */
export function useObserved<T>(make: () => Observed<T>, key: string): T | undefined {
  const [held, setHeld] = useState<{ key: string; value: T } | null>(null);
  useEffect(() => {
    const observed = make();
    const stop = observed.subscribe((value) => setHeld({ key, value }));
    return () => {
      stop();
      observed.close();
    };
  }, [key]);
  return held && held.key === key ? held.value : undefined;
}

export const setting = {
  get: (name: string): string | null => localStorage.getItem(name),
  set: (name: string, value: string): void => localStorage.setItem(name, value),
};

/** The club that one looked at last: where a quick note goes. */
export const lastClub = (): string => setting.get("last-club") ?? "";

export const isIphone = /iPhone|iPad|iPod/.test(navigator.userAgent) || (navigator.userAgent.includes("Macintosh") && navigator.maxTouchPoints > 1);
export const isInstalled = matchMedia("(display-mode: standalone)").matches || (navigator as { standalone?: boolean }).standalone === true;
