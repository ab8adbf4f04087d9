// A text that a person types into while others' edits come in: what the caret does.

/** Where a place in `before` is in `after`, when what differs lies between a common beginning and a common end. */
export function follow(before: string, after: string, place: number): number {
  const least = Math.min(before.length, after.length);
  let start = 0;
  while (start < least && before[start] === after[start]) ++start;
  let end = 0;
  while (end < least - start && before[before.length - 1 - end] === after[after.length - 1 - end]) ++end;
  if (place <= start) return place;
  if (place >= before.length - end) return place + after.length - before.length;
  return Math.min(place, after.length - end);
}
