declare module "virtual:words" {
  const catalogues: Record<"fi" | "sv" | "nl" | "en", Record<string, string | { one: string; other: string }>>;
  export default catalogues;
}
