// The app itself, kept on the phone: opened from cold with no network. What is kept changes only as a whole, with a new build.
declare const FILES: string[];
declare const BUILD: string;
interface WorkerScope {
  addEventListener(name: string, listener: (event: { waitUntil(work: Promise<unknown>): void; respondWith(answer: Promise<Response>): void; request: Request }) => void): void;
  location: Location;
}
const scope = self as unknown as WorkerScope;
const cacheName = `klubimuistio-${BUILD}`;

scope.addEventListener("install", (event) => {
  event.waitUntil(caches.open(cacheName).then((cache) => cache.addAll(FILES.map((file) => new Request(file, { cache: "no-cache" })))));
});
scope.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((name) => name !== cacheName).map((name) => caches.delete(name)))));
});
scope.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== scope.location.origin || event.request.method !== "GET" || url.pathname.startsWith("/attachments/")) return;
  const file = event.request.mode === "navigate" ? "/" : url.pathname;
  if (!FILES.includes(file)) return;
  event.respondWith(caches.open(cacheName).then(async (cache) => (await cache.match(file)) ?? fetch(event.request)));
});
